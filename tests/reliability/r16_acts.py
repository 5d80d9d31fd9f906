"""R16's acts that take rights away or give them back, each in one commit.

Each returns the position of its last event: from there on, who lost the right is told nothing more.
"""

from server.actions import members, sanctions, sessions
from server.domain.clock import now_ms
from server.domain.events import Event, Kind
from server.domain.sanctions import Draft, SanctionKind
from server.domain.viewer import Audience, Role, Viewer
from server.store import categories, event_log
from server.store import sanctions as sanction_rows
from server.store import sessions as session_rows
from server.store.database import Database


async def sign_out(db: Database, viewer: Viewer) -> int:
    """Of one browser."""
    async with db.begin() as writer:
        assert viewer.session_id is not None
        await sessions.end(writer, viewer.session_id)
    return writer.position


async def sign_out_everywhere(db: Database, viewer: Viewer) -> int:
    """As a new password does."""
    assert viewer.id is not None
    async with db.begin() as writer:
        for number in await session_rows.end_others(writer, viewer.id):
            writer.append(Event(Kind.SESSION, number, Audience.STAFF, member_id=viewer.id))
    return writer.position


async def ban(db: Database, staff: Viewer, viewer: Viewer) -> int:
    """Until further notice; ends the member's sessions too."""
    assert viewer.id is not None
    draft = Draft(SanctionKind.BAN, "Advertising.", lasts="good")
    await sanctions.impose(db, staff, viewer.id, draft, now=now_ms())
    return await head(db)


async def end_ban(db: Database, staff: Viewer, viewer: Viewer) -> int:
    """Of whoever has one."""
    assert viewer.id is not None
    async with db.snapshot() as reader:
        found = await sanction_rows.of_member(reader, viewer.id)
    for sanction in found:
        if sanction.is_running and sanction.kind is SanctionKind.BAN:
            await sanctions.end(db, staff, sanction.id, now=now_ms())
    return await head(db)


async def set_role(db: Database, admin: Viewer, viewer: Viewer, role: Role) -> int:
    """By an administrator; the log's position also when it was that role already."""
    assert viewer.id is not None
    await members.change_role(db, admin, viewer.id, role, now=now_ms())
    return await head(db)


async def show(db: Database, category_id: int, audience: Audience) -> int:
    """Makes a category visible for that audience, with an event only: nobody has to fetch a page afresh."""
    async with db.begin() as writer:
        query = "SELECT visibility FROM categories WHERE id = :id"
        before = Audience(await writer.value(query, id=category_id) or 0)
        await categories.set_visibility(writer, category_id, audience)
        widest = min(before, audience)
        writer.append(Event(Kind.CATEGORY, category_id, widest, category_id=category_id))
    return writer.position


async def head(db: Database) -> int:
    """The log's last position."""
    async with db.snapshot() as reader:
        return (await event_log.head(reader)).seq
