"""Posts that go from one topic to another, with all that counts and shows them, in one transaction.

Numbers stay and places are given anew in their order, in both topics. A topic in which nobody could read
anything any more goes along whole and leads to where its posts are.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from server.actions import news, notices, pending, reports
from server.actions.topic_acts import count_for_members
from server.domain.models import TopicState
from server.store import categories, topics
from server.store import topic_writes as writes
from server.store.database import Writer
from server.store.topic_writes import Placed


@dataclass(frozen=True, slots=True)
class Transfer:
    """From where to where, and who has it done, when (milliseconds UTC) and why."""

    here: TopicState
    there: TopicState
    by: int
    reason: str
    now: int


async def transfer(writer: Writer, about: Transfer, ids: Collection[int]) -> tuple[list[int], bool]:
    """Moves the posts of `about.here` that `ids` names. Both topics have to be held.

    Returns the numbers of those that went, and whether nothing stayed behind: what was removed before goes
    along with the last that can be seen.
    """
    here, there = about.here, about.there
    before = await writes.placed(writer, here.id, there.id)
    inside = [post for post in before if post.topic_id == here.id]
    emptied = all(post.removed for post in inside if post.id not in ids)
    moved = [post for post in inside if emptied or post.id in ids]
    opens = len(inside) == len(before)  # nothing has been there until now

    await writes.carry_over(writer, [post.id for post in moved], here.id, there.id)
    for topic in (here, there):
        await writes.number(writer, topic.id)
        await topics.recount(writer, topic.id)
        await writes.follow_opening(writer, topic.id)
    if emptied:
        await topics.remove(writer, here.id, by=about.by, reason=about.reason, now=about.now)
        await writes.lead_on(writer, here.id, there.id)

    await _tell(writer, about, before, moved)
    seen = [(post.id, post.author_id) for post in moved if not post.removed]
    changes = [(here, -int(emptied), -len(seen)), (there, int(opens), len(seen))]
    for topic, of_topics, of_posts in sorted(changes, key=lambda change: change[0].category_id):
        await categories.count(writer, topic.category_id, topics=of_topics, posts=of_posts)
    await count_for_members(writer, here, there, seen)
    return [post.id for post in moved], emptied


async def _tell(writer: Writer, about: Transfer, before: Sequence[Placed], moved: Sequence[Placed]) -> None:
    """An event for each place: the old one first, because what is told last of a post is where it is."""
    here, there = about.here, about.there
    for post in moved:
        news.tell_post(writer, here, post.id, post.author_id)
        news.tell_post(writer, there, post.id, post.author_id)
    places = {post.id: post.place for post in await writes.placed(writer, here.id, there.id)}
    gone = {post.id for post in moved}
    for post in before:
        if post.id not in gone and places[post.id] != post.place:  # perhaps on another page now
            news.tell_post(writer, here if post.topic_id == here.id else there, post.id, post.author_id)
    if here.category_id != there.category_id:
        await news.tell_quoting_any(writer, [post.id for post in moved])
    await news.tell_cases(writer, gone, left=here.category_id)
    for topic in (here, there):
        await notices.retell(writer, topic.id)
        await pending.retell_in(writer, topic.id)
        await reports.retell_topic(writer, topic.id, left=here.category_id)
        news.tell_topic(writer, topic)
        news.tell_category(writer, topic)
