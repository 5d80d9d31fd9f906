"""R5: whoever is cancelled wherever, and whatever COMMIT answers, no connection, thread or file is lost.

Each transaction writes a pair of rows and two events, so that half of one would show.
"""

import asyncio
import itertools
import random
import threading
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from pathlib import Path

import anyio
import pytest
import pytest_asyncio

from server.domain.events import Event, Kind
from server.domain.viewer import Audience
from server.store import event_log
from server.store.database import Database
from server.store.pools import Pool
from server.store.sqlite_backend import PooledSQLiteBackend
from tests.support.waiting import act_slowly, check, eventually

TASKS = 1000
FAILING_COMMITS = 100
AT_ONCE = 24
LATEST = [0.002, 0.02, 0.2, 1.0]  # seconds before which a task is cancelled, on quick and busy machines
NEXT_WRITE_WITHIN = 0.1  # seconds

PROMISES = (  # a row that refers to nobody fails at COMMIT
    "CREATE TABLE promises (member_id BIGINT NOT NULL REFERENCES members (id) DEFERRABLE INITIALLY DEFERRED)"
)


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    async with Database.open(database_url) as database:
        async with database.begin() as writer:
            await writer.run(PROMISES)
        await open_all(database)
        unused = asyncio.Event()
        await asyncio.gather(*[act(database, random.Random(seed), seed, unused) for seed in range(AT_ONCE)])
        await back_to(database)
        yield database


async def open_all(db: Database) -> None:
    """Has each pool open what it may, so that what is there afterwards can be compared."""
    for writes, pool in ((True, db._writing), (False, db._reading)):
        lent = [await db.lend(writes=writes) for _ in range(capacity(pool))]
        await asyncio.gather(*[db.give_back(one) for one in lent])


async def act(db: Database, chance: random.Random, number: int, written: asyncio.Event) -> None:
    """Reads, writes a pair, or begins to write and thinks better of it; says when only COMMIT is left."""
    kind = chance.randrange(4)
    if kind == 0:
        async with db.snapshot() as reader:
            for _ in range(3):
                await reader.all("SELECT COUNT(*) FROM settings a, settings b WHERE a.name < b.value")
    elif kind == 1:
        with suppress(ZeroDivisionError):
            async with db.begin() as writer:
                await writer.run("INSERT INTO settings (name) VALUES (:name)", name=f"no {number}")
                _ = 1 / 0
    else:
        async with db.begin() as writer:
            for half in ("a", "b"):
                await writer.run("INSERT INTO settings (name) VALUES (:name)", name=f"{half} {number}")
                writer.append(Event(Kind.SETTINGS, number, Audience.PUBLIC))
                await act_slowly(chance.choice([0, 0, 0.001]))
            written.set()


async def cancelled_task(work: Awaitable[None], chance: random.Random, _: asyncio.Event) -> None:
    """Cancels a task at some time, and often again while it cleans up."""
    task = asyncio.ensure_future(work)
    await asyncio.wait({task}, timeout=moment(chance))
    await cancel(task, chance)


async def cancelled_commit(work: Awaitable[None], chance: random.Random, written: asyncio.Event) -> None:
    """Cancels a task at some moment of its COMMIT, if it comes to that."""
    task, committing = asyncio.ensure_future(work), asyncio.create_task(written.wait())
    await asyncio.wait({task, committing}, return_when=asyncio.FIRST_COMPLETED)
    committing.cancel()
    for _ in range(chance.randrange(8)):
        await asyncio.sleep(0)
    await cancel(task, chance)


async def cancel(task: asyncio.Future[None], chance: random.Random) -> None:
    for _ in range(chance.choice([1, 1, 2, 5])):
        task.cancel()
        await asyncio.sleep(0)
    with suppress(asyncio.CancelledError):
        await task


async def cancelled_scope(work: Awaitable[None], chance: random.Random, _: asyncio.Event) -> None:
    """Cancels a scope of anyio, which cancels again at every await until it is left."""
    with anyio.move_on_after(moment(chance)):
        await work


