"""Telling that something changed which stands beside everything a member wrote: picture, text, role, name.

The newest of it is told in the transaction of the change itself, because that is what people have open. All
of it is told once more afterwards, a bounded part in each transaction, so that pages of long ago follow too
and nothing is missed that was written at the same moment.
"""

from server.domain.bylines import Byline, Standing
from server.domain.events import Event, Kind
from server.store import bylines
from server.store.database import Database, Writer


async def tell(writer: Writer, member_id: int, byline: Byline) -> None:
    """In the transaction of the change, before the member is locked: posts come before members."""
    await bylines.queue(writer, member_id, byline)
    found = [await bylines.find(writer, member_id, step) for step in byline.steps]
    await _tell(writer, found)
    if byline is Byline.NAME:
        await _tell_categories(writer, member_id)


async def tell_next(db: Database) -> bool:
    """The next part of what is still to be told; False when there is nothing. For the board's own job."""
    async with db.snapshot() as reader:
        member_id = await bylines.any_queued(reader)
    if member_id is None:
        return False
    async with db.begin() as writer:
        retelling = await bylines.hold(writer, member_id)
        if retelling is None:  # another process was faster
            return True
        found = await bylines.find(writer, member_id, retelling.step, retelling.below)
        await _tell(writer, [found])
        later = retelling.next_step
        if found.below is not None:
            await bylines.go_on(writer, member_id, retelling.step, found.below)
        elif later is not None:
            await bylines.go_on(writer, member_id, later, bylines.TOP)
        else:
            if retelling.byline is Byline.NAME:
                await _tell_categories(writer, member_id)
            await bylines.finish(writer, member_id)
    return True


async def _tell(writer: Writer, found: list[bylines.Found]) -> None:
    topics = await bylines.hold_topics(writer, [topic for part in found for topic in part.topics])
    posts = await bylines.hold_posts(writer, [post for part in found for post in part.posts])
    for post in posts:
        writer.append(_event(Kind.POST, post))
    for topic in topics:
        writer.append(_event(Kind.TOPIC, topic))


async def _tell_categories(writer: Writer, member_id: int) -> None:
    for category in await bylines.categories(writer, member_id):
        writer.append(Event(Kind.CATEGORY, category.id, category.visibility, category_id=category.id))


def _event(kind: Kind, at: Standing) -> Event:
    return Event(kind, at.id, at.visibility, at.topic_id, at.category_id, at.author_id)
