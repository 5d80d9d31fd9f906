"""Saying thank you for a post, and taking it back."""

from collections.abc import Awaitable, Callable

from server.actions import news
from server.actions.held import hold_post
from server.actions.posting import Posted
from server.actions.writers import writer_of
from server.domain.errors import Forbidden
from server.domain.permissions import may_thank
from server.domain.viewer import Audience, Viewer
from server.store import member_counters, thanks
from server.store.database import Database, Writer


async def thank(db: Database, viewer: Viewer, post_id: int, *, now: int) -> Posted:
    """Thank for somebody else's post; doing it twice changes nothing.

    Raises as `writer_of`, NotFound or Forbidden (one's own post, a locked topic).
    """

    async def add(writer: Writer, member_id: int) -> int:
        return 1 if await thanks.add(writer, post_id, member_id, now) else 0

    return await _change(db, viewer, post_id, add)


async def take_back(db: Database, viewer: Viewer, post_id: int) -> Posted:
    """Take one's thank-you back; doing it twice changes nothing. Raises as `thank`."""

    async def delete(writer: Writer, member_id: int) -> int:
        return -1 if await thanks.take_back(writer, post_id, member_id) else 0

    return await _change(db, viewer, post_id, delete)


async def _change(
    db: Database, viewer: Viewer, post_id: int, change: Callable[[Writer, int], Awaitable[int]]
) -> Posted:
    member_id = writer_of(viewer, "Please sign in to say thank you.")
    async with db.begin() as writer:
        post, topic = await hold_post(writer, viewer, post_id)
        if not may_thank(viewer, post, topic):
            own = post.author_id == viewer.id
            raise Forbidden(
                "One can't thank oneself." if own else "This topic is closed, so thanks can't change."
            )
        difference = await change(writer, member_id)
        if difference:
            news.tell_post(writer, topic, post_id, post.author_id)
            if topic.visibility is Audience.PUBLIC and post.author_id is not None:
                await member_counters.hold(writer, post.author_id, member_id)
                await member_counters.count(writer, post.author_id, thanks=difference)
                news.tell_member(writer, post.author_id)
                news.tell_member(writer, member_id)  # thanks given stand on a profile too
    return Posted(post_id, topic.id, writer.after, writer.position)
