"""A SQLite backend for `databases` that keeps its connections.

The backend of `databases` opens a connection and a thread for each query. Here a pool holds a fixed number,
each with its pragmas and its own thread; who waits for one gets it in turn. A connection's thread does what
it is asked in that order, so that a rollback need not be waited for: whatever is asked next comes after it.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import aiosqlite
from databases import DatabaseURL
from databases.backends.sqlite import SQLiteBackend

BUSY_TIMEOUT = 10.0  # seconds to wait for another process's write
CACHED_STATEMENTS = 512  # of each connection
WAL_SIZE = 64 * 1024 * 1024  # bytes to which the write-ahead log is cut once it was copied into the file

Result = TypeVar("Result")


def sqlite_path(url: str) -> str:
    """The file of `sqlite:///relative.db` or `sqlite:////absolute.db`."""
    parsed = DatabaseURL(url)
    if parsed.hostname or parsed.options or parsed.database in ("", ":memory:"):
        raise ValueError(f"expected sqlite:///relative.db or sqlite:////absolute.db, got {url}")
    return parsed.database


def connect(path: str, *, query_only: bool = False) -> sqlite3.Connection:
    """A connection with our pragmas, which begins no transactions by itself."""
    connection = sqlite3.connect(
        path,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        cached_statements=CACHED_STATEMENTS,
        check_same_thread=False,  # made and used in one thread, but closed in another by a failed start
    )
    try:
        _use_wal(connection)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")  # an acknowledged post survives a power failure
        connection.execute(f"PRAGMA journal_size_limit={WAL_SIZE:d}")
        connection.execute(f"PRAGMA query_only={query_only:d}")
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """Lets readers read while somebody writes. It stays in the file; busy_timeout does not hold for it."""
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


class _Turn:
    """Some work of a connection's thread. When it is given up, no further statement of it begins."""

    is_given_up = False


