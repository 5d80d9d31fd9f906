"""Announcing something at the top of all pages for a while, and taking it down."""

from dataclasses import replace

from server.domain.announcements import (
    Announcement,
    AnnouncementDraft,
    checked_announcement,
    zone_of,
)
from server.domain.errors import Forbidden, NotFound
from server.domain.events import Event, Kind
from server.domain.permissions import may_administer
from server.domain.viewer import Audience, Viewer
from server.store import announcements, audit, event_log
from server.store.database import Database, Writer

_NOT_ADMIN = "Only administrators announce something on every page."


async def announce(db: Database, viewer: Viewer, draft: AnnouncementDraft, *, now: int) -> int:
    """A new announcement; its number. It shows in open pages when it begins (`tell_due`), or at once.

    Raises Forbidden or Invalid.
    """
    _check(viewer)
    made = checked_announcement(draft, zone_of(viewer.preferences.zone), now)
    async with db.begin() as writer:
        number = await announcements.add(writer, made, viewer.id, told=made.stands(now))
        await _tell(writer, made, now=now)
        await audit.note(writer, viewer.id, "announce", "announcement", number, now=now)
    return number


async def change_announcement(
    db: Database, viewer: Viewer, announcement_id: int, draft: AnnouncementDraft, *, now: int
) -> None:
    """Says it anew, or moves its times; who put it away before sees it again only if its words are new.

    Raises Forbidden, NotFound or Invalid.
    """
    _check(viewer)
    made = checked_announcement(draft, zone_of(viewer.preferences.zone), now, announcement_id)
    async with db.begin() as writer:
        before = await announcements.hold(writer, announcement_id)
        if before is None:
            raise NotFound
        await announcements.change(writer, made, told=made.stands(now))
        await _tell(writer, made, before, now=now)
        await audit.note(writer, viewer.id, "announcement_changed", "announcement", announcement_id, now=now)


async def take_down(db: Database, viewer: Viewer, announcement_id: int, *, now: int) -> None:
    """Ends an announcement now, or before it began. Raises Forbidden or NotFound."""
    _check(viewer)
    async with db.begin() as writer:
        before = await announcements.hold(writer, announcement_id)
        if before is None or before.ends_at <= now:
            raise NotFound
        ended = replace(before, begins_at=min(before.begins_at, now), ends_at=now)
        await announcements.change(writer, ended, told=True)
        await _tell(writer, ended, before, now=now)
        await audit.note(writer, viewer.id, "announcement_ended", "announcement", announcement_id, now=now)


async def tell_due(db: Database, *, now: int) -> None:
    """Shows in open pages what begins. Several processes may do it at once: one of them tells.

    That one ends needs no telling: pages know until when it stands.
    """
    if not await db.read(lambda reader: announcements.is_due(reader, now)):
        return
    async with db.begin() as writer:
        if await announcements.note_told(writer, now):
            writer.append(Event(Kind.SETTINGS, 0, Audience.PUBLIC))
            await event_log.turn_page(writer)


def _check(viewer: Viewer) -> None:
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)


async def _tell(writer: Writer, *changed: Announcement, now: int) -> None:
    """Open pages fetch themselves afresh, if one of these stands on them now, or stood before."""
    writer.append(Event(Kind.SETTINGS, 0, Audience.PUBLIC))  # kept pages know when the next one begins
    if any(one.stands(now) for one in changed):
        await event_log.turn_page(writer)
