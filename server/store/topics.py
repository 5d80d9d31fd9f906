"""Topics: rows for lists and headers, and the writes that change them.

Reads take a `Rendering`: everybody else's never touches a `removed_*` column.
"""

from collections.abc import Collection

from server.domain.models import Author, CategoryName, LastPost, Removal, Rendering, Topic, TopicState
from server.domain.viewer import Audience, Role
from server.store.columns import in_list
from server.store.database import Reader, Row, Writer

_PLAIN = (
    "t.id, t.title, c.id, c.name, c.slug, c.visibility,"
    " t.author_id, COALESCE(a.username, t.author_name), COALESCE(a.role, 'member'), t.created_at,"
    " t.replies, t.places, t.pinned, t.locked, t.version,"
    " t.last_post_id, p.author_id, COALESCE(l.username, p.author_name), COALESCE(l.role, 'member'),"
    " p.created_at, c.archived_at IS NOT NULL, c.unlisted, t.pinned_everywhere, t.pinned_until,"
    " t.slow_minutes"
)
_STAFF = (
    _PLAIN.replace("t.title", "COALESCE(t.title, t.removed_title)")
    + ", t.removed_at, COALESCE(r.username, ''), t.removed_reason"
)
_FROM = (
    " FROM topics t JOIN categories c ON c.id = t.category_id"
    " LEFT JOIN members a ON a.id = t.author_id"
    " LEFT JOIN posts p ON p.id = t.last_post_id LEFT JOIN members l ON l.id = p.author_id"
)
_FROM_STAFF = _FROM + " LEFT JOIN members r ON r.id = t.removed_by"
_SEEN = "c.visibility <= :audience AND t.removed_at IS NULL"
_SEEN_BY_STAFF = "c.visibility <= :audience AND t.merged_into IS NULL"


def _select(rendering: Rendering) -> str:
    if rendering.staff:
        return f"SELECT {_STAFF}{_FROM_STAFF} WHERE {_SEEN_BY_STAFF}"
    return f"SELECT {_PLAIN}{_FROM} WHERE {_SEEN}"


def _topic(row: Row) -> Topic:
    removal = (
        Removal(at=row[25], by=row[26], reason=row[27]) if len(row) > 25 and row[25] is not None else None
    )
    return Topic(
        id=row[0],
        title=row[1],
        category=CategoryName(
            row[2], row[3], row[4], Audience(row[5]), archived=bool(row[20]), unlisted=bool(row[21])
        ),
        author=Author(row[6], row[7], Role(row[8])),
        created_at=row[9],
        replies=row[10],
        places=row[11],
        pinned=bool(row[12]),
        locked=bool(row[13]),
        version=row[14],
        last_post=LastPost(row[15], Author(row[16], row[17] or "", Role(row[18])), row[19] or row[9]),
        removal=removal,
        pinned_everywhere=bool(row[22]),
        pinned_until=row[23],
        slow_minutes=row[24],
    )


async def find(reader: Reader, topic_id: int, rendering: Rendering) -> Topic | None:
    """The topic, if this rendering has it."""
    row = await reader.one(
        f"{_select(rendering)} AND t.id = :id", id=topic_id, audience=int(rendering.audience)
    )
    return _topic(row) if row else None


async def several(reader: Reader, ids: list[int], rendering: Rendering) -> dict[int, Topic]:
    """Those of the topics that this rendering has."""
    names, values = in_list("id", ids)
    rows = await reader.all(
        f"{_select(rendering)} AND t.id IN {names}", audience=int(rendering.audience), **values
    )
    return {row[0]: _topic(row) for row in rows}


