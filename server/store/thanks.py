"""Thank-yous: who thanked for which post."""

from collections.abc import Sequence

from server.domain.models import Thank
from server.store.columns import in_list
from server.store.database import Reader, Writer


async def of_posts(reader: Reader, ids: Sequence[int]) -> dict[int, tuple[Thank, ...]]:
    """Who thanked for each of the posts, in the order they did."""
    if not ids:
        return {}
    names, values = in_list("id", ids)
    rows = await reader.all(
        "SELECT k.post_id, k.member_id, m.username FROM thanks k JOIN members m ON m.id = k.member_id"
        f" WHERE k.post_id IN {names} ORDER BY k.post_id, k.at, k.member_id",
        **values,
    )
    found: dict[int, list[Thank]] = {}
    for post_id, member_id, username in rows:
        found.setdefault(post_id, []).append(Thank(member_id, username))
    return {post_id: tuple(names) for post_id, names in found.items()}


async def count(reader: Reader, post_id: int) -> int:
    """How many thanked for the post."""
    return int(await reader.value("SELECT COUNT(*) FROM thanks WHERE post_id = :id", id=post_id) or 0)


async def counts_in_topic(reader: Reader, topic_id: int) -> dict[int, int]:
    """How many thanked for each of the topic's posts that anybody thanked for, removed ones included."""
    rows = await reader.all(
        "SELECT k.post_id, COUNT(*) FROM posts p JOIN thanks k ON k.post_id = p.id"
        " WHERE p.topic_id = :topic_id GROUP BY k.post_id",
        topic_id=topic_id,
    )
    return dict(rows)


async def add(writer: Writer, post_id: int, member_id: int, now: int) -> bool:
    """Note the thank-you; False when it was there already."""
    rows = await writer.all(
        "INSERT INTO thanks (post_id, member_id, at) VALUES (:post_id, :member_id, :now)"
        " ON CONFLICT DO NOTHING RETURNING post_id",
        post_id=post_id,
        member_id=member_id,
        now=now,
    )
    return bool(rows)


async def take_back(writer: Writer, post_id: int, member_id: int) -> bool:
    """Delete the thank-you; False when there was none."""
    rows = await writer.all(
        "DELETE FROM thanks WHERE post_id = :post_id AND member_id = :member_id RETURNING post_id",
        post_id=post_id,
        member_id=member_id,
    )
    return bool(rows)


async def hand_over(
    writer: Writer, from_id: int, to_id: int, members: Sequence[int] | None = None
) -> list[int]:
    """Lets thank-yous for one post be for another, where who said them has not thanked for that one too: all
    of them, or those of `members`. Whose they are."""
    names, values = in_list("member", members or ())
    only_sql = "" if members is None else f" AND member_id IN {names}"
    rows = await writer.all(
        f"UPDATE thanks SET post_id = :to_id WHERE post_id = :from_id{only_sql} AND member_id NOT IN"
        " (SELECT k.member_id FROM thanks k WHERE k.post_id = :to_id) RETURNING member_id",
        from_id=from_id,
        to_id=to_id,
        **values,
    )
    return sorted(row[0] for row in rows)
