"""A reading: one snapshot, and on SQLite one turn of the connection's thread for all of its statements."""

import asyncio
import threading

import pytest

from server.domain.errors import NotFound
from server.store.database import Database, Reader
from server.store.sqlite_backend import HeldConnection


async def names(reader: Reader) -> list[str]:
    return [row[0] for row in await reader.all("SELECT username FROM members ORDER BY id")]


async def add(db: Database, name: str) -> None:
    async with db.begin() as writer:
        await writer.run(
            "INSERT INTO members (username, name_key, email, email_key, password_hash, created_at)"
            " VALUES (:name, :name, :name, :name, 'x', 1)",
            name=name,
        )


async def test_a_reading_sees_one_state_and_gives_its_connection_back(database_url: str) -> None:
    async with Database.open(database_url) as db:
        await add(db, "ann")

        async def reading(reader: Reader) -> tuple[list[str], str, object]:
            first = await names(reader)
            found = await reader.value("SELECT username FROM members WHERE id = :id", id=1)
            return first, str(found), await reader.one("SELECT id FROM members WHERE id = :id", id=9)

        assert await db.read(reading) == (["ann"], "ann", None)
        await add(db, "bo")
        assert await db.read(names) == ["ann", "bo"]
        await asyncio.gather(*(db.read(names) for _ in range(50)))
        assert db.is_idle or db.dialect == "postgresql"


async def test_what_a_reading_raises_comes_out_and_hurts_nobody(database_url: str) -> None:
    async with Database.open(database_url) as db:

        async def missing(reader: Reader) -> None:
            await names(reader)
            raise NotFound

        async def wrong(reader: Reader) -> None:
            await reader.all("SELECT id FROM nowhere")

        for _ in range(20):
            with pytest.raises(NotFound):
                await db.read(missing)
            with pytest.raises(Exception, match="nowhere"):
                await db.read(wrong)
        assert await db.read(names) == []


async def test_all_statements_are_one_turn_in_the_connections_thread(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []
    run = HeldConnection.run

    async def counted(self: HeldConnection, work: object) -> object:
        turns.append("turn")
        return await run(self, work)  # type: ignore[arg-type]  # whatever it is

    threads: list[str] = []

    async def reading(reader: Reader) -> None:
        for _ in range(5):
            await names(reader)
            threads.append(threading.current_thread().name)

    async with Database.open(sqlite_url) as db:
        monkeypatch.setattr(HeldConnection, "run", counted)
        await db.read(reading)
    assert len(turns) == 1
    assert len(threads) == 5
    assert threading.current_thread().name not in threads


async def test_a_reading_that_awaits_something_else_is_a_mistake(sqlite_url: str) -> None:
    async with Database.open(sqlite_url) as db:

        async def waiting(reader: Reader) -> None:
            await asyncio.sleep(0)

        with pytest.raises(RuntimeError, match="awaits its statements and nothing else"):
            await db.read(waiting)
        assert await db.read(names) == []


async def test_a_reading_whose_caller_is_gone_leaves_the_connection_free(sqlite_url: str) -> None:
    entered = threading.Event()

    async def endless(reader: Reader) -> None:
        while True:
            await names(reader)
            entered.set()

    async with Database.open(sqlite_url) as db:
        for _ in range(5):
            entered.clear()
            task = asyncio.create_task(db.read(endless))
            await asyncio.to_thread(entered.wait, 10)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()
        assert await db.read(names) == []
        assert db.is_idle
