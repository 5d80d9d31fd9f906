"""The log: found by channel just as the domain tells it, by index; forgotten in time; without deadlocks."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.channels import BOARD, MODERATION, Channel, Thing
from server.domain.events import Event, Kind, LoggedEvent, channels_of
from server.domain.viewer import Audience
from server.store import event_log
from server.store.database import Database, Reader, Row, Value

DAY = 24 * 60 * 60 * 1000  # milliseconds


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    async with Database.open(database_url) as database:
        yield database


async def log(db: Database, events: Sequence[Event]) -> int:
    """Logs them in one transaction and returns the position before."""
    async with db.begin() as writer:
        for event in events:
            writer.append(event)
    return writer.position - len(events)


few = st.integers(1, 3)
events = st.builds(
    Event, st.sampled_from(Kind), few, st.sampled_from(Audience), *[st.none() | few for _ in range(3)]
)
channels = st.builds(
    Channel, st.sampled_from(Thing), st.integers(0, 3), st.none() | st.sampled_from(Audience)
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(logged=st.lists(events, min_size=1, max_size=12), asked=st.lists(channels, max_size=8), cut=st.data())
async def test_a_channel_has_exactly_the_events_that_are_told_on_it(
    db: Database, logged: list[Event], asked: list[Channel], cut: st.DataObject
) -> None:
    before = await log(db, logged)
    after = before + cut.draw(st.integers(0, len(logged)), "after")
    limit = cut.draw(st.integers(1, len(logged) + 1), "limit")
    all_channels = {*asked, BOARD, MODERATION, *(one for event in logged for one in channels_of(event))}
    entries = [LoggedEvent(seq, event) for seq, event in enumerate(logged, before + 1)]
    async with db.snapshot() as reader:
        assert await event_log.since(reader, before, len(logged)) == entries
        for channel in all_channels:
            told = [entry for entry in entries if entry.seq > after and channel in channels_of(entry.event)]
            assert await event_log.on_channel(reader, channel, after, limit) == told[:limit], str(channel)


class Explaining(Reader):
    """Answers every query with nothing and keeps how SQLite would have found it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.plan = ""

    async def all(self, sql: str, **values: Value) -> list[Row]:
        self.plan = str(await self.reader.all(f"EXPLAIN QUERY PLAN {sql}", **values))
        return []


@pytest.mark.parametrize(
    ("channel", "index"),
    [
        (Channel(Thing.TOPIC, 1), "INDEX ix_events_topic_id_seq (topic_id=? AND seq>?)"),
        (
            Channel(Thing.CATEGORY, 1, Audience.STAFF),
            "INDEX ix_events_category_id_seq (category_id=? AND seq>?)",
        ),
        (Channel(Thing.PROFILE, 1), "INDEX ix_events_member_id_seq (member_id=? AND seq>?)"),
        (Channel(Thing.MEMBER, 1), "INDEX ix_events_member_id_seq (member_id=? AND seq>?)"),
        (BOARD, "INTEGER PRIMARY KEY (rowid>?)"),
        (MODERATION, "INTEGER PRIMARY KEY (rowid>?)"),
    ],
    ids=str,
)
async def test_a_channel_is_read_by_index(sqlite_url: str, channel: Channel, index: str) -> None:
    async with Database.open(sqlite_url) as db, db.snapshot() as reader:
        explaining = Explaining(reader)
        await event_log.on_channel(explaining, channel, 10, 200)
        assert index in explaining.plan
        assert "TEMP B-TREE" not in explaining.plan


async def test_a_new_log_has_nothing(db: Database) -> None:
    async with db.snapshot() as reader:
        head = await event_log.head(reader)
        assert (head.seq, await event_log.floor(reader), await event_log.since(reader, 0, 9)) == (0, 0, [])
        assert len(head.epoch.partition("-")[0]) == 16
        assert len(head.epoch) <= 64  # what the protocol takes back


async def test_a_new_epoch_is_another(db: Database) -> None:
    await log(db, [Event(Kind.SETTINGS, 1, Audience.PUBLIC)])
    async with db.snapshot() as reader:
        before = await event_log.head(reader)
    async with db.begin() as writer:
        await event_log.new_epoch(writer)
    async with db.snapshot() as reader:
        after = await event_log.head(reader)
    assert after.epoch != before.epoch
    assert after.seq == before.seq


