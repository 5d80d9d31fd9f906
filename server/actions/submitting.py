"""What a member sends in, taken once: a repeated submit gets the first one's answer again."""

from collections.abc import Callable
from dataclasses import dataclass

from server.actions.writers import check_still
from server.store import pending_posts, posts, submissions
from server.store.database import Database, Duplicate, Reader, Reading, Writer


@dataclass(frozen=True, slots=True)
class Draft:
    """What a member wants to say. `token` makes a repeated submit harmless; empty: none."""

    body: str
    title: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """A new post, and the log positions between which its events stand (`after` is exclusive).

    With `pending_id` it waits for a moderator under that number, and there is no post yet.
    """

    post_id: int
    topic_id: int
    after: int
    position: int
    pending_id: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """What a transaction made of a draft: a post, or something that waits to become one."""

    post_id: int = 0
    topic_id: int = 0
    pending_id: int = 0

    @property
    def result_id(self) -> int:
        """As it is noted with the token: what waits has the negative of its number."""
        return -self.pending_id or self.post_id


async def once(
    db: Database, member_id: int, insert: Callable[[Writer], Reading[Made]], *, token: str, now: int
) -> Posted:
    """Run `insert` in a transaction, unless this token's submit was taken meanwhile: then its answer."""

    async def writing(writer: Writer) -> Posted | Made:
        earlier = await posted_before(writer, member_id, token, now)
        if earlier:
            return earlier
        made = await insert(writer)
        await check_still(writer, member_id, now)
        if token:
            await submissions.note(writer, member_id, token, made.result_id, now)
        return made

    try:
        done, writer = await db.transact(writing)
    except Duplicate:  # PostgreSQL lets two of them get this far; the second one finds the first's row
        async with db.snapshot() as reader:
            earlier = await posted_before(reader, member_id, token, now)
        if earlier is None:
            raise
        return earlier
    if isinstance(done, Posted):
        return done
    return Posted(done.post_id, done.topic_id, writer.after, writer.position, done.pending_id)


async def posted_before(reader: Reader, member_id: int, token: str, now: int) -> Posted | None:
    """What this token's first submit made. Answered before any rule is asked: it has been done."""
    result = await submissions.result(reader, member_id, token, now) if token else None
    if result is not None and result < 0:
        waited = await pending_posts.find(reader, -result)
        if waited is None or waited.post_id is None:
            at = waited.version if waited else 0
            return Posted(0, waited.topic_id or 0 if waited else 0, at - 1, at, -result)
        result = waited.post_id
    post = await posts.state(reader, result) if result else None
    if post is None:
        return None
    return Posted(post.id, post.topic_id, post.version - 1, post.version)
