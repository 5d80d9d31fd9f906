"""Asking the author of a post to change it himself, which often is all that is needed."""

from server.actions import news, notices
from server.actions.held import hold_post
from server.actions.posting import Posted
from server.domain.errors import Forbidden, Invalid, SignInRequired
from server.domain.notices import NoticeKind
from server.domain.permissions import may_ask_to_edit, may_moderate
from server.domain.viewer import Viewer
from server.store import audit, post_writes
from server.store.database import Database

LONGEST_WORDS = 500  # characters of what is asked for


async def ask_to_edit(db: Database, viewer: Viewer, post_id: int, words: str, *, now: int) -> Posted:
    """Tells the author what he is asked to change; staff see on the post that he was, until he edits it.

    Asking again says it again. Raises NotFound, SignInRequired, Forbidden or Invalid (`words`).
    """
    if viewer.id is None:
        raise SignInRequired
    words = words.strip()
    if not words:
        raise Invalid({"words": "Please say what should be different, and why. The author reads it."})
    if len(words) > LONGEST_WORDS:
        raise Invalid({"words": f"Please keep it under {LONGEST_WORDS} characters."})
    async with db.begin() as writer:
        post, topic = await hold_post(writer, viewer, post_id)
        if not may_ask_to_edit(viewer, post, topic):
            raise Forbidden("You can't ask for a change of this post.")
        await post_writes.ask_to_edit(writer, post_id, now)
        news.tell_post(writer, topic, post_id, post.author_id)
        await audit.note(writer, viewer.id, "ask_to_edit", "post", post_id, words, told=True, now=now)
        await notices.tell_author(writer, viewer, post, NoticeKind.EDIT_ASKED, words, now=now)
    return Posted(post_id, topic.id, writer.after, writer.position)


async def stop_asking(db: Database, viewer: Viewer, post_id: int, *, now: int) -> Posted:
    """The post is fine as it is. What the author was told stays told. Raises as `ask_to_edit`."""
    if viewer.id is None:
        raise SignInRequired
    async with db.begin() as writer:
        post, topic = await hold_post(writer, viewer, post_id)
        if not may_moderate(viewer, topic):
            raise Forbidden("Only moderators can do this.")
        await post_writes.ask_to_edit(writer, post_id, None)
        news.tell_post(writer, topic, post_id, post.author_id)
        await audit.note(writer, viewer.id, "unask_to_edit", "post", post_id, now=now)
    return Posted(post_id, topic.id, writer.after, writer.position)
