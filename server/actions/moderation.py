"""Removing and restoring, locking and pinning. Removal keeps the row, gives a reason and can be undone."""

from collections.abc import Awaitable, Callable

from server.actions import news, notices, post_joins, topic_acts
from server.actions.held import hold_moderated, hold_post
from server.actions.posting import LONGEST_REASON, Posted
from server.actions.settling import remove_whole, restore_whole, settle_post
from server.domain.errors import Forbidden, Invalid, SignInRequired
from server.domain.models import PostState, TopicState
from server.domain.notices import NoticeKind
from server.domain.permissions import (
    may_remove_post,
    may_remove_topic,
    may_restore,
)
from server.domain.viewer import Viewer
from server.store import (
    audit,
    post_writes,
    quotes,
    topics,
)
from server.store.database import Database, Writer
from server.store.topic_writes import Pin


async def remove_post(
    db: Database, viewer: Viewer, post_id: int, reason: str, *, tell: bool = False, now: int
) -> Posted:
    """Take a post away from everyone, quotes of it included. The opening post takes its topic along.

    With `tell` its author reads the reason, and gets his own text to copy.
    Raises NotFound, SignInRequired, Forbidden or Invalid (`reason`).
    """
    reason = checked_reason(viewer, reason)
    async with db.begin() as writer:
        beside = await quotes.topics_quoted_in(writer, post_id=post_id)
        post, topic = await hold_post(writer, viewer, post_id, beside)
        await remove_held_post(writer, viewer, post, topic, reason, tell=tell, now=now)
    return Posted(post_id, topic.id, writer.after, writer.position)


def why_not(viewer: Viewer, post: PostState, topic: TopicState) -> str:
    """Why the viewer may not remove the post: another moderator was faster, or it is not for him to do."""
    if post.removed and viewer.moderates(topic.category_id):
        return "This post is removed already. There is nothing left to do."
    return "You can't remove this post."


async def remove_held_post(
    writer: Writer,
    viewer: Viewer,
    post: PostState,
    topic: TopicState,
    reason: str,
    *,
    tell: bool,
    now: int,
) -> None:
    """`remove_post` within a transaction that holds the post and its topic, for a checked reason.

    Raises Forbidden, also when it is removed already.
    """
    if not may_remove_post(viewer, post, topic):
        raise Forbidden(why_not(viewer, post, topic))
    if post.place == 1:
        await remove_whole(writer, topic, by=viewer.id, reason=reason, now=now)
    else:
        await post_writes.remove(writer, post.id, by=viewer.id, reason=reason, now=now)
        await settle_post(writer, topic, post, posts_change=-1)
    told = tell and viewer.moderates(topic.category_id) and post.author_id not in (None, viewer.id)
    await audit.note(writer, viewer.id, "remove_post", "post", post.id, reason, told=told, now=now)
    if told:
        await notices.tell_author(writer, viewer, post, NoticeKind.POST_REMOVED, reason, now=now)


async def restore_post(db: Database, viewer: Viewer, post_id: int, *, now: int) -> Posted:
    """Bring a removed post back to where it was; one that was put under another post is taken apart from it.

    Raises NotFound, SignInRequired or Forbidden.
    """
    checked_reason(viewer, "")
    if await post_joins.comes_apart(db, viewer, post_id):
        return await post_joins.undo(db, viewer, post_id, now=now)
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
            await settle_post(writer, topic, post, posts_change=1)
            was_told = await audit.was_told(writer, "remove_post", "post", post_id)
            await audit.note(writer, viewer.id, "restore_post", "post", post_id, "", now=now)
            if was_told:
                await notices.tell_author(writer, viewer, post, NoticeKind.POST_RESTORED, "", now=now)
    return Posted(post_id, topic.id, writer.after, writer.position)


async def remove_topic(db: Database, viewer: Viewer, topic_id: int, reason: str, *, now: int) -> int:
    """Take a topic with all its posts away from everyone. Returns the log position.

    Raises as `remove_post`.
    """
    reason = checked_reason(viewer, reason)
    async with db.begin() as writer:
        topic = await hold_moderated(writer, viewer, topic_id)
        await remove_held_topic(writer, viewer, topic, reason, now=now)
    return writer.position


async def remove_held_topic(
    writer: Writer, viewer: Viewer, topic: TopicState, reason: str, *, now: int
) -> None:
    """`remove_topic` within a transaction that holds the topic for a moderator, for a checked reason.

    Nothing happens to one that is removed already. Raises Forbidden.
    """
    if not may_remove_topic(viewer, topic, await topic_acts.role_of(writer, topic.author_id)):
        raise Forbidden("You can't remove an administrator's topic.")
    if not topic.removed:
        await remove_whole(writer, topic, by=viewer.id, reason=reason, now=now)
        await audit.note(writer, viewer.id, "remove_topic", "topic", topic.id, reason, now=now)


async def restore_topic(db: Database, viewer: Viewer, topic_id: int, *, now: int) -> int:
    """Bring a topic back with the posts that left together with it. Raises NotFound or Forbidden."""

    async def act(writer: Writer, topic: TopicState) -> bool:
        if not topic.removed:
            return False
        await restore_whole(writer, topic)
        return True

    return await _moderate(db, viewer, topic_id, "restore_topic", act, now=now)


async def set_locked(db: Database, viewer: Viewer, topic_id: int, locked: bool, *, now: int) -> int:
    """Close a topic for replies, or open it. Returns the log position. Raises NotFound or Forbidden."""

    async def act(writer: Writer, topic: TopicState) -> bool:
        if topic.locked == locked:
            return False
        await topics.set_locked(writer, topic_id, locked)
        news.tell_topic(writer, topic)
        return True

    return await _moderate(db, viewer, topic_id, "lock" if locked else "unlock", act, now=now)


async def set_pinned(db: Database, viewer: Viewer, topic_id: int, pinned: bool, *, now: int) -> int:
    """Keep a topic at the top of its category for good, or let it go: the act of one step.

    Returns the log position. Raises as `set_locked`.
    """
    return await topic_acts.set_pinned(db, viewer, topic_id, Pin(pinned), now=now)


def checked_reason(viewer: Viewer, reason: str) -> str:
    """The reason with single spaces. Raises SignInRequired, or Invalid (`reason`)."""
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
    act: Callable[[Writer, TopicState], Awaitable[bool]],
    *,
    now: int,
) -> int:
    async with db.begin() as writer:
        topic = await hold_moderated(writer, viewer, topic_id)
        if await act(writer, topic):  # what was so already is not written down as done again
            await audit.note(writer, viewer.id, act_name, "topic", topic_id, now=now)
    return writer.position
