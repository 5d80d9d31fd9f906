"""Who asked to join and waits for a moderator."""

from dataclasses import dataclass

from server.domain.viewer import Role
from server.store.columns import in_list
from server.store.database import Reader, Row, Writer

_APPLICANT = (
    "SELECT id, username, email, created_at, version FROM members"
    " WHERE role = 'waiting' AND needs_approval AND disabled_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who waits. `asked_at` is in milliseconds UTC.

    Of the address there is only what stands behind the @: it helps to tell robots, and tells on nobody.
    """

    id: int
    username: str
    mail_domain: str
    asked_at: int
    version: int


async def waiting(reader: Reader, limit: int) -> list[Applicant]:
    """Who has waited for longest first."""
    rows = await reader.all(f"{_APPLICANT} ORDER BY id LIMIT :limit", limit=limit)
    return [_applicant(row) for row in rows]


async def count(reader: Reader) -> int:
    """How many wait."""
    found = await reader.value(
        "SELECT COUNT(*) FROM members WHERE role = :role AND needs_approval AND disabled_at IS NULL",
        role=Role.WAITING.value,
    )
    return int(found or 0)


async def needs_approval(reader: Reader, member_id: int) -> bool:
    """Whether a moderator has to look at him first."""
    found = await reader.value(
        "SELECT needs_approval FROM members WHERE id = :id AND role = 'waiting'", id=member_id
    )
    return bool(found)


async def set_needs_approval(writer: Writer, member_id: int, *, needs: bool) -> None:
    """Puts somebody who waits into the moderators' queue, or takes him out."""
    await writer.run("UPDATE members SET needs_approval = :needs WHERE id = :id", id=member_id, needs=needs)


async def several(reader: Reader, ids: list[int]) -> dict[int, Applicant]:
    """Those of the numbers who wait."""
    if not ids:
        return {}
    ids_sql, values = in_list("id", ids)
    rows = await reader.all(f"{_APPLICANT} AND id IN {ids_sql}", **values)
    return {row[0]: _applicant(row) for row in rows}


async def signed_up_since(reader: Reader, since: int) -> int:
    """How many signed up by themselves after that time, in milliseconds UTC."""
    found = await reader.value(
        "SELECT COUNT(*) FROM audit WHERE at > :since AND act = 'sign_up'", since=since
    )
    return int(found or 0)


def _applicant(row: Row) -> Applicant:
    return Applicant(row[0], row[1], row[2].rpartition("@")[2], row[3], row[4])
