"""What differs between SQLite and PostgreSQL once a connection is there: one `Link` for each.

A link runs statements on a lent connection. `end()` leaves the connection without a transaction whatever
happened before: a cancelled statement, a failed COMMIT, a server that is gone.
"""

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from server.store.sqlite_backend import HeldConnection
from server.store.statements import numbered

Dialect = Literal["sqlite", "postgresql"]
Value = int | str | bytes | bool | None
Result = TypeVar("Result")
Reading = Coroutine[Any, Any, Result]  # awaits statements and nothing else
# Whatever the columns of the statement are: rows become dataclasses where they are read, and are typed there.
Row = tuple[Any, ...]

END_WITHIN = 10.0  # seconds in which PostgreSQL has to answer ROLLBACK


class Duplicate(Exception):
    """A row with the same unique key is there already; `columns` are those of the key, as far as known."""

    def __init__(self, message: str, columns: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.columns = columns


class Link(Protocol):
    """A lent connection."""

    dialect: Dialect
    for_update: str
    ends_at_once: bool  # whether `end()` never suspends, so that nothing can cancel it

    async def begin(self, *, writes: bool) -> None: ...
    async def commit(self, last: "Callable[[Link], Reading[Result]]") -> Result: ...
    async def all(self, sql: str, values: Mapping[str, Value]) -> list[Row]: ...
    async def many(self, sql: str, rows: Sequence[Mapping[str, Value]]) -> None: ...
    async def at_once(self, reading: "Callable[[Link], Reading[Result]]") -> Result: ...
    async def at_last(self, reading: "Callable[[Link], Reading[Result]]") -> Result: ...
    async def end(self) -> None: ...
    def is_lost(self, error: BaseException) -> bool: ...
    def discard(self) -> None: ...


class SQLiteLink:
    """On one of our held connections, whose thread does everything in the order in which it was asked."""

    dialect: Dialect = "sqlite"
    for_update = ""
    ends_at_once = True

    def __init__(self, connection: HeldConnection) -> None:
        self._connection = connection
        self._begun = False

    async def begin(self, *, writes: bool) -> None:  # noqa: ARG002  # the connection is made for one of them
        """Snapshot and write lock are taken together with the first statement."""
        self._begun = True

    async def commit(self, last: Callable[[Link], Reading[Result]]) -> Result:
        """What it finds or does at last, and COMMIT, in one turn."""

        async def finish(inside: Link) -> Result:
            result = await last(inside)
            await inside.all("COMMIT", {})
            return result

        result = await self.at_once(finish)
        self._begun = False
        return result

    async def all(self, sql: str, values: Mapping[str, Value]) -> list[Row]:
        try:
            return await self._connection.fetch(sql, values)
        except sqlite3.IntegrityError as error:
            _refuse_duplicate(error)
            raise

    async def many(self, sql: str, rows: Sequence[Mapping[str, Value]]) -> None:
        try:
            await self._connection.run_many(sql, rows)
        except sqlite3.IntegrityError as error:
            _refuse_duplicate(error)
            raise

    async def at_once(self, reading: Callable[[Link], Reading[Result]]) -> Result:
        """Runs it in the connection's thread: the loop waits for one turn, not for each statement."""
        inside = _InsideLink(self._connection)
        return await self._connection.run(lambda: _run(reading(inside)))

    async def at_last(self, reading: Callable[[Link], Reading[Result]]) -> Result:
        """Runs it as `at_once` does and ends the transaction in the same turn."""
        return await self.commit(reading)

    async def end(self) -> None:
        if self._begun:
            self._connection.roll_back_soon()

    def is_lost(self, error: BaseException) -> bool:  # noqa: ARG002  # there is no server to lose
        return False

    def discard(self) -> None:
        self._connection.broken = True


class _InsideLink(SQLiteLink):
    """For a reading in the connection's thread: a statement is done when it is asked, and nothing waits."""

    async def all(self, sql: str, values: Mapping[str, Value]) -> list[Row]:
        try:
            return self._connection.fetch_inside(sql, values)
        except sqlite3.IntegrityError as error:
            _refuse_duplicate(error)
            raise

    async def many(self, sql: str, rows: Sequence[Mapping[str, Value]]) -> None:
        try:
            self._connection.run_many_inside(sql, rows)
        except sqlite3.IntegrityError as error:
            _refuse_duplicate(error)
            raise

    async def at_once(self, reading: Callable[[Link], Reading[Result]]) -> Result:
        return await reading(self)


def _run(reading: Reading[Result]) -> Result:
    try:
        reading.send(None)
    except StopIteration as done:
        result: Result = done.value
        return result
    reading.close()
    raise RuntimeError("expected a reading that awaits its statements and nothing else")


class PostgreSQLLink:
    """On a connection of an asyncpg pool."""

    dialect: Dialect = "postgresql"
    for_update = " FOR NO KEY UPDATE"
    ends_at_once = False

    def __init__(self, connection: "PoolConnectionProxy[asyncpg.Record]") -> None:
        self._connection = connection
        self._begun = False

    async def begin(self, *, writes: bool) -> None:
        self._begun = True
        await self._connection.execute(
            "BEGIN" if writes else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        )

    async def commit(self, last: Callable[[Link], Reading[Result]]) -> Result:
        """What it finds or does at last, and COMMIT."""
        result = await last(self)
        with _postgresql_errors():
            status = await self._connection.execute("COMMIT")
        if status != "COMMIT":  # PostgreSQL's answer to COMMIT after a failed statement is no error
            raise RuntimeError(f"expected COMMIT, the database answered {status}")
        self._begun = False
        return result

    async def all(self, sql: str, values: Mapping[str, Value]) -> list[Row]:
        text, names = numbered(sql)
        with _postgresql_errors():
            records = await self._connection.fetch(text, *[values[name] for name in names])
        return [tuple(record) for record in records]

    async def many(self, sql: str, rows: Sequence[Mapping[str, Value]]) -> None:
        text, names = numbered(sql)
        with _postgresql_errors():
            await self._connection.executemany(text, [[row[name] for name in names] for row in rows])

    async def at_once(self, reading: Callable[[Link], Reading[Result]]) -> Result:
        """Runs it: each statement takes its time to the server and back."""
        return await reading(self)

    async def at_last(self, reading: Callable[[Link], Reading[Result]]) -> Result:
        """Runs it; `end()` ends the transaction, for which nobody has to wait."""
        return await reading(self)

    async def end(self) -> None:
        if not self._begun:
            return
        try:
            if self._is_closed():
                return
            async with asyncio.timeout(END_WITHIN):
                # Waits until a cancelled statement ended, be it BEGIN: only then is the state known.
                await self._connection.execute("ROLLBACK")
        except BaseException:
            self.discard()
            raise

    def _is_closed(self) -> bool:
        try:
            return self._connection.is_closed()
        except asyncpg.InterfaceError:  # the pool noticed first
            return True

    def is_lost(self, error: BaseException) -> bool:
        return is_lost(error)

    def discard(self) -> None:
        with contextlib.suppress(asyncpg.InterfaceError):  # the pool noticed first
            self._connection.terminate()


def is_lost(error: BaseException) -> bool:
    """Whether PostgreSQL went away or cannot be reached; another connection or moment may do better."""
    lost = (
        asyncpg.PostgresConnectionError,
        asyncpg.OperatorInterventionError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,  # of a connection whose end came while nobody looked
        OSError,
    )
    return isinstance(error, lost) and not isinstance(error, TimeoutError)


def link_of(connection: "HeldConnection | PoolConnectionProxy[asyncpg.Record]") -> Link:
    """The link on a raw connection."""
    return SQLiteLink(connection) if isinstance(connection, HeldConnection) else PostgreSQLLink(connection)


def _refuse_duplicate(error: sqlite3.IntegrityError) -> None:
    """Raises Duplicate, if that is what it is. No context manager: that costs as much as a statement."""
    if error.sqlite_errorcode in _SQLITE_DUPLICATE:
        # The message names the columns, such as "submissions.member_id, submissions.token".
        columns = re.findall(r"\.(\w+)", str(error).partition(":")[2])
        raise Duplicate(str(error), tuple(columns)) from error


@contextlib.contextmanager
def _postgresql_errors() -> Iterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        # The detail, in the server's language, has "(member_id, token)=(7, x)". Values stay out of logs.
        key = re.search(r"\((.*?)\)=", error.detail or "")
        columns = key[1].split(", ") if key else []
        raise Duplicate(f"not unique: {error.constraint_name}", tuple(columns)) from None


_SQLITE_DUPLICATE = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    sqlite3.SQLITE_CONSTRAINT_ROWID,
}