# The rows of a list are found in an index alone, and only those that are shown are joined: a page far down
# would join all those before it too. The plus keeps SQLite from sorting each category's topics instead.
_LISTED = " AND n.last_post_id > 0"  # what was merged into another topic has no post any more
_IN_CATEGORY = (
    "SELECT n.id FROM topics n WHERE n.category_id = :category_id{seen}"
    " ORDER BY n.pinned DESC, n.last_post_id DESC LIMIT :limit OFFSET :offset"
)
_LATEST = (
    "SELECT n.id FROM topics n WHERE n.removed_at IS NULL"
    " AND +n.category_id IN (SELECT k.id FROM categories k WHERE k.visibility <= :audience)"
    " ORDER BY n.pinned_everywhere DESC, n.last_post_id DESC LIMIT :limit OFFSET :offset"
)
_LATEST_OF_EACH = (
    "SELECT (SELECT n.id FROM topics n WHERE n.category_id = k.id AND n.removed_at IS NULL"
    " ORDER BY n.last_post_id DESC LIMIT 1) FROM categories k WHERE k.id IN {names}"
)


async def in_category(
    reader: Reader, category_id: int, rendering: Rendering, *, limit: int, offset: int
) -> list[Topic]:
    """A page of the category: pinned ones first, then by latest activity."""
    ids_sql = _IN_CATEGORY.format(seen=_LISTED if rendering.staff else " AND n.removed_at IS NULL")
    rows = await reader.all(
        f"{_select(rendering)} AND t.id IN ({ids_sql}) ORDER BY t.pinned DESC, t.last_post_id DESC",
        category_id=category_id,
        audience=int(rendering.audience),
        limit=limit,
        offset=offset,
    )
    return [_topic(row) for row in rows]


async def latest(reader: Reader, audience: Audience, *, limit: int, offset: int = 0) -> list[Topic]:
    """Topics of every category this audience may see: those pinned everywhere, then by latest activity."""
    rows = await reader.all(
        f"{_select(Rendering(audience, staff=False))} AND t.id IN ({_LATEST})"
        " ORDER BY t.pinned_everywhere DESC, t.last_post_id DESC",
        audience=int(audience),
        limit=limit,
        offset=offset,
    )
    return [_topic(row) for row in rows]


async def latest_of_each(reader: Reader, category_ids: list[int], audience: Audience) -> dict[int, Topic]:
    """The topic with the newest activity of each category that has one."""
    names, values = in_list("id", category_ids)
    rows = await reader.all(
        f"{_select(Rendering(audience, staff=False))} AND t.id IN ({_LATEST_OF_EACH.format(names=names)})",
        audience=int(audience),
        **values,
    )
    return {row[2]: _topic(row) for row in rows}


async def count_in_category(reader: Reader, category_id: int) -> int:
    """How many topics the category has, removed ones included; for staff's pager."""
    return int(
        await reader.value(
            f"SELECT COUNT(*) FROM topics n WHERE n.category_id = :id{_LISTED}", id=category_id
        )
        or 0
    )


_STATE = (
    "SELECT t.id, t.category_id, c.visibility, t.author_id, t.title, t.replies, t.places, t.pinned, t.locked,"
    " t.removed_at IS NOT NULL, c.archived_at IS NOT NULL, t.slow_minutes, t.merged_into,"
    " t.pinned_everywhere, t.pinned_until"
    " FROM topics t JOIN categories c ON c.id = t.category_id WHERE t.id = :id"
)


def _state(row: Row) -> TopicState:
    return TopicState(
        row[0],
        row[1],
        Audience(row[2]),
        row[3],
        row[4],
        row[5],
        row[6],
        bool(row[7]),
        bool(row[8]),
        bool(row[9]),
        archived=bool(row[10]),
        slow_minutes=row[11],
        merged_into=row[12],
        pinned_everywhere=bool(row[13]),
        pinned_until=row[14],
    )


async def state(reader: Reader, topic_id: int) -> TopicState | None:
    """What rules need to know of the topic, whoever asks."""
    row = await reader.one(_STATE, id=topic_id)
    return _state(row) if row else None


