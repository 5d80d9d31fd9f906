"""From what a member typed to text that can be stored: checked, quotes resolved, rendered.

Happens before the transaction, because rendering takes milliseconds and a transaction holds a lock. What
the text quotes may be edited in between, so `settled` looks at the sources once more inside.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from server.domain import markup
from server.domain.board_limits import BoardLimits
from server.domain.errors import Invalid, Overloaded
from server.domain.markup import Markup, QuoteRef, body_length
from server.domain.models import PostState
from server.domain.validation import body_problem
from server.domain.viewer import Role, Viewer
from server.domain.watched_words import WatchedWord
from server.store import posts, quotes, watched_words
from server.store.database import Database, Reader, Writer

SHORT = 1_000  # characters: rendered at once, in 0.2 ms as people write and in 11 at worst
RENDER_WITHIN = 10.0  # seconds, mostly of waiting: the worst text takes one of the processor's at most (S27)
RENDERS_AT_ONCE = 2  # each takes the interpreter from everybody else in turns (S27)
TURN = 0.001  # seconds that a thread has the interpreter for; Python's 0.005 adds up for who needs many turns
_renderers = ThreadPoolExecutor(
    RENDERS_AT_ONCE, thread_name_prefix="render", initializer=sys.setswitchinterval, initargs=(TURN,)
)
_BUSY = "The server has too much to do right now, so nothing was saved. Please try again in a moment."


@dataclass(frozen=True, slots=True)
class Composed:
    """A text ready to be stored, what its sources said when its quotes were resolved, and the words that the
    board watched for."""

    text: Markup
    sources: Mapping[int, str]
    watched: Sequence[WatchedWord]

    @property
    def words(self) -> str:
        """All that its author wrote, as it reads and as it was typed, link targets included; no quotes.

        Before words were replaced: what one word becomes must not hide another.
        """
        return f"{self.text.said}\n{self.text.body}"


def check(source: str) -> None:
    """Raises Invalid with a sentence for the field `body` if a glance is enough to see that it is no post."""
    problem = body_problem(source)
    if problem:
        raise Invalid({"body": problem})


def check_length(source: str, most: BoardLimits) -> None:
    """As `check`, and whether it is as short as the board wants posts to be."""
    check(source)
    if problem := most.longest_problem(body_length(source)):
        raise Invalid({"body": problem})


def check_links(viewer: Viewer, composed: Composed, most: BoardLimits, now: int) -> None:
    """Raises Invalid (`body`) when somebody who is new sets more links than the board lets him (S28)."""
    is_new = viewer.role is Role.MEMBER and now - viewer.joined_at < most.new_for
    found = composed.text.links
    if is_new and found > most.new_links:
        allowed = f"New members may set {most.new_links} links in a post; here are {found}."
        raise Invalid({"body": f"{allowed} Please leave some out."})


async def compose(db: Database, viewer: Viewer, source: str) -> Composed:
    """Check and render a post's source as this viewer may write it.

    Raises Invalid with a sentence for the field `body`, or Overloaded.
    """
    check(source)
    quoted = markup.quoted_ids(source)

    async def reading(reader: Reader) -> tuple[Mapping[int, str], Sequence[WatchedWord]]:
        texts = await quotes.sources(reader, quoted, viewer.audience)
        return texts, await watched_words.every(reader)

    texts, watched = await db.read(reading)
    text = await rendered(source, texts, watched)
    if not text.text.strip() and not text.quotes:
        raise Invalid({"body": "Please write something first: the post is empty."})
    return Composed(text, texts, watched)


async def rendered(source: str, texts: Mapping[int, str], watched: Sequence[WatchedWord]) -> Markup:
    """As `markup.render`; a long text is rendered aside, so that others don't wait. Raises Overloaded."""
    if len(source) <= SHORT and not texts:
        return markup.render(source, texts, watched)
    try:
        async with asyncio.timeout(RENDER_WITHIN):
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(_renderers, markup.render, source, texts, watched)
    except TimeoutError:
        raise Overloaded(_BUSY) from None


async def settled(writer: Writer, viewer: Viewer, composed: Composed) -> list[QuoteRef]:
    """The text's quotes, moved along where their sources were edited since it was composed."""
    refs = composed.text.quotes
    if not refs:
        return []
    now = await quotes.sources(writer, sorted({ref.post_id for ref in refs}), viewer.audience)
    return [_follow(ref, composed.sources.get(ref.post_id, ""), now.get(ref.post_id, "")) for ref in refs]


def _follow(ref: QuoteRef, before: str, now: str) -> QuoteRef:
    return ref if ref.start is None or before == now else markup.relocate(ref, before, now)


async def removed_source(reader: Reader, viewer: Viewer, post_id: int) -> str | None:
    """The text of a removed post as its author wrote it; None when nothing of it is kept.

    Passages that he quoted stand in it only where he may still see them.
    """
    body = await posts.removed_body(reader, post_id)
    if body is None:
        return None
    body = markup.repoint(body, await quotes.refs_of(reader, post_id))
    return markup.expand(body, await quotes.sources(reader, markup.quoted_ids(body), viewer.audience))


async def source_of(reader: Reader, viewer: Viewer, post: PostState) -> str:
    """A post as its author edits it, quoted passages filled in from where they stand today."""
    refs = await quotes.refs_of(reader, post.id)
    body = markup.repoint(post.body or "", refs)
    texts = await quotes.sources(reader, markup.quoted_ids(body), viewer.audience)
    return markup.expand(body, texts)
