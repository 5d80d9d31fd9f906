"""Which posts were moved between topics: written down, so that it can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.store.database import Reader, Row, Writer


@dataclass(frozen=True, slots=True)
class Move:
    """Posts that went from one topic to another; `emptied` says that nothing stayed behind.

    `at` and `undone_at` are in milliseconds UTC.
    """

    id: int
    at: int
    from_topic: int
    to_topic: int
    emptied: bool
    undone_at: int | None


_MOVE = "SELECT id, at, from_topic, to_topic, emptied, undone_at FROM topic_moves"


async def add(
    writer: Writer, ids: Sequence[int], *, by: int, from_topic: int, to_topic: int, emptied: bool, now: int
) -> int:
    """Writes a move down; its number."""
    rows = await writer.all(
        "INSERT INTO topic_moves (at, moved_by, from_topic, to_topic, emptied)"
        " VALUES (:now, :by, :from_topic, :to_topic, :emptied) RETURNING id",
        now=now,
        by=by,
        from_topic=from_topic,
        to_topic=to_topic,
        emptied=emptied,
    )
    move_id = int(rows[0][0])
    await writer.insert_many(
        "INSERT INTO moved_posts (move_id, post_id) VALUES (:move_id, :post_id)",
        [{"move_id": move_id, "post_id": post_id} for post_id in ids],
    )
    return move_id


async def find(reader: Reader, move_id: int) -> Move | None:
    """The move of that number."""
    row = await reader.one(f"{_MOVE} WHERE id = :id", id=move_id)
    return _move(row) if row else None


async def noted_at(reader: Reader, topic_id: int, at: int) -> Move | None:
    """The move from that topic that an entry of the log of that time tells of."""
    row = await reader.one(
        f"{_MOVE} WHERE from_topic = :topic_id AND at = :at ORDER BY id DESC LIMIT 1",
        topic_id=topic_id,
        at=at,
    )
    return _move(row) if row else None


async def posts_of(reader: Reader, move_id: int) -> set[int]:
    """The numbers of the posts that were moved."""
    rows = await reader.all("SELECT post_id FROM moved_posts WHERE move_id = :id", id=move_id)
    return {row[0] for row in rows}


async def mark_undone(writer: Writer, move_id: int, now: int) -> None:
    """It is as it was before."""
    await writer.run("UPDATE topic_moves SET undone_at = :now WHERE id = :id", id=move_id, now=now)


def _move(row: Row) -> Move:
    return Move(row[0], row[1], row[2], row[3], bool(row[4]), row[5])
