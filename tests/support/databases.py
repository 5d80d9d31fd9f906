"""Fresh databases, made by copying one that was migrated once.

`database_url` runs a test on SQLite and on PostgreSQL; `sqlite_url` and `postgresql_url` on one of them.
"""

import asyncio
import contextlib
import itertools
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.missing import missing
from tests.support.postgresql import PostgreSQL

TEMPLATE = "fireside_template"
numbers = itertools.count(1)

HALVES = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=HALVES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A URL of a fresh, migrated database; the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=HALVES)
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A URL of a database without a schema, on SQLite and on PostgreSQL: for tests of migrations."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    file = shutil.copyfile(sqlite_template, tmp_path / "fireside.db")
    return f"sqlite:///{file}"


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/empty.db"


@pytest_asyncio.fixture
async def postgresql_url(postgresql_server: PostgreSQL, postgresql_template: str) -> AsyncIterator[str]:
    async with fresh(postgresql_server, postgresql_template) as url:
        yield url


@pytest_asyncio.fixture
async def empty_postgresql_url(postgresql_server: PostgreSQL) -> AsyncIterator[str]:
    async with fresh(postgresql_server, "template0") as url:
        yield url


@contextlib.asynccontextmanager
async def fresh(server: PostgreSQL, template: str) -> AsyncIterator[str]:
    name = f"test_{next(numbers)}"
    try:
        yield await server.create(name, template)
    finally:
        await server.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    from server.store.migrations import upgrade

    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{file}")
    with contextlib.closing(sqlite3.connect(file)) as connection:  # so that the file alone is all of it
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest_asyncio.fixture(scope="session")
async def postgresql_template(postgresql_server: PostgreSQL) -> str:
    """The name of a migrated database, to be copied."""
    from server.store.migrations import upgrade

    url = await postgresql_server.create(TEMPLATE)
    await asyncio.to_thread(upgrade, url)
    await postgresql_server.disconnect(TEMPLATE)
    return TEMPLATE


@pytest_asyncio.fixture(scope="session")
async def postgresql_server() -> AsyncIterator[PostgreSQL]:
    """One server for the session."""
    server = PostgreSQL()
    try:
        await server.start()
    except Exception as error:  # whatever keeps it from starting, the tests cannot run
        server.stop()
        missing("PostgreSQL", error)
    try:
        yield server
    finally:
        server.stop()
