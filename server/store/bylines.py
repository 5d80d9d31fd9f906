"""Where something of a member stands: beside posts, in quotes and thanks, on topics and categories.

Each step finds a bounded part, from the newest downwards, so that telling twenty thousand posts anew never
holds up anybody.
"""

from collections.abc import Collection
from dataclasses import dataclass

from server.domain.bylines import Byline, Retelling, Standing, Step
from server.domain.viewer import Audience
from server.store.columns import in_list
from server.store.database import Reader, Row, Writer

TOP = 2**53  # above every number of a post or topic
AT_ONCE = 100  # posts or topics of one step
WINDOW = 20_000  # numbers that a step without an index looks through


@dataclass(frozen=True, slots=True)
class Found:
    """A part of what shows it, and below which number the next part is; None: that was the last one."""

    posts: list[int]
    topics: list[int]
    below: int | None


async def find(writer: Writer, member_id: int, step: Step, below: int = TOP) -> Found:
    """The next part of a step, the newest first."""
    match step:
        case Step.POSTS | Step.OWN:
            return await _posts(writer, member_id, below, alone=step is Step.OWN)
        case Step.THANKS:
            ids = await _ids(writer, _THANKED, member_id, below)
            return Found(ids, [], _rest(ids))
        case Step.EDITS:
            ids, rest = await _window(writer, _EDITED, _LAST_POST, member_id, below)
            return Found(ids, [], rest)
        case Step.TOPICS:
            ids, rest = await _window(writer, _TOPICS, _LAST_TOPIC, member_id, below)
            return Found([], ids, rest)


_OWN = "SELECT id FROM posts WHERE author_id = :id AND id < :below ORDER BY id DESC LIMIT :most"
_THANKED = (
    "SELECT post_id FROM thanks WHERE member_id = :id AND post_id < :below ORDER BY post_id DESC LIMIT :most"
)
_EDITED = (
    "SELECT id FROM posts WHERE (edited_by = :id OR removed_by = :id)"
    " AND id < :below AND id >= :floor ORDER BY id DESC LIMIT :most"
)
_TOPICS = (
    "SELECT id FROM topics WHERE (author_id = :id OR removed_by = :id)"
    " AND id < :below AND id >= :floor ORDER BY id DESC LIMIT :most"
)
_LAST_POST = "SELECT COALESCE(MAX(id), 0) FROM posts"
_LAST_TOPIC = "SELECT COALESCE(MAX(id), 0) FROM topics"


async def _posts(writer: Writer, member_id: int, below: int, *, alone: bool) -> Found:
    own = await _ids(writer, _OWN, member_id, below)
    if alone or not own:
        return Found(own, [], _rest(own))
    names, values = in_list("id", own)
    quoting = await writer.all(f"SELECT DISTINCT post_id FROM quotes WHERE quoted_id IN {names}", **values)
    newest = await writer.all(f"SELECT id FROM topics WHERE last_post_id IN {names}", **values)
    return Found([*own, *(row[0] for row in quoting)], [row[0] for row in newest], _rest(own))


async def _ids(writer: Writer, statement_sql: str, member_id: int, below: int) -> list[int]:
    rows = await writer.all(statement_sql, id=member_id, below=below, most=AT_ONCE)
    return [row[0] for row in rows]


async def _window(
    writer: Writer, statement_sql: str, last_sql: str, member_id: int, below: int
) -> tuple[list[int], int | None]:
    top = min(below, int(await writer.value(last_sql) or 0) + 1)
    floor = max(0, top - WINDOW)
    rows = await writer.all(statement_sql, id=member_id, below=top, floor=floor, most=AT_ONCE)
    ids = [row[0] for row in rows]
    return ids, _rest(ids) or (floor if floor > 1 else None)


def _rest(ids: list[int]) -> int | None:
    return ids[-1] if len(ids) == AT_ONCE else None


