"""A member as staff see him who have to decide something: who he is, and what was removed of his."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.domain.viewer import Role
from server.store import same_browsers
from server.store.columns import in_list
from server.store.database import Reader, Row

_WRITTEN = "(SELECT {} FROM posts p WHERE p.author_id = m.id{})"
_RECORD = (
    "SELECT m.id, m.username, m.role, m.picture, m.created_at, m.disabled_at, m.leaving_at,"
    f" {_WRITTEN.format('COUNT(*)', '')}, {_WRITTEN.format('COUNT(*)', ' AND p.removed_at IS NOT NULL')},"
    " m.thanks_received,"
    " (SELECT COUNT(*) FROM sanctions s WHERE s.member_id = m.id AND s.kind = 'warning'),"
    f" m.version, {_WRITTEN.format('COALESCE(MAX(p.version), 0)', '')},"
    " (SELECT COALESCE(MAX(s.version), 0) FROM sanctions s WHERE s.member_id = m.id)"
    " FROM members m WHERE m.role <> 'waiting'"
)
_REMOVED = (
    "SELECT p.id, p.topic_id, COALESCE(t.title, t.removed_title, ''), p.removed_at, r.username,"
    " p.removed_reason, p.version FROM posts p JOIN topics t ON t.id = p.topic_id"
    " LEFT JOIN members r ON r.id = p.removed_by WHERE p.author_id = :author_id AND p.removed_at IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """One member for staff. Times are in milliseconds UTC; `posts` counts removed ones too.

    `version` is where the log stood when anything of this changed, but for `same_browser`: others who signed
    in from a browser of his.
    """

    id: int
    username: str
    role: Role
    picture: str
    joined_at: int
    closed_at: int | None
    leaving_at: int | None
    posts: int
    removed: int
    thanks_received: int
    warnings: int
    version: int
    same_browser: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemovedPost:
    """A post of the member that was removed: where it stood, by whom, when and why."""

    id: int
    topic_id: int
    topic_title: str
    at: int
    by: str | None
    reason: str
    version: int


async def find(reader: Reader, member_id: int) -> MemberRecord | None:
    """The member of that number; nobody who waits to become one."""
    return await _with_browsers(reader, _record(await reader.one(f"{_RECORD} AND m.id = :id", id=member_id)))


async def named(reader: Reader, name_key: str) -> MemberRecord | None:
    """The member whose name is the same for a reader's eye (`names.name_key`)."""
    return await _with_browsers(
        reader, _record(await reader.one(f"{_RECORD} AND m.name_key = :name_key", name_key=name_key))
    )


async def removed_posts(
    reader: Reader, author_id: int, *, limit: int = 0, ids: Sequence[int] | None = None
) -> list[RemovedPost]:
    """The member's posts that were removed, newest first: the last `limit`, or those of `ids`."""
    if ids is None:
        rows = await reader.all(
            f"{_REMOVED} ORDER BY p.id DESC LIMIT :limit", author_id=author_id, limit=limit
        )
    else:
        ids_sql, values = in_list("id", list(ids))
        rows = await reader.all(f"{_REMOVED} AND p.id IN {ids_sql}", author_id=author_id, **values)
    return [RemovedPost(*row) for row in rows]


async def _with_browsers(reader: Reader, record: MemberRecord | None) -> MemberRecord | None:
    if record is None:
        return None
    return replace(record, same_browser=await same_browsers.names_of(reader, record.id))


def _record(row: Row | None) -> MemberRecord | None:
    if row is None:
        return None
    return MemberRecord(
        id=row[0],
        username=row[1],
        role=Role(row[2]),
        picture=row[3],
        joined_at=row[4],
        closed_at=row[5],
        leaving_at=row[6],
        posts=row[7],
        removed=row[8],
        thanks_received=row[9],
        warnings=row[10],
        version=max(row[11:14]),
    )
