"""Writing down what is reported, and what moderators make of it."""

from dataclasses import dataclass

from server.domain.reports import Outcome, Reason, Subject
from server.store.database import Reader, Row, Writer


@dataclass(frozen=True, slots=True)
class State:
    """A case as rules see it."""

    id: int
    subject: Subject
    object_id: int
    settled: bool
    looking_id: int | None
    looking_until: int


async def add(writer: Writer, subject: Subject, object_id: int, now: int) -> int:
    """The open case about a thing: a new one, or the one that there is, held by this transaction."""
    rows = await writer.all(
        "INSERT INTO cases (object_kind, object_id, opened_at) VALUES (:kind, :id, :now)"
        " ON CONFLICT (object_kind, object_id) WHERE settled_at IS NULL"
        " DO UPDATE SET opened_at = cases.opened_at RETURNING id",
        kind=subject.value,
        id=object_id,
        now=now,
    )
    return int(rows[0][0])


async def put_report(  # noqa: PLR0917  # who said what about which case
    writer: Writer, case_id: int, reporter_id: int | None, reason: Reason, details: str, now: int
) -> None:
    """Adds what somebody says to a case, in the place of what he said before."""
    if reporter_id is None:
        await writer.run(
            "DELETE FROM reports WHERE case_id = :case_id AND reporter_id IS NULL AND reason = :reason",
            case_id=case_id,
            reason=reason.value,
        )
    await writer.run(
        "INSERT INTO reports (case_id, reporter_id, reason, details, at)"
        " VALUES (:case_id, :reporter_id, :reason, :details, :now)"
        " ON CONFLICT (case_id, reporter_id) DO UPDATE SET reason = excluded.reason,"
        " details = excluded.details, at = excluded.at",
        case_id=case_id,
        reporter_id=reporter_id,
        reason=reason.value,
        details=details,
        now=now,
    )


async def make_urgent(writer: Writer, case_id: int) -> None:
    """Puts the case before those that are not urgent."""
    await writer.run("UPDATE cases SET urgent = :yes WHERE id = :id", id=case_id, yes=True)


_STATE = (
    "SELECT id, object_kind, object_id, settled_at IS NOT NULL, looking_id, COALESCE(looking_until, 0)"
    " FROM cases WHERE id = :id"
)


async def state(reader: Reader, case_id: int) -> State | None:
    """The case as it is now, for who holds what it is about first."""
    return _state(await reader.one(_STATE, id=case_id))


async def hold(writer: Writer, case_id: int) -> State | None:
    """The case as it is now, kept from others until the transaction ends."""
    return _state(await writer.one(f"{_STATE}{writer.for_update}", id=case_id))


def _state(row: Row | None) -> State | None:
    return State(row[0], Subject(row[1]), row[2], bool(row[3]), row[4], row[5]) if row else None


async def set_looking(writer: Writer, case_id: int, member_id: int | None, until: int) -> None:
    """Notes who looks at the case; None when nobody does any more."""
    await writer.run(
        "UPDATE cases SET looking_id = :member_id, looking_until = :until WHERE id = :id",
        id=case_id,
        member_id=member_id,
        until=until,
    )


async def blank(writer: Writer, subject: Subject, object_id: int) -> list[int]:
    """What was said of a thing is nowhere any more, as it may quote it; the numbers of its open cases."""
    await writer.run(
        "UPDATE reports SET details = '' WHERE case_id IN"
        " (SELECT id FROM cases WHERE object_kind = :kind AND object_id = :id)",
        kind=subject.value,
        id=object_id,
    )
    rows = await writer.all(
        "SELECT id FROM cases WHERE object_kind = :kind AND object_id = :id AND settled_at IS NULL",
        kind=subject.value,
        id=object_id,
    )
    return [row[0] for row in rows]


async def settle(writer: Writer, case_id: int, by: int, outcome: Outcome, now: int) -> list[int]:
    """Closes the case; the numbers of its reporters."""
    await writer.run(
        "UPDATE cases SET settled_at = :now, settled_by = :by, outcome = :outcome, looking_id = NULL,"
        " looking_until = NULL WHERE id = :id",
        id=case_id,
        by=by,
        outcome=outcome.value,
        now=now,
    )
    rows = await writer.all(
        "SELECT reporter_id FROM reports WHERE case_id = :id AND reporter_id IS NOT NULL ORDER BY id",
        id=case_id,
    )
    return [row[0] for row in rows]
