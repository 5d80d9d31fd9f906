"""A writing: several statements of a transaction, on SQLite in one turn of the connection's thread."""

import asyncio
import threading

import pytest

from server.domain.errors import NotFound
from server.domain.events import Event, Kind
from server.domain.viewer import Audience
from server.store import event_log
from server.store.database import Database, Duplicate, Reader, Writer
from server.store.sqlite_backend import HeldConnection

ADD = (
    "INSERT INTO members (username, name_key, email_key, created_at)"
    " VALUES (:name, :name, :name, 0) RETURNING id"
)


async def names(reader: Reader) -> list[str]:
    return [row[0] for row in await reader.all("SELECT username FROM members ORDER BY id")]


async def add(writer: Writer, name: str) -> int:
    identity = int(await writer.value(ADD, name=name) or 0)
    writer.append(Event(Kind.MEMBER, identity, Audience.PUBLIC, member_id=identity))
    return identity


async def refused(writer: Writer) -> None:
    await add(writer, "ann")
    raise NotFound


async def twice(writer: Writer) -> None:
    await add(writer, "ann")
    await add(writer, "ann")


async def test_what_a_writing_did_is_logged_with_what_was_done_before_and_after_it(database_url: str) -> None:
    async def both(writer: Writer) -> int:
        await add(writer, "bo")
        await writer.insert_many("UPDATE members SET role = :role WHERE name_key = 'bo'", [{"role": "admin"}])
        return await add(writer, "cleo")

    async with Database.open(database_url) as db:
        async with db.begin() as writer:
            await add(writer, "ann")
            cleo = await writer.at_once(both)
            await add(writer, "dan")
        assert await db.read(names) == ["ann", "bo", "cleo", "dan"]
        assert [logged.event.object_id for logged in writer.logged] == [1, 2, cleo, 4]
        async with db.snapshot() as reader:
            versions = [row[0] for row in await reader.all("SELECT version FROM members ORDER BY id")]
            assert versions == [logged.seq for logged in writer.logged]
            assert await reader.value("SELECT role FROM members WHERE name_key = 'bo'") == "admin"


async def test_a_writing_that_raises_leaves_nothing(database_url: str) -> None:
    async with Database.open(database_url) as db:
        for _ in range(10):
            with pytest.raises(NotFound):
                async with db.begin() as writer:
                    await writer.at_once(refused)
            with pytest.raises(Duplicate):
                async with db.begin() as writer:
                    await writer.at_once(twice)
        assert await db.read(names) == []
        async with db.begin() as writer:
            assert await writer.at_once(lambda inside: add(inside, "ann"))
        assert writer.position == 1


async def test_a_transaction_whose_writing_failed_can_only_be_left(database_url: str) -> None:
    async def refused(writer: Writer) -> None:
        raise NotFound

    async def go_on(db: Database) -> None:
        async with db.begin() as writer:
            with pytest.raises(NotFound):
                await writer.at_once(refused)
            await add(writer, "ann")

    async with Database.open(database_url) as db:
        with pytest.raises(RuntimeError, match="takes no statement"):
            await go_on(db)
        assert await db.read(names) == []


async def test_a_writing_whose_caller_is_gone_is_undone(sqlite_url: str) -> None:
    entered = threading.Event()

    async def endless(writer: Writer) -> None:
        for number in range(10_000_000):
            await add(writer, f"number {number}")
            entered.set()

    async def write(db: Database) -> None:
        async with db.begin() as writer:
            await writer.at_once(endless)

    async with Database.open(sqlite_url) as db:
        for _ in range(3):
            entered.clear()
            task = asyncio.create_task(write(db))
            await asyncio.to_thread(entered.wait, 10)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()
        async with db.begin() as writer:
            await add(writer, "ann")
        assert await db.read(names) == ["ann"]


async def test_a_transaction_takes_two_turns_a_writing_one(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []
    execute = HeldConnection._execute  # of aiosqlite: whatever its thread is asked for

    async def counted(self: HeldConnection, function: object, *values: object) -> object:
        turns.append("turn")
        return await execute(self, function, *values)  # type: ignore[no-untyped-call]  # aiosqlite leaves it so

    async def several(writer: Writer) -> None:
        for name in ("ann", "bo", "cleo"):
            await add(writer, name)

    async def one_more(writer: Writer) -> int:
        return await add(writer, "dan")

    async with Database.open(sqlite_url) as db:
        monkeypatch.setattr(HeldConnection, "_execute", counted)
        async with db.begin() as writer:
            await writer.at_once(several)
        assert len(turns) == 2
        turns.clear()
        await db.transact(one_more)
        assert turns == ["turn"]


async def test_a_writing_of_its_own_is_committed_and_told(database_url: str) -> None:
    told: list[int] = []

    async def writing(writer: Writer) -> str:
        await add(writer, "ann")
        return "done"

    async with Database.open(database_url) as db:
        db.listeners.append(told.append)
        done, writer = await db.transact(writing)
        assert (done, writer.after, writer.position) == ("done", 0, 1)
        assert told == [1]
        assert await db.read(names) == ["ann"]


async def test_a_writing_of_its_own_that_raises_leaves_nothing(database_url: str) -> None:
    async with Database.open(database_url) as db:
        for _ in range(10):
            with pytest.raises(NotFound):
                await db.transact(refused)
            with pytest.raises(Duplicate):
                await db.transact(twice)
        assert await db.read(names) == []
        assert (await db.read(event_log.head)).seq == 0
        async with db.begin() as writer:
            await add(writer, "bo")
        assert writer.position == 1


async def test_a_writing_whose_caller_is_gone_is_there_entirely(sqlite_url: str) -> None:
    entered, may_go_on = threading.Event(), threading.Event()

    async def writing(writer: Writer) -> None:
        await add(writer, "ann")
        entered.set()
        may_go_on.wait(10)
        await add(writer, "bo")

    async with Database.open(sqlite_url) as db:
        task = asyncio.create_task(db.transact(writing))
        await asyncio.to_thread(entered.wait, 10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        may_go_on.set()
        async with db.begin() as writer:  # has its turn after that one
            assert await names(writer) == ["ann", "bo"]
