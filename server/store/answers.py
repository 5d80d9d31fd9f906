"""Answers to members, which they may get a letter about: who is to get one, and what there is to tell.

A letter about a topic is a row of the outbox, at most one for a member and a topic (a unique index says so).
When he opens the topic, one that waits is taken back, and one that has left makes room for the next.
"""

from collections.abc import Sequence

from server.domain.clock import HOUR
from server.domain.letters import ANSWERS_AFTER, Answer, Letter
from server.store.columns import in_list
from server.store.database import Reader, Writer

MANY = 1_000  # letters that are looked at together
TOLD = 100  # posts that a letter counts

# Whom such a letter can reach at all: asked here too, so that the outbox has no rows for nothing. What counts
# is how it is when the letter leaves (`mail_choices.recipient`).
_REACHED = (
    " LEFT JOIN mail_choices c ON c.member_id = m.id"
    " WHERE m.email_confirmed_at IS NOT NULL AND COALESCE(c.answers, :wanted)"
)
_INSERT = "INSERT INTO outbox (letter, member_id, topic_id, since_id, queued_at, due_at)"
_VALUES = (
    ":letter, m.id, CAST(:topic_id AS BIGINT), CAST(:post_id AS BIGINT), CAST(:now AS BIGINT),"
    " CAST(:due_at AS BIGINT)"
)
_ONCE = " ON CONFLICT (member_id, topic_id) DO NOTHING"


async def expect_own(writer: Writer, member_id: int, topic_id: int, post_id: int, now: int) -> None:
    """A letter to him who began the topic, unless there is one."""
    await writer.run(
        f"{_INSERT} SELECT {_VALUES} FROM members m{_REACHED} AND m.id = :member_id{_ONCE}",
        letter=Letter.ANSWERS.value,
        wanted=True,
        member_id=member_id,
        topic_id=topic_id,
        post_id=post_id,
        now=now,
        due_at=now + ANSWERS_AFTER,
    )


async def expect_quoted(  # noqa: PLR0917  # who quotes which posts where
    writer: Writer, quoted: Sequence[int], by: int | None, topic_id: int, post_id: int, now: int
) -> None:
    """Letters to those who wrote what is quoted, unless there are some."""
    ids_sql, values = in_list("quoted", quoted)
    await writer.run(
        f"{_INSERT} SELECT {_VALUES} FROM members m{_REACHED} AND m.id <> :by AND m.id IN"
        f" (SELECT p.author_id FROM posts p WHERE p.id IN {ids_sql}){_ONCE}",
        letter=Letter.ANSWERS.value,
        wanted=True,
        by=by or 0,
        topic_id=topic_id,
        post_id=post_id,
        now=now,
        due_at=now + ANSWERS_AFTER,
        **values,
    )


async def is_expected(reader: Reader, member_id: int, topic_id: int) -> bool:
    """Whether there is a letter about the topic to the member, waiting or sent."""
    found = await reader.value(
        "SELECT 1 FROM outbox WHERE member_id = :member_id AND topic_id = :topic_id",
        member_id=member_id,
        topic_id=topic_id,
    )
    return found is not None


async def waiting(reader: Reader, now: int) -> list[tuple[int, int]]:
    """The members and topics of letters that have not left, at most MANY, the next ones to leave first."""
    rows = await reader.all(
        "SELECT member_id, topic_id FROM outbox WHERE due_at > :since AND topic_id IS NOT NULL"
        " AND sent_at IS NULL AND failed_at IS NULL ORDER BY due_at LIMIT :limit",
        since=now - HOUR,  # what waits is due later; so those that have left are not looked through
        limit=MANY,
    )
    return [(row[0], row[1]) for row in rows]


async def note_read(writer: Writer, member_id: int, topic_id: int) -> None:
    """The member has the topic before him: nothing has to be told of it, until somebody answers anew."""
    about = {"member_id": member_id, "topic_id": topic_id}
    await writer.run(
        "DELETE FROM outbox WHERE member_id = :member_id AND topic_id = :topic_id AND sent_at IS NULL",
        **about,
    )
    await writer.run(
        "UPDATE outbox SET topic_id = NULL WHERE member_id = :member_id AND topic_id = :topic_id", **about
    )


async def to_member(
    reader: Reader, member_id: int, topic_id: int, since_id: int, *, own: bool
) -> list[Answer]:
    """The posts of others since that one which answer the member, oldest first, as they are now.

    In a topic of his `own` that is every one, elsewhere those that quote what he wrote and can be seen.
    """
    rows = await reader.all(
        "SELECT p.id, COALESCE(m.username, p.author_name), p.plain FROM posts p"
        " LEFT JOIN members m ON m.id = p.author_id WHERE p.topic_id = :topic_id AND p.id >= :since_id"
        " AND p.removed_at IS NULL AND (p.author_id IS NULL OR p.author_id <> :member_id)"
        " AND (:own = 1 OR EXISTS (SELECT 1 FROM quotes q JOIN posts s ON s.id = q.quoted_id"
        " WHERE q.post_id = p.id AND s.author_id = :member_id AND s.removed_at IS NULL))"
        " ORDER BY p.id LIMIT :limit",
        member_id=member_id,
        topic_id=topic_id,
        since_id=since_id,
        own=int(own),
        limit=TOLD,
    )
    return [Answer(row[0], row[1], row[2] or "") for row in rows]
