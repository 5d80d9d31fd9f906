"""Members as administrators look for them."""

from dataclasses import dataclass

from server.domain.names import name_key
from server.domain.validation import email_key
from server.domain.viewer import Role
from server.store.database import Reader, Row

# What a list can be narrowed to.
_FILTERS = {
    "all": "1 = 1",
    "member": "m.role = 'member'",
    "moderator": "m.role = 'moderator'",
    "admin": "m.role = 'admin'",
    "waiting": "m.role = 'waiting' AND m.disabled_at IS NULL",
    "closed": "m.disabled_at IS NOT NULL",
    "never": (
        "NOT EXISTS (SELECT 1 FROM audit a WHERE a.object_kind = 'member' AND a.object_id = m.id"
        " AND a.act IN ('sign_in', 'sign_up', 'first_administrator'))"
    ),
}
FILTERS = tuple(_FILTERS)
_FOUND = "(:search = '' OR m.name_key LIKE :name ESCAPE '!' OR m.email_key LIKE :email ESCAPE '!')"
_LISTED = (
    "SELECT m.id, m.username, m.email, m.role, m.created_at, m.posts, m.disabled_at,"
    " (SELECT MAX(s.seen_at) FROM sessions s WHERE s.member_id = m.id) FROM members m WHERE "
)


@dataclass(frozen=True, slots=True)
class ListedMember:
    """A member in the list. Times are in milliseconds UTC; `seen_at` is None when no session is open."""

    id: int
    username: str
    email: str
    role: Role
    joined_at: int
    posts: int
    closed_at: int | None
    seen_at: int | None


async def find(reader: Reader, search: str, narrowed: str, *, limit: int, offset: int) -> list[ListedMember]:
    """The newest first. `search` is a part of a name or an address, `narrowed` one of FILTERS."""
    where_sql = _FILTERS[narrowed]
    rows = await reader.all(
        f"{_LISTED} {where_sql} AND {_FOUND} ORDER BY m.id DESC LIMIT :limit OFFSET :offset",
        **_patterns(search),
        limit=limit,
        offset=offset,
    )
    return [_listed(row) for row in rows]


async def count(reader: Reader, search: str, narrowed: str) -> int:
    """How many that finds."""
    where_sql = _FILTERS[narrowed]
    found = await reader.value(
        f"SELECT COUNT(*) FROM members m WHERE {where_sql} AND {_FOUND}", **_patterns(search)
    )
    return int(found or 0)


async def one(reader: Reader, member_id: int) -> ListedMember | None:
    """The member of that number."""
    row = await reader.one(f"{_LISTED} m.id = :id", id=member_id)
    return _listed(row) if row else None


def _patterns(search: str) -> dict[str, str]:
    # A name's key may be empty, of "..." for example, which must not find everybody.
    return {
        "search": search,
        "name": f"%{_literal(name_key(search) or search)}%",
        "email": f"%{_literal(email_key(search))}%",
    }


def _literal(text: str) -> str:
    for char in "!%_":
        text = text.replace(char, f"!{char}")
    return text


def _listed(row: Row) -> ListedMember:
    return ListedMember(row[0], row[1], row[2], Role(row[3]), *row[4:])
