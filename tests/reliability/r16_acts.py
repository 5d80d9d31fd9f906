"""R16's acts that take rights away or give them back, each in one commit; what no page does yet, by hand.

Each returns the position of its last event: from there on, who lost the right is told nothing more.
"""

from server.actions import members, sessions
from server.domain.clock import now_ms
from server.domain.events import Event, Kind
from server.domain.viewer import Audience, Role, Viewer
from server.store import categories, event_log
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


async def set_disabled(db: Database, viewer: Viewer, *, disabled: bool) -> int:
    """Bans a member, or takes it back."""
    assert viewer.id is not None
    async with db.begin() as writer:
        at = now_ms() if disabled else None
        await writer.run("UPDATE members SET disabled_at = :at WHERE id = :id", at=at, id=viewer.id)
        writer.append(Event(Kind.MEMBER, viewer.id, Audience.PUBLIC, member_id=viewer.id))
    return writer.position


async def set_role(db: Database, admin: Viewer, viewer: Viewer, role: Role) -> int:
    """By an administrator; the log's position also when it was that role already."""
    assert viewer.id is not None
    await members.change_role(db, admin, viewer.id, role, now=now_ms())
    return await head(db)


async def move(db: Database, topic_id: int, category_id: int) -> int:
    """Puts a topic into another category."""
    async with db.begin() as writer:
        rows = await writer.all(
            "SELECT t.category_id, c.visibility FROM topics t JOIN categories c ON c.id = t.category_id"
            " WHERE t.id = :id",
            id=topic_id,
        )
        [(before, was)] = rows
        now = await writer.value("SELECT visibility FROM categories WHERE id = :id", id=category_id)
        await writer.run(
            "UPDATE topics SET category_id = :category_id WHERE id = :id",
            category_id=category_id,
            id=topic_id,
        )
        widest = Audience(min(was, now or 0))
        for category in dict.fromkeys((before, category_id)):
            writer.append(Event(Kind.TOPIC, topic_id, widest, topic_id, category))
    return writer.position


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
