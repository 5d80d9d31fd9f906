"""The outbox: letters that wait, that were sent within the last days, and that could not be delivered."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.clock import DAY, MINUTE
from server.domain.letters import REPORTS_AFTER, REPORTS_PAUSE, Letter
from server.domain.viewer import Audience
from server.store.database import Reader, Writer

HELD_FOR = 10 * MINUTE  # how long a letter is one process's to send; then another may
AT_ONCE = 20  # letters that are taken out together
KEPT_FOR = 14 * DAY  # after it was sent or given up
TOLD_FOR = 365 * DAY  # for how long moderators are told that a post was mailed
SHOWN = 100  # letters in a list
MAX_PROBLEM = 300  # characters of what the mail server said

_WAITS = "sent_at IS NULL AND failed_at IS NULL"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that is to be sent. `tries` counts those that failed; times are in milliseconds UTC.

    `topic_id` is the topic of a letter about one, `since_id` the first post or notice that it is about.
    """

    id: int
    letter: Letter
    member_id: int | None
    address: str
    queued_at: int
    tries: int
    topic_id: int | None = None
    since_id: int | None = None


@dataclass(frozen=True, slots=True)
class Stuck:
    """A letter that could not be delivered yet, or at all. `due_at` is None when nobody tries any more."""

    id: int
    letter: Letter
    username: str
    queued_at: int
    due_at: int | None
    tries: int
    problem: str


@dataclass(frozen=True, slots=True)
class Mailed:
    """How many members got a letter that tells of a post, and how many of them its beginning too."""

    letters: int
    with_text: int


@dataclass(frozen=True, slots=True)
class Outbox:
    """How the outbox is. `late_since` is when the oldest letter was queued that was tried and still waits."""

    waiting: int
    sent: int
    failed: int
    late_since: int | None
    problem: str


async def add(writer: Writer, letter: Letter, member_id: int | None, address: str, now: int) -> None:
    """Queues a letter in the transaction that is the reason for it."""
    await writer.run(
        "INSERT INTO outbox (letter, member_id, address, queued_at, due_at)"
        " VALUES (:letter, :member_id, :address, :now, :now)",
        letter=letter.value,
        member_id=member_id,
        address=address,
        now=now,
    )


async def add_once(
    writer: Writer, letter: Letter, member_id: int, since_id: int, *, due_at: int, now: int
) -> None:
    """Queues a letter to that member for later, unless one of its kind waits: that one will tell it too."""
    await writer.run(
        "INSERT INTO outbox (letter, member_id, since_id, queued_at, due_at)"
        " SELECT :letter, CAST(:member_id AS BIGINT), CAST(:since_id AS BIGINT), CAST(:now AS BIGINT),"
        " CAST(:due_at AS BIGINT) WHERE NOT EXISTS"
        f" (SELECT 1 FROM outbox WHERE member_id = :member_id AND letter = :letter AND {_WAITS})",
        letter=letter.value,
        member_id=member_id,
        since_id=since_id,
        due_at=due_at,
        now=now,
    )


async def add_about_reports(writer: Writer, by: int | None, category_id: int | None, now: int) -> None:
    """Queues a letter to all staff and the category's own moderators, but not to him who reports, or whose
    post waits, nor where one waits; for those who got one within REPORTS_PAUSE, when that is over."""
    await writer.run(
        "INSERT INTO outbox (letter, member_id, queued_at, due_at)"
        " SELECT :letter, m.id, CAST(:now AS BIGINT), COALESCE("
        "(SELECT MAX(s.sent_at) + :pause FROM outbox s WHERE s.member_id = m.id AND s.letter = :letter"
        " AND s.sent_at > :now - :pause), CAST(:soon AS BIGINT))"
        " FROM members m WHERE (m.role IN ('moderator', 'admin') OR (m.role = 'member' AND m.id IN"
        " (SELECT k.member_id FROM category_moderators k JOIN categories kc ON kc.id = k.category_id"
        " WHERE k.category_id = CAST(:category_id AS BIGINT) AND kc.visibility < :staff_only)))"
        " AND m.email_confirmed_at IS NOT NULL"
        " AND m.id <> :by AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.member_id = m.id"
        " AND o.letter = :letter AND o.sent_at IS NULL AND o.failed_at IS NULL)",
        letter=Letter.REPORTS.value,
        by=by or 0,
        category_id=category_id,
        staff_only=int(Audience.STAFF),
        pause=REPORTS_PAUSE,
        soon=now + REPORTS_AFTER,
        now=now,
    )


async def any_due(reader: Reader, now: int) -> bool:
    """Whether there is something to send."""
    found = await reader.value(f"SELECT 1 FROM outbox WHERE due_at <= :now AND {_WAITS} LIMIT 1", now=now)
    return found is not None


async def take(writer: Writer, now: int) -> list[Waiting]:
    """The letters that are due, at most AT_ONCE, oldest first; for HELD_FOR they are nobody else's.

    A process that dies with them leaves them to the next one: a letter may then be sent twice, never lost.
    """
    rows = await writer.all(
        "UPDATE outbox SET due_at = :held WHERE id IN (SELECT id FROM outbox"
        f" WHERE due_at <= :now AND {_WAITS} ORDER BY id LIMIT :limit{writer.for_update})"
        " RETURNING id, letter, member_id, address, queued_at, tries, topic_id, since_id",
        held=now + HELD_FOR,
        now=now,
        limit=AT_ONCE,
    )
    return sorted((Waiting(row[0], Letter(row[1]), *row[2:]) for row in rows), key=lambda one: one.id)


