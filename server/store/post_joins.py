"""Posts that were put together with another one of their author: written down, so that it can be undone."""

from dataclasses import dataclass

from server.store.database import Reader, Row, Writer
from server.store.thanks import hand_over

MOST_OFFERED = 5  # posts of the author before one, and as many after it
_MOST_STEPS = 20  # from a post to where it is now


@dataclass(frozen=True, slots=True)
class Join:
    """A later post that was put under an earlier one.

    `kept` is how many characters of the earlier one's text were there before; 0 where both said the same, so
    that nothing was put under it. `stands`: nobody has changed it since, so that it can be as it was.
    `waits`: the later one is removed since then, for no other reason.
    """

    id: int
    earlier_id: int
    later_id: int
    kept: int
    stands: bool
    waits: bool


_STANDS = (
    "e.removed_at IS NULL AND e.topic_id = l.topic_id AND (j.kept = 0 OR COALESCE(e.edited_at, 0) = j.at)"
)
_WAITS = "COALESCE(l.removed_at, 0) = j.at AND l.removed_body IS NOT NULL"
INTACT = f"{_STANDS} AND {_WAITS}"
"""The join `j` of the later post `l` under the earlier one `e` can be undone as it is."""
_JOIN = (
    f"SELECT j.id, j.earlier_id, j.later_id, j.kept, {_STANDS}, {_WAITS} FROM post_joins j"
    " JOIN posts e ON e.id = j.earlier_id"
    " JOIN posts l ON l.id = j.later_id WHERE j.undone_at IS NULL"
)


async def latest(reader: Reader, later_id: int) -> Join | None:
    """How that post was put under another one last, unless it was undone."""
    row = await reader.one(f"{_JOIN} AND j.later_id = :id ORDER BY j.id DESC LIMIT 1", id=later_id)
    return _join(row) if row else None


async def joined_after(reader: Reader, join: Join) -> Join | None:
    """The newest join that has to be undone before that one: its earlier post was put under another one
    since, or a further post was put under it."""
    row = await reader.one(
        f"{_JOIN} AND j.id > :id AND {INTACT} AND (j.later_id = :earlier_id"
        " OR (j.earlier_id = :earlier_id AND j.kept > 0 AND :kept > 0)) ORDER BY j.id DESC LIMIT 1",
        id=join.id,
        earlier_id=join.earlier_id,
        kept=join.kept,
    )
    return _join(row) if row else None


async def whereabouts(reader: Reader, post_id: int) -> int:
    """The number of the post under which this one stands now, or its own."""
    found = post_id
    for _ in range(_MOST_STEPS):
        join = await latest(reader, found)
        if join is None or not join.waits:
            break
        found = join.earlier_id
    return found


async def offered(reader: Reader, post_id: int) -> list[int]:
    """Posts of the same author in the same topic that can be seen, in their order: the nearest ones."""
    rows = await reader.all(
        "SELECT o.id, o.place - p.place FROM posts p JOIN posts o ON o.topic_id = p.topic_id"
        " AND o.author_id = p.author_id AND o.id <> p.id AND o.removed_at IS NULL WHERE p.id = :id"
        " ORDER BY o.place",
        id=post_id,
    )
    before = [row[0] for row in rows if row[1] < 0]
    after = [row[0] for row in rows if row[1] > 0]
    return before[-MOST_OFFERED:] + after[:MOST_OFFERED]


async def add(writer: Writer, earlier_id: int, later_id: int, *, kept: int, by: int, now: int) -> None:
    """Writes down that the later post goes under the earlier one, which is still as it was; and hands its
    thank-yous over, each member's once."""
    rows = await writer.all(
        "INSERT INTO post_joins (at, by_id, earlier_id, later_id, kept, edited_at, edited_by,"
        " removed_edit_reason) SELECT :now, :by, id, :later_id, :kept, edited_at, edited_by, edit_reason"
        " FROM posts WHERE id = :earlier_id RETURNING id",
        now=now,
        by=by,
        earlier_id=earlier_id,
        later_id=later_id,
        kept=kept,
    )
    moved = await hand_over(writer, later_id, earlier_id)
    await writer.insert_many(
        "INSERT INTO joined_thanks (join_id, member_id) VALUES (:join_id, :member_id)",
        [{"join_id": int(rows[0][0]), "member_id": member_id} for member_id in moved],
    )


async def take_back(writer: Writer, join: Join, *, now: int) -> None:
    """Undone: the earlier post says of its last edit what it did, and the later one has its thanks again."""
    if join.kept:
        await writer.run(
            "UPDATE posts SET edited_at = j.edited_at, edited_by = j.edited_by,"
            " edit_reason = j.removed_edit_reason FROM post_joins j"
            " WHERE j.id = :id AND posts.id = j.earlier_id",
            id=join.id,
        )
    rows = await writer.all("SELECT member_id FROM joined_thanks WHERE join_id = :id", id=join.id)
    await hand_over(writer, join.earlier_id, join.later_id, [row[0] for row in rows])
    await writer.run("UPDATE post_joins SET undone_at = :now WHERE id = :id", id=join.id, now=now)


async def forget(writer: Writer, post_id: int) -> None:
    """The post's words are nowhere any more: it does not come apart again, and leads nowhere."""
    ids_sql = "SELECT id FROM post_joins WHERE earlier_id = :id OR later_id = :id"
    await writer.run(f"DELETE FROM joined_thanks WHERE join_id IN ({ids_sql})", id=post_id)
    await writer.run("DELETE FROM post_joins WHERE earlier_id = :id OR later_id = :id", id=post_id)


def _join(row: Row) -> Join:
    return Join(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]))
