"""Finding what does not agree: the database file, the log, and the counters. Reads only."""

from server.domain.viewer import Audience
from server.store.database import Reader

_SEEN = "p.removed_at IS NULL AND t.removed_at IS NULL"
_AUTHORED = (
    " FROM posts p JOIN topics t ON t.id = p.topic_id JOIN categories c ON c.id = t.category_id {thanks}"
    f"WHERE p.author_id = m.id AND {_SEEN} AND c.visibility = {int(Audience.PUBLIC)}"
)
# Each gives a row of (id, stored, counted) for every counter that is wrong.
_COUNTERS = {
    "category {}: counts {} topics, has {}": (
        "SELECT id, topics, counted FROM (SELECT c.id, c.topics, (SELECT COUNT(*) FROM topics t"
        " WHERE t.category_id = c.id AND t.removed_at IS NULL) AS counted FROM categories c) x"
        " WHERE topics <> counted"
    ),
    "category {}: counts {} posts, has {}": (
        "SELECT id, posts, counted FROM (SELECT c.id, c.posts, (SELECT COUNT(*) FROM posts p"
        f" JOIN topics t ON t.id = p.topic_id WHERE t.category_id = c.id AND {_SEEN}) AS counted"
        " FROM categories c) x WHERE posts <> counted"
    ),
    "topic {}: counts {} replies, has {}": (
        "SELECT id, replies, counted FROM (SELECT t.id, t.replies, (SELECT COUNT(*) FROM posts p"
        " WHERE p.topic_id = t.id AND p.place > 1 AND p.removed_at IS NULL) AS counted FROM topics t) x"
        " WHERE replies <> counted"
    ),
    "topic {}: counts {} places, has {}": (
        "SELECT id, places, counted FROM (SELECT t.id, t.places, (SELECT COALESCE(MAX(p.place), 0)"
        " FROM posts p WHERE p.topic_id = t.id) AS counted FROM topics t) x WHERE places <> counted"
    ),
    "topic {}: says its last post is {}, it is {}": (
        "SELECT id, last_post_id, counted FROM (SELECT t.id, t.last_post_id,"
        " COALESCE((SELECT MAX(p.id) FROM posts p"
        " WHERE p.topic_id = t.id AND (p.removed_at IS NULL OR p.removed_with_topic)), 0) AS counted"
        " FROM topics t) x"
        " WHERE last_post_id <> counted"
    ),
    "member {}: counts {} posts, wrote {}": (
        "SELECT id, posts, counted FROM (SELECT m.id, m.posts, (SELECT COUNT(*)"
        f"{_AUTHORED.format(thanks='')}) AS counted FROM members m) x WHERE posts <> counted"
    ),
    "member {}: counts {} thanks, got {}": (
        "SELECT id, thanks_received, counted FROM (SELECT m.id, m.thanks_received, (SELECT COUNT(*)"
        f"{_AUTHORED.format(thanks='JOIN thanks k ON k.post_id = p.id ')}) AS counted FROM members m) x"
        " WHERE thanks_received <> counted"
    ),
}
# Each gives a row of (id) for every object that is wrong.
_OBJECTS = {
    "post {}: removed, yet its text is in a public column": (
        "SELECT id FROM posts WHERE removed_at IS NOT NULL AND (body IS NOT NULL OR html IS NOT NULL"
        " OR plain IS NOT NULL)"
    ),
    "post {}: has no text": (
        "SELECT id FROM posts WHERE removed_at IS NULL AND (body IS NULL OR html IS NULL)"
    ),
    "topic {}: removed, yet its title is in the public column": (
        "SELECT id FROM topics WHERE removed_at IS NOT NULL AND title IS NOT NULL"
    ),
    "post {}: newer than the log": "SELECT p.id FROM posts p, head h WHERE p.version > h.seq",
    "topic {}: newer than the log": "SELECT t.id FROM topics t, head h WHERE t.version > h.seq",
}
_GAPS = (
    "SELECT e.seq + 1 FROM events e WHERE e.seq < (SELECT MAX(seq) FROM events)"
    " AND NOT EXISTS (SELECT 1 FROM events n WHERE n.seq = e.seq + 1)"
)
_ENDS = "SELECT h.seq, h.floor, COALESCE(MIN(e.seq), h.seq + 1), COALESCE(MAX(e.seq), h.seq) FROM head h"
MOST = 50  # findings of a kind


async def findings(reader: Reader) -> list[str]:
    """A sentence for everything that is wrong, at most MOST of a kind; empty when all is well."""
    found: list[str] = []
    if reader.dialect == "sqlite":
        found += [str(row[0]) for row in await reader.all("PRAGMA integrity_check") if row[0] != "ok"]
        found += [
            f"{row[0]} {row[1]}: points at nothing" for row in await reader.all("PRAGMA foreign_key_check")
        ]
    for sentence, sql in (_COUNTERS | _OBJECTS).items():
        rows = await reader.all(f"{sql} LIMIT {MOST}")
        found += [sentence.format(*row) for row in rows]
    found += [f"log: position {row[0]} is missing" for row in await reader.all(f"{_GAPS} LIMIT {MOST}")]
    ends = await reader.one(f"{_ENDS} LEFT JOIN events e ON TRUE GROUP BY h.seq, h.floor")
    if ends is None:
        return [*found, "log: it has no head"]
    seq, floor, first, last = ends
    if last != seq or first != floor + 1:
        found.append(f"log: it should go from {floor + 1} to {seq}, and goes from {first} to {last}")
    return found
