"""Taking a removed text off the board for good, as law and privacy ask for. There is no way back from it.

Removal keeps a text where only moderation finds it; purging leaves none: not in the post, not in its quotes,
not in what its author was told about it. What stays is the number, the place, and the line in the log.
"""

from dataclasses import dataclass

from server.actions import news, notices, reports
from server.actions.held import hold_post
from server.actions.posting import LONGEST_REASON, Posted
from server.domain.errors import Forbidden, SignInRequired
from server.domain.markup import render
from server.domain.notices import NoticeKind
from server.domain.permissions import may_purge
from server.domain.reports import Subject
from server.domain.validation import Problems
from server.domain.viewer import Viewer
from server.store import audit, leavers, post_writes, quotes, topics
from server.store.database import Database

PURGED_TITLE = "Erased by the board"
PURGED_BODY = "_This post was erased by the board’s administrators._"
"""What stands at the head of a topic whose opening post was purged."""


@dataclass(frozen=True, slots=True)
class Purge:
    """What an administrator says and confirms. `number` is the post's, typed once more; `knows` the tick."""

    reason: str
    number: str
    knows: bool
    tell: bool = False


async def purge_post(db: Database, viewer: Viewer, post_id: int, purge: Purge, *, now: int) -> Posted:
    """Blanks every copy of a removed post. Nobody can restore it afterwards.

    An opening post keeps the head of its topic, which says so. Raises NotFound, SignInRequired, Forbidden
    when it is not removed yet, or Invalid (`reason`, `number`, `knows`).
    """
    if viewer.id is None:
        raise SignInRequired
    if not may_purge(viewer):
        raise Forbidden("Only administrators can erase a post for good.")
    reason = _checked(purge, post_id)
    async with db.begin() as writer:
        beside = await quotes.topics_quoted_in(writer, post_id=post_id)
        post, topic = await hold_post(writer, viewer, post_id, beside)
        if not post.removed:
            raise Forbidden("Please remove the post first. Then it can be erased for good.")
        if post.place == 1:
            await leavers.erase_opening(writer, topic.id, post_id, render(PURGED_BODY, {}), PURGED_TITLE)
            await notices.withdraw(writer, "topic", topic.id)
            await reports.forget_words(writer, Subject.TOPIC, topic.id, topic.category_id)
            news.tell_topic(writer, topic)
            news.tell_category(writer, topic)
        else:
            await post_writes.purge(writer, post_id, by=viewer.id, reason=reason, now=now)
            await topics.recount(writer, topic.id)  # what left with its topic is the topic's no more
            news.tell_topic(writer, topic)
        await notices.withdraw(writer, "post", post_id)
        await reports.forget_words(writer, Subject.POST, post_id, topic.category_id)
        news.tell_post(writer, topic, post_id, post.author_id)
        await news.tell_quoting(writer, post_id)
        told = purge.tell and post.author_id not in (None, viewer.id)
        await audit.note(writer, viewer.id, "purge_post", "post", post_id, reason, told=told, now=now)
        if told:
            await notices.tell_author(writer, viewer, post, NoticeKind.POST_PURGED, reason, now=now)
    return Posted(post_id, topic.id, writer.after, writer.position)


def _checked(purge: Purge, post_id: int) -> str:
    reason = " ".join(purge.reason.split())
    problems = Problems()
    problems.add("reason", None if reason else "Please say why. It is all that will be left of this.")
    if len(reason) > LONGEST_REASON:
        problems.add("reason", f"Please keep the reason under {LONGEST_REASON} characters.")
    same = purge.number.strip().removeprefix("#") == str(post_id)
    problems.add("number", None if same else f"Please type the post’s number, {post_id}.")
    problems.add("knows", None if purge.knows else "Please confirm that nobody can bring it back.")
    problems.refuse()
    return reason