class HeldConnection(aiosqlite.Connection):
    """A connection and its thread. Values of rows are what the statement's columns are, hence `Any`."""

    def __init__(self, path: str, *, query_only: bool) -> None:
        super().__init__(lambda: connect(path, query_only=query_only), iter_chunk_size=64)
        self.broken = False
        self._query_only = query_only
        self._asked: _Turn | None = None  # the one that somebody waits for
        self._doing = _Turn()
        self._thread.daemon = True  # one that nobody closed does not keep the process alive

    async def open(self) -> None:
        """Starts the thread and opens the file."""
        try:
            await self
        except Exception:
            self._thread.join(1.0)  # it was told to stop; it must not outlive the loop it reports to
            raise

    async def fetch(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        return await self.run(partial(self.fetch_inside, sql, values))

    async def run(self, work: Callable[[], Result]) -> Result:
        """Does the work in the connection's thread: several statements of it are one turn."""
        turn = self._asked = _Turn()  # and stays so when this is cancelled: a statement may be running still
        try:
            result: Result = await self._execute(self._do, turn, work)  # type: ignore[no-untyped-call]  # aiosqlite leaves it so
        except Exception:
            self._asked = None
            raise
        self._asked = None
        return result

    def _do(self, turn: "_Turn", work: Callable[[], Result]) -> Result:
        self._doing = turn
        return work()

    def fetch_inside(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What `fetch` does, for work in the connection's thread."""
        self._begin_inside()
        return self._conn.execute(sql, values).fetchall()

    def run_many_inside(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """What `run_many` does, for work in the connection's thread."""
        self._begin_inside()
        self._conn.executemany(sql, rows)

    def _begin_inside(self) -> None:
        """A transaction begins together with its first statement, which spares it a turn."""
        if self._doing.is_given_up:
            raise sqlite3.OperationalError("interrupted")
        if not self._conn.in_transaction:
            self._conn.execute("BEGIN" if self._query_only else "BEGIN IMMEDIATE")

    async def run_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs the statement for each."""
        await self.run(partial(self.run_many_inside, sql, rows))

    def roll_back_soon(self) -> None:
        """Queues a rollback before anything that is asked from now on, and stops what was given up."""
        if self._asked is not None:
            self._asked.is_given_up = True
            self._asked = None
            with suppress(ValueError, sqlite3.Error):
                self._conn.interrupt()
        self._tx.put_nowait((None, self._roll_back))

    def close_soon(self) -> "asyncio.Future[None]":
        """Queues the end of the connection and its thread."""
        done = self.stop()
        assert done is not None, "there is a running loop"
        return done

    def _roll_back(self) -> None:
        try:
            with suppress(sqlite3.OperationalError):  # the interrupt was late and came here
                self._conn.rollback()
            self._conn.rollback()  # does nothing when there is no transaction any more
        except Exception:
            self.broken = True
            raise


class HeldConnections:
    """The pool: `size` connections, lent in the order of asking."""

    def __init__(self, path: str, *, size: int, query_only: bool) -> None:
        self.size = size
        self.idle: list[HeldConnection] = []
        self._lent: set[HeldConnection] = set()
        self._closed = False
        self._turn = asyncio.Semaphore(size)  # first come, first served
        self._path = path
        self._query_only = query_only
        self._unfinished: set[asyncio.Future[Any]] = set()  # openings and closings

    @property
    def is_free(self) -> bool:
        """Whether `acquire` need not wait for anybody."""
        return not self._turn.locked()

    async def acquire(self) -> HeldConnection:
        """Waits for a free connection; cancelling that is harmless."""
        await self._turn.acquire()
        try:
            if self._closed:
                raise RuntimeError("the database was disconnected meanwhile")
            connection = self._an_idle_one() or await self._open()
        except BaseException:
            self._turn.release()
            raise
        self._lent.add(connection)
        return connection

    async def release(self, connection: HeldConnection) -> None:
        """Takes a connection back at once; a broken one is replaced when its turn comes."""
        if connection in self._lent:  # not closed with all others
            self._lent.discard(connection)
            self.idle.append(connection)
        self._turn.release()

    async def open_all(self) -> None:
        """Opens every connection, so that a wrong path is known at once and all costs are paid."""
        self._closed = False
        try:
            while len(self.idle) < self.size:
                self.idle.append(await self._open())
        except BaseException:
            self._close_idle()
            raise

    async def close_all(self) -> None:
        """Closes every connection, the lent ones too, and waits until that is done."""
        self._closed = True
        self.idle += self._lent
        self._lent.clear()
        self._close_idle()
        while self._unfinished:
            await asyncio.wait(self._unfinished)

    def _an_idle_one(self) -> HeldConnection | None:
        while self.idle:
            connection = self.idle.pop()
            if not connection.broken:
                return connection
            self._close(connection)
        return None

    async def _open(self) -> HeldConnection:
        connection = HeldConnection(self._path, query_only=self._query_only)
        opening = self._finishing(asyncio.create_task(connection.open()))
        try:
            await asyncio.wait({opening})
        except asyncio.CancelledError:
            opening.add_done_callback(lambda done: self._close_unwanted(connection, done))
            raise
        opening.result()
        return connection

    def _close_unwanted(self, connection: HeldConnection, opening: "asyncio.Future[None]") -> None:
        if not opening.cancelled() and opening.exception() is None:
            self._close(connection)

    def _close_idle(self) -> None:
        while self.idle:
            self._close(self.idle.pop())

    def _close(self, connection: HeldConnection) -> None:
        self._finishing(connection.close_soon())

    def _finishing(self, work: "asyncio.Future[None]") -> "asyncio.Future[None]":
        self._unfinished.add(work)
        work.add_done_callback(self._unfinished.discard)
        return work


class PooledSQLiteBackend(SQLiteBackend):
    """The backend of `databases` on held connections. Options: `size` and `query_only`."""

    def __init__(self, database_url: DatabaseURL | str, *, size: int, query_only: bool) -> None:
        super().__init__(database_url)
        self.pool = HeldConnections(sqlite_path(str(database_url)), size=size, query_only=query_only)
        self._pool = self.pool  # type: ignore[assignment]  # its connections only acquire and release

    async def connect(self) -> None:
        await self.pool.open_all()

    async def disconnect(self) -> None:
        await self.pool.close_all()
