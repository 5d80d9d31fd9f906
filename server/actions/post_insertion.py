"""A new post in its topic, with everything that counts it, quotes it and tells of it."""

from server.actions import answers, news
from server.actions.composing import Composed, settled
from server.actions.word_checks import report_post
from server.domain.markup_text import cut
from server.domain.models import TopicState
from server.domain.substitutions import replaced
from server.domain.validation import MAX_TITLE
from server.domain.viewer import Audience, Viewer
from server.domain.watched_words import Verdict
from server.store import categories, member_counters, post_numbers, post_writes, quotes, topics
from server.store.database import Writer


async def topics_beside(writer: Writer, composed: Composed, post_id: int = 0) -> set[int]:
    """The topics of what the text quotes, and the post has quoted so far: to be locked with its own."""
    return await quotes.topics_quoted(writer, [ref.post_id for ref in composed.text.quotes], by=post_id)


async def insert_post(  # noqa: PLR0917  # as it is done: who, where, what, when
    writer: Writer, viewer: Viewer, topic: TopicState, composed: Composed, now: int, verdict: Verdict
) -> int:
    """The viewer's post at the end of the topic, which the transaction holds; its number.

    Moderators hear of what the verdict found in it.
    """
    post_id = await post_numbers.take(writer)
    place = await topics.take_place(writer, topic.id, post_id)
    await post_writes.add(
        writer,
        post_id=post_id,
        topic_id=topic.id,
        place=place,
        author_id=viewer.id,
        author_name=viewer.username,
        text=composed.text,
        now=now,
    )
    if composed.text.quotes:
        await quotes.replace(writer, post_id, await settled(writer, viewer, composed))
    await categories.count(writer, topic.category_id, posts=1)
    news.tell_post(writer, topic, post_id, viewer.id)
    news.tell_topic(writer, topic)
    news.tell_category(writer, topic)
    if topic.visibility is Audience.PUBLIC and viewer.id is not None:
        await member_counters.count(writer, viewer.id, posts=1)
        news.tell_member(writer, viewer.id)
    quoted = sorted({ref.post_id for ref in composed.text.quotes})
    await answers.expect(writer, topic, post_id, viewer.id, quoted, now)
    await report_post(writer, post_id, verdict, now=now)
    return post_id


async def insert_topic(  # noqa: PLR0917  # as insert_post
    writer: Writer, viewer: Viewer, category_id: int, title: str, composed: Composed, now: int
) -> TopicState | None:
    """A topic without posts yet, its category and what the text quotes locked.

    Words that the board replaces are so in its title too.
    """
    topic_id = await topics.add(
        writer,
        category_id=category_id,
        title=cut(replaced(composed.watched, title), MAX_TITLE),
        author_id=viewer.id,
        author_name=viewer.username,
        now=now,
    )
    await topics.hold(writer, topic_id, await topics_beside(writer, composed))
    await categories.hold(writer, category_id)
    return await topics.state(writer, topic_id)
