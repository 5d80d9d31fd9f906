"""Migrations make exactly the schema, once, however many processes start."""

import asyncio
import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from server.store import event_log
from server.store.database import Database
from server.store.migrations import in_transaction, newest, upgrade
from server.store.schema import metadata
from server.store.sqlite_backend import sqlite_path
from server.store.urls import postgresql_options
from tests.support.rules import ROOT
from tests.support.waiting import check, eventually


def asked(url: str, question: Callable[[sa.Connection], Any]) -> Any:
    """What the question answers, whatever that is, about the database."""
    answers: list[Any] = []
    in_transaction(url, lambda connection: answers.append(question(connection)))
    return answers[0]


def differences(connection: sa.Connection) -> list[Any]:
    # Alembic takes SQLite's empty texts for changes; there every word is compared below.
    options = {"compare_type": True, "compare_server_default": connection.dialect.name != "sqlite"}
    found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return found


def sequences(connection: sa.Connection) -> set[str]:
    return set(sa.inspect(connection).get_sequence_names()) - {
        f"{table.name}_id_seq" for table in metadata.sorted_tables
    }


async def test_the_schema_after_an_upgrade_is_the_schema(empty_database_url: str) -> None:
    missing = await asyncio.to_thread(asked, empty_database_url, differences)
    assert len(missing) > len(metadata.tables)
    await asyncio.to_thread(upgrade, empty_database_url)
    assert await asyncio.to_thread(asked, empty_database_url, differences) == []


async def test_sequences_are_those_of_the_schema(empty_postgresql_url: str) -> None:
    await asyncio.to_thread(upgrade, empty_postgresql_url)
    wanted = {sequence.name for sequence in metadata._sequences.values()}
    assert await asyncio.to_thread(asked, empty_postgresql_url, sequences) == wanted


async def test_sqlite_has_every_word_of_the_schema(empty_sqlite_url: str, tmp_path: Path) -> None:
    """Alembic compares neither AUTOINCREMENT nor primary keys."""
    made = f"sqlite:///{tmp_path}/made.db"
    await asyncio.to_thread(in_transaction, made, metadata.create_all)
    await asyncio.to_thread(upgrade, empty_sqlite_url)
    upgraded = await asyncio.to_thread(asked, empty_sqlite_url, statements)
    upgraded.pop("alembic_version")
    assert upgraded == await asyncio.to_thread(asked, made, statements)


def statements(connection: sa.Connection) -> dict[str, list[str]]:
    """What each table and index was made with, its parts in alphabetical order.

    A column that came later stands at the end, behind the constraints and on their line.
    """
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: sorted(part for part in re.split(r"[\s,)]*[,\n][\s)]*", sql) if part) for name, sql in rows}


async def test_an_upgraded_database_can_be_upgraded(database_url: str) -> None:
    async with Database.open(database_url) as db, db.snapshot() as reader:
        before = await event_log.head(reader)
    await asyncio.to_thread(upgrade, database_url)
    async with Database.open(database_url) as db, db.snapshot() as reader:
        assert await event_log.head(reader) == before


def test_the_newest_revision_is_the_one_that_upgrades_end_with(empty_sqlite_url: str) -> None:
    upgrade(empty_sqlite_url)
    with closing(sqlite3.connect(sqlite_path(empty_sqlite_url))) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest(),)]


def test_a_file_of_the_newest_revision_is_only_looked_at(sqlite_url: str) -> None:
    path = sqlite_path(sqlite_url)
    with closing(sqlite3.connect(path)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")  # an upgrade would wait for that
        upgrade(sqlite_url)
        assert somebody.in_transaction


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0 and nothing of it"])
def test_a_file_that_cannot_be_read_is_said_to_be_none_or_made(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "fireside.db"
    file.write_bytes(content)
    if content:
        with pytest.raises(sa.exc.DatabaseError, match="not a database"):
            upgrade(f"sqlite:///{file}")
    else:
        upgrade(f"sqlite:///{file}")
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


async def test_an_upgrade_may_be_called_from_a_running_loop(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    async with Database.open(empty_database_url) as db, db.snapshot() as reader:
        assert (await event_log.head(reader)).seq == 0


async def test_every_database_has_its_own_epoch(tmp_path: Path) -> None:
    epochs = set()
    for name in ("one", "another"):
        upgrade(f"sqlite:///{tmp_path}/{name}.db")
        async with Database.open(f"sqlite:///{tmp_path}/{name}.db") as db, db.snapshot() as reader:
            epochs.add((await event_log.head(reader)).epoch)
    assert len(epochs) == 2


async def test_several_processes_may_start_at_once(empty_database_url: str) -> None:
    program = (
        "import sys; from server.store.migrations import upgrade; sys.stdin.read(1); upgrade(sys.argv[1])"
    )
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-c", program, empty_database_url]
    processes = [
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stderr=pipe) for _ in range(4)
    ]
    ended = await asyncio.gather(*[process.communicate(b"x") for process in processes])
    assert [process.returncode for process in processes] == [0] * 4, ended
    async with Database.open(empty_database_url) as db, db.snapshot() as reader:
        assert await reader.all("SELECT id, seq FROM head") == [(1, 0)]


async def test_threads_of_one_process_may_too(empty_database_url: str) -> None:
    await asyncio.gather(*[asyncio.to_thread(upgrade, empty_database_url) for _ in range(3)])
    async with Database.open(empty_database_url) as db, db.snapshot() as reader:
        assert await reader.all("SELECT id, seq FROM head") == [(1, 0)]


def test_a_failed_upgrade_leaves_nothing(empty_sqlite_url: str) -> None:
    def fail(connection: sa.Connection) -> None:
        metadata.create_all(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(empty_sqlite_url, fail)
    assert asked(empty_sqlite_url, statements) == {}


def test_an_upgrade_that_breaks_references_is_refused(sqlite_url: str) -> None:
    def orphan(connection: sa.Connection) -> None:
        connection.exec_driver_sql("INSERT INTO categories (section_id) VALUES (404)")

    with pytest.raises(RuntimeError, match="no broken references"):
        in_transaction(sqlite_url, orphan)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("SELECT COUNT(*) FROM categories").fetchone() == (0,)


async def test_an_upgrade_gives_way_to_those_who_use_the_tables(postgresql_url: str) -> None:
    """Those who come later would stand in line behind it."""

    def grow(connection: sa.Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE members ADD COLUMN later TEXT")
        connection.exec_driver_sql("ALTER TABLE posts ADD COLUMN later TEXT")

    reading, other = [await asyncpg.connect(**postgresql_options(postgresql_url)) for _ in range(2)]
    async with reading.transaction():
        await reading.execute("SELECT id FROM posts")
        upgrading = asyncio.create_task(asyncio.to_thread(in_transaction, postgresql_url, grow))

        async def upgrade_waits() -> None:
            check(await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))

        for _ in range(2):  # it tries again and again
            await eventually(upgrade_waits)
            await other.execute("SELECT members.id FROM members, posts")
        assert not upgrading.done()
    await upgrading
    await other.execute("SELECT later FROM posts")
    for connection in (reading, other):
        await connection.close()