async def hold(writer: Writer, topic_id: int, beside: Collection[int] = ()) -> TopicState | None:
    """The topic's state, with its row locked until the transaction ends.

    `beside` are the topics of the posts that the one to be changed quotes. They are locked too, in order: a
    source that goes while somebody quotes it would not know whom to tell, and two posts that quote each other
    would wait for each other.
    """
    if writer.for_update:
        names, values = in_list("id", sorted({topic_id, *beside}))
        await writer.all(
            f"SELECT id FROM topics WHERE id IN {names} ORDER BY id{writer.for_update}", **values
        )
    # Read once it is locked: whoever hides or archives a category locks all its topics for that.
    row = await writer.one(_STATE, id=topic_id)
    return _state(row) if row else None


async def add(
    writer: Writer, *, category_id: int, title: str, author_id: int | None, author_name: str, now: int
) -> int:
    """A new topic's id; it has no post yet."""
    row = await writer.one(
        "INSERT INTO topics (category_id, title, author_id, author_name, created_at)"
        " VALUES (:category_id, :title, :author_id, :author_name, :now) RETURNING id",
        category_id=category_id,
        title=title,
        author_id=author_id,
        author_name=author_name,
        now=now,
    )
    assert row is not None
    return int(row[0])


async def take_place(writer: Writer, topic_id: int, post_id: int) -> int:
    """Count one more post, make it the last one, and return its place."""
    row = await writer.one(
        "UPDATE topics SET places = places + 1, last_post_id = :post_id,"
        " replies = replies + CASE WHEN places > 0 THEN 1 ELSE 0 END"
        " WHERE id = :id RETURNING places",
        id=topic_id,
        post_id=post_id,
    )
    assert row is not None
    return int(row[0])


async def count_reply(writer: Writer, topic_id: int, change: int) -> None:
    """A reply came back (1) or went (-1): count it, and find the last post that can be seen.

    Numbers and places rise together within a topic, so the last post is found from the end. Only the opening
    post may have a higher number than those after it, which were removed when it came to open the topic.
    """
    seen_sql = "p.topic_id = :id AND (p.removed_at IS NULL OR p.removed_with_topic)"
    await writer.run(
        "UPDATE topics SET replies = replies + :change, last_post_id = COALESCE((SELECT MAX(id) FROM ("
        f"SELECT id FROM (SELECT p.id FROM posts p WHERE {seen_sql} ORDER BY p.place DESC LIMIT 1) l"
        f" UNION ALL SELECT p.id FROM posts p WHERE {seen_sql} AND p.place = 1) x), 0) WHERE id = :id",
        id=topic_id,
        change=change,
    )


async def recount(writer: Writer, topic_id: int) -> None:
    """Bring replies and the last post in line with the posts that can be seen. Reads all of them.

    A removed topic keeps its last post, and so its place in the lists that staff see.
    """
    await writer.run(
        "UPDATE topics SET"
        " replies = (SELECT COUNT(*) FROM posts WHERE topic_id = :id AND place > 1 AND removed_at IS NULL),"
        " last_post_id = COALESCE((SELECT MAX(id) FROM posts WHERE topic_id = :id"
        " AND (removed_at IS NULL OR removed_with_topic)), 0)"
        " WHERE id = :id",
        id=topic_id,
    )


async def set_locked(writer: Writer, topic_id: int, locked: bool) -> None:
    """Close the topic for replies, or open it."""
    await writer.run("UPDATE topics SET locked = :locked WHERE id = :id", id=topic_id, locked=locked)


async def remove(writer: Writer, topic_id: int, *, by: int | None, reason: str, now: int) -> None:
    """Take the title out of the public column and note who, when and why."""
    await writer.run(
        "UPDATE topics SET removed_title = title, title = NULL, removed_at = :now, removed_by = :by,"
        " removed_reason = :reason WHERE id = :id",
        id=topic_id,
        by=by,
        reason=reason,
        now=now,
    )


async def restore(writer: Writer, topic_id: int) -> None:
    """Put the title back."""
    await writer.run(
        "UPDATE topics SET title = removed_title, removed_title = NULL, removed_at = NULL, removed_by = NULL,"
        " removed_reason = '' WHERE id = :id",
        id=topic_id,
    )
