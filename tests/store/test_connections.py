"""Connections: what they are set to, how they are shared, lost, waited for and closed."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from server.domain.errors import Overloaded
from server.store import database as database_module
from server.store.database import POSTGRESQL_POOL, READERS, Database
from server.store.sqlite_backend import sqlite_path
from server.store.urls import postgresql_options
from tests.support.rules import ROOT
from tests.support.waiting import check, eventually


async def note(db: Database, name: str) -> None:
    async with db.begin() as writer:
        await writer.run("INSERT INTO settings (name) VALUES (:name)", name=name)


async def notes(db: Database) -> list[str]:
    async with db.snapshot() as reader:
        rows = await reader.all("SELECT name FROM settings WHERE name <> 'form_key' ORDER BY name")
        return [row[0] for row in rows]


@pytest.mark.parametrize("writes", [True, False])
async def test_every_connection_to_sqlite_has_the_pragmas(sqlite_url: str, writes: bool) -> None:
    wanted = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000, "synchronous": 2}
    async with Database.open(sqlite_url) as db:
        lent = [await db.lend(writes=writes) for _ in range(1 if writes else READERS)]
        for one in lent:
            for pragma, value in {**wanted, "query_only": int(not writes)}.items():
                assert await one.link.all(f"PRAGMA {pragma}", {}) == [(value,)], pragma
        await asyncio.wait([db.give_back(one) for one in lent])


async def test_writers_of_sqlite_get_their_turn_in_order(sqlite_url: str) -> None:
    order: list[int] = []

    async def write(number: int) -> None:
        async with db.begin():
            order.append(number)
            await asyncio.sleep(0)

    async with Database.open(sqlite_url) as db, asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(write(number))
    assert order == list(range(20))


async def test_more_readers_than_connections_wait_for_each_other(database_url: str) -> None:
    async with Database.open(database_url) as db:
        assert await asyncio.gather(*[notes(db) for _ in range(50)]) == [[]] * 50


async def test_nobody_waits_for_ever(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Database.open(database_url) as db:
        lent = [await db.lend(writes=True) for _ in range(1 if db.dialect == "sqlite" else POSTGRESQL_POOL)]
        monkeypatch.setattr(database_module, "LEND_WITHIN", 0.02)
        with pytest.raises(Overloaded):
            await note(db, "a")
        await asyncio.wait([db.give_back(one) for one in lent])
        monkeypatch.undo()
        await note(db, "b")
        assert await notes(db) == ["b"]
        await eventually(lambda: check(db.is_idle))


async def test_of_too_many_who_wait_the_last_are_refused_at_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Database.open(database_url) as db:
        lent = [await db.lend(writes=True) for _ in range(1 if db.dialect == "sqlite" else POSTGRESQL_POOL)]
        waiting = [asyncio.create_task(note(db, str(number))) for number in range(3)]
        monkeypatch.setattr(database_module, "MAX_USERS", len(lent) + len(waiting))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await note(db, "one too many")
        await asyncio.wait([db.give_back(one) for one in lent])
        await asyncio.gather(*waiting)
        assert sorted(await notes(db)) == ["0", "1", "2"]


async def test_a_write_waits_for_another_process(sqlite_url: str) -> None:
    async with Database.open(sqlite_url) as db:
        with closing(sqlite3.connect(sqlite_path(sqlite_url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            writing, given_up = asyncio.create_task(note(db, "a")), asyncio.create_task(note(db, "b"))
            assert await notes(db) == []
            given_up.cancel()
            await asyncio.wait({given_up})
            assert given_up.cancelled()
            assert not writing.done()
            other.execute("COMMIT")
        await writing
        assert await notes(db) == ["a"]


# What asyncpg says depends on how much of the end it has read when the statement is sent.
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


async def test_a_connection_that_is_lost_is_replaced(postgresql_url: str) -> None:
    async with Database.open(postgresql_url) as db:
        await note(db, "a")
        with pytest.raises(LOST):
            await lose_the_connection(db, postgresql_url)
        await note(db, "d")
        assert await notes(db) == ["a", "d"]


async def lose_the_connection(db: Database, url: str) -> None:
    async with db.begin() as writer:
        await writer.run("INSERT INTO settings (name) VALUES ('b')")
        await end_sessions(url)
        await writer.run("INSERT INTO settings (name) VALUES ('c')")


async def test_all_connections_may_be_lost_at_once(postgresql_url: str) -> None:
    async with Database.open(postgresql_url) as db:
        await asyncio.gather(*[notes(db) for _ in range(50)], *[note(db, str(n)) for n in range(50)])
        await end_sessions(postgresql_url)
        await asyncio.gather(note(db, "x"), notes(db), notes(db))
        assert len(await notes(db)) == 51


async def end_sessions(url: str) -> None:
    """What a restart of the server does to its sessions."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()


