"""Posts: what a page shows of them, and the writes that change them.

The public text lives in `body`, `html` and `plain`. Removal moves it to `removed_*` columns, so a
read that forgets to look at `removed_at` finds nothing.
"""

from server.domain.markup import has_quotes
from server.domain.models import (
    Author,
    Post,
    PostState,
    PostVersion,
    ProfilePost,
    Removal,
    Rendering,
)
from server.domain.viewer import Audience, Role
from server.store import quotes, thanks
from server.store.columns import in_list
from server.store.database import Reader, Row, Writer

# Found by the author: who moderates nothing, as nearly everybody, costs one look into an index.
MODERATES_SQL = (
    "EXISTS (SELECT 1 FROM category_moderators k JOIN topics w ON w.category_id = k.category_id"
    " WHERE k.member_id = p.author_id AND w.id = p.topic_id)"
)
MOST_IDS = 500  # in one statement
_POST = (
    "SELECT p.id, p.topic_id, p.place, p.author_id, COALESCE(a.username, p.author_name),"
    " COALESCE(a.role, 'member'), COALESCE(a.personal_text, ''), p.created_at, p.edited_at, e.username,"
    " p.edit_reason, p.version, p.html, p.removed_at, COALESCE(r.username, ''), p.removed_reason,"
    f" p.edited_by, COALESCE(a.picture, ''), {MODERATES_SQL}, p.edit_asked_at, p.removed_body IS NOT NULL"
    " FROM posts p JOIN topics t ON t.id = p.topic_id JOIN categories c ON c.id = t.category_id"
    " LEFT JOIN members a ON a.id = p.author_id LEFT JOIN members e ON e.id = p.edited_by"
    " LEFT JOIN members r ON r.id = p.removed_by"
    " WHERE c.visibility <= :audience"
)
_SEEN = " AND p.removed_at IS NULL AND t.removed_at IS NULL"
_SEEN_BY_STAFF = " AND NOT p.removed_with_topic"


def _select(rendering: Rendering) -> str:
    return _POST + (_SEEN_BY_STAFF if rendering.staff else _SEEN)


async def _posts(reader: Reader, rows: list[Row], audience: Audience) -> list[Post]:
    thanked = await thanks.of_posts(reader, [row[0] for row in rows])
    quoting = [row[0] for row in rows if row[12] and has_quotes(row[12])]
    quoted = await quotes.of_posts(reader, quoting, audience)
    return [
        Post(
            id=row[0],
            topic_id=row[1],
            place=row[2],
            author=Author(row[3], row[4], Role(row[5]), row[6], row[17], moderates=bool(row[18])),
            created_at=row[7],
            edited_at=row[8],
            edited_by=row[9],
            edit_reason=row[10],
            version=row[11],
            html=row[12] or "",
            thanks=thanked.get(row[0], ()),
            quotes=quoted.get(row[0], ()),
            removal=None if row[13] is None else Removal(row[13], row[14], row[15], bool(row[20])),
            edited_by_id=row[16],
            edit_asked_at=row[19],
        )
        for row in rows
    ]


async def in_topic(reader: Reader, topic_id: int, rendering: Rendering, first: int, last: int) -> list[Post]:
    """The posts whose place is between `first` and `last`, both included."""
    rows = await reader.all(
        f"{_select(rendering)} AND p.topic_id = :topic_id AND p.place BETWEEN :first AND :last"
        " ORDER BY p.place",
        topic_id=topic_id,
        audience=int(rendering.audience),
        first=first,
        last=last,
    )
    return await _posts(reader, rows, rendering.audience)


_VERSION = (
    "SELECT p.id, p.version, p.author_id, COALESCE(a.username, p.author_name), COALESCE(a.role, 'member'),"
    f" COALESCE(a.personal_text, ''), COALESCE(a.picture, ''), {MODERATES_SQL}"
    " FROM posts p LEFT JOIN members a ON a.id = p.author_id"
    " WHERE p.topic_id = :topic_id AND p.place BETWEEN :first AND :last"
)


async def versions_in_topic(
    reader: Reader, topic_id: int, rendering: Rendering, first: int, last: int
) -> list[PostVersion]:
    """What `in_topic` would find, but not what it says. The topic has to be one that this rendering has."""
    seen_sql = "NOT p.removed_with_topic" if rendering.staff else "p.removed_at IS NULL"
    rows = await reader.all(
        f"{_VERSION} AND {seen_sql} ORDER BY p.place", topic_id=topic_id, first=first, last=last
    )
    return [PostVersion(*row) for row in rows]


async def several(reader: Reader, ids: list[int], rendering: Rendering) -> dict[int, Post]:
    """Those of the posts that this rendering has."""
    if not ids:
        return {}
    names, values = in_list("id", ids)
    rows = await reader.all(
        f"{_select(rendering)} AND p.id IN {names}", audience=int(rendering.audience), **values
    )
    return {post.id: post for post in await _posts(reader, rows, rendering.audience)}


