"""Quotes are references: which post, and from where to where. What they say is read from the source."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.markup import QuoteRef, passage
from server.domain.models import Quote
from server.domain.viewer import Audience
from server.store.columns import in_list
from server.store.database import Reader, Row, Writer

MOST_IDS = 500  # in one statement

# The source's text and author only where category, topic and post let this audience see it. (Not joined as a
# subquery: SQLite would make the whole of it, every post of the board, before joining.)
_QUOTED = (
    "SELECT q.post_id, q.quoted_id, q.start, q.stop,"
    " CASE WHEN c.id IS NOT NULL THEN s.plain END,"
    " CASE WHEN c.id IS NOT NULL THEN COALESCE(a.username, s.author_name) END,"
    " CASE WHEN c.id IS NOT NULL THEN s.author_id END, t.category_id"
    " FROM quotes q LEFT JOIN posts s ON s.id = q.quoted_id AND s.removed_at IS NULL"
    " LEFT JOIN topics t ON t.id = s.topic_id AND t.removed_at IS NULL"
    " LEFT JOIN categories c ON c.id = t.category_id AND c.visibility <= :audience"
    " LEFT JOIN members a ON a.id = s.author_id"
)


async def of_posts(reader: Reader, ids: Sequence[int], audience: Audience) -> dict[int, tuple[Quote, ...]]:
    """The quotes in each of the posts, in order, with the sources as this audience may see them now."""
    if not ids:
        return {}
    names, values = in_list("id", ids)
    rows = await reader.all(
        f"{_QUOTED} WHERE q.post_id IN {names} ORDER BY q.post_id, q.place",
        audience=int(audience),
        **values,
    )
    found: dict[int, list[Quote]] = {}
    for post_id, quoted_id, start, stop, plain, *about in rows:
        text = None if plain is None else passage(plain, QuoteRef(quoted_id, start, stop))
        author, author_id, category_id = about if text is not None else (None, None, about[2])
        found.setdefault(post_id, []).append(Quote(quoted_id, author, text, author_id, category_id))
    return {post_id: tuple(quoted) for post_id, quoted in found.items()}


async def sources(reader: Reader, ids: Sequence[int], audience: Audience) -> dict[int, str]:
    """The plain text of those posts that this audience may see: what a member may quote."""
    if not ids:
        return {}
    names, values = in_list("id", ids)
    rows = await reader.all(
        "SELECT p.id, p.plain FROM posts p JOIN topics t ON t.id = p.topic_id"
        " JOIN categories c ON c.id = t.category_id WHERE c.visibility <= :audience"
        f" AND p.removed_at IS NULL AND t.removed_at IS NULL AND p.id IN {names}",
        audience=int(audience),
        **values,
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


async def refs_of(reader: Reader, post_id: int) -> list[QuoteRef]:
    """What the post quotes, in order."""
    rows = await reader.all(
        "SELECT quoted_id, start, stop FROM quotes WHERE post_id = :id ORDER BY place", id=post_id
    )
    return [QuoteRef(*row) for row in rows]


async def topics_quoted(writer: Writer, ids: Sequence[int], *, by: int = 0) -> set[int]:
    """Where these posts stand, and those that the post `by` quotes: to be held beside its own topic.

    Nothing where there is one writer only.
    """
    if not writer.for_update:
        return set()
    names, values = in_list("id", ids)
    rows = await writer.all(
        f"SELECT topic_id FROM posts WHERE id IN {names}"  # no OR: PostgreSQL would look at every post
        " UNION SELECT p.topic_id FROM quotes q JOIN posts p ON p.id = q.quoted_id WHERE q.post_id = :by",
        by=by,
        **values,
    )
    return {row[0] for row in rows}


async def topics_quoted_in(writer: Writer, *, topic_id: int = 0, post_id: int = 0) -> set[int]:
    """Where the posts stand that any post of this topic, or of this post's topic, quotes; as above."""
    if not writer.for_update:
        return set()
    rows = await writer.all(
        "SELECT DISTINCT s.topic_id FROM quotes q JOIN posts p ON p.id = q.post_id"
        " JOIN posts s ON s.id = q.quoted_id"
        " WHERE p.topic_id = COALESCE((SELECT topic_id FROM posts WHERE id = :post_id), :topic_id)",
        topic_id=topic_id,
        post_id=post_id,
    )
    return {row[0] for row in rows}


