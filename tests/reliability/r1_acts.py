"""What people do in R1's world. What they may not do is refused, and changes nothing."""

import contextlib
import itertools
from collections.abc import Awaitable, Callable

from server.actions import moderation, posting, thanking
from server.actions.posting import Draft, Edit, Posted
from server.domain.clock import now_ms
from server.domain.errors import ForumError
from server.domain.events import Event, Kind
from server.domain.viewer import Audience, Viewer
from server.store import categories, event_log, member_counters
from server.store.database import Database
from tests.reliability.r1_world import World
from tests.support.model_board import NO_LIMITS

PEOPLE = ("ann", "bo", "mod")
numbers = itertools.count(1)

Act = Callable[[World, Viewer, int, int], Awaitable[Posted | int | None]]


def word() -> str:
    """A word that nothing else says."""
    return f"kw{next(numbers)}z"


async def perform(world: World, kind: str, who: str, target: int, other: int) -> Posted | None:
    """Does it to a post, topic or category chosen by number; what came of it, if there is an answer."""
    with contextlib.suppress(ForumError):
        done = await ACTS[kind](world, world.board.viewer(who), target, other)
        return done if isinstance(done, Posted) else None
    return None


async def _ids(world: World, table: str, number: int) -> int:
    async with world.db.snapshot() as reader:
        rows = await reader.all(f"SELECT id FROM {table} ORDER BY id")
    found: int = rows[number % len(rows)][0]
    return found


async def start_topic(world: World, viewer: Viewer, target: int, _: int) -> Posted:
    place = world.board.places[Audience(target % 3)]
    draft = Draft(f"Hello {word()}", f"About {word()}")
    return await posting.start_topic(world.db, viewer, place, draft, now=now_ms(), limits=NO_LIMITS)


async def reply(world: World, viewer: Viewer, target: int, _: int) -> Posted:
    topic_id = await _ids(world, "topics", target)
    draft = Draft(f"Yes {word()}")
    return await posting.reply(world.db, viewer, topic_id, draft, now=now_ms(), limits=NO_LIMITS)


async def quote(world: World, viewer: Viewer, target: int, other: int) -> Posted:
    topic_id, post_id = await _ids(world, "topics", target), await _ids(world, "posts", other)
    draft = Draft(f"[quote={post_id}]\n\nReally? {word()}")
    return await posting.reply(world.db, viewer, topic_id, draft, now=now_ms(), limits=NO_LIMITS)


async def edit(world: World, viewer: Viewer, target: int, _: int) -> Posted:
    post_id = await _ids(world, "posts", target)
    change = Edit(f"Rather {word()}", version=10**9)
    return await posting.edit(world.db, viewer, post_id, change, now=now_ms())


async def remove(world: World, viewer: Viewer, target: int, _: int) -> Posted:
    post_id = await _ids(world, "posts", target)
    return await moderation.remove_post(world.db, viewer, post_id, "", now=now_ms())


async def restore(world: World, viewer: Viewer, target: int, _: int) -> Posted:
    post_id = await _ids(world, "posts", target)
    return await moderation.restore_post(world.db, viewer, post_id, now=now_ms())


async def thank(world: World, viewer: Viewer, target: int, _: int) -> Posted:
    return await thanking.thank(world.db, viewer, await _ids(world, "posts", target), now=now_ms())


async def take_back(world: World, viewer: Viewer, target: int, _: int) -> Posted:
    return await thanking.take_back(world.db, viewer, await _ids(world, "posts", target))


async def remove_topic(world: World, viewer: Viewer, target: int, _: int) -> int:
    topic_id = await _ids(world, "topics", target)
    return await moderation.remove_topic(world.db, viewer, topic_id, "", now=now_ms())


async def restore_topic(world: World, viewer: Viewer, target: int, _: int) -> int:
    topic_id = await _ids(world, "topics", target)
    return await moderation.restore_topic(world.db, viewer, topic_id, now=now_ms())


async def lock(world: World, viewer: Viewer, target: int, other: int) -> int:
    topic_id = await _ids(world, "topics", target)
    return await moderation.set_locked(world.db, viewer, topic_id, other % 2 == 0, now=now_ms())


async def pin(world: World, viewer: Viewer, target: int, other: int) -> int:
    topic_id = await _ids(world, "topics", target)
    return await moderation.set_pinned(world.db, viewer, topic_id, other % 2 == 0, now=now_ms())


async def change_visibility(world: World, viewer: Viewer, target: int, other: int) -> int | None:
    """As an administrator will do it one day.

    A category that comes or goes changes pages without number (lists, profiles, quotes anywhere), so the
    event takes rights away at once, and the new epoch has every page fetched afresh.
    """
    if not viewer.is_staff:
        return None
    return await set_visibility(world.db, await _ids(world, "categories", target), Audience(other % 2))


async def set_visibility(db: Database, category_id: int, visibility: Audience) -> int:
    async with db.begin() as writer:
        value = await writer.value("SELECT visibility FROM categories WHERE id = :id", id=category_id)
        before = Audience(value or 0)
        await categories.set_visibility(writer, category_id, visibility)
        authors = await writer.all(
            "SELECT DISTINCT p.author_id FROM posts p JOIN topics t ON t.id = p.topic_id"
            " WHERE t.category_id = :id AND p.author_id IS NOT NULL",
            id=category_id,
        )
        await member_counters.recount(writer, [row[0] for row in authors])
        writer.append(Event(Kind.CATEGORY, category_id, min(before, visibility), category_id=category_id))
        await event_log.new_epoch(writer)
    return writer.position


ACTS: dict[str, Act] = {
    "topic": start_topic,
    "reply": reply,
    "quote": quote,
    "edit": edit,
    "remove": remove,
    "restore": restore,
    "thank": thank,
    "take back": take_back,
    "lock": lock,
    "pin": pin,
    "remove topic": remove_topic,
    "restore topic": restore_topic,
    "visibility": change_visibility,
}