async def note_sent(writer: Writer, letter_id: int, now: int) -> None:
    """It is on its way; where to is forgotten."""
    await writer.run(
        "UPDATE outbox SET sent_at = :now, address = '', problem = '' WHERE id = :id", id=letter_id, now=now
    )


async def put_off(writer: Writer, letter_id: int, due_at: int, problem: str) -> None:
    """It is tried again at `due_at`."""
    await writer.run(
        "UPDATE outbox SET due_at = :due_at, tries = tries + 1, problem = :problem WHERE id = :id",
        id=letter_id,
        due_at=due_at,
        problem=problem[:MAX_PROBLEM],
    )


async def give_up(writer: Writer, letter_id: int, problem: str, now: int) -> None:
    """Nobody tries any more, unless an administrator asks for it."""
    await writer.run(
        "UPDATE outbox SET failed_at = :now, tries = tries + 1, problem = :problem WHERE id = :id",
        id=letter_id,
        now=now,
        problem=problem[:MAX_PROBLEM],
    )


async def drop(writer: Writer, letter_id: int) -> bool:
    """Takes back a letter that was not sent; False when there is none of that number."""
    found = await writer.value(
        "DELETE FROM outbox WHERE id = :id AND sent_at IS NULL RETURNING id", id=letter_id
    )
    return found is not None


async def try_again(writer: Writer, letter_id: int, now: int) -> bool:
    """Makes a letter that is stuck due now, with all its patience; False when there is none."""
    found = await writer.value(
        "UPDATE outbox SET due_at = :now, queued_at = :now, failed_at = NULL"
        " WHERE id = :id AND sent_at IS NULL RETURNING id",
        id=letter_id,
        now=now,
    )
    return found is not None


async def state(reader: Reader, now: int) -> Outbox:
    """How many wait, were sent within the last day and failed within it; and the oldest that is late."""
    counts = await reader.one(
        f"SELECT COUNT(CASE WHEN {_WAITS} THEN 1 END), COUNT(CASE WHEN sent_at > :since THEN 1 END),"
        " COUNT(CASE WHEN failed_at > :since THEN 1 END),"
        f" MIN(CASE WHEN {_WAITS} AND tries > 0 THEN queued_at END) FROM outbox",
        since=now - DAY,
    )
    assert counts is not None  # an aggregate has one row
    problem = await reader.value(
        f"SELECT problem FROM outbox WHERE {_WAITS} AND tries > 0 ORDER BY due_at DESC LIMIT 1"
    )
    return Outbox(counts[0], counts[1], counts[2], counts[3], str(problem or ""))


async def stuck(reader: Reader) -> list[Stuck]:
    """The letters that were tried and not sent, newest first, at most SHOWN."""
    rows = await reader.all(
        "SELECT o.id, o.letter, COALESCE(m.username, ''), o.queued_at,"
        " CASE WHEN o.failed_at IS NULL THEN o.due_at END, o.tries, o.problem"
        " FROM outbox o LEFT JOIN members m ON m.id = o.member_id"
        " WHERE o.sent_at IS NULL AND o.tries > 0 ORDER BY o.id DESC LIMIT :limit",
        limit=SHOWN,
    )
    return [Stuck(row[0], Letter(row[1]), *row[2:]) for row in rows]


async def prune(writer: Writer, now: int) -> None:
    """Forgets letters that were sent or given up long ago; one about a topic stays until that was opened."""
    await writer.run(
        "DELETE FROM outbox WHERE topic_id IS NULL AND (sent_at < :before OR failed_at < :before)",
        before=now - KEPT_FOR,
    )
    await writer.run("DELETE FROM mailed_posts WHERE at < :before", before=now - TOLD_FOR)


async def note_mailed(
    writer: Writer, member_id: int, post_ids: Sequence[int], *, with_text: bool, now: int
) -> None:
    """These posts were told of in a letter to the member, `with_text` or not."""
    await writer.insert_many(
        "INSERT INTO mailed_posts (post_id, member_id, with_text, at)"
        " VALUES (:post_id, :member_id, :with_text, :at) ON CONFLICT (post_id, member_id) DO NOTHING",
        [
            {"post_id": post_id, "member_id": member_id, "with_text": with_text, "at": now}
            for post_id in post_ids
        ],
    )


async def waiting_about(reader: Reader, topic_id: int, post_id: int) -> int:
    """How many letters wait that could tell of the post; they are written when they are sent."""
    found = await reader.value(
        "SELECT COUNT(*) FROM outbox WHERE topic_id = :topic_id AND since_id <= :post_id"
        " AND sent_at IS NULL AND failed_at IS NULL",
        topic_id=topic_id,
        post_id=post_id,
    )
    return int(found or 0)


async def mailed(reader: Reader, post_id: int) -> Mailed:
    """To how many members the post was mailed."""
    row = await reader.one(
        "SELECT COUNT(*), COUNT(CASE WHEN with_text THEN 1 END) FROM mailed_posts WHERE post_id = :id",
        id=post_id,
    )
    return Mailed(*row) if row else Mailed(0, 0)
