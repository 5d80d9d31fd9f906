"""Telling a member what concerns him, and noting that he has read it."""

from collections.abc import Iterable

from server.domain.errors import SignInRequired
from server.domain.events import Event, Kind
from server.domain.letters import NOTICES_AFTER, Letter
from server.domain.models import PostState
from server.domain.notices import NoticeKind
from server.domain.viewer import Audience, Viewer
from server.store import notices, outbox
from server.store.database import Database, Writer

MAX_WORDS = 1_000  # characters of what somebody says to the member


async def tell(
    writer: Writer,
    member_id: int,
    kind: NoticeKind,
    *,
    object_kind: str,
    object_id: int,
    words: str = "",
    by: int | None = None,
    now: int,
) -> None:
    """Tells a member something, in the transaction of what it is about.

    `words` are shown as a quote, so they are for this member: never what a reporter or a moderator said to
    others. Nobody is told what he did himself (`by`). If he hasn't read it after NOTICES_AFTER, a letter says
    that something waits for him.
    """
    if by == member_id:
        return
    notice_id = await notices.add(
        writer, member_id, kind, object_kind, object_id, words[:MAX_WORDS].strip(), now
    )
    _tell(writer, [notices.Told(notice_id, member_id)])
    await outbox.add_once(writer, Letter.NOTICES, member_id, notice_id, due_at=now + NOTICES_AFTER, now=now)


async def tell_author(
    writer: Writer, viewer: Viewer, post: PostState, kind: NoticeKind, words: str, *, now: int
) -> None:
    """Tells who wrote the post what a moderator did with it. Nobody, where he has left."""
    if post.author_id is not None:
        await tell(
            writer,
            post.author_id,
            kind,
            object_kind="post",
            object_id=post.id,
            words=words,
            by=viewer.id,
            now=now,
        )


async def retell(writer: Writer, topic_id: int, post_id: int | None = None) -> None:
    """What stands in notices about a post, or about a topic and its posts, came or went."""
    _tell(writer, await notices.about_posts_of(writer, topic_id, post_id))


async def withdraw(writer: Writer, object_kind: str, object_id: int) -> None:
    """Takes back every notice about a thing that is gone for good."""
    _tell(writer, await notices.withdraw(writer, object_kind, object_id))


async def read(db: Database, viewer: Viewer, up_to: int, *, now: int) -> int:
    """Notes that the viewer has read his notices up to that number. Returns how many are unread still.

    Raises SignInRequired.
    """
    if viewer.id is None:
        raise SignInRequired
    async with db.begin() as writer:
        _tell(writer, await notices.mark_read(writer, viewer.id, up_to, now))
        left = await notices.unread(writer, viewer.id)
    return left.count


def _tell(writer: Writer, told: Iterable[notices.Told]) -> None:
    for one in told:
        writer.append(Event(Kind.NOTICE, one.id, Audience.STAFF, member_id=one.member_id))