_PROFILE_POST = (
    "SELECT p.id, p.topic_id, t.title, p.created_at, p.version, p.plain FROM posts p"
    " JOIN topics t ON t.id = p.topic_id JOIN categories c ON c.id = t.category_id"
    f" WHERE c.visibility <= :audience{_SEEN} AND p.author_id = :author_id"
)


async def by_author(
    reader: Reader, author_id: int, audience: Audience, *, limit: int = 0, ids: list[int] | None = None
) -> list[ProfilePost]:
    """The author's posts that this audience may see, newest first: the last `limit`, or those of `ids`."""
    if ids is None:
        rows = await reader.all(
            f"{_PROFILE_POST} ORDER BY p.id DESC LIMIT :limit",
            author_id=author_id,
            audience=int(audience),
            limit=limit,
        )
    else:
        names, values = in_list("id", ids)
        rows = await reader.all(
            f"{_PROFILE_POST} AND p.id IN {names}", author_id=author_id, audience=int(audience), **values
        )
    return [ProfilePost(*row) for row in rows]


_STATE = (
    "SELECT p.id, p.topic_id, p.place, p.author_id, COALESCE(a.role, 'member'), p.body, p.plain,"
    " COALESCE(p.body_version, 0), p.version, p.removed_at IS NOT NULL, p.removed_with_topic"
    " FROM posts p LEFT JOIN members a ON a.id = p.author_id WHERE p.id = :id"
)


def _state(row: Row) -> PostState:
    return PostState(
        row[0],
        row[1],
        row[2],
        row[3],
        Role(row[4]),
        row[5],
        row[6],
        row[7],
        row[8],
        bool(row[9]),
        bool(row[10]),
    )


async def state(reader: Reader, post_id: int) -> PostState | None:
    """What rules need to know of the post, whoever asks."""
    row = await reader.one(_STATE, id=post_id)
    return _state(row) if row else None


async def hold(writer: Writer, post_id: int) -> PostState | None:
    """The post's state, with its row locked until the transaction ends."""
    row = await writer.one(f"{_STATE}{writer.for_update and ' FOR NO KEY UPDATE OF p'}", id=post_id)
    return _state(row) if row else None


async def in_whole_topic(
    writer: Writer, topic_id: int, *, removed_with_topic: bool
) -> list[tuple[int, int | None]]:
    """Id and author of the topic's posts: those that can be seen, or those that left together with it."""
    state_sql = "removed_with_topic" if removed_with_topic else "removed_at IS NULL"
    rows = await writer.all(
        f"SELECT id, author_id FROM posts WHERE topic_id = :topic_id AND {state_sql}"
        f" ORDER BY id{writer.for_update}",
        topic_id=topic_id,
    )
    return [(row[0], row[1]) for row in rows]


async def authors_of(reader: Reader, ids: list[int]) -> list[tuple[int, int]]:
    """Number and author of those of the posts that can be seen and whose author is known, by number."""
    found: list[tuple[int, int]] = []
    for start in range(0, len(ids), MOST_IDS):
        names, values = in_list("id", ids[start : start + MOST_IDS])
        rows = await reader.all(
            f"SELECT id, author_id FROM posts WHERE id IN {names} AND removed_at IS NULL"
            " AND author_id IS NOT NULL ORDER BY id",
            **values,
        )
        found += [(row[0], row[1]) for row in rows]
    return found


async def newest_in(reader: Reader, topic_id: int, limit: int) -> list[tuple[int, int | None]]:
    """Id and author of the topic's newest posts that can be seen."""
    rows = await reader.all(
        "SELECT id, author_id FROM posts WHERE topic_id = :topic_id AND removed_at IS NULL"
        " ORDER BY place DESC LIMIT :limit",
        topic_id=topic_id,
        limit=limit,
    )
    return [(row[0], row[1]) for row in rows]


async def removed_body(reader: Reader, post_id: int) -> str | None:
    """The source of a removed post; None when it is not removed, or erased. For its author."""
    found: str | None = await reader.value(
        "SELECT removed_body FROM posts WHERE id = :id AND removed_at IS NOT NULL", id=post_id
    )
    return found


async def words_of(reader: Reader, post_id: int) -> str | None:
    """A post's plain text, removed or not; None when it was erased. For staff who look for copies."""
    found: str | None = await reader.value(
        "SELECT COALESCE(plain, removed_plain) FROM posts WHERE id = :id", id=post_id
    )
    return found


async def bodies(reader: Reader, ids: list[int]) -> dict[int, str]:
    """The stored source of each of the posts that still has one. For those who may edit them."""
    if not ids:
        return {}
    names, values = in_list("id", ids)
    rows = await reader.all(f"SELECT id, body FROM posts WHERE id IN {names} AND body IS NOT NULL", **values)
    return {row[0]: row[1] for row in rows}
