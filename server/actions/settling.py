"""What has to come right in the transaction in which a post, or a topic with its posts, went or came back."""

from collections import Counter

from server.actions import news, notices, pending, reports
from server.domain.models import PostState, TopicState
from server.domain.viewer import Audience
from server.store import categories, member_counters, post_writes, posts, thanks, topics
from server.store.database import Writer

Moved = list[tuple[int, int | None]]  # posts, each with its author


async def settle_post(writer: Writer, topic: TopicState, post: PostState, *, posts_change: int) -> None:
    """Everything that looks different once one post came (1) or went (-1)."""
    news.tell_post(writer, topic, post.id, post.author_id)
    await news.tell_quoting(writer, post.id)
    await notices.retell(writer, topic.id, post.id)
    await reports.retell(writer, topic.id, post.id)
    await topics.count_reply(writer, topic.id, posts_change)
    news.tell_topic(writer, topic)
    await categories.count(writer, topic.category_id, posts=posts_change)
    news.tell_category(writer, topic)
    if post.author_id is not None:
        if topic.visibility is Audience.PUBLIC:
            thanked = posts_change * await thanks.count(writer, post.id)
            await member_counters.count(writer, post.author_id, posts=posts_change, thanks=thanked)
        news.tell_member(writer, post.author_id)


async def remove_whole(writer: Writer, topic: TopicState, *, by: int | None, reason: str, now: int) -> Moved:
    """Takes the topic away with every post of it that can be seen; these, each with its author."""
    going = await posts.in_whole_topic(writer, topic.id, removed_with_topic=False)
    await topics.remove(writer, topic.id, by=by, reason=reason, now=now)
    await post_writes.remove_with_topic(writer, topic.id, by=by, reason=reason, now=now)
    await _settle_whole(writer, topic, going, sign=-1)
    return going


async def restore_whole(writer: Writer, topic: TopicState) -> Moved:
    """Brings the topic back with the posts that left together with it; these, each with its author."""
    back = await posts.in_whole_topic(writer, topic.id, removed_with_topic=True)
    await topics.restore(writer, topic.id)
    await post_writes.restore_with_topic(writer, topic.id)
    await _settle_whole(writer, topic, back, sign=1)
    return back


async def _settle_whole(writer: Writer, topic: TopicState, moved: Moved, *, sign: int) -> None:
    for post_id, author_id in moved:
        news.tell_post(writer, topic, post_id, author_id)
    await news.tell_quoting_topic(writer, topic.id)
    await notices.retell(writer, topic.id)
    await reports.retell(writer, topic.id)
    await pending.retell_in(writer, topic.id)
    await topics.recount(writer, topic.id)
    news.tell_topic(writer, topic)
    await categories.count(writer, topic.category_id, topics=sign, posts=sign * len(moved))
    news.tell_category(writer, topic)
    await _count_for_authors(writer, topic, moved, sign=sign)


async def settle_posts(writer: Writer, topic: TopicState, moved: Moved, *, sign: int) -> None:
    """As `settle_post` for several posts of one topic, each with its author, at once."""
    for post_id, author_id in moved:
        news.tell_post(writer, topic, post_id, author_id)
        await news.tell_quoting(writer, post_id)
        await notices.retell(writer, topic.id, post_id)
        await reports.retell(writer, topic.id, post_id)
    await topics.recount(writer, topic.id)
    news.tell_topic(writer, topic)
    await categories.count(writer, topic.category_id, posts=sign * len(moved))
    news.tell_category(writer, topic)
    await _count_for_authors(writer, topic, moved, sign=sign)


async def _count_for_authors(writer: Writer, topic: TopicState, moved: Moved, *, sign: int) -> None:
    """What profiles count; members' rows are locked last, in order."""
    written: Counter[int] = Counter()
    thanked: Counter[int] = Counter()
    thanks_of = await thanks.counts_in_topic(writer, topic.id)
    for post_id, author_id in moved:
        if author_id is not None:
            written[author_id] += sign
            thanked[author_id] += sign * thanks_of.get(post_id, 0)
    if topic.visibility is Audience.PUBLIC:
        await member_counters.count_many(writer, written, thanked)
    for author_id in sorted(written):
        news.tell_member(writer, author_id)
