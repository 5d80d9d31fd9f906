"""Transactions on SQLite and PostgreSQL, over `databases`, whose own transactions leak connections.

Reading: `snapshot()` gives a `Reader` that sees one state. Writing: `begin()` gives a `Writer`; at its end
the events are logged, positions given out, and the transaction commits, all of it or nothing. A writer waits
for its turn: on SQLite behind one fair lock, on PostgreSQL behind the row locks.

Whatever happens at whatever `await`, a connection finds its way back into its pool without a transaction:
COMMIT and clean-up run in tasks of their own, which a cancelled caller does not wait for, but `disconnect()`
does. So the work of a caller who is cancelled during COMMIT is either there entirely, and was announced, or
not at all.

For writers of SQL, which has to mean the same on both databases:

- Parameters are `:names`. Rows are tuples. RETURNING, ON CONFLICT DO NOTHING or DO UPDATE and UPDATE .. FROM
  are fine; row counts come from RETURNING.
- After a statement that failed (or was cancelled) the transaction can only be left: catch `Duplicate` outside
  of `begin()`, or use ON CONFLICT DO NOTHING RETURNING.
- A boolean column takes True and False, TRUE and FALSE in SQL, never 1. SQLite answers 1: read with `bool()`.
- PostgreSQL takes an int for an integer only, a str for text. Where a parameter stands alone (`:x IS NULL`,
  `VALUES` outside of INSERT, `SELECT :x`) say `CAST(:x AS BIGINT)`; `::` only PostgreSQL knows.
- No `LIKE` for what may hold upper case (SQLite folds it), no `ORDER BY` on nullable columns without
  NULLS FIRST or LAST, no `rowid`, no `MAX(a, b)`, no upserts of `id` by hand but posts'.
- Lock rows early and in this order: topics, posts by ascending id, categories, members: `SELECT ..` +
  `writer.for_update`. The head comes last, by itself.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from server.domain.errors import Overloaded
from server.domain.events import LoggedEvent
from server.store.data_version import DataVersion
from server.store.drivers import (
    Dialect,
    Duplicate,
    Reading,
    Result,
    Row,
    Value,
    is_lost,
)
from server.store.pools import Lent, Pool
from server.store.sqlite_backend import sqlite_path
from server.store.transactions import Reader, Snapshot, Transaction, Writer
from server.store.urls import dialect_of, pool_options

__all__ = ["Database", "Dialect", "Duplicate", "Reader", "Reading", "Row", "Value", "Writer"]

READERS = 2  # connections of SQLite; writing has one. More would only wait for the interpreter
POSTGRESQL_POOL = 8  # connections for reading, and as many for writing
LEND_WITHIN = 30.0  # seconds that somebody waits for a connection
MAX_USERS = 400  # who have one or wait for one; more would wait longer than people do
DISCONNECT_WITHIN = 10.0  # seconds for transactions to end by themselves

_TOO_MUCH = "The server has too much to do right now. Please try again in a minute."
_UNREACHABLE = "The board cannot reach its database right now. Please try again in a minute."

logger = logging.getLogger(__name__)


class Database:
    """Two pools of connections, one for writing and one for reading.

    After each commit that logged events `followers` are called with the events, or with None when it began
    an epoch, then `listeners` with the position of the last one: just about in order, as answers of
    PostgreSQL to two commits may overtake each other.
    """

    def __init__(self, url: str) -> None:
        self.dialect: Dialect = dialect_of(url)
        self._url = url
        self.listeners: list[Callable[[int], None]] = []
        self.followers: list[Callable[[Sequence[LoggedEvent] | None], None]] = []
        if self.dialect == "sqlite":
            self._writing = Pool(url, size=1, query_only=False)
            self._reading = Pool(url, size=READERS, query_only=True)
        else:
            options = pool_options(url, POSTGRESQL_POOL)
            self._writing, self._reading = Pool(url, **options), Pool(url, **options)
        self._connected = False
        self._users = 0  # of connections: who waits for one, has one, or is giving it back
        self._unused = asyncio.Event()
        self._background: set[asyncio.Task[Any]] = set()

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Database"]:
        """A connected database of `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://…`."""
        database = cls(url)
        await database.connect()
        try:
            yield database
        finally:
            await database.disconnect()

    async def connect(self) -> None:
        """Opens the pools. The schema has to be there (`migrations.upgrade`)."""
        try:
            await self._writing.connect()
            await self._reading.connect()
        except BaseException:
            await self._finish(self._close_pools())
            raise
        self._connected = True

    async def disconnect(self) -> None:
        """Lets transactions end, cuts those that don't within DISCONNECT_WITHIN, and closes the pools."""
        self._connected = False
        await self._finish(self._disconnect())

    def snapshot(self) -> AbstractAsyncContextManager[Reader]:
        """A transaction that sees the database as it is at its first statement. Raises Overloaded."""
        return Snapshot(self)

    async def read(self, reading: Callable[[Reader], Reading[Result]]) -> Result:
        """What a reading finds in one snapshot. Raises Overloaded.

        It is a function like those of `views/pages`: it may await statements of its reader and nothing else.
        So on SQLite all of it happens in one turn of the connection's thread; a turn costs more than most
        statements.
        """
        async with self.snapshot() as reader:
            return await reader.at_last(reading)

    def begin(self) -> AbstractAsyncContextManager[Writer]:
        """A transaction that writes; rolled back when its body raises. For `actions` only; never nested.

        When the caller is cancelled at its end, what was written is there entirely or not at all.
        Raises Overloaded when there was no turn within LEND_WITHIN, or too many wait already.
        """
        return Transaction(self)

    async def transact(self, writing: Callable[[Writer], Reading[Result]]) -> tuple[Result, Writer]:
        """What a writing returns, committed; and its writer, which knows the positions.

        As `begin()` around it, but on SQLite all of it, from BEGIN to COMMIT, is one turn of the
        connection's thread. Like the readings of `read()` it may await statements of its writer and
        nothing else. Raises what the writing raises, and Overloaded.
        """
        found: list[Result] = []

        async def keep(inside: Writer) -> None:
            found.append(await writing(inside))

        async with self.begin() as writer:
            writer.finish_with(keep)
        return found[0], writer

    def data_version(self) -> DataVersion | None:
        """Whether other processes commit, to be asked often; None on PostgreSQL. The caller closes it."""
        return DataVersion(sqlite_path(self._url)) if self.dialect == "sqlite" else None

    @property
    def is_idle(self) -> bool:
        """Whether nobody has or awaits a connection and nothing is being cleaned up."""
        return not self._users and not self._background

    async def lend(self, *, writes: bool) -> Lent:
        """A connection in a transaction. For `begin()` and `snapshot()`, who give it back."""
        pool = self._writing if writes else self._reading
        tries = POSTGRESQL_POOL + 1  # a restart of the server breaks all connections, and one is new
        while True:
            lent = await self._take(pool)
            try:
                await lent.link.begin(writes=writes)
                return lent
            except BaseException as error:
                lost = lent.link.is_lost(error)
                if lost:
                    lent.link.discard()
                self.give_back(lent)
                tries -= 1
                if not lost or not tries:
                    raise

    def give_back(self, lent: Lent) -> asyncio.Task[None]:
        """Ends what is left of the transaction and returns the connection, in a task that nobody cancels."""
        return self.in_background(self.end(lent))

    async def end(self, lent: Lent) -> None:
        """What `give_back` does, for a task that nobody cancels."""
        try:
            await lent.link.end()
        except Exception:
            logger.warning("a broken database connection is replaced", exc_info=True)
        finally:
            try:
                await lent.connection.release()
            except Exception:
                logger.warning("a broken database connection was not taken back", exc_info=True)
            self._left()

    def in_background(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Runs it in a task that only `disconnect()` waits for."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    def announce(self, committed: Writer) -> None:
        """Tells the followers and the listeners of a commit. One that fails is logged and harms nobody."""
        for follower in tuple(self.followers):
            try:
                follower(None if committed.begins_epoch else committed.logged)
            except Exception:
                logger.exception("a follower of the database failed at position %d", committed.position)
        for listener in tuple(self.listeners) if committed.events else ():
            try:
                listener(committed.position)
            except Exception:
                logger.exception("a listener of the database failed at position %d", committed.position)

    async def _take(self, pool: Pool) -> Lent:
        if not self._connected:
            raise RuntimeError("the database is not connected")
        if self._users >= MAX_USERS:
            raise Overloaded(_TOO_MUCH)
        self._users += 1
        self._unused.clear()
        try:
            if pool.is_free:  # a timeout costs as much as some statements
                return await self._entered(pool)
            async with asyncio.timeout(LEND_WITHIN):
                return await self._entered(pool)
        except TimeoutError:
            raise Overloaded(_TOO_MUCH) from None
        except Exception as error:
            if not is_lost(error):
                raise
            raise Overloaded(_UNREACHABLE) from error

    async def _entered(self, pool: Pool) -> Lent:
        if self.dialect == "sqlite":  # ours gives back what it has when it is cancelled
            try:
                return await pool.lend()
            except BaseException:
                self._left()
                raise
        entering = self.in_background(pool.lend())  # asyncpg would leave behind what it is opening
        try:
            await asyncio.wait({entering})
        except asyncio.CancelledError:
            entering.add_done_callback(self._not_wanted)
            raise
        if entering.exception() is not None:
            self._left()
        return entering.result()

    def _not_wanted(self, entering: asyncio.Task[Lent]) -> None:
        if entering.cancelled() or entering.exception() is not None:
            self._left()
        else:
            self.give_back(entering.result())

    def _left(self) -> None:
        self._users -= 1
        if not self._users:
            self._unused.set()

    async def _finish(self, work: Coroutine[Any, Any, None]) -> None:
        """Waits for work that goes on when the caller is cancelled."""
        task = self.in_background(work)
        await asyncio.wait({task})
        task.result()

    async def _disconnect(self) -> None:
        try:
            async with asyncio.timeout(DISCONNECT_WITHIN if self._users else None):
                if self._users:
                    await self._unused.wait()
        except TimeoutError:
            logger.warning("%d transactions were cut by the shutdown", self._users)
            self._writing.cut()
            self._reading.cut()
        await self._close_pools()

    async def _close_pools(self) -> None:
        for pool in (self._writing, self._reading):
            await pool.disconnect()
