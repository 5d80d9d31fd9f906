"""Cases: what was reported, one for each thing until it is settled; and what moderators need to judge it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from server.domain.models import Post, Rendering, Topic
from server.domain.reports import Outcome, Reason, Subject
from server.domain.viewer import Audience, Role
from server.store import merged_topics, posts, same_browsers, topics
from server.store.columns import in_list
from server.store.database import Reader, Row

# As moderators of a category get its posts, who are members: a quote says nothing of what is for staff only.
_MODERATORS = Rendering(Audience.MEMBERS, staff=True)
_STAFF = Rendering(Audience.STAFF, staff=True)  # of staff's own places


A_MEMBER = ""  # who reported one of the team: all of them read the queue


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody said; `by` is None where the board itself did, and A_MEMBER where it is about somebody
    who moderates. `at` is in milliseconds UTC."""

    reason: Reason
    details: str
    by: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at a case, until when (milliseconds UTC) if there is no further sign of it."""

    id: int
    username: str
    until: int


@dataclass(frozen=True, slots=True)
class Author:
    """Whom a case is about. `moderates`: the board, or a category. `removed` of his posts were removed by
    others; `acted` and `dismissed` cases about him or his were settled so. `same_browser` are others who
    signed in from one of his. `joined_at` is in milliseconds UTC."""

    id: int
    username: str
    role: Role
    moderates: bool
    joined_at: int
    posts: int
    removed: int
    acted: int
    dismissed: int
    same_browser: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """An open case as moderators see it. Without `topic` the thing is a member, or is gone altogether."""

    id: int
    subject: Subject
    object_id: int
    urgent: bool
    opened_at: int
    version: int
    looking: Looking | None
    reports: tuple[Report, ...]
    post: Post | None
    topic: Topic | None
    author: Author | None

    @property
    def order(self) -> int:
        """Lists descend: urgent ones first, then who has waited longest."""
        return (_URGENT if self.urgent else 0) - self.id

    def at(self, now: int) -> "Case":
        """As it is at that time: who has not said again that he looks, looks no more."""
        over = self.looking is not None and self.looking.until <= now
        return replace(self, looking=None) if over else self

    @property
    def category_id(self) -> int | None:
        """In which category it stands, if it stands in one."""
        return self.topic.category.id if self.topic else None


_URGENT = 10**12  # above every number of a case


@dataclass(frozen=True, slots=True)
class Open:
    """How many cases are open; `version` is that of the last change of any."""

    id: int
    version: int
    count: int


async def open_count(reader: Reader) -> Open:
    """How many reports are open."""
    row = await reader.one(
        "SELECT (SELECT COALESCE(MAX(version), 0) FROM cases),"
        " (SELECT COUNT(*) FROM cases WHERE settled_at IS NULL)"
    )
    return Open(0, *row) if row else Open(0, 0, 0)


_CASE = (
    "SELECT k.id, k.object_kind, k.object_id, k.urgent, k.opened_at, k.version, k.looking_id, m.username,"
    " k.looking_until FROM cases k LEFT JOIN members m ON m.id = k.looking_id WHERE k.settled_at IS NULL"
)


async def open_ones(reader: Reader, limit: int) -> list[Case]:
    """The open cases, urgent ones first, then the oldest."""
    return await _cases(
        reader, await reader.all(f"{_CASE} ORDER BY k.urgent DESC, k.id LIMIT :limit", limit=limit)
    )


async def several(reader: Reader, ids: Sequence[int]) -> dict[int, Case]:
    """Those of the numbers that are open."""
    if not ids:
        return {}
    ids_sql, values = in_list("id", list(ids))
    return {
        case.id: case
        for case in await _cases(reader, await reader.all(f"{_CASE} AND k.id IN {ids_sql}", **values))
    }


async def about_topic(reader: Reader, topic_id: int, post_ids: Sequence[int]) -> list[int]:
    """The open cases about a topic, or about these posts of it."""
    ids_sql, values = in_list("id", list(post_ids))
    rows = await reader.all(
        "SELECT id FROM cases WHERE settled_at IS NULL AND ((object_kind = 'topic' AND object_id = :topic_id)"
        f" OR (object_kind = 'post' AND object_id IN {ids_sql}))",
        topic_id=topic_id,
        **values,
    )
    return [row[0] for row in rows]


async def about_posts_in(reader: Reader, topic_id: int) -> list[int]:
    """The open cases about a topic and about any of its posts."""
    rows = await reader.all(
        "SELECT id FROM cases WHERE settled_at IS NULL AND ((object_kind = 'topic' AND object_id = :id)"
        " OR (object_kind = 'post'"
        " AND EXISTS (SELECT 1 FROM posts p WHERE p.id = cases.object_id AND p.topic_id = :id)))",
        id=topic_id,
    )
    return [row[0] for row in rows]


async def of_posts(reader: Reader, post_ids: Collection[int]) -> list[tuple[int, int]]:
    """The open cases about these posts, each with the category in which its post stands."""
    rows = await reader.all(
        "SELECT k.id, t.category_id, p.id FROM cases k JOIN posts p ON p.id = k.object_id"
        " JOIN topics t ON t.id = p.topic_id WHERE k.settled_at IS NULL AND k.object_kind = 'post'"
    )
    return [(row[0], row[1]) for row in rows if row[2] in post_ids]


async def naming(reader: Reader, member_id: int) -> list[int]:
    """The open cases about a member, reported by him or looked at by him."""
    rows = await reader.all(
        "SELECT id FROM cases WHERE settled_at IS NULL AND (looking_id = :id"
        " OR (object_kind = 'member' AND object_id = :id)"
        " OR EXISTS (SELECT 1 FROM reports r WHERE r.case_id = cases.id AND r.reporter_id = :id))"
        " ORDER BY id",
        id=member_id,
    )
    return [row[0] for row in rows]


async def _cases(reader: Reader, rows: list[Row]) -> list[Case]:
    said = await _reports(reader, [row[0] for row in rows])
    post_ids = [row[2] for row in rows if row[1] == Subject.POST]
    seen = await posts.several(reader, post_ids, _MODERATORS)
    seen |= await posts.several(reader, [one for one in post_ids if one not in seen], _STAFF)
    placed = {post.id: (post.topic_id, post.author.id) for post in seen.values()} | await _placed(
        reader, [post_id for post_id in post_ids if post_id not in seen]
    )
    topic_ids = {row[2] for row in rows if row[1] == Subject.TOPIC}
    topic_ids |= {topic_id for topic_id, _ in placed.values()}
    around = await _topics(reader, topic_ids)
    found: list[Case] = []
    for row in rows:
        subject, object_id = Subject(row[1]), row[2]
        post = seen.get(object_id) if subject is Subject.POST else None
        topic_id, author_id = (
            placed.get(object_id, (0, None)) if subject is Subject.POST else (object_id, None)
        )
        topic = None if subject is Subject.MEMBER else around.get(topic_id)
        if subject is Subject.MEMBER:
            author_id = object_id
        elif subject is Subject.TOPIC and topic:
            author_id = topic.author.id
        author = await _author(reader, author_id) if author_id is not None else None
        reports = said.get(row[0], ())
        if author is not None and author.moderates:
            reports = tuple(replace(one, by=one.by and A_MEMBER) for one in reports)
        found.append(
            Case(
                row[0],
                subject,
                object_id,
                bool(row[3]),
                row[4],
                row[5],
                Looking(row[6], row[7], row[8]) if row[6] is not None else None,
                reports,
                post,
                topic,
                author,
            )
        )
    return found


async def _topics(reader: Reader, ids: set[int]) -> dict[int, Topic]:
    """The topics by these numbers; for one that was joined with another, that one."""
    found = await topics.several(reader, sorted(ids), _STAFF)
    for topic_id in ids - found.keys():
        merged = await merged_topics.find(reader, topic_id, _STAFF)
        if merged is not None:
            found[topic_id] = merged.into
    return found


async def _reports(reader: Reader, ids: list[int]) -> dict[int, tuple[Report, ...]]:
    if not ids:
        return {}
    ids_sql, values = in_list("id", ids)
    rows = await reader.all(
        "SELECT r.case_id, r.reason, r.details, m.username, r.at FROM reports r"
        f" LEFT JOIN members m ON m.id = r.reporter_id WHERE r.case_id IN {ids_sql} ORDER BY r.id",
        **values,
    )
    found: dict[int, tuple[Report, ...]] = {}
    for case_id, reason, details, by, at in rows:
        found[case_id] = (*found.get(case_id, ()), Report(Reason(reason), details, by, at))
    return found


async def _placed(reader: Reader, post_ids: list[int]) -> dict[int, tuple[int, int | None]]:
    """In which topic posts stand, and whose they are, that went along with it."""
    if not post_ids:
        return {}
    ids_sql, values = in_list("id", post_ids)
    rows = await reader.all(f"SELECT id, topic_id, author_id FROM posts WHERE id IN {ids_sql}", **values)
    return {row[0]: (row[1], row[2]) for row in rows}


async def _author(reader: Reader, member_id: int) -> Author | None:
    row = await reader.one(
        "SELECT id, username, role, EXISTS (SELECT 1 FROM category_moderators g WHERE g.member_id = m.id),"
        " created_at, posts, (SELECT COUNT(*) FROM posts p WHERE p.author_id = m.id"
        " AND p.removed_at IS NOT NULL AND p.removed_by <> m.id) FROM members m WHERE id = :id",
        id=member_id,
    )
    if row is None:
        return None
    settled = await reader.all(
        "SELECT k.outcome, COUNT(*) FROM cases k WHERE k.settled_at IS NOT NULL"
        " AND ((k.object_kind = 'member' AND k.object_id = :id)"
        " OR (k.object_kind = 'post'"
        " AND EXISTS (SELECT 1 FROM posts p WHERE p.id = k.object_id AND p.author_id = :id))"
        " OR (k.object_kind = 'topic'"
        " AND EXISTS (SELECT 1 FROM topics t WHERE t.id = k.object_id AND t.author_id = :id)))"
        " GROUP BY k.outcome",
        id=member_id,
    )
    counts: dict[str, int] = {row[0]: row[1] for row in settled}
    acted, dismissed = counts.get(Outcome.ACTED, 0), counts.get(Outcome.DISMISSED, 0)
    beside = await same_browsers.names_of(reader, member_id)
    role = Role(row[2])
    moderates = role is not Role.MEMBER or bool(row[3])
    return Author(row[0], row[1], role, moderates, row[4], row[5], row[6], acted, dismissed, beside)
