"""Writing down posts that wait for a moderator, and what became of them."""

from dataclasses import dataclass

from server.domain.approval import KEPT_FOR, Answer, Why
from server.domain.markup import Markup
from server.store.database import Row, Writer

PRUNED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Spot:
    """Which post it is, and where it was to stand: whom its events concern."""

    id: int
    member_id: int
    topic_id: int | None
    category_id: int | None


# An answer is where its topic is by now, which may be part of another.
_SPOT = (
    " RETURNING id, member_id, (SELECT COALESCE(t.merged_into, t.id) FROM topics t"
    " WHERE t.id = pending_posts.topic_id), COALESCE((SELECT i.category_id FROM topics t"
    " JOIN topics i ON i.id = COALESCE(t.merged_into, t.id) WHERE t.id = pending_posts.topic_id),"
    " pending_posts.category_id)"
)
_WAITING = (
    "SELECT h.id, h.member_id, t.id, COALESCE(t.category_id, h.category_id) FROM pending_posts h"
    " LEFT JOIN topics a ON a.id = h.topic_id LEFT JOIN topics t ON t.id = COALESCE(a.merged_into, a.id)"
    " WHERE h.outcome = ''"
)


async def add(
    writer: Writer,
    member_id: int,
    *,
    topic_id: int | None,
    category_id: int | None,
    title: str,
    text: Markup,
    why: Why,
    words: str,
    now: int,
) -> Spot:
    """A post that waits from now on: an answer in a topic, or a new topic for a category."""
    row = await writer.one(
        "INSERT INTO pending_posts (member_id, topic_id, category_id, title, body, html, at, why, words)"
        f" VALUES (:member_id, :topic_id, :category_id, :title, :body, :html, :now, :why, :words){_SPOT}",
        member_id=member_id,
        topic_id=topic_id,
        category_id=category_id,
        title=title,
        body=text.body,
        html=text.html,
        why=why.value,
        words=words,
        now=now,
    )
    assert row is not None
    return Spot(*row)


async def approve(writer: Writer, pending_id: int, post_id: int, *, by: int | None, now: int) -> Spot | None:
    """It is a post now, in which its text stands; None when it does not wait any more."""
    row = await writer.one(
        "UPDATE pending_posts SET outcome = :outcome, answered_at = :now, answered_by = :by,"
        f" post_id = :post_id, body = '', html = '', title = '' WHERE id = :id AND outcome = ''{_SPOT}",
        id=pending_id,
        outcome=Answer.APPROVED.value,
        post_id=post_id,
        by=by,
        now=now,
    )
    return _spot(row)


async def decline(writer: Writer, pending_id: int, reason: str, *, by: int | None, now: int) -> Spot | None:
    """It is for its author alone from now on; None when it does not wait any more."""
    row = await writer.one(
        "UPDATE pending_posts SET outcome = :outcome, answered_at = :now, answered_by = :by,"
        f" reason = :reason WHERE id = :id AND outcome = ''{_SPOT}",
        id=pending_id,
        outcome=Answer.DECLINED.value,
        reason=reason,
        by=by,
        now=now,
    )
    return _spot(row)


async def reopen(writer: Writer, pending_id: int) -> Spot | None:
    """A declined one waits again; None when it was not declined, or is kept no longer."""
    row = await writer.one(
        "UPDATE pending_posts SET outcome = '', answered_at = NULL, answered_by = NULL, reason = ''"
        f" WHERE id = :id AND outcome = :outcome{_SPOT}",
        id=pending_id,
        outcome=Answer.DECLINED.value,
    )
    return _spot(row)


async def withdraw(writer: Writer, pending_id: int, member_id: int, now: int) -> Spot | None:
    """Its author takes it back, and nothing of it is left; None when it is not his, or on the board."""
    row = await writer.one(
        "UPDATE pending_posts SET outcome = 'withdrawn', answered_at = :now, body = '', html = '',"
        " title = '', words = '', reason = '' WHERE id = :id AND member_id = :member_id"
        f" AND outcome IN ('', 'declined'){_SPOT}",
        id=pending_id,
        member_id=member_id,
        now=now,
    )
    return _spot(row)


async def sweep(writer: Writer, member_id: int, sanction_id: int) -> list[Spot]:
    """Puts away what waits of a member, together with all that he wrote."""
    rows = await writer.all(
        "UPDATE pending_posts SET outcome = 'swept', swept_by = :sanction_id"
        f" WHERE member_id = :member_id AND outcome = ''{_SPOT}",
        member_id=member_id,
        sanction_id=sanction_id,
    )
    return [Spot(*row) for row in rows]


async def sweep_back(writer: Writer, sanction_id: int) -> list[Spot]:
    """What was put away with a ban waits again."""
    rows = await writer.all(
        "UPDATE pending_posts SET outcome = '', swept_by = NULL"
        f" WHERE swept_by = :sanction_id AND outcome = 'swept'{_SPOT}",
        sanction_id=sanction_id,
    )
    return [Spot(*row) for row in rows]


async def prune(writer: Writer, now: int) -> bool:
    """Forgets what was answered KEPT_FOR ago, PRUNED_AT_ONCE of them; says whether there may be more."""
    rows = await writer.all(
        "DELETE FROM pending_posts WHERE id IN (SELECT id FROM pending_posts WHERE answered_at <= :before"
        " ORDER BY answered_at LIMIT :limit) RETURNING id",
        before=now - KEPT_FOR,
        limit=PRUNED_AT_ONCE,
    )
    return len(rows) == PRUNED_AT_ONCE


async def waiting_of(writer: Writer, member_id: int) -> list[Spot]:
    """What waits of a member."""
    rows = await writer.all(f"{_WAITING} AND h.member_id = :id ORDER BY h.id", id=member_id)
    return [Spot(*row) for row in rows]


async def waiting_in(writer: Writer, topic_id: int) -> list[Spot]:
    """What waits in a topic, or in one that was merged into it."""
    rows = await writer.all(f"{_WAITING} AND (h.topic_id = :id OR t.id = :id) ORDER BY h.id", id=topic_id)
    return [Spot(*row) for row in rows]


def _spot(row: Row | None) -> Spot | None:
    return None if row is None else Spot(*row)