async def test_tables_that_were_restored_from_a_dump_have_another_epoch(postgresql_url: str) -> None:
    async with Database.open(postgresql_url) as db:
        async with db.snapshot() as reader:
            before = await event_log.head(reader)
        async with db.begin() as writer:
            await writer.run("CREATE TABLE restored AS SELECT * FROM head")
            await writer.run("DROP TABLE head")
            await writer.run("ALTER TABLE restored RENAME TO head")
        async with db.snapshot() as reader:
            after = await event_log.head(reader)
    assert after.epoch != before.epoch
    assert after.seq == before.seq


async def test_more_events_than_fit_into_one_statement(db: Database) -> None:
    count = event_log.CHUNK * 2 + 1
    async with db.begin() as writer:
        await writer.insert_many(
            "INSERT INTO members (id, name_key, email_key, created_at) VALUES (:id, :name, :name, 0)",
            [{"id": number, "name": str(number)} for number in range(1, count + 1)],
        )
        for number in range(1, count + 1):
            writer.append(Event(Kind.MEMBER, number, Audience.PUBLIC, member_id=number))
    async with db.snapshot() as reader:
        logged = await event_log.since(reader, 0, count + 1)
        assert [(entry.seq, entry.event.object_id) for entry in logged] == [
            (n, n) for n in range(1, count + 1)
        ]
        assert await reader.value("SELECT COUNT(*) FROM members WHERE version = id") == count


async def prune(db: Database, now: int) -> tuple[bool, int, list[int]]:
    """Whether there is more to forget, the floor, and what is left."""
    async with db.begin() as writer:
        more = await event_log.prune(writer, now)
    async with db.snapshot() as reader:
        kept = [entry.seq for entry in await event_log.since(reader, 0, 1000)]
        return more, await event_log.floor(reader), kept


async def age(db: Database, now: int) -> None:
    """Events 1 to 6 happened 9, 8, 7, … days ago."""
    async with db.begin() as writer:
        await writer.run("UPDATE events SET at = :now - (10 - seq) * :day", now=now, day=DAY)


async def test_events_are_kept_for_seven_days(db: Database) -> None:
    await log(db, [Event(Kind.SETTINGS, 1, Audience.PUBLIC)] * 6)
    await age(db, now=100 * DAY)
    assert await prune(db, now=100 * DAY) == (False, 2, [3, 4, 5, 6])
    assert await prune(db, now=100 * DAY) == (False, 2, [3, 4, 5, 6])
    assert await prune(db, now=200 * DAY) == (False, 6, [])
    assert await prune(db, now=200 * DAY) == (False, 6, [])
    assert await log(db, [Event(Kind.SETTINGS, 1, Audience.PUBLIC)]) == 6


async def test_no_more_than_so_many_are_kept(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert event_log.KEPT_EVENTS == 1_000_000
    monkeypatch.setattr(event_log, "KEPT_EVENTS", 2)
    await log(db, [Event(Kind.SETTINGS, 1, Audience.PUBLIC)] * 6)
    await age(db, now=100 * DAY)
    assert await prune(db, now=10 * DAY) == (False, 4, [5, 6])


async def test_not_too_many_are_forgotten_at_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "PRUNED_AT_ONCE", 4)
    await log(db, [Event(Kind.SETTINGS, 1, Audience.PUBLIC)] * 6)
    await age(db, now=100 * DAY)
    assert await prune(db, now=200 * DAY) == (True, 4, [5, 6])
    assert await prune(db, now=200 * DAY) == (False, 6, [])


async def test_writers_that_name_each_others_objects_never_deadlock(db: Database) -> None:
    """A removal names posts that quote the removed one, which somebody else may be changing."""
    members = range(1, 6)
    async with db.begin() as writer:
        await writer.insert_many(
            "INSERT INTO members (id, name_key, email_key, created_at) VALUES (:id, :name, :name, 0)",
            [{"id": number, "name": str(number)} for number in members],
        )
    chance = random.Random(4)

    async def write(changed: int, named: list[int]) -> None:
        async with db.begin() as writer:
            await writer.run("UPDATE members SET posts = posts + 1 WHERE id = :id", id=changed)
            for member in [changed, *named]:
                writer.append(Event(Kind.MEMBER, member, Audience.PUBLIC, member_id=member))

    work = [(1, chance.sample([2, 3, 4, 5], 3)) for _ in range(30)] + [(2, [3]), (3, []), (5, [])] * 30
    chance.shuffle(work)
    await asyncio.gather(*[write(*one) for one in work])
    async with db.snapshot() as reader:
        assert (await event_log.head(reader)).seq == 30 * (4 + 2 + 1 + 1)
