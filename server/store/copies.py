"""Posts in which a text may have been pasted: a bounded number of those that were written after it."""

from dataclasses import dataclass

from server.domain.viewer import Audience
from server.store.database import Reader

IN_TOPIC = 400  # posts of the same topic that are looked at
ELSEWHERE = 1_600  # posts of the whole board, the first after it


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that can be seen, and its words."""

    id: int
    topic_id: int
    title: str
    author: str
    at: int
    plain: str


_CANDIDATE = (
    "SELECT p.id, p.topic_id, t.title, COALESCE(a.username, p.author_name), p.created_at, p.plain"
    " FROM posts p JOIN topics t ON t.id = p.topic_id JOIN categories c ON c.id = t.category_id"
    " LEFT JOIN members a ON a.id = p.author_id WHERE p.removed_at IS NULL AND t.removed_at IS NULL"
    " AND c.visibility <= :audience AND p.id > :post_id"
)


async def candidates(reader: Reader, post_id: int, topic_id: int, audience: Audience) -> list[Candidate]:
    """Posts after this one, of its topic and of everywhere, each once."""
    found: dict[int, Candidate] = {}
    for where_sql, limit in (("AND p.topic_id = :topic_id", IN_TOPIC), ("AND :topic_id > 0", ELSEWHERE)):
        rows = await reader.all(
            f"{_CANDIDATE} {where_sql} ORDER BY p.id LIMIT :limit",
            post_id=post_id,
            topic_id=topic_id,
            audience=int(audience),
            limit=limit,
        )
        found |= {row[0]: Candidate(*row) for row in rows}
    return list(found.values())
