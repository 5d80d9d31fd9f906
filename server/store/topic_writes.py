"""What staff change about a topic: its title, category, pin and pace, and which posts are in it.

Closing, removing and restoring are with the reads, in `topics`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.store.columns import in_list
from server.store.database import Reader, Writer

CHUNK = 500  # posts in one statement


@dataclass(frozen=True, slots=True)
class Pin:
    """How a topic is pinned: in its own category or in every list, and until when (milliseconds UTC)."""

    pinned: bool
    everywhere: bool = False
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A post, and where it stands. `removed` is one that left alone."""

    id: int
    topic_id: int
    place: int
    author_id: int | None
    removed: bool


async def set_title(writer: Writer, topic_id: int, title: str) -> None:
    """Give the topic another title."""
    await writer.run("UPDATE topics SET title = :title WHERE id = :id", id=topic_id, title=title)


async def set_category(writer: Writer, topic_id: int, category_id: int) -> None:
    """Put the topic into another category."""
    await writer.run(
        "UPDATE topics SET category_id = :category_id WHERE id = :id", id=topic_id, category_id=category_id
    )


async def set_pin(writer: Writer, topic_id: int, pin: Pin) -> None:
    """Keep the topic at the top, or let it go."""
    await writer.run(
        "UPDATE topics SET pinned = :pinned, pinned_everywhere = :everywhere, pinned_until = :until"
        " WHERE id = :id",
        id=topic_id,
        pinned=pin.pinned,
        everywhere=pin.pinned and pin.everywhere,
        until=pin.until if pin.pinned else None,
    )


async def pins_over(reader: Reader, now: int, limit: int) -> list[int]:
    """Topics whose pin is over."""
    rows = await reader.all(
        "SELECT id FROM topics WHERE pinned_until <= :now ORDER BY id LIMIT :limit", now=now, limit=limit
    )
    return [row[0] for row in rows]


async def next_pin_over(reader: Reader) -> int | None:
    """When the next pin is over; None when none has an end."""
    found: int | None = await reader.value("SELECT MIN(pinned_until) FROM topics")
    return found


async def set_slow(writer: Writer, topic_id: int, minutes: int) -> None:
    """Let members reply once in so many minutes, or, with 0, as they like."""
    await writer.run("UPDATE topics SET slow_minutes = :minutes WHERE id = :id", id=topic_id, minutes=minutes)


async def last_reply_of(reader: Reader, topic_id: int, member_id: int) -> int | None:
    """When the member replied here last, also what was removed since; None when he never did."""
    found: int | None = await reader.value(
        "SELECT MAX(created_at) FROM posts WHERE topic_id = :topic_id AND author_id = :member_id"
        " AND place > 1",
        topic_id=topic_id,
        member_id=member_id,
    )
    return found


async def placed(writer: Writer, *topic_ids: int) -> list[Placed]:
    """Every post of these topics by its number, locked in the order in which everybody locks posts."""
    names, values = in_list("id", topic_ids)
    rows = await writer.all(
        "SELECT id, topic_id, place, author_id, removed_at FROM posts"
        f" WHERE topic_id IN {names} ORDER BY id{writer.for_update}",
        **values,
    )
    return [Placed(row[0], row[1], row[2], row[3], row[4] is not None) for row in rows]


async def carry_over(writer: Writer, ids: Sequence[int], from_topic: int, to_topic: int) -> None:
    """Put posts of one topic into another. Both have to be numbered afterwards (`number`).

    Until then what moved has places below 0, which nobody else has: those of the other topic are above.
    """
    for start in range(0, len(ids), CHUNK):
        names, values = in_list("id", list(ids[start : start + CHUNK]))
        await writer.run(
            "UPDATE posts SET topic_id = :to_topic, place = -place"
            f" WHERE topic_id = :from_topic AND id IN {names}",
            to_topic=to_topic,
            from_topic=from_topic,
            **values,
        )


_PLACE = (
    "SELECT o.id AS post_id, ROW_NUMBER() OVER (ORDER BY CASE WHEN o.id ="
    " (SELECT MIN(s.id) FROM posts s WHERE s.topic_id = :id AND s.removed_at IS NULL)"
    " THEN 0 ELSE 1 END, o.id) AS place FROM posts o WHERE o.topic_id = :id"
)


async def number(writer: Writer, topic_id: int) -> None:
    """Give the topic's posts the places 1, 2, 3, … in the order of their numbers.

    The first that can be seen opens the topic: a removed one with a lower number stands after it.
    """
    # Beyond every place and its negative first, because each place is taken once at any time.
    await writer.run(
        "UPDATE posts SET place = -1000000000 - id WHERE topic_id = :id",
        id=topic_id,
    )
    await writer.run(
        f"WITH numbered AS ({_PLACE}) UPDATE posts SET place = numbered.place FROM numbered"
        " WHERE posts.id = numbered.post_id",
        id=topic_id,
    )
    await writer.run(
        "UPDATE topics SET places = COALESCE((SELECT MAX(place) FROM posts WHERE topic_id = :id), 0)"
        " WHERE id = :id",
        id=topic_id,
    )


async def follow_opening(writer: Writer, topic_id: int) -> None:
    """A topic is by whoever wrote the post that opens it, and as old."""
    await writer.run(
        "UPDATE topics SET author_id = p.author_id, author_name = p.author_name, created_at = p.created_at"
        " FROM posts p WHERE topics.id = :id AND p.topic_id = topics.id AND p.place = 1",
        id=topic_id,
    )


async def lead_on(writer: Writer, topic_id: int, into: int) -> None:
    """What is left of a removed topic leads into another one."""
    await writer.run("UPDATE topics SET merged_into = :into WHERE id = :id", id=topic_id, into=into)


async def stand_again(writer: Writer, topic_id: int) -> None:
    """The topic leads nowhere any more."""
    await writer.run("UPDATE topics SET merged_into = NULL WHERE id = :id", id=topic_id)