async def test_disconnect_waits_for_transactions(database_url: str) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def write_slowly() -> None:
        async with db.begin() as writer:
            begun.set()
            await go_on.wait()
            await writer.run("INSERT INTO settings (name) VALUES ('slow')")

    db = Database(database_url)
    await db.connect()
    writing = asyncio.create_task(write_slowly())
    await begun.wait()
    leaving = asyncio.create_task(db.disconnect())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="not connected"):
        await note(db, "late")
    assert not leaving.done()
    go_on.set()
    await asyncio.gather(writing, leaving)
    async with Database.open(database_url) as again:
        assert await notes(again) == ["slow"]


async def test_disconnect_cuts_transactions_that_take_too_long(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "DISCONNECT_WITHIN", 0.05)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        async with db.begin() as writer:
            await writer.run("INSERT INTO settings (name) VALUES ('hung')")
            begun.set()
            await go_on.wait()

    db = Database(database_url)
    await db.connect()
    hanging, waiting = asyncio.create_task(hang()), asyncio.create_task(note(db, "waited"))
    await begun.wait()
    await db.disconnect()
    go_on.set()
    failures = await asyncio.gather(hanging, waiting, return_exceptions=True)
    assert isinstance(failures[0], Exception)
    async with Database.open(database_url) as again:
        assert "hung" not in await notes(again)


async def test_nothing_is_left_after_disconnect(sqlite_url: str) -> None:
    threads = threading.active_count()
    async with Database.open(sqlite_url) as db:
        await note(db, "a")
        assert threading.active_count() == threads + 1 + READERS
    await eventually(lambda: check(threading.active_count() == threads))


async def test_a_database_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    threads = threading.active_count()
    with pytest.raises(sqlite3.OperationalError):
        async with Database.open(f"sqlite:///{tmp_path}/no/such/folder.db"):
            pass
    await eventually(lambda: check(threading.active_count() == threads))


def test_a_leaked_connection_does_not_keep_the_process_alive(sqlite_url: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from server.store.database import Database\n"
        "async def leak():\n"
        "    db = Database(sys.argv[1])\n"
        "    await db.connect()\n"
        "    await db.begin().__aenter__()\n"
        "asyncio.run(leak())\n"
        "print('gone')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, sqlite_url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "gone\n"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://ann:p%40ss@db.example:6000/board?sslmode=require",
            {"host": "db.example", "port": 6000, "user": "ann", "password": "p@ss", "database": "board"}
            | {"ssl": "require"},
        ),
        (
            "postgresql://postgres:@/board?host=/run/postgresql",
            {"host": "/run/postgresql", "port": None, "user": "postgres", "password": None}
            | {"database": "board"},
        ),
        (
            "postgres://localhost/board?ssl=false",
            {"host": "localhost", "port": None, "user": None, "password": None, "database": "board"}
            | {"ssl": False},
        ),
    ],
)
def test_a_url_of_postgresql_says_where_it_is(url: str, expected: dict[str, object]) -> None:
    assert postgresql_options(url) == expected
