"""The demo's members keep the board moving, at a pace, and within what they would say."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from argon2.profiles import CHEAPEST

from server.actions import moderation, posting
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.actions.posting import Draft
from server.demo import players
from server.demo.board import additions, openings, replies, spammers
from server.demo.players import play
from server.demo.seed import ACCOUNTS, seed
from server.domain.clock import SECOND, now_ms
from server.domain.viewer import Audience, Viewer
from server.store import integrity, members, topics
from server.store.database import Database, Row

ROUNDS = 500


class Enough(Exception):
    """The pause after the last round."""


class Time:
    """Passes when somebody pauses, and ends after so many pauses."""

    def __init__(self, rounds: int) -> None:
        self.now = now_ms()
        self.rounds = rounds
        self.pauses: list[float] = []

    def clock(self) -> int:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += round(seconds * SECOND)
        if len(self.pauses) > self.rounds:
            raise Enough


@pytest_asyncio.fixture(scope="module")
async def seeded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's board before anybody plays, to be copied."""
    file = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("players") / "demo.db")
    with closing(Passwords(CHEAPEST)) as passwords:
        async with Database.open(f"sqlite:///{file}") as database:
            await seed(database, passwords, now=now_ms(), progress=lambda *_: None)
    return file


@pytest_asyncio.fixture
async def db(seeded: Path, tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(f"sqlite:///{shutil.copyfile(seeded, tmp_path / 'demo.db')}") as database:
        yield database


async def rows(db: Database, sql: str, **values: int) -> list[Row]:
    async with db.snapshot() as reader:
        return await reader.all(sql, **values)


async def play_for(db: Database, rounds: int) -> Time:
    time = Time(rounds)
    with pytest.raises(Enough):
        await play(db, chance=Random(7), clock=time.clock, pause=time.pause)
    return time


async def viewer_named(db: Database, name: str) -> Viewer:
    async with db.snapshot() as reader:
        account = await members.by_username(reader, name)
    assert account is not None
    return Viewer(account.id, account.username, account.role, joined_at=account.joined_at)


NEW = (
    "SELECT p.id, a.username, COALESCE(p.body, p.removed_body), p.created_at, p.removed_at, r.username,"
    " p.place FROM posts p JOIN members a ON a.id = p.author_id LEFT JOIN members r ON r.id = p.removed_by"
    " WHERE p.id > :last ORDER BY p.id"
)


@dataclass(frozen=True)
class Played:
    """A board after ROUNDS, what they logged, and how it was before."""

    db: Database
    time: Time
    messages: list[str]
    last: int  # post
    thanks: int
    left_alone: list[Row]


LEFT_ALONE = (
    "SELECT (SELECT posts FROM categories WHERE name = 'Quiet corner'),"
    " (SELECT SUM(replies) FROM topics WHERE locked)"
)


@pytest_asyncio.fixture(scope="module")
async def played(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    """The tests that ask for it only look."""
    file = shutil.copyfile(seeded, tmp_path_factory.mktemp("played") / "demo.db")
    journal = Journal()
    players.log.addHandler(journal)
    async with Database.open(f"sqlite:///{file}") as db:
        [(last, thanks)] = await rows(db, "SELECT (SELECT MAX(id) FROM posts), (SELECT COUNT(*) FROM thanks)")
        left_alone = await rows(db, LEFT_ALONE)
        time = await play_for(db, ROUNDS)
        players.log.removeHandler(journal)
        yield Played(db, time, journal.messages, last, thanks, left_alone)


class Journal(logging.Handler):
    """Keeps warnings and worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


async def test_they_do_every_kind_of_thing_and_none_goes_wrong(played: Played) -> None:
    assert played.messages == []
    new = await rows(played.db, NEW, last=played.last)
    [(thanks,)] = await rows(played.db, "SELECT COUNT(*) FROM thanks")
    edited = await rows(
        played.db, "SELECT body FROM posts WHERE id > :last AND edited_at IS NOT NULL", last=played.last
    )
    advertised = [row for row in new if row[1] in spammers()]
    opened = [row for row in new if row[6] == 1]
    quoting = [row for row in new if row[2].startswith("[quote=")]
    assert thanks > played.thanks + 20
    assert len(edited) > 10
    assert all(row[0].endswith(additions()) for row in edited)
    assert len(opened) > 2
    assert {row[2].partition("\n\nEdit: ")[0] for row in opened} <= {body for _, body in openings()}
    assert len(quoting) > 50
    assert len(new) > len(advertised) + len(opened) + len(quoting) + 100
    assert len(advertised) > 3
    async with played.db.snapshot() as reader:
        assert await integrity.findings(reader) == []


async def test_lists_move_within_ten_seconds_and_nobody_hurries(played: Played) -> None:
    new = await rows(played.db, NEW, last=played.last)
    moved = sorted([row[3] for row in new] + [row[4] for row in new if row[4]])
    assert max(later - earlier for earlier, later in pairwise(moved)) <= 9.01 * SECOND
    assert min(played.time.pauses) >= 3
    assert max(played.time.pauses) <= 9


async def test_they_say_what_suits_them_where_it_suits(played: Played) -> None:
    new = await rows(played.db, NEW, last=played.last)
    visitors = {account.username for account in ACCOUNTS}
    assert [row for row in new if row[1] in visitors or row[1] in row[2].rpartition("[quote=")[2]] == []
    said = {row[1] for row in new if row[2] in replies()}
    assert len(said) > 20
    assert said.isdisjoint(spammers())
    assert await rows(played.db, LEFT_ALONE) == played.left_alone
    twice = await rows(
        played.db,
        "SELECT b.id FROM posts a JOIN posts b ON b.topic_id = a.topic_id AND b.place = a.place + 1"
        " WHERE b.id > :last AND a.author_id = b.author_id",
        last=played.last,
    )
    assert twice == []


async def test_an_advertisement_stands_for_ten_to_twenty_seconds(played: Played) -> None:
    new = await rows(played.db, NEW, last=played.last)
    advertised = [row for row in new if row[1] in spammers()]
    removed = [row for row in advertised if row[4] is not None]
    assert len(removed) >= max(1, len(advertised) - 1)  # the last one may still be there
    assert all(10 * SECOND <= row[4] - row[3] <= 20 * SECOND for row in removed)
    assert {row[5] for row in removed} == {"Tomasz"}
    assert [row for row in new if row[4] and row not in advertised] == []


async def test_an_advertisement_left_by_an_earlier_run_is_removed(db: Database) -> None:
    spammer = await viewer_named(db, spammers()[0])
    topic_id = (await rows(db, "SELECT id FROM topics WHERE NOT locked LIMIT 1"))[0][0]
    left = await posting.reply(
        db, spammer, topic_id, Draft("Ships!"), now=now_ms(), limits=Limits(enabled=False)
    )
    await play_for(db, 5)
    [(removed_at,)] = await rows(db, "SELECT removed_at FROM posts WHERE id = :id", id=left.post_id)
    assert removed_at is not None


async def test_a_visitors_topic_is_answered_within_a_minute(db: Database) -> None:
    visitor = await viewer_named(db, ACCOUNTS[2].username)
    category_id = (await rows(db, "SELECT id FROM categories WHERE name = 'Good news'"))[0][0]
    mine = await posting.start_topic(
        db, visitor, category_id, Draft("Hello?", "Is it live"), now=now_ms(), limits=Limits(enabled=False)
    )
    await play_for(db, 10)
    async with db.snapshot() as reader:
        topic = await topics.state(reader, mine.topic_id)
    assert topic is not None
    assert topic.replies > 0


async def test_a_full_topic_is_left_alone_and_a_new_one_opened(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(players, "FULL", 3)
    [(topics_before, biggest)] = await rows(db, "SELECT COUNT(*), MAX(replies) FROM topics")
    [(last,)] = await rows(db, "SELECT MAX(id) FROM posts")
    await play_for(db, 40)
    [(topics_after, biggest_after)] = await rows(db, "SELECT COUNT(*), MAX(replies) FROM topics")
    grown = await rows(
        db,
        "SELECT DISTINCT t.replies FROM posts p JOIN topics t ON t.id = p.topic_id WHERE p.id > :last",
        last=last,
    )
    assert topics_after > topics_before + 3
    assert biggest_after == biggest
    assert max(row[0] for row in grown) <= 3


async def test_a_single_failure_is_logged_and_play_goes_on(
    db: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    [(before,)] = await rows(db, "SELECT COUNT(*) FROM posts")

    async def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(posting, "reply", fail)
        await play_for(db, 10)
    assert "a demo member failed to act" in caplog.text
    await play_for(db, 10)
    [(after,)] = await rows(db, "SELECT COUNT(*) FROM posts")
    assert after > before


async def test_when_visitors_close_a_topic_meanwhile_nobody_minds(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    moderator = await viewer_named(db, ACCOUNTS[1].username)
    async with db.snapshot() as reader:
        newest = await topics.latest(reader, Audience.PUBLIC, limit=5)
    for topic in newest:
        await moderation.set_locked(db, moderator, topic.id, locked=True, now=now_ms())
    await play_for(db, 30)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_it_ends_at_once_when_cancelled(db: Database) -> None:
    pausing = asyncio.Event()

    async def pause(_: float) -> None:
        pausing.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(play(db, chance=Random(1), pause=pause))
    await pausing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_pace_shortens_the_pauses(db: Database) -> None:
    time = Time(20)
    with pytest.raises(Enough):
        await play(db, chance=Random(3), pace=10.0, clock=time.clock, pause=time.pause)
    assert max(time.pauses) <= 0.9


async def test_on_another_board_they_stay_away(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with Database.open(sqlite_url) as other:
        await play(other, chance=Random(1))
    assert "stay away" in caplog.text
