"""What members are told that concerns them.

A notice refers to what it is about. That is read whenever the notice is shown, under what its member may see
today, so a notice of a post that went keeps its sentence and loses the title and the way to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.notices import NoticeKind
from server.domain.permissions import sees
from server.domain.viewer import Audience, Role, Viewer
from server.store.columns import in_list
from server.store.database import Reader, Row, Writer

MAX_RETOLD = 200  # notices about one thing that are told anew when it changes; the others show it when loaded


@dataclass(frozen=True, slots=True)
class Target:
    """What a notice is about, while its member may see it: a post (then `post_id`) or a topic."""

    topic_id: int
    title: str
    post_id: int | None

    @property
    def id(self) -> int:
        """The topic's number, by which addresses are made."""
        return self.topic_id


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. `at` and `read_at` are in milliseconds UTC; `words` may be empty.

    `own_text` is the number of a removed post that the member wrote, while its text is kept.
    """

    id: int
    kind: NoticeKind
    words: str
    at: int
    read_at: int | None
    version: int
    target: Target | None
    own_text: int | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """How many notices a member has not read. `id` is the member's, `version` that of the last change."""

    id: int
    version: int
    count: int


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, and whose it is."""

    id: int
    member_id: int


async def add(  # noqa: PLR0917  # who is told what about which thing
    writer: Writer, member_id: int, kind: NoticeKind, object_kind: str, object_id: int, words: str, now: int
) -> int:
    """The new notice's number."""
    rows = await writer.all(
        "INSERT INTO notices (member_id, kind, object_kind, object_id, words, at)"
        " VALUES (:member_id, :kind, :object_kind, :object_id, :words, :now) RETURNING id",
        member_id=member_id,
        kind=kind.value,
        object_kind=object_kind,
        object_id=object_id,
        words=words,
        now=now,
    )
    return int(rows[0][0])


_NOTICE = (
    "SELECT n.id, n.kind, n.words, n.at, n.read_at, n.version, n.object_kind, m.role, p.id, p.removed_at,"
    " t.id, t.title, t.removed_at, c.visibility,"
    " CASE WHEN p.author_id = n.member_id AND p.removed_body IS NOT NULL THEN p.id END"
    " FROM notices n JOIN members m ON m.id = n.member_id"
    " LEFT JOIN posts p ON n.object_kind = 'post' AND p.id = n.object_id"
    " LEFT JOIN topics t ON t.id = CASE n.object_kind WHEN 'post' THEN p.topic_id"
    " WHEN 'topic' THEN n.object_id END"
    " LEFT JOIN categories c ON c.id = t.category_id WHERE n.member_id = :member_id"
)


async def page(reader: Reader, member_id: int, before: int | None, limit: int) -> list[Notice]:
    """The newest notices, those before the number `before` if there is one."""
    rows = await reader.all(
        f"{_NOTICE} AND n.id < :before ORDER BY n.id DESC LIMIT :limit",
        member_id=member_id,
        before=before if before is not None else 2**62,
        limit=limit,
    )
    return [_notice(row) for row in rows]


async def several(reader: Reader, member_id: int, ids: Sequence[int]) -> dict[int, Notice]:
    """Those of the numbers that are this member's."""
    if not ids:
        return {}
    ids_sql, values = in_list("id", list(ids))
    rows = await reader.all(f"{_NOTICE} AND n.id IN {ids_sql}", member_id=member_id, **values)
    return {row[0]: _notice(row) for row in rows}


async def unread(reader: Reader, member_id: int) -> Unread:
    """What the member's bell says."""
    row = await reader.one(
        "SELECT COALESCE(MAX(version), 0), COUNT(*) - COUNT(read_at) FROM notices WHERE member_id = :id",
        id=member_id,
    )
    return Unread(member_id, *row) if row else Unread(member_id, 0, 0)


async def unread_since(reader: Reader, member_id: int, since_id: int) -> int:
    """How many notices from that one on the member has not read."""
    found = await reader.value(
        "SELECT COUNT(*) FROM notices WHERE member_id = :member_id AND id >= :since_id AND read_at IS NULL",
        member_id=member_id,
        since_id=since_id,
    )
    return int(found or 0)


async def mark_read(writer: Writer, member_id: int, up_to: int, now: int) -> list[Told]:
    """Notes that the member has read his notices up to that number; those that he had not."""
    rows = await writer.all(
        "UPDATE notices SET read_at = :now WHERE member_id = :member_id AND id <= :up_to"
        " AND read_at IS NULL RETURNING id",
        member_id=member_id,
        up_to=up_to,
        now=now,
    )
    return [Told(row[0], member_id) for row in rows]


async def withdraw(writer: Writer, object_kind: str, object_id: int) -> list[Told]:
    """Deletes every notice about a thing; those that there were."""
    rows = await writer.all(
        "DELETE FROM notices WHERE object_kind = :object_kind AND object_id = :object_id"
        " RETURNING id, member_id",
        object_kind=object_kind,
        object_id=object_id,
    )
    return [Told(*row) for row in rows]


async def about_posts_of(reader: Reader, topic_id: int, post_id: int | None) -> list[Told]:
    """The newest MAX_RETOLD notices about one post, or about a topic and all its posts."""
    if post_id is not None:
        rows = await reader.all(
            "SELECT id, member_id FROM notices WHERE object_kind = 'post' AND object_id = :post_id"
            " ORDER BY id DESC LIMIT :limit",
            post_id=post_id,
            limit=MAX_RETOLD,
        )
    else:
        rows = await reader.all(
            "SELECT n.id, n.member_id FROM notices n WHERE (n.object_kind = 'topic' AND n.object_id = :id) OR"
            " (n.object_kind = 'post' AND n.object_id IN (SELECT p.id FROM posts p WHERE p.topic_id = :id))"
            " ORDER BY n.id DESC LIMIT :limit",
            id=topic_id,
            limit=MAX_RETOLD,
        )
    return [Told(*row) for row in rows]


def _notice(row: Row) -> Notice:
    notice_id, kind, words, at, read_at, version, object_kind, role = row[:8]
    post_id, post_removed, topic_id, title, topic_removed, visibility, own_text = row[8:]
    target = None
    if topic_id is not None and title is not None and topic_removed is None:
        member = Viewer(None, "", Role(role))
        seen = sees(member, Audience(visibility)) and (object_kind == "topic" or post_removed is None)
        target = Target(topic_id, title, post_id) if seen else None
    return Notice(notice_id, NoticeKind(kind), words, at, read_at, version, target, own_text)
