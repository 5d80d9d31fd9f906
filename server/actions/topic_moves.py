"""Splitting and merging topics, moving single posts, and undoing each of these."""

from dataclasses import dataclass
from dataclasses import field as field_of

from server.actions import notices
from server.actions.held import hold_moderated
from server.actions.post_transfer import Transfer, transfer
from server.actions.topic_acts import NO_REASON, Why, role_of, tell_author
from server.domain.errors import Forbidden, Invalid, NotFound, SignInRequired
from server.domain.models import TopicState
from server.domain.notices import NoticeKind
from server.domain.permissions import may_merge, may_moderate, may_move, may_rename, sees_topic
from server.domain.validation import clean_title, title_problem
from server.domain.viewer import Viewer
from server.store import audit, categories, merged_topics, posts, topic_moves, topics
from server.store import topic_writes as writes
from server.store.database import Database, Writer
from server.store.topic_moves import Move

MAX_MOVED = 2_000  # posts at once
MAX_TOLD = 100  # authors of posts that were moved
_NONE = "Please choose at least one post that readers can see."
_MOVED_ON = "Some of these posts were moved on since. Undo that first."
_UNDONE = "This was undone already."
_REMOVED = "This topic is removed. Restore it first."


@dataclass(frozen=True, slots=True)
class Chosen:
    """Posts of a topic: those of `ids`, and all from the number `onwards` on, if there is one."""

    ids: frozenset[int] = field_of(default_factory=frozenset)
    onwards: int | None = None

    def has(self, post_id: int) -> bool:
        """Whether the post is one of them."""
        return post_id in self.ids or (self.onwards is not None and post_id >= self.onwards)


