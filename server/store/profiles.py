"""Members as everyone may see them. Nothing private is read here."""

from server.domain.models import Profile
from server.domain.viewer import Role
from server.store.database import Reader, Row

_PROFILE = (
    "SELECT id, username, role, personal_text, created_at, posts, thanks_received, version FROM members"
    " WHERE role <> 'waiting'"  # nobody is shown before a moderator has looked
)


def _profile(row: Row) -> Profile:
    return Profile(row[0], row[1], Role(row[2]), *row[3:])


async def find(reader: Reader, member_id: int) -> Profile | None:
    """The member with that id."""
    row = await reader.one(f"{_PROFILE} AND id = :id", id=member_id)
    return _profile(row) if row else None


async def named(reader: Reader, name_key: str) -> Profile | None:
    """The member whose name is the same for a reader's eye (`names.name_key`)."""
    row = await reader.one(f"{_PROFILE} AND name_key = :name_key", name_key=name_key)
    return _profile(row) if row else None