async def replace(writer: Writer, post_id: int, refs: Sequence[QuoteRef]) -> None:
    """Let the post quote exactly these."""
    await writer.run("DELETE FROM quotes WHERE post_id = :id", id=post_id)
    await writer.insert_many(
        "INSERT INTO quotes (post_id, place, quoted_id, start, stop)"
        " VALUES (:post_id, :place, :quoted_id, :start, :stop)",
        [
            {
                "post_id": post_id,
                "place": place,
                "quoted_id": ref.post_id,
                "start": ref.start,
                "stop": ref.stop,
            }
            for place, ref in enumerate(refs)
        ],
    )


@dataclass(frozen=True, slots=True)
class Quoting:
    """A post that quotes another one, and where it stands."""

    id: int
    topic_id: int
    category_id: int
    author_id: int | None
    visibility: Audience


_STANDING = (
    "SELECT p.id, p.topic_id, t.category_id, p.author_id, c.visibility FROM posts p"
    " JOIN topics t ON t.id = p.topic_id JOIN categories c ON c.id = t.category_id WHERE p.removed_at IS NULL"
)


async def quoting(writer: Writer, quoted_id: int) -> list[Quoting]:
    """Every post that quotes this one, its row locked until the transaction ends."""
    rows = await writer.all(
        f"{_STANDING} AND p.id IN (SELECT post_id FROM quotes WHERE quoted_id = :id)"
        f" ORDER BY p.id{writer.for_update and ' FOR NO KEY UPDATE OF p'}",
        id=quoted_id,
    )
    return [_standing(row) for row in rows]


def _standing(row: Row) -> Quoting:
    """A row of _STANDING."""
    return Quoting(row[0], row[1], row[2], row[3], Audience(row[4]))


async def quoting_topic(writer: Writer, topic_id: int) -> list[Quoting]:
    """Every post of another topic that quotes one of this topic's, its row locked."""
    rows = await writer.all(
        f"{_STANDING} AND p.topic_id <> :id AND p.id IN (SELECT q.post_id FROM quotes q"
        " JOIN posts s ON s.id = q.quoted_id WHERE s.topic_id = :id)"
        f" ORDER BY p.id{writer.for_update and ' FOR NO KEY UPDATE OF p'}",
        id=topic_id,
    )
    return [_standing(row) for row in rows]


async def quoting_any(writer: Writer, ids: Sequence[int]) -> list[Quoting]:
    """Every post that quotes one of these, its row locked."""
    found: list[Quoting] = []
    for start in range(0, len(ids), MOST_IDS):
        names, values = in_list("id", list(ids[start : start + MOST_IDS]))
        rows = await writer.all(
            f"{_STANDING} AND p.id IN (SELECT post_id FROM quotes WHERE quoted_id IN {names})"
            f" ORDER BY p.id{writer.for_update and ' FOR NO KEY UPDATE OF p'}",
            **values,
        )
        found += [_standing(row) for row in rows]
    return found


async def references_to(writer: Writer, quoted_id: int) -> list[tuple[int, int, QuoteRef]]:
    """The references to a passage of this post: quoting post, place, reference."""
    rows = await writer.all(
        "SELECT post_id, place, start, stop FROM quotes WHERE quoted_id = :id AND start IS NOT NULL",
        id=quoted_id,
    )
    return [(row[0], row[1], QuoteRef(quoted_id, row[2], row[3])) for row in rows]


async def move(writer: Writer, post_id: int, place: int, ref: QuoteRef) -> None:
    """Let one reference point at where its passage stands now."""
    await writer.run(
        "UPDATE quotes SET start = :start, stop = :stop WHERE post_id = :post_id AND place = :place",
        post_id=post_id,
        place=place,
        start=ref.start,
        stop=ref.stop,
    )