EVERYTHING = Chosen(onwards=0)


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the posts are now, the first of them, and the log position."""

    topic_id: int
    post_id: int
    position: int


@dataclass(frozen=True, slots=True)
class NewTopic:
    """What the topic is to be called that posts are split off into, and its category."""

    title: str
    category_id: int


async def split(
    db: Database,
    viewer: Viewer,
    topic_id: int,
    chosen: Chosen,
    new: NewTopic,
    *,
    why: Why = NO_REASON,
    now: int,
) -> Moved:
    """Make a topic of its own from some posts of this one; the first of them opens it.

    Raises SignInRequired, NotFound, Forbidden or Invalid (`posts`, `title`, `category`, `reason`).
    """
    why, problem = why.checked(), title_problem(new.title)
    if problem:
        raise Invalid({"title": problem})
    async with db.begin() as writer:
        here = await _hold(writer, viewer, topic_id)
        category = await categories.find(writer, new.category_id, viewer.audience)
        if category is None or not may_move(viewer, here, category.id, category.visibility):
            raise Invalid({"category": "There is no such category. Please choose one of the list."})
        await _those(writer, here, chosen)  # before there is a topic for them
        number = await topics.add(
            writer,
            category_id=category.id,
            title=clean_title(new.title),
            author_id=None,
            author_name="",
            now=now,
        )
        there = await topics.hold(writer, number)
        assert there is not None
        first = await _move(writer, viewer, (here, there), chosen, why, act="split", now=now)
    return Moved(there.id, first, writer.position)


async def move_posts(
    db: Database, viewer: Viewer, topic_id: int, chosen: Chosen, into: int, *, why: Why = NO_REASON, now: int
) -> Moved:
    """Put some posts of a topic into another one, where they stand by their numbers.

    Raises SignInRequired, NotFound, Forbidden or Invalid (`posts`, `topic`, `reason`).
    """
    why = why.checked()
    async with db.begin() as writer:
        here, there = await _hold_both(writer, viewer, topic_id, into)
        first = await _move(writer, viewer, (here, there), chosen, why, act="move_posts", now=now)
    return Moved(there.id, first, writer.position)


async def merge(
    db: Database, viewer: Viewer, topic_id: int, into: int, why: Why = NO_REASON, *, now: int
) -> Moved:
    """Put a whole topic into another one. Its address leads there from then on.

    Raises SignInRequired, NotFound, Forbidden or Invalid (`topic`, `reason`).
    """
    why = why.checked()
    async with db.begin() as writer:
        here, there = await _hold_both(writer, viewer, topic_id, into)
        first = await _move(writer, viewer, (here, there), EVERYTHING, why, act="merge", now=now)
        if here.author_id != there.author_id:
            await tell_author(writer, viewer, here, NoticeKind.TOPIC_MERGED, why, now, about=there.id)
    return Moved(there.id, first, writer.position)


async def undo(db: Database, viewer: Viewer, move_id: int, *, now: int) -> Moved:
    """Bring the posts of a split, a move or a merge back to where they came from.

    What was written since stays. Raises SignInRequired, NotFound or Forbidden.
    """
    if viewer.id is None:
        raise SignInRequired
    async with db.snapshot() as reader:
        found = await topic_moves.find(reader, move_id)
        into = await topics.state(reader, found.to_topic) if found else None
    if found is None:
        raise NotFound
    if found.undone_at is not None:
        raise Forbidden(_UNDONE)
    # One that was merged on is held by nobody any more.
    if into is not None and into.merged_into is not None and may_moderate(viewer, into):
        raise Forbidden(_MOVED_ON)
    async with db.begin() as writer:
        here = await hold_moderated(writer, viewer, found.to_topic, found.from_topic)
        found = await topic_moves.find(writer, move_id)
        if found is None or found.undone_at is not None:
            raise Forbidden(_UNDONE)
        ids = await topic_moves.posts_of(writer, move_id)
        there = await _reopened(writer, found, ids)
        if here.removed or there.removed:
            raise Forbidden(_REMOVED)
        if not may_merge(viewer, here, there):
            raise Forbidden("You can't move posts there.")
        moved, _ = await transfer(writer, Transfer(here, there, viewer.id, "", now), ids)
        await topic_moves.mark_undone(writer, move_id, now)
        await audit.note(
            writer, viewer.id, "undo_move", "topic", there.id,
            before=f"#{here.id} {here.title}", after=there.title or "", now=now,
        )  # fmt: skip
    return Moved(there.id, min(moved), writer.position)


async def _reopened(writer: Writer, move: Move, ids: set[int]) -> TopicState:
    """The topic that the posts came from, which stands for itself again if it was emptied.

    Raises Forbidden when not all of them are where they went.
    """
    inside = await writes.placed(writer, move.to_topic)
    there = await topics.state(writer, move.from_topic)
    assert there is not None  # topics are never deleted
    if there.merged_into not in (None, move.to_topic) or not ids <= {post.id for post in inside}:
        raise Forbidden(_MOVED_ON)
    if there.merged_into is None:
        return there
    if all(post.removed for post in inside if post.id in ids):
        raise Forbidden("All of these posts were removed since. Restore one of them first.")
    await topics.restore(writer, there.id)
    await writes.stand_again(writer, there.id)
    again = await topics.state(writer, there.id)
    assert again is not None
    return again


async def _hold(writer: Writer, viewer: Viewer, topic_id: int, *others: int) -> TopicState:
    topic = await hold_moderated(writer, viewer, topic_id, *others)
    if topic.removed:
        raise Forbidden(_REMOVED)
    return topic


async def _hold_both(
    writer: Writer, viewer: Viewer, topic_id: int, into: int
) -> tuple[TopicState, TopicState]:
    """Raises as `_hold`, or Invalid (`topic`) when nothing can go there."""
    named = await topics.state(writer, into)
    into = await merged_topics.whereabouts(writer, named) if named else into
    here = await _hold(writer, viewer, topic_id, into)
    there = await topics.state(writer, into)
    if there is None or not sees_topic(viewer, there):
        raise Invalid({"topic": "There is no such topic. Please copy its address, or type its number."})
    if there.id == here.id:
        raise Invalid({"topic": "That is this very topic. Please choose another one."})
    if there.removed:
        raise Invalid({"topic": "That topic is removed. Restore it first, or choose another one."})
    if not may_merge(viewer, here, there):
        raise Forbidden("You can't move posts there.")
    return here, there


async def _those(writer: Writer, topic: TopicState, chosen: Chosen) -> set[int]:
    """The numbers of the chosen posts. Raises Invalid (`posts`)."""
    inside = [post for post in await writes.placed(writer, topic.id) if chosen.has(post.id)]
    if all(post.removed for post in inside):
        raise Invalid({"posts": _NONE})
    if len(inside) > MAX_MOVED:
        raise Invalid(
            {"posts": f"Please move at most {MAX_MOVED:,} posts at once; these are {len(inside):,}."}
        )
    return {post.id for post in inside}


async def _move(  # what goes from where to where, and why
    writer: Writer,
    viewer: Viewer,
    places: tuple[TopicState, TopicState],
    chosen: Chosen,
    why: Why,
    *,
    act: str,
    now: int,
) -> int:
    """The number of the first post that went."""
    here, there = places
    assert viewer.id is not None  # the topic is held for a moderator
    ids = await _those(writer, here, chosen)
    moved, emptied = await transfer(writer, Transfer(here, there, viewer.id, why.reason, now), ids)
    if emptied and not may_rename(viewer, here, await role_of(writer, here.author_id)):
        raise Forbidden("You can't put all of an administrator's topic elsewhere.")
    await topic_moves.add(
        writer, moved, by=viewer.id, from_topic=here.id, to_topic=there.id, emptied=emptied, now=now
    )
    if why.tell and act != "merge":
        await _tell_authors(writer, viewer.id, moved, why, now)
    await audit.note(
        writer, viewer.id, act, "topic", here.id, why.reason,
        before=here.title or "", after=f"#{there.id} {there.title}", now=now,
    )  # fmt: skip
    return min(moved)


async def _tell_authors(writer: Writer, by: int, moved: list[int], why: Why, now: int) -> None:
    """Everybody of whom something was moved that can be read hears where the first of it is."""
    first: dict[int, int] = {}
    for post_id, author_id in await posts.authors_of(writer, moved):
        first.setdefault(author_id, post_id)
    for author_id, post_id in list(first.items())[:MAX_TOLD]:
        await notices.tell(
            writer, author_id, NoticeKind.POSTS_MOVED,
            object_kind="post", object_id=post_id, words=why.reason, by=by, now=now,
        )  # fmt: skip
