"""What a profile counts: posts and thanks in categories that everyone may see.

Hidden categories don't count, or their activity could be read off a public profile.
"""

from collections.abc import Iterable, Mapping

from server.domain.viewer import Audience
from server.store.columns import in_list
from server.store.database import Writer

_COUNTED = (
    " FROM posts p JOIN topics t ON t.id = p.topic_id JOIN categories c ON c.id = t.category_id"
    " {thanks}WHERE p.author_id = members.id AND p.removed_at IS NULL AND t.removed_at IS NULL"
    f" AND c.visibility = {int(Audience.PUBLIC)}"
)
_POSTS = "SELECT COUNT(*)" + _COUNTED.format(thanks="")
_THANKS = "SELECT COUNT(*)" + _COUNTED.format(thanks="JOIN thanks k ON k.post_id = p.id ")


async def count(writer: Writer, member_id: int, *, posts: int = 0, thanks: int = 0) -> None:
    """Add to a member's counters (negative to take away)."""
    await writer.run(
        "UPDATE members SET posts = posts + :posts, thanks_received = thanks_received + :thanks"
        " WHERE id = :id",
        id=member_id,
        posts=posts,
        thanks=thanks,
    )


async def count_category(writer: Writer, category_id: int, *, sign: int) -> None:
    """Take what was written in a category out of its authors' counters (-1), or add it (1), if it counts.

    One statement over the category's posts, whoever wrote how much elsewhere. For whoever changes its
    visibility: before, and after.
    """
    authors_sql = (
        "SELECT p.author_id FROM posts p JOIN topics t ON t.id = p.topic_id"
        " WHERE t.category_id = :category_id AND p.author_id IS NOT NULL"
    )
    if writer.for_update:
        await writer.all(
            f"SELECT id FROM members WHERE id IN ({authors_sql}) ORDER BY id{writer.for_update}",
            category_id=category_id,
        )
    await writer.run(
        "WITH written AS (SELECT p.author_id AS id, COUNT(*) AS posts,"
        " SUM((SELECT COUNT(*) FROM thanks k WHERE k.post_id = p.id)) AS thanks"
        " FROM posts p JOIN topics t ON t.id = p.topic_id JOIN categories c ON c.id = t.category_id"
        " WHERE t.category_id = :category_id AND p.author_id IS NOT NULL AND p.removed_at IS NULL"
        " AND t.removed_at IS NULL AND c.visibility = :public GROUP BY p.author_id)"
        " UPDATE members SET posts = members.posts + :sign * written.posts,"
        " thanks_received = members.thanks_received + :sign * written.thanks"
        " FROM written WHERE members.id = written.id",
        category_id=category_id,
        public=int(Audience.PUBLIC),
        sign=sign,
    )


async def count_many(writer: Writer, posts: Mapping[int, int], thanks: Mapping[int, int]) -> None:
    """Add to the counters of the members that `posts` names, in the order in which everybody locks rows."""
    for member_id in sorted(posts):
        await count(writer, member_id, posts=posts[member_id], thanks=thanks.get(member_id, 0))


async def hold(writer: Writer, *member_ids: int) -> None:
    """Locks these members' rows until the transaction ends, in the order in which everybody does.

    SQLite has one writer and needs no locks.
    """
    if writer.for_update:
        names, values = in_list("id", member_ids)
        await writer.all(
            f"SELECT id FROM members WHERE id IN {names} ORDER BY id{writer.for_update}", **values
        )


async def recount(writer: Writer, member_ids: Iterable[int]) -> None:
    """Count anew what these members wrote and were thanked for. Locks their rows in order first.

    It reads everything they ever wrote: for what changes a whole category, not for single posts.
    """
    for member_id in sorted(set(member_ids)):
        await writer.all(f"SELECT id FROM members WHERE id = :id{writer.for_update}", id=member_id)
        await writer.run(
            f"UPDATE members SET posts = ({_POSTS}), thanks_received = ({_THANKS}) WHERE id = :id",
            id=member_id,
        )
