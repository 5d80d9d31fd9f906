"""Putting a post together with another one of its author: what was sent twice, or belongs together.

Of the two the earlier one stays and the later one is removed, whichever was named. Where both say the same
one copy simply goes; else the later text is put under the earlier one. No text is kept twice for undoing it:
how much of it was there before is enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.actions import news, notices
from server.actions.composing import compose
from server.actions.held import hold_post
from server.actions.posting import Posted
from server.actions.settling import settle_post
from server.domain.errors import Forbidden, Invalid, NotFound, SignInRequired
from server.domain.markup import MAX_QUOTES, Markup, QuoteRef, body_length, joined, relocate, repoint
from server.domain.models import PostState, TopicState
from server.domain.notices import NoticeKind
from server.domain.permissions import may_join_posts, may_moderate, sees_post
from server.domain.viewer import Viewer
from server.store import audit, post_joins, post_writes, posts, quotes, settings, topics, visibility
from server.store.database import Database, Reader, Writer

REMOVED_BECAUSE = "Merged into an earlier post of the same author"
EDITED_BECAUSE = "Joined with another post of the same author"
_CHANGED = "One of the two posts was changed just now. Please look at the result again."
_REFUSED = "You can't join this post with another one."


@dataclass(frozen=True, slots=True)
class Pair:
    """Two posts of one author in one topic, as they are now. `kept` is how long the earlier one's text is.

    `body` is what the earlier one will say, and `quotes` what it will quote; both say the `same` already.
    """

    earlier: PostState
    later: PostState
    topic: TopicState
    body: str
    kept: int
    quotes: tuple[QuoteRef, ...]
    same: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """What a pair becomes: the text of the earlier post from then on."""

    pair: Pair
    text: Markup


async def offered(db: Database, viewer: Viewer, post_id: int) -> list[int]:
    """The posts with which this one can be put together, the nearest of its author's, in their order.

    Raises SignInRequired, NotFound or Forbidden.
    """
    if viewer.id is None:
        raise SignInRequired
    async with db.snapshot() as reader:
        post, topic = await visibility.post(reader, viewer, post_id)
        _check(viewer, post, topic)
        return await post_joins.offered(reader, post_id)


async def look(db: Database, viewer: Viewer, post_id: int, into: int | None = None) -> Joined:
    """What this post and `into` become together; without `into` it is the one before, or else the next one.

    Raises SignInRequired, NotFound, Forbidden or Invalid (`into`).
    """
    around = await offered(db, viewer, post_id)
    if into is None:
        into = next((one for one in reversed(around) if one < post_id), next(iter(around), None))
    if into is None:
        raise Invalid({"into": "Its author has no other post in this topic that it could be joined with."})
    async with db.snapshot() as reader:
        pair = await _pair(reader, *await visibility.post(reader, viewer, post_id), into)
        await _check_size(reader, pair)
    text = (await compose(db, viewer, pair.body)).text
    # Its quotes stay what they are, whether this viewer may see what is quoted or not.
    return Joined(pair, replace(text, body=pair.body, quotes=pair.quotes))


async def join(db: Database, viewer: Viewer, post_id: int, into: int | None = None, *, now: int) -> Posted:
    """Puts the post together with `into`, or with the one before; the earlier of the two is what stays.

    Its author is told. Doing it twice changes nothing. Raises as `look`.
    """
    if (done := await _done_before(db, viewer, post_id, into)) is not None:
        return done
    seen = await look(db, viewer, post_id, into)
    pair, text = seen.pair, seen.text
    async with db.begin() as writer:
        beside = await quotes.topics_quoted_in(writer, post_id=post_id)
        earlier, topic = await hold_post(writer, viewer, pair.earlier.id, beside)
        later = await posts.hold(writer, pair.later.id)
        if later is None or topic.id != pair.topic.id or later.topic_id != topic.id:
            raise Invalid({"into": _CHANGED})
        for post in (earlier, later):
            _check(viewer, post, topic)
        if (earlier.body, later.body) != (pair.earlier.body, pair.later.body):
            raise Invalid({"into": _CHANGED})
        assert viewer.id is not None  # `look` has asked
        kept = 0 if pair.same else pair.kept
        await post_joins.add(writer, earlier.id, later.id, kept=kept, by=viewer.id, now=now)
        if not pair.same:
            await post_writes.change(
                writer, earlier.id, text=text, by=viewer.id, reason=EDITED_BECAUSE, answers=False, now=now
            )
            await _refer(writer, earlier, text, pair.quotes)
        await post_writes.remove(writer, later.id, by=viewer.id, reason=REMOVED_BECAUSE, now=now)
        await settle_post(writer, topic, later, posts_change=-1)
        await _tell(writer, topic, earlier)
        await audit.note(
            writer, viewer.id, "join_posts", "post", later.id, told=True,
            before=f"#{later.id}", after=f"#{earlier.id}", now=now,
        )  # fmt: skip
        await notices.tell_author(writer, viewer, earlier, NoticeKind.POSTS_JOINED, "", now=now)
    return Posted(earlier.id, topic.id, writer.after, writer.position)


async def comes_apart(db: Database, viewer: Viewer, later_id: int) -> bool:
    """Whether the post was put under another one, and `undo` would take both apart for this viewer.

    Raises Forbidden when others have to be taken apart before: alone it would stand on the board twice.
    """
    async with db.snapshot() as reader:
        found = await post_joins.latest(reader, later_id)
        if found is None or not found.waits:
            return False
        if not found.stands:
            await _check_last(reader, viewer, found)
            return False
        earlier = await posts.state(reader, found.earlier_id)
        topic = await topics.state(reader, earlier.topic_id) if earlier else None
    return earlier is not None and topic is not None and may_join_posts(viewer, earlier, topic)


async def undo(db: Database, viewer: Viewer, later_id: int, *, now: int) -> Posted:
    """Takes the post apart again from the one under which it was put: both are as they were.

    Its author, who was told, is told. Raises SignInRequired, NotFound, or Forbidden when somebody has changed
    one of them since.
    """
    if viewer.id is None:
        raise SignInRequired
    async with db.snapshot() as reader:
        found = await post_joins.latest(reader, later_id)
        before = await posts.state(reader, found.earlier_id) if found else None
        if found is None or before is None:
            raise NotFound
        await _check_stands(reader, viewer, found)
        refs = await quotes.refs_of(reader, before.id)
    kept = repoint((before.body or "")[: found.kept], refs)
    text = replace((await compose(db, viewer, kept)).text, body=kept) if kept else None
    async with db.begin() as writer:
        beside = await quotes.topics_quoted_in(writer, post_id=later_id)
        earlier, topic = await hold_post(writer, viewer, found.earlier_id, beside)
        later = await posts.hold(writer, later_id)
        again = await post_joins.latest(writer, later_id)
        if later is None or not sees_post(viewer, later, topic):
            raise NotFound
        _check(viewer, earlier, topic)
        if again != found or earlier.body != before.body:
            raise Forbidden("One of the two posts was changed just now. Please try again.")
        if text is not None:
            await post_writes.change(
                writer, earlier.id, text=text, by=viewer.id, reason="", answers=False, now=now
            )
            await _refer(
                writer, earlier, text, (await quotes.refs_of(writer, earlier.id))[: len(text.quotes)]
            )
        await post_writes.restore(writer, later_id)
        await settle_post(writer, topic, later, posts_change=1)
        await post_joins.take_back(writer, found, now=now)
        await _tell(writer, topic, earlier)
        await audit.note(writer, viewer.id, "undo_join", "post", later_id, after=f"#{later_id}", now=now)
        await notices.tell_author(writer, viewer, later, NoticeKind.POST_RESTORED, "", now=now)
    return Posted(later_id, topic.id, writer.after, writer.position)


async def _done_before(db: Database, viewer: Viewer, post_id: int, into: int | None) -> Posted | None:
    """What putting the two together has made already."""
    async with db.snapshot() as reader:
        for one, other in ((post_id, into), (into, post_id)):
            found = await post_joins.latest(reader, one) if one is not None else None
            if found is None or not found.waits or other not in (None, found.earlier_id):
                continue
            earlier, topic = await visibility.post(reader, viewer, found.earlier_id)
            _check(viewer, earlier, topic)
            return Posted(earlier.id, topic.id, earlier.version - 1, earlier.version)
    return None


def _check(viewer: Viewer, post: PostState, topic: TopicState) -> None:
    if not may_join_posts(viewer, post, topic):
        raise Forbidden(_REFUSED)


async def _check_stands(reader: Reader, viewer: Viewer, found: post_joins.Join) -> None:
    if not found.waits:
        raise Forbidden(f"#{found.later_id} was restored or erased since. There is nothing left to undo.")
    if not found.stands:
        await _check_last(reader, viewer, found)
        raise Forbidden(
            f"#{found.earlier_id} was changed, moved or removed since, so it can't be as it was. You can"
            f" restore #{found.later_id} alone, and edit #{found.earlier_id}."
        )


async def _check_last(reader: Reader, viewer: Viewer, found: post_joins.Join) -> None:
    """Raises Forbidden when posts were joined on top of this join: they come apart in the opposite order."""
    after = await post_joins.joined_after(reader, found)
    earlier = await posts.state(reader, found.earlier_id) if after else None
    topic = await topics.state(reader, earlier.topic_id) if earlier else None
    if after is not None and topic is not None and may_moderate(viewer, topic):
        raise Forbidden(
            f"#{after.later_id} was joined with #{after.earlier_id} later than this. Please take these two"
            f" apart first: restore #{after.later_id}, and then #{found.later_id}."
        )


async def _pair(reader: Reader, post: PostState, topic: TopicState, into: int) -> Pair:
    other = await posts.state(reader, into)
    if other is None or other.id == post.id or other.topic_id != topic.id or other.removed:
        raise Invalid({"into": "Please choose another post of the same author in this topic."})
    if other.author_id != post.author_id:
        raise Invalid(
            {"into": f"#{into} was written by somebody else. Please choose one of the same author."}
        )
    earlier, later = (post, other) if post.place < other.place else (other, post)
    refs = [await quotes.refs_of(reader, one.id) for one in (earlier, later)]
    said = [repoint(one.body or "", own).strip() for one, own in zip((earlier, later), refs, strict=True)]
    same = said[0] == said[1]
    body = said[0] if same else joined(*said)
    quoted = refs[0] if same else [*refs[0], *refs[1]]
    return Pair(earlier, later, topic, body, len(said[0]), tuple(quoted), same)


async def _check_size(reader: Reader, pair: Pair) -> None:
    if pair.same:
        return
    length, most = body_length(pair.body), (await settings.limits(reader)).longest_post
    if length > most:
        raise Invalid({"into": f"Together they would have {length:,} characters; in a post {most:,} fit."})
    if len(pair.quotes) > MAX_QUOTES:
        raise Invalid({"into": f"Together they would have more than {MAX_QUOTES} quotes."})


async def _refer(writer: Writer, post: PostState, text: Markup, refs: Sequence[QuoteRef]) -> None:
    """The post quotes these now, and who quotes a passage of it, quotes it where it stands now."""
    await quotes.replace(writer, post.id, refs)
    for quoting_id, place, ref in await quotes.references_to(writer, post.id):
        await quotes.move(writer, quoting_id, place, relocate(ref, post.plain or "", text.text))


async def _tell(writer: Writer, topic: TopicState, earlier: PostState) -> None:
    news.tell_post(writer, topic, earlier.id, earlier.author_id)
    await news.tell_quoting(writer, earlier.id)
    await news.tell_cases(writer, {earlier.id})
