"""Posts that wait for a moderator: what moderators judge them by, and what their authors see of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.approval import Answer, Why
from server.domain.models import Author
from server.domain.viewer import Audience, Role
from server.store.columns import in_list
from server.store.database import Reader, Row, Value


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post is to stand: in a topic, or, with `id` 0, in a category as a topic of its own.

    Without a title the topic is removed. One that was merged into another is that one.
    """

    id: int
    title: str
    category_id: int
    category: str
    visibility: Audience


@dataclass(frozen=True, slots=True)
class PendingPost:
    """A post that waits, or, with an outcome, that did. Times are in milliseconds UTC.

    `words` are those for which the board watches, for moderators only; `html` holds markers where quotes go.
    `joined_at` and `posts` are its author's; `reason` is what he was told.
    """

    id: int
    version: int
    author: Author
    joined_at: int
    posts: int
    place: Place | None
    title: str
    body: str
    html: str
    at: int
    why: Why
    words: str
    outcome: str
    answered_at: int | None
    reason: str
    post_id: int | None

    @property
    def waits(self) -> bool:
        """Whether it waits still."""
        return not self.outcome

    @property
    def is_declined(self) -> bool:
        """Whether a moderator said no."""
        return self.outcome == Answer.DECLINED

    @property
    def topic_id(self) -> int | None:
        """The topic in which it is an answer."""
        return self.place.id or None if self.place else None

    @property
    def category_id(self) -> int | None:
        """In which category it is to stand."""
        return self.place.category_id if self.place else None


@dataclass(frozen=True, slots=True)
class Pending:
    """How many posts wait; `version` is that of the last change of any."""

    id: int
    version: int
    count: int


_PENDING = (
    "SELECT h.id, h.version, m.id, m.username, m.role, m.picture, m.created_at, m.posts, t.id, t.title, c.id,"
    " c.name, c.visibility, h.title, h.body, h.html, h.at, h.why, h.words, h.outcome, h.answered_at,"
    " h.reason, h.post_id FROM pending_posts h JOIN members m ON m.id = h.member_id"
    " LEFT JOIN topics a ON a.id = h.topic_id LEFT JOIN topics t ON t.id = COALESCE(a.merged_into, a.id)"
    " LEFT JOIN categories c ON c.id = COALESCE(t.category_id, h.category_id)"
)


async def count(reader: Reader) -> Pending:
    """What the moderators' pages say of it."""
    row = await reader.one(
        "SELECT (SELECT COALESCE(MAX(version), 0) FROM pending_posts),"
        " (SELECT COUNT(*) FROM pending_posts WHERE outcome = '')"
    )
    return Pending(0, *row) if row else Pending(0, 0, 0)


async def waiting(reader: Reader, limit: int) -> list[PendingPost]:
    """Those that have waited for longest."""
    return await _all(reader, "h.outcome = '' ORDER BY h.id LIMIT :limit", limit=limit)


async def several(reader: Reader, ids: Sequence[int]) -> dict[int, PendingPost]:
    """Those of the numbers that there are, whatever became of them."""
    if not ids:
        return {}
    ids_sql, values = in_list("id", list(ids))
    return {one.id: one for one in await _all(reader, f"h.id IN {ids_sql}", **values)}


async def find(reader: Reader, pending_id: int) -> PendingPost | None:
    """The post of that number, whatever became of it."""
    return (await several(reader, [pending_id])).get(pending_id)


async def in_topic(reader: Reader, topic_id: int, limit: int) -> list[PendingPost]:
    """The answers that wait in a topic, for who moderates there."""
    return await _all(
        reader, "h.outcome = '' AND t.id = :id ORDER BY h.id LIMIT :limit", id=topic_id, limit=limit
    )


async def own_in_topic(reader: Reader, topic_id: int, member_id: int) -> list[PendingPost]:
    """The member's own answers that wait in a topic."""
    return await _all(
        reader,
        "h.outcome = '' AND h.member_id = :member_id AND t.id = :id ORDER BY h.id",
        member_id=member_id,
        id=topic_id,
    )


async def own(reader: Reader, member_id: int) -> list[PendingPost]:
    """The member's posts that wait, and those that were declined while their text is kept; newest first."""
    return await _all(
        reader, "h.outcome IN ('', 'declined') AND h.member_id = :id ORDER BY h.id DESC", id=member_id
    )


async def count_of(reader: Reader, member_id: int) -> int:
    """How many posts of a member wait."""
    found = await reader.value(
        "SELECT COUNT(*) FROM pending_posts WHERE outcome = '' AND member_id = :id", id=member_id
    )
    return int(found or 0)


async def approved_of(reader: Reader, member_id: int, most: int) -> int:
    """How many posts of a member are on the board, counted up to `most`."""
    found = await reader.value(
        "SELECT COUNT(*) FROM (SELECT 1 FROM posts WHERE author_id = :id AND removed_at IS NULL"
        " LIMIT :most) x",
        id=member_id,
        most=most,
    )
    return int(found or 0)


async def _all(reader: Reader, where_sql: str, **values: Value) -> list[PendingPost]:
    return [_pending(row) for row in await reader.all(f"{_PENDING} WHERE {where_sql}", **values)]


def _pending(row: Row) -> PendingPost:
    author = Author(row[2], row[3], Role(row[4]), picture=row[5])
    place = Place(row[8] or 0, row[9] or "", row[10], row[11], Audience(row[12])) if row[10] else None
    rest = (*row[13:17], Why(row[17]), *row[18:])
    return PendingPost(row[0], row[1], author, row[6], row[7], place, *rest)
