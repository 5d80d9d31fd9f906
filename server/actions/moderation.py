"""Removing and restoring, locking and pinning. Removal keeps the row, gives a reason and can be undone."""

from collections import Counter
from collections.abc import Awaitable, Callable

from server.actions import news, notices, reports
from server.actions.held import hold_post
from server.actions.posting import LONGEST_REASON, Posted
from server.domain.errors import Forbidden, Invalid, NotFound, SignInRequired
from server.domain.models import PostState, TopicState
from server.domain.notices import NoticeKind
from server.domain.permissions import (
    may_moderate,
    may_remove_post,
    may_remove_topic,
    may_restore,
    sees_topic,
)
from server.domain.viewer import Audience, Role, Viewer
from server.store import (
    audit,
    categories,
    member_counters,
    members,
    post_writes,
    posts,
    quotes,
    thanks,
    topics,
)
from server.store.database import Database, Writer


async def remove_post(
    db: Database, viewer: Viewer, post_id: int, reason: str, *, tell: bool = False, now: int
) -> Posted:
    """Take a post away from everyone, quotes of it included. The opening post takes its topic along.

    With `tell` its author reads the reason, and gets his own text to copy.
    Raises NotFound, SignInRequired, Forbidden or Invalid (`reason`).
    """
    reason = _checked(viewer, reason)
    async with db.begin() as writer:
        beside = await quotes.topics_quoted_in(writer, post_id=post_id)
        post, topic = await hold_post(writer, viewer, post_id, beside)
        if not may_remove_post(viewer, post, topic):
            raise Forbidden("You can't remove this post.")
        if post.place == 1:
            await _remove_whole(writer, viewer, topic, reason, now)
        else:
            await post_writes.remove(writer, post_id, by=viewer.id, reason=reason, now=now)
            await _settle(writer, topic, post, posts_change=-1)
        told = tell and viewer.moderates(topic.category_id) and post.author_id not in (None, viewer.id)
        await audit.note(writer, viewer.id, "remove_post", "post", post_id, reason, told=told, now=now)
        if told:
            await notices.tell_author(writer, viewer, post, NoticeKind.POST_REMOVED, reason, now=now)
    return Posted(post_id, topic.id, writer.after, writer.position)


async def restore_post(db: Database, viewer: Viewer, post_id: int, *, now: int) -> Posted:
    """Bring a removed post back to where it was. Raises NotFound, SignInRequired or Forbidden."""
    _checked(viewer, "")
    async with db.begin() as writer:
        beside = await quotes.topics_quoted_in(writer, post_id=post_id)
        post, topic = await hold_post(writer, viewer, post_id, beside)
        if not may_restore(viewer, topic):
            raise Forbidden("Only moderators can restore posts.")
        if topic.removed:
            raise Forbidden("The whole topic is removed. Restore the topic instead.")
        if post.removed:
            if not await post_writes.has_removed_text(writer, post_id):
                raise Forbidden("Its author has erased this post. Nobody has its text any more.")
            await post_writes.restore(writer, post_id)
            await _settle(writer, topic, post, posts_change=1)
            was_told = await audit.was_told(writer, "remove_post", "post", post_id)
            await audit.note(writer, viewer.id, "restore_post", "post", post_id, "", now=now)
            if was_told:
                await notices.tell_author(writer, viewer, post, NoticeKind.POST_RESTORED, "", now=now)
    return Posted(post_id, topic.id, writer.after, writer.position)


async def remove_topic(db: Database, viewer: Viewer, topic_id: int, reason: str, *, now: int) -> int:
    """Take a topic with all its posts away from everyone. Returns the log position.

    Raises as `remove_post`.
    """
    reason = _checked(viewer, reason)

    async def act(writer: Writer, topic: TopicState) -> None:
        author = None if topic.author_id is None else await members.by_id(writer, topic.author_id)
        if not may_remove_topic(viewer, topic, author.role if author else Role.MEMBER):
            raise Forbidden("You can't remove an administrator's topic.")
        if not topic.removed:
            await _remove_whole(writer, viewer, topic, reason, now)

    return await _moderate(db, viewer, topic_id, "remove_topic", act, now=now, reason=reason)