_TOPIC_STANDS = (
    "SELECT t.id, t.id, t.category_id, c.visibility, NULL FROM topics t"
    " JOIN categories c ON c.id = t.category_id WHERE"
)
_POST_STANDS = (
    "SELECT p.id, p.topic_id, t.category_id, c.visibility, p.author_id FROM posts p"
    " JOIN topics t ON t.id = p.topic_id JOIN categories c ON c.id = t.category_id WHERE"
)


async def hold_topics(writer: Writer, ids: Collection[int]) -> list[Standing]:
    """Where these topics stand; their rows are locked until the transaction ends."""
    names, values = in_list("id", sorted(set(ids)))
    rows = await writer.all(
        f"{_TOPIC_STANDS} t.id IN {names} ORDER BY t.id{writer.for_update and ' FOR NO KEY UPDATE OF t'}",
        **values,
    )
    return [_standing(row) for row in rows]


async def hold_posts(writer: Writer, ids: Collection[int]) -> list[Standing]:
    """Where these posts stand, removed ones too, whose line staff see; their rows are locked."""
    names, values = in_list("id", sorted(set(ids)))
    rows = await writer.all(
        f"{_POST_STANDS} p.id IN {names} ORDER BY p.id{writer.for_update and ' FOR NO KEY UPDATE OF p'}",
        **values,
    )
    return [_standing(row) for row in rows]


async def categories(writer: Writer, member_id: int) -> list[Standing]:
    """Categories whose row names the member, because the newest post of their newest topic is his."""
    rows = await writer.all(
        "SELECT k.id, 0, k.id, k.visibility, NULL FROM categories k WHERE (SELECT p.author_id FROM topics n"
        " JOIN posts p ON p.id = n.last_post_id WHERE n.category_id = k.id AND n.removed_at IS NULL"
        " ORDER BY n.last_post_id DESC LIMIT 1) = :id ORDER BY k.id",
        id=member_id,
    )
    return [_standing(row) for row in rows]


async def queue(writer: Writer, member_id: int, byline: Byline) -> None:
    """What shows it is to be told from the beginning; the row is locked until the transaction ends."""
    row = await writer.one(
        f"SELECT byline FROM retellings WHERE member_id = :id{writer.for_update}", id=member_id
    )
    whole = byline if row is None else byline.joined(Byline(row[0]))
    await writer.run(
        "INSERT INTO retellings (member_id, byline, step, below) VALUES (:id, :byline, :step, :below)"
        " ON CONFLICT (member_id) DO UPDATE SET byline = excluded.byline, step = excluded.step,"
        " below = excluded.below",
        id=member_id,
        byline=whole.value,
        step=whole.steps[0].value,
        below=TOP,
    )


async def any_queued(reader: Reader) -> int | None:
    """Somebody of whom something is to be told."""
    found: int | None = await reader.value("SELECT member_id FROM retellings ORDER BY member_id LIMIT 1")
    return found


async def hold(writer: Writer, member_id: int) -> Retelling | None:
    """Where the telling of this member stands, kept from other processes until the transaction ends."""
    row = await writer.one(
        f"SELECT member_id, byline, step, below FROM retellings WHERE member_id = :id{writer.for_update}",
        id=member_id,
    )
    return None if row is None else Retelling(row[0], Byline(row[1]), Step(row[2]), row[3])


async def go_on(writer: Writer, member_id: int, step: Step, below: int) -> None:
    """Notes where the telling goes on."""
    await writer.run(
        "UPDATE retellings SET step = :step, below = :below WHERE member_id = :id",
        id=member_id,
        step=step.value,
        below=below,
    )


async def finish(writer: Writer, member_id: int) -> None:
    """Notes that all is told."""
    await writer.run("DELETE FROM retellings WHERE member_id = :id", id=member_id)


def _standing(row: Row) -> Standing:
    return Standing(row[0], row[1], row[2], Audience(row[3]), row[4])
