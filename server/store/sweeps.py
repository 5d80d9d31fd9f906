"""Sweeps: what was removed together with a ban, kept so that all of it can come back."""

from dataclasses import dataclass

from server.domain.sweeps import Extent, SweepState
from server.store import pending_posts
from server.store.database import Reader, Row, Writer

STEP = 200  # posts of a topic that one transaction removes or restores
SKEW = 60_000  # milliseconds by which the clocks of several servers may differ

# His topics in which somebody else has written something that can be seen.
_ANSWERED = (
    "EXISTS (SELECT 1 FROM posts o WHERE o.topic_id = {topic} AND o.removed_at IS NULL"
    " AND (o.author_id IS NULL OR o.author_id <> :member_id))"
)
_SWEEP = "SELECT sanction_id, member_id, by_id, at, state, with_answered, reason FROM sweeps"
_GOES = "p.author_id = :member_id AND p.removed_at IS NULL"
# Not what he writes once he is let in again, nor what somebody has restored while the sweep goes on.
_NOT_YET = (
    "p.created_at <= :until"
    " AND NOT EXISTS (SELECT 1 FROM swept_topics x WHERE x.sanction_id = :id AND x.topic_id = p.topic_id)"
    " AND NOT EXISTS (SELECT 1 FROM swept_posts y WHERE y.sanction_id = :id AND y.post_id = p.id)"
)
_DUE = f"{_GOES} AND {_NOT_YET}"
# What left with somebody else's topic would come back with it.
_HIDDEN = (
    f"p.author_id = :member_id AND p.removed_with_topic AND p.removed_body IS NOT NULL AND {_NOT_YET}"
    " AND NOT EXISTS (SELECT 1 FROM posts f WHERE f.topic_id = p.topic_id AND f.place = 1"
    " AND f.author_id = :member_id)"
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep, by the number of its ban. `at` is when it began, in milliseconds UTC."""

    sanction_id: int
    member_id: int
    by_id: int | None
    at: int
    state: SweepState
    with_answered: bool
    reason: str


async def extent(reader: Reader, member_id: int) -> Extent:
    """What there is to remove of the member."""
    row = await reader.one(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN answers > 0 THEN 1 ELSE 0 END), 0),"
        " COALESCE(SUM(answers), 0)"
        " FROM (SELECT (SELECT COUNT(*) FROM posts o WHERE o.topic_id = p.topic_id AND o.removed_at IS NULL"
        " AND (o.author_id IS NULL OR o.author_id <> :member_id)) AS answers FROM posts p"
        f" WHERE {_GOES} AND p.place = 1) x",
        member_id=member_id,
    )
    replies = await reader.value(
        f"SELECT COUNT(*) FROM posts p WHERE {_GOES} AND p.place > 1 AND NOT EXISTS (SELECT 1 FROM posts f"
        " WHERE f.topic_id = p.topic_id AND f.place = 1 AND f.author_id = :member_id"
        " AND f.removed_at IS NULL)",
        member_id=member_id,
    )
    thanks = await reader.value("SELECT COUNT(*) FROM thanks WHERE member_id = :id", id=member_id)
    profile = await reader.value(
        "SELECT 1 FROM members m WHERE m.id = :id AND (m.personal_text <> '' OR m.about <> ''"
        " OR m.picture <> '' OR EXISTS (SELECT 1 FROM profile_values v WHERE v.member_id = m.id))",
        id=member_id,
    )
    pending = await pending_posts.count_of(reader, member_id)
    topics, answered, answers = row or (0, 0, 0)
    return Extent(
        topics, answered, answers, int(replies or 0), int(thanks or 0), profile is not None, pending
    )


async def add(writer: Writer, sweep: Sweep) -> None:
    """Begins the sweep, with all that it is to remove counted."""
    await writer.run(
        "INSERT INTO sweeps (sanction_id, member_id, by_id, at, state, with_answered, reason, total)"
        " VALUES (:sanction_id, :member_id, :by_id, :at, :state, :with_answered, :reason,"
        " (SELECT COUNT(*) FROM posts WHERE author_id = :member_id AND removed_at IS NULL)"
        " + (SELECT COUNT(*) FROM thanks WHERE member_id = :member_id) + 1)",
        sanction_id=sweep.sanction_id,
        member_id=sweep.member_id,
        by_id=sweep.by_id,
        at=sweep.at,
        state=sweep.state.value,
        with_answered=sweep.with_answered,
        reason=sweep.reason,
    )


async def find(reader: Reader, sanction_id: int) -> Sweep | None:
    """The sweep that belongs to that ban."""
    return _sweep(await reader.one(f"{_SWEEP} WHERE sanction_id = :id", id=sanction_id))


async def next_busy(reader: Reader) -> Sweep | None:
    """A sweep that has something left to do."""
    return _sweep(
        await reader.one(f"{_SWEEP} WHERE state IN ('removing', 'restoring') ORDER BY sanction_id LIMIT 1")
    )


async def set_state(writer: Writer, sanction_id: int, before: SweepState, after: SweepState) -> bool:
    """Moves on; False when somebody else has."""
    moved = await writer.value(
        "UPDATE sweeps SET state = :after, done = CASE WHEN :begins THEN total - done ELSE total END"
        " WHERE sanction_id = :id AND state = :before RETURNING sanction_id",
        id=sanction_id,
        before=before.value,
        after=after.value,
        begins=after is SweepState.RESTORING,
    )
    return moved is not None


async def progress(writer: Writer, sweep: Sweep, done: int) -> bool:
    """Counts what this transaction did; False when the sweep is in another state by now."""
    counted = await writer.value(
        "UPDATE sweeps SET done = done + :done WHERE sanction_id = :id AND state = :state"
        " RETURNING sanction_id",
        id=sweep.sanction_id,
        state=sweep.state.value,
        done=done,
    )
    return counted is not None


async def next_topic(reader: Reader, sweep: Sweep) -> int | None:
    """A topic in which there is something of the member to be removed."""
    keeps_sql = (
        "" if sweep.with_answered else f" AND (p.place > 1 OR NOT {_ANSWERED.format(topic='p.topic_id')})"
    )
    found: int | None = await reader.value(
        f"SELECT p.topic_id FROM posts p WHERE ({_DUE}{keeps_sql}) OR ({_HIDDEN}) ORDER BY p.id LIMIT 1",
        **_of(sweep),
    )
    return found


async def opens(reader: Reader, sweep: Sweep, topic_id: int) -> bool:
    """Whether the topic is the member's, and goes as a whole."""
    keeps_sql = "" if sweep.with_answered else f" AND NOT {_ANSWERED.format(topic='p.topic_id')}"
    found = await reader.value(
        f"SELECT 1 FROM posts p WHERE {_DUE} AND p.topic_id = :topic_id AND p.place = 1{keeps_sql}",
        **_of(sweep),
        topic_id=topic_id,
    )
    return found is not None


async def replies_in(writer: Writer, sweep: Sweep, topic_id: int) -> list[int]:
    """The next STEP of the member's answers in the topic that can be seen, locked."""
    return await _next_in(writer, sweep, topic_id, f"{_DUE} AND p.place > 1")


async def hidden_in(writer: Writer, sweep: Sweep, topic_id: int) -> list[int]:
    """The next STEP of those that left with the topic, which is somebody else's, locked."""
    return await _next_in(writer, sweep, topic_id, _HIDDEN)


async def _next_in(writer: Writer, sweep: Sweep, topic_id: int, condition_sql: str) -> list[int]:
    rows = await writer.all(
        f"SELECT p.id FROM posts p WHERE {condition_sql} AND p.topic_id = :topic_id"
        f" ORDER BY p.id LIMIT :limit{writer.for_update}",
        **_of(sweep),
        topic_id=topic_id,
        limit=STEP,
    )
    return [row[0] for row in rows]


async def note_topic(writer: Writer, sweep: Sweep, topic_id: int) -> None:
    """The topic was removed as a whole."""
    await writer.run(
        "INSERT INTO swept_topics (sanction_id, topic_id) VALUES (:id, :topic_id)",
        id=sweep.sanction_id,
        topic_id=topic_id,
    )


async def note_posts(writer: Writer, sweep: Sweep, post_ids: list[int]) -> None:
    """These posts were removed from a topic that stays."""
    await writer.insert_many(
        "INSERT INTO swept_posts (sanction_id, post_id) VALUES (:id, :post_id)",
        [{"id": sweep.sanction_id, "post_id": post_id} for post_id in post_ids],
    )


async def next_thank(reader: Reader, sweep: Sweep) -> int | None:
    """A post that the member thanked for."""
    found: int | None = await reader.value(
        "SELECT post_id FROM thanks WHERE member_id = :id AND at <= :until ORDER BY post_id LIMIT 1",
        id=sweep.member_id,
        until=sweep.at + SKEW,
    )
    return found


async def take_thank(writer: Writer, sweep: Sweep, post_id: int) -> bool:
    """Moves the member's thank-you for the post into the sweep; False when there is none any more."""
    at = await writer.value(
        "DELETE FROM thanks WHERE post_id = :post_id AND member_id = :id AND at <= :until RETURNING at",
        post_id=post_id,
        id=sweep.member_id,
        until=sweep.at + SKEW,
    )
    if at is None:
        return False
    await writer.run(
        "INSERT INTO swept_thanks (sanction_id, post_id, at) VALUES (:id, :post_id, :at)",
        id=sweep.sanction_id,
        post_id=post_id,
        at=at,
    )
    return True


async def take_texts(writer: Writer, sweep: Sweep) -> None:
    """Moves what the member says about himself into the sweep."""
    await writer.run(
        "UPDATE sweeps SET personal_text = m.personal_text, about = m.about, about_html = m.about_html,"
        " picture = m.picture FROM members m WHERE sweeps.sanction_id = :id AND m.id = sweeps.member_id",
        id=sweep.sanction_id,
    )
    await writer.run(
        "INSERT INTO swept_values (sanction_id, field_id, value)"
        " SELECT :id, field_id, value FROM profile_values WHERE member_id = :member_id",
        id=sweep.sanction_id,
        member_id=sweep.member_id,
    )
    await writer.run("DELETE FROM profile_values WHERE member_id = :id", id=sweep.member_id)
    await writer.run(
        "UPDATE members SET personal_text = '', about = '', about_html = '', picture = '' WHERE id = :id",
        id=sweep.member_id,
    )


def _of(sweep: Sweep) -> dict[str, int]:
    return {"member_id": sweep.member_id, "until": sweep.at + SKEW, "id": sweep.sanction_id}


def _sweep(row: Row | None) -> Sweep | None:
    if row is None:
        return None
    return Sweep(row[0], row[1], row[2], row[3], SweepState(row[4]), bool(row[5]), row[6])
