"""Announcements: what stands at the top of the pages, what is to stand there, and what stood there lately."""

from server.domain.announcements import Announcement
from server.domain.viewer import Audience
from server.store.database import Reader, Row, Writer

_ANNOUNCEMENT = "SELECT id, text, audience, begins_at, ends_at FROM announcements"


async def latest(reader: Reader, limit: int) -> list[Announcement]:
    """The announcements that end last, first."""
    rows = await reader.all(f"{_ANNOUNCEMENT} ORDER BY ends_at DESC, id DESC LIMIT :limit", limit=limit)
    return [_announcement(row) for row in rows]


async def hold(writer: Writer, announcement_id: int) -> Announcement | None:
    """The announcement, kept from others until the transaction ends."""
    row = await writer.one(f"{_ANNOUNCEMENT} WHERE id = :id{writer.for_update}", id=announcement_id)
    return _announcement(row) if row else None


async def add(writer: Writer, one: Announcement, made_by: int | None, *, told: bool) -> int:
    """The new announcement's number. `told`: open pages learn of it in this transaction."""
    row = await writer.one(
        "INSERT INTO announcements (text, audience, begins_at, ends_at, made_by, told)"
        " VALUES (:text, :audience, :begins_at, :ends_at, :made_by, :told) RETURNING id",
        text=one.text,
        audience=int(one.audience),
        begins_at=one.begins_at,
        ends_at=one.ends_at,
        made_by=made_by,
        told=int(told),
    )
    assert row is not None
    return int(row[0])


async def change(writer: Writer, one: Announcement, *, told: bool) -> None:
    """Replaces what the announcement of that number says, for whom, and when."""
    await writer.run(
        "UPDATE announcements SET text = :text, audience = :audience, begins_at = :begins_at,"
        " ends_at = :ends_at, told = :told WHERE id = :id",
        id=one.id,
        text=one.text,
        audience=int(one.audience),
        begins_at=one.begins_at,
        ends_at=one.ends_at,
        told=int(told),
    )


async def is_due(reader: Reader, now: int) -> bool:
    """Whether one has begun of which open pages have not been told."""
    found = await reader.value(
        "SELECT 1 FROM announcements WHERE told = 0 AND begins_at <= :now AND ends_at > :now LIMIT 1", now=now
    )
    return found is not None


async def note_told(writer: Writer, now: int) -> int:
    """Notes that open pages are told of all that have begun; how many those are."""
    rows = await writer.all(
        "UPDATE announcements SET told = 1 WHERE told = 0 AND begins_at <= :now RETURNING id", now=now
    )
    return len(rows)


def _announcement(row: Row) -> Announcement:
    return Announcement(row[0], row[1], Audience(row[2]), row[3], row[4])
