"""Exports that members asked for: waiting to be packed, ready to be fetched, or failed. One a member."""

from server.domain.exports import HELD_FOR, KEPT_FOR, Export, State
from server.store.database import Reader, Row, Writer

_EXPORT = "SELECT id, member_id, state, asked_at, done, total, file, size, ends_at, tries FROM exports WHERE "


async def of_member(reader: Reader, member_id: int) -> Export | None:
    """The member's export, if he asked for one lately."""
    return _export(await reader.one(f"{_EXPORT}member_id = :id ORDER BY id DESC LIMIT 1", id=member_id))


async def ready(reader: Reader, export_id: int, member_id: int, now: int) -> Export | None:
    """The export of that number, if it is this member's and can be fetched."""
    return _export(
        await reader.one(
            f"{_EXPORT}id = :id AND member_id = :member_id AND state = 'ready' AND ends_at > :now",
            id=export_id,
            member_id=member_id,
            now=now,
        )
    )


async def add(writer: Writer, member_id: int, now: int) -> None:
    """Asks for one."""
    await writer.run(
        "INSERT INTO exports (member_id, state, asked_at, due_at) VALUES (:member_id, 'waiting', :now, :now)",
        member_id=member_id,
        now=now,
    )


async def any_due(reader: Reader, now: int) -> bool:
    """Whether there is one to be packed."""
    found = await reader.value(
        "SELECT 1 FROM exports WHERE state = 'waiting' AND due_at <= :now LIMIT 1", now=now
    )
    return found is not None


async def take(writer: Writer, now: int) -> Export | None:
    """The oldest that is to be packed; for HELD_FOR, or until more progress is noted, it is nobody else's."""
    export_id = await writer.value(
        "UPDATE exports SET due_at = :held, tries = tries + 1 WHERE id = (SELECT id FROM exports"
        f" WHERE state = 'waiting' AND due_at <= :now ORDER BY id LIMIT 1{writer.for_update}) RETURNING id",
        held=now + HELD_FOR,
        now=now,
    )
    return None if export_id is None else _export(await writer.one(f"{_EXPORT}id = :id", id=export_id))


async def note_progress(writer: Writer, export_id: int, done: int, total: int, now: int) -> None:
    """So much is packed."""
    await writer.run(
        "UPDATE exports SET done = :done, total = :total, due_at = :held WHERE id = :id",
        id=export_id,
        done=done,
        total=total,
        held=now + HELD_FOR,
    )


async def note_ready(writer: Writer, export_id: int, file: str, size: int, now: int) -> bool:
    """It can be fetched; False when nobody wants it any more."""
    found = await writer.value(
        "UPDATE exports SET state = 'ready', file = :file, size = :size, ends_at = :ends_at"
        " WHERE id = :id AND state = 'waiting' RETURNING id",
        id=export_id,
        file=file,
        size=size,
        ends_at=now + KEPT_FOR,
    )
    return found is not None


async def note_failed(writer: Writer, export_id: int) -> None:
    """It could not be packed."""
    await writer.run("UPDATE exports SET state = 'failed' WHERE id = :id", id=export_id)


async def end_of(writer: Writer, member_id: int) -> None:
    """Forgets the member's exports; their files are swept."""
    await writer.run("DELETE FROM exports WHERE member_id = :id", id=member_id)


async def prune(writer: Writer, now: int) -> None:
    """Forgets exports that are over."""
    await writer.run(
        "DELETE FROM exports WHERE ends_at <= :now OR (state = 'failed' AND asked_at <= :before)",
        now=now,
        before=now - KEPT_FOR,
    )


async def files(reader: Reader) -> frozenset[str]:
    """The names of all files that belong to an export."""
    rows = await reader.all("SELECT file FROM exports WHERE file <> ''")
    return frozenset(row[0] for row in rows)


def _export(row: Row | None) -> Export | None:
    return None if row is None else Export(row[0], row[1], State(row[2]), *row[3:])
