"""Promises of transactions: whole or not at all, in order, alone. R4 and R5 try to break them."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from server.domain.events import Event, Kind
from server.domain.viewer import Audience
from server.store import event_log
from server.store.database import Database, Duplicate, Reader, Writer


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    async with Database.open(database_url) as database:
        yield database


async def add_member(writer: Writer, name: str) -> int:
    rows = await writer.all(
        "INSERT INTO members (username, name_key, email_key, created_at) VALUES (:name, :name, :email, 0)"
        " RETURNING id",
        name=name,
        email=f"{name}@example.org",
    )
    return int(rows[0][0])


async def names(db: Database) -> list[str]:
    async with db.snapshot() as reader:
        return [row[0] for row in await reader.all("SELECT username FROM members ORDER BY id")]


def told(identity: int) -> Event:
    return Event(Kind.MEMBER, identity, Audience.PUBLIC, member_id=identity)


async def test_what_a_transaction_wrote_is_there_after_it(db: Database) -> None:
    async with db.begin() as writer:
        await add_member(writer, "ann")
        await add_member(writer, "bo")
    assert await names(db) == ["ann", "bo"]


async def test_a_transaction_that_raises_leaves_nothing(db: Database) -> None:
    announced: list[int] = []
    db.listeners.append(announced.append)
    with pytest.raises(ZeroDivisionError):
        await write_and_fail(db)
    assert await names(db) == []
    assert announced == []
    async with db.begin() as writer:
        pass
    assert writer.position == 0


async def write_and_fail(db: Database) -> None:
    async with db.begin() as writer:
        writer.append(told(await add_member(writer, "ann")))
        _ = 1 / 0


async def test_events_get_positions_in_order_and_objects_their_versions(db: Database) -> None:
    async with db.begin() as writer:
        ann, bo = await add_member(writer, "ann"), await add_member(writer, "bo")
        for identity in (ann, bo, ann):
            writer.append(told(identity))
    assert writer.position == 3
    async with db.snapshot() as reader:
        assert [(entry.seq, entry.event) for entry in await event_log.since(reader, 0, 9)] == [
            (1, told(ann)),
            (2, told(bo)),
            (3, told(ann)),
        ]
        assert await reader.all("SELECT id, version FROM members ORDER BY id") == [(ann, 3), (bo, 2)]


async def test_the_position_without_events_is_the_head(db: Database) -> None:
    async with db.begin() as writer:
        writer.append(told(await add_member(writer, "ann")))
    async with db.begin() as writer:
        await add_member(writer, "bo")
    assert writer.position == 1


async def test_listeners_are_told_after_the_commit(db: Database) -> None:
    seen: list[tuple[int, asyncio.Task[list[str]]]] = []
    db.listeners.append(lambda position: seen.append((position, asyncio.create_task(names(db)))))
    async with db.begin() as writer:
        writer.append(told(await add_member(writer, "ann")))
        assert seen == []
    assert [(position, await look) for position, look in seen] == [(1, ["ann"])]


async def test_a_failing_listener_harms_nobody(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    announced: list[int] = []
    db.listeners += [lambda position: [][position], announced.append]
    with caplog.at_level(logging.ERROR):
        async with db.begin() as writer:
            writer.append(told(await add_member(writer, "ann")))
    assert announced == [1]
    assert "IndexError" in caplog.text


async def test_listeners_are_told_of_events_only(db: Database) -> None:
    announced: list[int] = []
    db.listeners.append(announced.append)
    async with db.begin() as writer:
        await add_member(writer, "ann")
    assert announced == []


async def test_a_snapshot_sees_one_state(db: Database) -> None:
    async with db.snapshot() as reader:
        assert await reader.value("SELECT COUNT(*) FROM members") == 0
        async with db.begin() as writer:
            await add_member(writer, "ann")
        assert await names_of(reader) == []
    assert await names(db) == ["ann"]


async def names_of(reader: Reader) -> list[str]:
    return [row[0] for row in await reader.all("SELECT username FROM members")]


async def test_a_reader_cannot_write(db: Database) -> None:
    with pytest.raises((sqlite3.OperationalError, asyncpg.ReadOnlySQLTransactionError)):
        async with db.snapshot() as reader:
            await reader.all("INSERT INTO settings (name) VALUES ('notice')")


async def test_transactions_do_not_nest(db: Database) -> None:
    async with db.begin():
        with pytest.raises(RuntimeError, match="inside begin"):
            async with db.begin():
                pass
        with pytest.raises(RuntimeError, match="inside begin"):
            async with db.snapshot():
                pass
    async with db.snapshot():
        with pytest.raises(RuntimeError, match="inside snapshot"):
            async with db.snapshot():
                pass
    async with db.begin() as writer:
        await add_member(writer, "ann")
    assert await names(db) == ["ann"]


async def test_children_of_a_transaction_begin_none(db: Database) -> None:
    async with db.begin():
        with pytest.raises(RuntimeError, match="inside begin"):
            await asyncio.create_task(names(db))


async def test_what_a_transaction_started_may_begin_one_after_it(db: Database) -> None:
    over = asyncio.Event()

    async def later() -> list[str]:
        await over.wait()
        return await names(db)

    async with db.begin() as writer:
        await add_member(writer, "ann")
        looking = asyncio.create_task(later())
    over.set()
    assert await looking == ["ann"]


async def test_a_writer_belongs_to_the_task_that_began(db: Database) -> None:
    async with db.begin() as writer:
        with pytest.raises(RuntimeError, match="the task that began"):
            await asyncio.create_task(add_member(writer, "ann"))
        await add_member(writer, "bo")
    assert await names(db) == ["bo"]
    with pytest.raises(RuntimeError):
        await add_member(writer, "cy")
    with pytest.raises(RuntimeError):
        writer.append(told(1))


async def test_a_reader_is_of_no_use_after_its_end(db: Database) -> None:
    async with db.snapshot() as reader:
        pass
    with pytest.raises(RuntimeError, match="it is over"):
        await names_of(reader)


async def test_one_statement_at_a_time(db: Database) -> None:
    async with db.snapshot() as reader:
        answers = await asyncio.gather(names_of(reader), names_of(reader), return_exceptions=True)
    assert [type(answer) for answer in answers] == [list, RuntimeError]


async def test_a_unique_violation_is_a_duplicate(db: Database) -> None:
    async with db.begin() as writer:
        await add_member(writer, "ann")
        await writer.run("UPDATE members SET name_key = 'anna'")
    with pytest.raises(Duplicate) as caught:
        await add_one(db, "ann")
    assert caught.value.columns == ("email_key",)
    with pytest.raises(Duplicate) as caught:
        await submit_twice(db)
    assert caught.value.columns == ("member_id", "token")
    assert await names(db) == ["ann"]


async def add_one(db: Database, name: str) -> None:
    async with db.begin() as writer:
        await add_member(writer, name)


async def submit_twice(db: Database) -> None:
    async with db.begin() as writer:
        ann = await add_member(writer, "another ann")
        await writer.insert_many(
            "INSERT INTO submissions (member_id, token, result_id, at) VALUES (:member, :token, 1, 0)",
            [{"member": ann, "token": "t"}, {"member": ann, "token": "t"}],
        )


async def test_other_violations_are_no_duplicates(db: Database) -> None:
    with pytest.raises((sqlite3.IntegrityError, asyncpg.ForeignKeyViolationError)):
        async with db.begin() as writer:
            await writer.run("INSERT INTO categories (section_id) VALUES (404)")


async def test_a_transaction_with_a_failed_statement_cannot_commit(db: Database) -> None:
    """PostgreSQL would answer ROLLBACK to the COMMIT and raise nothing, SQLite would commit the rest."""
    with pytest.raises(RuntimeError, match="failed"):
        await go_on_after_a_failure(db)
    assert await names(db) == []


async def go_on_after_a_failure(db: Database) -> None:
    async with db.begin() as writer:
        await add_member(writer, "ann")
        with pytest.raises(Duplicate):
            await add_member(writer, "ann")


async def test_values_come_back_as_they_went(db: Database) -> None:
    text, number = "Zoë 🔥 'quoted' :name $1", 2**63 - 1
    async with db.begin() as writer:
        ann = await add_member(writer, text)
        row = await writer.one(
            "INSERT INTO sessions (token_hash, member_id, created_at, seen_at, expires_at, ends_at, remember)"
            " VALUES (:token, :member, :number, :small, 0, 0, :remember) RETURNING"
            " token_hash, created_at, seen_at, remember, (SELECT rules_accepted_at FROM members)",
            token=b"\x00\xff",
            member=ann,
            number=number,
            small=-1,
            remember=True,
        )
    assert row == (b"\x00\xff", number, -1, True, None)
    assert await names(db) == [text]


async def test_transactions_that_read_and_then_write_all_pass(db: Database) -> None:
    async with db.begin() as writer:
        await writer.run("INSERT INTO settings (name, value) VALUES ('count', '0')")

    async def count_up() -> None:
        async with db.begin() as writer:
            query = f"SELECT value FROM settings WHERE name = 'count'{writer.for_update}"
            count = int(await writer.value(query) or 0)
            await writer.run("UPDATE settings SET value = :count WHERE name = 'count'", count=str(count + 1))

    await asyncio.gather(*[count_up() for _ in range(40)])
    async with db.snapshot() as reader:
        assert await reader.value("SELECT value FROM settings WHERE name = 'count'") == "40"


async def test_a_relative_path_of_sqlite_is_relative(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sqlite_url == f"sqlite:///{tmp_path}/fireside.db"
    monkeypatch.chdir(tmp_path)
    async with Database.open("sqlite:///fireside.db") as db, db.begin() as writer:
        await add_member(writer, "ann")
    async with Database.open(sqlite_url) as db:
        assert await names(db) == ["ann"]


@pytest.mark.parametrize("url", ["mysql://localhost/board", "sqlite://", "sqlite:///:memory:", "board.db"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        Database(url)