async def timed_out(work: Awaitable[None], chance: random.Random, _: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(moment(chance)):
            await work


def moment(chance: random.Random) -> float:
    """Seconds until a cancellation."""
    return chance.uniform(0, chance.choice(LATEST))


def not_back(db: Database) -> list[str]:
    """What is not where it was when nobody used the database, in words."""
    found = [] if db.is_idle else ["somebody uses it"]
    for pool in (db._writing, db._reading):
        idle, size = connections(pool)
        if idle != size:
            found.append(f"{idle} of {size} connections are idle")
    return found


def connections(pool: Pool) -> tuple[int, int]:
    """Idle ones and all."""
    if isinstance(pool._backend, PooledSQLiteBackend):
        return len(pool._backend.pool.idle), pool._backend.pool.size
    lent = pool._backend._pool  # asyncpg's pool
    return lent.get_idle_size(), lent.get_size()


def capacity(pool: Pool) -> int:
    """How many connections it may open."""
    backend = pool._backend
    size: int = (
        backend.pool.size if isinstance(backend, PooledSQLiteBackend) else backend._pool.get_max_size()
    )
    return size


async def back_to(db: Database, threads: int = 10_000, files: int = 10_000) -> None:
    def look() -> None:
        check(not_back(db) == [], str(not_back(db)))
        check(threading.active_count() <= threads, f"{threading.active_count()} threads, not {threads}")
        check(open_files() <= files, f"{open_files()} open files, not {files}")

    await eventually(look, timeout=20)


def open_files() -> int:
    """Of this process; 0 where the system does not say."""
    folder = Path("/proc/self/fd")
    return sum(1 for _ in folder.iterdir()) if folder.exists() else 0


async def quickest_write(db: Database) -> float:
    """Seconds, of three: a busy machine may delay one."""
    times = []
    for number in range(3):
        start = time.perf_counter()
        async with db.begin() as writer:
            await writer.run(
                "INSERT INTO settings (name) VALUES (:name)", name=f"next {time.time_ns()} {number}"
            )
        times.append(time.perf_counter() - start)
    return min(times)


async def halves(db: Database) -> list[str]:
    """Transactions of which only a part is there, or that were announced otherwise than logged."""
    async with db.snapshot() as reader:
        rows = {row[0] for row in await reader.all("SELECT name FROM settings")}
        entries = await event_log.since(reader, 0, 10 * TASKS)
        head = await event_log.head(reader)
    pairs = sorted(int(name[2:]) for name in rows if name.startswith("a "))
    found = [] if pairs == sorted(int(name[2:]) for name in rows if name.startswith("b ")) else ["half pairs"]
    if sorted(entry.event.object_id for entry in entries) != sorted(pairs * 2):
        found.append("the log is not what was written")
    if [entry.seq for entry in entries] != list(range(1, head.seq + 1)):
        found.append("the log has gaps")
    return found + [f"there is a rolled back row {name}" for name in rows if name.startswith("no ")]


@pytest.mark.parametrize("seed", [5, 6])
async def test_a_thousand_cancelled_tasks_leave_nothing_behind(db: Database, seed: int) -> None:
    threads, files = threading.active_count(), open_files()
    async with db.snapshot() as reader:
        before = (await event_log.head(reader)).seq
    announced: list[int] = []
    db.listeners.append(announced.append)
    cancelled, done = await cancel_many(db, seed)
    await back_to(db, threads, files)
    assert await quickest_write(db) < NEXT_WRITE_WITHIN
    assert await halves(db) == []
    async with db.snapshot() as reader:
        after = (await event_log.head(reader)).seq
        objects = {entry.event.object_id for entry in await event_log.since(reader, before, 10 * TASKS)}
    assert sorted(announced) == list(range(before + 2, after + 1, 2))
    # The premise: some came through, and some that were cancelled had come as far as COMMIT.
    assert len(done) > TASKS / 20
    assert objects & cancelled


async def cancel_many(db: Database, seed: int) -> tuple[set[int], set[int]]:
    """Starts tasks until TASKS of them were cancelled; which those are, and which came through."""
    cancelled: set[int] = set()
    done: set[int] = set()
    numbers = itertools.count(AT_ONCE)
    ways = (cancelled_task, cancelled_scope, timed_out, cancelled_commit)

    async def watched(number: int, written: asyncio.Event) -> None:
        try:
            await act(db, random.Random(number), number, written)
        except asyncio.CancelledError:
            cancelled.add(number)
            raise
        done.add(number)

    async def keep_cancelling(chance: random.Random) -> None:
        while len(cancelled) < TASKS:
            written = asyncio.Event()
            await chance.choice(ways)(watched(next(numbers), written), chance, written)

    await asyncio.gather(*[keep_cancelling(random.Random(f"{seed}.{number}")) for number in range(AT_ONCE)])
    return cancelled, done


async def test_a_hundred_failing_commits_leave_nothing_behind(db: Database) -> None:
    threads, files = threading.active_count(), open_files()
    announced: list[int] = []
    db.listeners.append(announced.append)
    for _ in range(FAILING_COMMITS):
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            await break_a_promise(db)
    await back_to(db, threads, files)
    assert await quickest_write(db) < NEXT_WRITE_WITHIN
    assert announced == []
    async with db.snapshot() as reader:
        assert await reader.value("SELECT COUNT(*) FROM promises") == 0
    assert await halves(db) == []


async def break_a_promise(db: Database) -> None:
    async with db.begin() as writer:
        await writer.run("INSERT INTO promises (member_id) VALUES (404)")
        writer.append(Event(Kind.SETTINGS, 1, Audience.PUBLIC))


async def test_what_is_lost_is_seen(db: Database) -> None:
    """The premise: the checks above notice one connection that nobody gives back."""
    assert not_back(db) == []
    for writes in (True, False):
        lent = await db.lend(writes=writes)
        assert len(not_back(db)) == 2
        await db.give_back(lent)
    await back_to(db)
