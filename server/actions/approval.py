"""What moderators make of posts that wait: approved ones become posts then and there, at the topic's end.

A post that waits is none: it has no number, no place and no counter, so nothing has to remember to leave it
out. Its text is rendered again when it is approved, under what its author may quote by then.
"""

from server.actions import notices
from server.actions.admission import checked_reason
from server.actions.composing import Composed, compose
from server.actions.pending import tell
from server.actions.post_insertion import insert_post, insert_topic, topics_beside
from server.actions.replying import ARCHIVED
from server.actions.submitting import Posted
from server.actions.waiting import is_pending_for
from server.domain.errors import Forbidden, NotFound
from server.domain.models import TopicState
from server.domain.notices import NoticeKind
from server.domain.permissions import may_moderate, sees_topic
from server.domain.viewer import Viewer
from server.domain.watched_words import Verdict
from server.store import audit, categories, merged_topics, pending_posts, pending_writes, topics
from server.store.database import Database, Reader, Writer
from server.store.pending_posts import PendingPost

ANSWERED = "This does not wait any more: somebody else has answered, or its author took it back."
_REMOVED = "Its topic was removed. Restore the topic first, or decline the post."
_NOT_THEIRS = "Its author cannot read this place any more. Please decline the post and say so."


async def approve(db: Database, viewer: Viewer, pending_id: int, *, now: int) -> Posted:
    """Puts the post on the board, as its author's, and tells him.

    Raises NotFound when it does not wait for this viewer, Forbidden where it cannot stand any more, or
    Overloaded.
    """
    async with db.snapshot() as reader:
        pending = await _waiting(reader, viewer, pending_id)
    author = Viewer(pending.author.id, pending.author.username, pending.author.role)
    composed = await compose(db, author, pending.body)
    async with db.begin() as writer:
        topic = await _topic_for(writer, viewer, author, pending, composed, now)
        post_id = await insert_post(writer, author, topic, composed, now, Verdict())
        spot = await pending_writes.approve(writer, pending_id, post_id, by=viewer.id, now=now)
        if spot is None:
            raise NotFound(ANSWERED)
        tell(writer, spot)
        await notices.tell(
            writer,
            spot.member_id,
            NoticeKind.POST_APPROVED,
            object_kind="post",
            object_id=post_id,
            by=viewer.id,
            now=now,
        )
        await audit.note(writer, viewer.id, "approve_post", "post", post_id, now=now)
    return Posted(post_id, topic.id, writer.after, writer.position)


async def decline(db: Database, viewer: Viewer, pending_id: int, reason: str, *, now: int) -> int:
    """Keeps the post off the board. Its author reads why, and has his text for some time. The log position.

    Raises NotFound or Invalid (`reason`).
    """
    cleaned = checked_reason(reason)
    async with db.begin() as writer:
        await _waiting(writer, viewer, pending_id)
        spot = await pending_writes.decline(writer, pending_id, cleaned, by=viewer.id, now=now)
        if spot is None:
            raise NotFound(ANSWERED)
        tell(writer, spot)
        await notices.tell(
            writer,
            spot.member_id,
            NoticeKind.POST_DECLINED,
            object_kind="pending",
            object_id=pending_id,
            words=cleaned,
            by=viewer.id,
            now=now,
        )
        await audit.note(
            writer, viewer.id, "decline_post", "pending", pending_id, cleaned, told=True, now=now
        )
    return writer.position


async def reopen(db: Database, viewer: Viewer, pending_id: int, *, now: int) -> None:
    """A declined post waits again. Raises NotFound when it is kept no longer, or not for this viewer."""
    async with db.begin() as writer:
        pending = await pending_posts.find(writer, pending_id)
        if pending is None or not pending.is_declined or not is_pending_for(viewer, pending):
            raise NotFound("This is not kept any more, or waits already.")
        spot = await pending_writes.reopen(writer, pending_id)
        if spot is None:
            raise NotFound(ANSWERED)
        tell(writer, spot)
        await notices.withdraw(writer, "pending", pending_id)
        await audit.note(writer, viewer.id, "reopen_post", "pending", pending_id, now=now)


async def _waiting(reader: Reader, viewer: Viewer, pending_id: int) -> PendingPost:
    pending = await pending_posts.find(reader, pending_id)
    if pending is None or not pending.waits or not is_pending_for(viewer, pending):
        raise NotFound(ANSWERED)
    return pending


async def _topic_for(  # noqa: PLR0917  # who puts whose post where
    writer: Writer, viewer: Viewer, author: Viewer, pending: PendingPost, composed: Composed, now: int
) -> TopicState:
    """The topic in which it is to stand, held: a new one, or the one that it answers, wherever that went."""
    if pending.topic_id is None:
        topic = await _new_topic(writer, author, pending, composed, now)
    else:
        before = await topics.state(writer, pending.topic_id)
        into = await merged_topics.whereabouts(writer, before) if before else 0
        topic = await topics.hold(writer, into, await topics_beside(writer, composed))
    if topic is None or not may_moderate(viewer, topic):
        raise NotFound(ANSWERED)
    if topic.removed:
        raise Forbidden(_REMOVED)
    if topic.archived:
        raise Forbidden(ARCHIVED)
    if not sees_topic(author, topic):
        raise Forbidden(_NOT_THEIRS)
    return topic


async def _new_topic(
    writer: Writer, author: Viewer, pending: PendingPost, composed: Composed, now: int
) -> TopicState | None:
    if pending.category_id is None:
        raise Forbidden("The category is not there any more. Please decline the post and say so.")
    topic = await insert_topic(writer, author, pending.category_id, pending.title, composed, now)
    await categories.count(writer, pending.category_id, topics=1)
    return topic