async def restore_topic(db: Database, viewer: Viewer, topic_id: int, *, now: int) -> int:
    """Bring a topic back with the posts that left together with it. Raises NotFound or Forbidden."""

    async def act(writer: Writer, topic: TopicState) -> None:
        if topic.removed:
            back = await posts.in_whole_topic(writer, topic_id, removed_with_topic=True)
            await topics.restore(writer, topic_id)
            await post_writes.restore_with_topic(writer, topic_id)
            await _settle_whole(writer, topic, back, sign=1)

    return await _moderate(db, viewer, topic_id, "restore_topic", act, now=now)


async def set_locked(db: Database, viewer: Viewer, topic_id: int, locked: bool, *, now: int) -> int:
    """Close a topic for replies, or open it. Returns the log position. Raises NotFound or Forbidden."""

    async def act(writer: Writer, topic: TopicState) -> None:
        if topic.locked != locked:
            await topics.set_locked(writer, topic_id, locked)
            news.tell_topic(writer, topic)

    return await _moderate(db, viewer, topic_id, "lock" if locked else "unlock", act, now=now)


async def set_pinned(db: Database, viewer: Viewer, topic_id: int, pinned: bool, *, now: int) -> int:
    """Keep a topic at the top of its category, or let it go. Returns the log position.

    Raises as `set_locked`.
    """

    async def act(writer: Writer, topic: TopicState) -> None:
        if topic.pinned != pinned:
            await topics.set_pinned(writer, topic_id, pinned)
            news.tell_topic(writer, topic)

    return await _moderate(db, viewer, topic_id, "pin" if pinned else "unpin", act, now=now)


def _checked(viewer: Viewer, reason: str) -> str:
    if viewer.id is None:
        raise SignInRequired
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": f"Please keep the reason under {LONGEST_REASON} characters."})
    return reason


async def _moderate(
    db: Database,
    viewer: Viewer,
    topic_id: int,
    act_name: str,
    act: Callable[[Writer, TopicState], Awaitable[None]],
    *,
    now: int,
    reason: str = "",
) -> int:
    if viewer.id is None:
        raise SignInRequired
    async with db.begin() as writer:
        beside = await quotes.topics_quoted_in(writer, topic_id=topic_id)
        topic = await topics.hold(writer, topic_id, beside)
        if topic is None or not sees_topic(viewer, topic):
            raise NotFound
        if not may_moderate(viewer, topic):
            raise Forbidden("Only moderators can do this.")
        await act(writer, topic)
        await audit.note(writer, viewer.id, act_name, "topic", topic_id, reason, now=now)
    return writer.position


async def _settle(writer: Writer, topic: TopicState, post: PostState, *, posts_change: int) -> None:
    """Everything that looks different once one post came or went."""
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


async def _remove_whole(writer: Writer, viewer: Viewer, topic: TopicState, reason: str, now: int) -> None:
    going = await posts.in_whole_topic(writer, topic.id, removed_with_topic=False)
    await topics.remove(writer, topic.id, by=viewer.id, reason=reason, now=now)
    await post_writes.remove_with_topic(writer, topic.id, by=viewer.id, reason=reason, now=now)
    await _settle_whole(writer, topic, going, sign=-1)


async def _settle_whole(
    writer: Writer, topic: TopicState, moved: list[tuple[int, int | None]], *, sign: int
) -> None:
    for post_id, author_id in moved:
        news.tell_post(writer, topic, post_id, author_id)
    await news.tell_quoting_topic(writer, topic.id)
    await notices.retell(writer, topic.id)
    await reports.retell(writer, topic.id)
    await topics.recount(writer, topic.id)
    news.tell_topic(writer, topic)
    await categories.count(writer, topic.category_id, topics=sign, posts=sign * len(moved))
    news.tell_category(writer, topic)
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
