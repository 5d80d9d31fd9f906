"""Bringing back what a sweep removed: each thing as it was, unless somebody has decided about it since."""

from server.store.database import Reader, Writer
from server.store.sweeps import STEP, Sweep


async def next_swept_topic(reader: Reader, sweep: Sweep) -> int | None:
    """A topic that is to come back."""
    found: int | None = await reader.value(
        "SELECT topic_id FROM swept_topics WHERE sanction_id = :id ORDER BY topic_id LIMIT 1",
        id=sweep.sanction_id,
    )
    return found


async def next_topic_of_posts(reader: Reader, sweep: Sweep) -> int | None:
    """A topic in which single posts are to come back, wherever they stand by now."""
    found: int | None = await reader.value(
        "SELECT p.topic_id FROM swept_posts s JOIN posts p ON p.id = s.post_id WHERE s.sanction_id = :id"
        " ORDER BY s.post_id LIMIT 1",
        id=sweep.sanction_id,
    )
    return found


async def next_swept_thank(reader: Reader, sweep: Sweep) -> tuple[int, int] | None:
    """A thank-you that is to come back: for which post, and when it was said."""
    row = await reader.one(
        "SELECT post_id, at FROM swept_thanks WHERE sanction_id = :id ORDER BY post_id LIMIT 1",
        id=sweep.sanction_id,
    )
    return None if row is None else (row[0], row[1])


async def is_still_gone(reader: Reader, sweep: Sweep, topic_id: int) -> bool:
    """Whether the topic is removed by the sweep, and not, since then, by somebody else."""
    found = await reader.value(
        "SELECT 1 FROM topics WHERE id = :id AND removed_at = :at", id=topic_id, at=sweep.at
    )
    return found is not None


async def posts_back_in(writer: Writer, sweep: Sweep, topic_id: int) -> tuple[list[int], list[int]]:
    """The next STEP posts of the topic that the sweep has a note of, locked; and those of them that it has
    removed and nobody since, and of which there is a text."""
    rows = await writer.all(
        "SELECT p.id, p.removed_at = :at AND p.removed_body IS NOT NULL AND NOT p.removed_with_topic"
        " FROM posts p WHERE p.topic_id = :topic_id"
        " AND p.id IN (SELECT s.post_id FROM swept_posts s WHERE s.sanction_id = :id)"
        f" ORDER BY p.id LIMIT :limit{writer.for_update}",
        id=sweep.sanction_id,
        topic_id=topic_id,
        at=sweep.at,
        limit=STEP,
    )
    return [row[0] for row in rows], [row[0] for row in rows if row[1]]


async def go_with_topic(writer: Writer, post_id: int) -> None:
    """The post's topic was removed meanwhile: it comes back when that does, as if it had left with it."""
    await writer.run(
        "UPDATE posts SET removed_with_topic = :yes, removed_at = t.removed_at, removed_by = t.removed_by,"
        " removed_reason = t.removed_reason FROM topics t WHERE posts.id = :id AND t.id = posts.topic_id",
        id=post_id,
        yes=True,
    )


async def forget_topic(writer: Writer, sweep: Sweep, topic_id: int) -> None:
    """The topic is back, or somebody else's to bring back."""
    await writer.run(
        "DELETE FROM swept_topics WHERE sanction_id = :id AND topic_id = :topic_id",
        id=sweep.sanction_id,
        topic_id=topic_id,
    )


async def forget_post(writer: Writer, sweep: Sweep, post_id: int) -> None:
    """As `forget_topic`, of a post."""
    await writer.run(
        "DELETE FROM swept_posts WHERE sanction_id = :id AND post_id = :post_id",
        id=sweep.sanction_id,
        post_id=post_id,
    )


async def give_thank_back(writer: Writer, sweep: Sweep, post_id: int, at: int) -> bool:
    """The thank-you is said again, as of then; False when the member has said it anew meanwhile."""
    await writer.run(
        "DELETE FROM swept_thanks WHERE sanction_id = :id AND post_id = :post_id",
        id=sweep.sanction_id,
        post_id=post_id,
    )
    rows = await writer.all(
        "INSERT INTO thanks (post_id, member_id, at) VALUES (:post_id, :member_id, :at)"
        " ON CONFLICT DO NOTHING RETURNING post_id",
        post_id=post_id,
        member_id=sweep.member_id,
        at=at,
    )
    return bool(rows)


async def give_texts_back(writer: Writer, sweep: Sweep) -> None:
    """Moves them back; what the member has written since stays."""
    await writer.run(
        "UPDATE members SET personal_text = CASE WHEN members.personal_text = '' THEN s.personal_text"
        " ELSE members.personal_text END, about_html = CASE WHEN members.about = '' THEN s.about_html"
        " ELSE members.about_html END, about = CASE WHEN members.about = '' THEN s.about"
        " ELSE members.about END, picture = CASE WHEN members.picture = '' THEN s.picture"
        " ELSE members.picture END FROM sweeps s WHERE members.id = s.member_id AND s.sanction_id = :id",
        id=sweep.sanction_id,
    )
    await writer.run(
        "UPDATE sweeps SET personal_text = '', about = '', about_html = '', picture = ''"
        " WHERE sanction_id = :id",
        id=sweep.sanction_id,
    )
    await writer.run(
        "INSERT INTO profile_values (member_id, field_id, value)"
        " SELECT :member_id, field_id, value FROM swept_values WHERE sanction_id = :id"
        " ON CONFLICT (member_id, field_id) DO NOTHING",
        id=sweep.sanction_id,
        member_id=sweep.member_id,
    )
    await writer.run("DELETE FROM swept_values WHERE sanction_id = :id", id=sweep.sanction_id)
