"""The schema's history. `upgrade(url)` brings a database to the newest revision, from nothing too.

Several processes may start at once: one upgrades, the others wait and find nothing left to do. A server that
runs meanwhile goes on: where an upgrade needs tables for itself, as on PostgreSQL, and cannot have them at
once, it gives way and starts over. A new revision is drafted from what `server.store.schema` has and the
migrations lack by

    python -m server.store.migrations "Say what changes"
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import asyncpg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from server.store.sqlite_backend import connect, sqlite_path
from server.store.urls import dialect_of, postgresql_options

WAIT_FOR_OTHERS = 120  # seconds that another process may need for its upgrade
GIVE_WAY_AFTER = (
    400  # milliseconds; PostgreSQL looks for deadlocks after 1,000, and might end a reader's work
)
TRY_AGAIN_AFTER = 0.2  # seconds, in which those who were held up can finish
_IN_THE_WAY = ("55P03", "40P01")  # a lock was not to be had in time, and a deadlock
_LOCK = 0x66697265  # the advisory lock of PostgreSQL that an upgrade holds

# Alembic keeps what it works on in module globals.
_one_at_a_time = threading.Lock()


def upgrade(url: str) -> None:
    """Upgrades the database; a SQLite file is made when it is not there. Blocks: call it in a thread.

    A file of the newest revision is left alone: checking its references reads all of it, at each start.
    """
    if dialect_of(url) == "sqlite" and _revision_of(sqlite_path(url)) == newest():
        return
    in_transaction(url, lambda connection: command.upgrade(config(connection), "head"))


def newest() -> str:
    """The newest revision: files are called by them, in order."""
    return max(file.name for file in (Path(__file__).parent / "versions").glob("[0-9]*.py")).partition("_")[0]


def _revision_of(path: str) -> str:
    """What a SQLite file was upgraded to; "" for none, or when that cannot be read."""
    if not Path(path).exists():
        return ""
    try:
        with closing(connect(path, query_only=True)) as connection:
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return ""


def config(connection: sa.Connection) -> Config:
    """Alembic's configuration for work on that connection."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def in_transaction(url: str, work: Callable[[sa.Connection], None]) -> None:
    """Runs `work` in one transaction, all of it or nothing, while no other process upgrades."""
    with _one_at_a_time:
        if dialect_of(url) == "sqlite":
            _on_sqlite(sqlite_path(url), work)
        else:  # in a thread, which has no event loop yet
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, _on_postgresql(url, work)).result()


def _on_sqlite(path: str, work: Callable[[sa.Connection], None]) -> None:
    def opened() -> sqlite3.Connection:
        connection = connect(path)
        connection.execute(f"PRAGMA busy_timeout={WAIT_FOR_OTHERS * 1000:d}")
        connection.execute("PRAGMA foreign_keys=OFF")  # tables are made anew under those that refer to them
        return connection

    engine = sa.create_engine("sqlite://", creator=opened, poolclass=NullPool)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.begin() as connection:
        work(connection)
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"expected no broken references after the upgrade, found {broken[:5]}")


async def _on_postgresql(url: str, work: Callable[[sa.Connection], None]) -> None:
    async def opened() -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(**postgresql_options(url))

    engine = create_async_engine("postgresql+asyncpg://", async_creator=opened, poolclass=NullPool)
    give_up = time.monotonic() + WAIT_FOR_OTHERS
    while True:
        try:
            async with engine.begin() as connection:
                await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                await connection.execute(sa.text(f"SET LOCAL lock_timeout = {GIVE_WAY_AFTER:d}"))
                await connection.run_sync(work)
                return
        except sa.exc.DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY or time.monotonic() > give_up:
                raise
        await asyncio.sleep(TRY_AGAIN_AFTER)
