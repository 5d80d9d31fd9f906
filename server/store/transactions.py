"""What the body of a transaction is given: a `Reader` or a `Writer`; and its beginning and end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any

from server.domain.events import Event, LoggedEvent
from server.store import event_log
from server.store.drivers import Dialect, Link, Reading, Result, Row, Value

if TYPE_CHECKING:  # it makes these
    from server.store.database import Database

logger = logging.getLogger(__name__)


class Reader:
    """Runs statements in one transaction that sees one state of the database. One statement at a time."""

    def __init__(self, link: Link) -> None:
        self.dialect: Dialect = link.dialect
        self._link = link
        self._refusal = ""  # why no statement can run now

    async def all(self, sql: str, **values: Value) -> list[Row]:
        """All rows of the statement. Raises Duplicate."""
        self._start()
        rows = await self._link.all(sql, values)
        self._refusal = ""
        return rows

    async def one(self, sql: str, **values: Value) -> Row | None:
        """The first row."""
        rows = await self.all(sql, **values)
        return rows[0] if rows else None

    async def value(self, sql: str, **values: Value) -> Any | None:
        """The first column of the first row. Its type is the column's, which only the caller knows."""
        rows = await self.all(sql, **values)
        return rows[0][0] if rows else None

    async def at_once(self, reading: Callable[[Reader], Reading[Result]]) -> Result:
        """What the reading returns, which awaits statements of its reader and nothing else. For `read()`."""
        self._start()
        result = await self._link.at_once(lambda link: reading(Reader(link)))
        self._refusal = ""
        return result

    async def at_last(self, reading: Callable[[Reader], Reading[Result]]) -> Result:
        """What `at_once` would return; after it no statement runs any more. For `read()`."""
        self._start()
        result = await self._link.at_last(lambda link: reading(Reader(link)))
        self._refusal = "it is over"
        return result

    def end(self) -> None:
        """From now on no statement runs. For `snapshot()` and `begin()`."""
        self._refusal = self._refusal or "it is over"

    def _start(self) -> None:
        if self._refusal:
            raise RuntimeError(f"this transaction takes no statement: {self._refusal}")
        self._refusal = "a statement of it is running, has failed or was cancelled"


class Writer(Reader):
    """Runs statements in one transaction that writes, for the task that began it and no other.

    `position` is, after the commit, the position of the last event, or the log's when none was appended.
    `begins_epoch` says that positions mean something else from the commit on (`event_log.new_epoch`).
    """

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self.for_update = link.for_update
        self.position = 0
        self.events: list[Event] = []
        self.begins_epoch = False
        self._last: Callable[[Writer], Reading[None]] | None = None
        self._task = asyncio.current_task()

    @property
    def after(self) -> int:
        """After the commit: the position before the first of this transaction's events."""
        return self.position - len(self.events)

    @property
    def logged(self) -> list[LoggedEvent]:
        """After the commit: this transaction's events with their positions."""
        return [LoggedEvent(seq, event) for seq, event in enumerate(self.events, self.after + 1)]

    async def run(self, sql: str, **values: Value) -> None:
        """Runs a statement. Raises Duplicate."""
        await self.all(sql, **values)

    async def insert_many(self, sql: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Runs the statement for each of the rows. Raises Duplicate."""
        self._start()
        if rows:
            await self._link.many(sql, rows)
        self._refusal = ""

    def append(self, event: Event, *, first: bool = False) -> None:
        """Has the event logged at commit, and the version of its object set.

        It stands after those appended before, or with `first` before them: what an answer tells of are the
        last ones.
        """
        self._own()
        self.events.insert(0 if first else len(self.events), event)

    async def at_once(self, writing: Callable[[Writer], Reading[Result]]) -> Result:
        """What the writing returns, which awaits statements of its writer and nothing else.

        On SQLite all of it is one turn of the connection's thread, in which nobody else waits for the lock
        longer than they have to.
        """
        self._start()
        result = await self._link.at_once(lambda link: writing(_InsideWriter(link, self)))
        self._refusal = ""
        return result

    def finish_with(self, writing: Callable[[Writer], Reading[None]]) -> None:
        """Has this done in the turn of the commit; it is as those of `at_once`. For `transact()`."""
        self._last = writing

    async def commit(self) -> None:
        """Does what is left for the end, logs the events and commits. For `begin()`, from whatever task."""

        async def finish(link: Link) -> int:
            inside = _InsideWriter(link, self)
            if self._last is not None:
                await self._last(inside)
            return await event_log.record(inside, self.events)

        self._task = asyncio.current_task()
        self._start()
        self.position = await self._link.commit(finish)
        self._refusal = "it is over"

    def end(self) -> None:
        """From now on no statement runs."""
        super().end()
        self._task = None

    def _own(self) -> None:
        if asyncio.current_task() is not self._task:
            raise RuntimeError("a transaction is used by the task that began it only, until it ends")

    def _start(self) -> None:
        self._own()
        super()._start()


class _InsideWriter(Writer):
    """The writer of a writing, which is in whatever thread the link has it. Events are those of the whole."""

    def __init__(self, link: Link, whole: Writer) -> None:
        Reader.__init__(self, link)
        self.for_update = link.for_update
        self.events = whole.events

    def _own(self) -> None:
        """It is nobody else's: only the writing knows it."""


class Snapshot:
    """What `Database.snapshot()` gives: `async with` it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __aenter__(self) -> Reader:
        _refuse_nesting(self._database, writes=False)
        self._lent = await self._database.lend(writes=False)
        self._reader = Reader(self._lent.link)
        self._mark = _Mark(self._database, writes=False)
        return self._reader

    async def __aexit__(self, *_: object) -> None:
        self._mark.remove()
        self._reader.end()
        if self._lent.link.ends_at_once:
            await self._database.end(self._lent)
        else:
            self._database.give_back(self._lent)


class Transaction:
    """What `Database.begin()` gives: `async with` it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __aenter__(self) -> Writer:
        _refuse_nesting(self._database, writes=True)
        self._lent = await self._database.lend(writes=True)
        self._writer = Writer(self._lent.link)
        self._mark = _Mark(self._database, writes=True)
        return self._writer

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mark.remove()
        if error is None:
            ending = self._database.in_background(self._commit())
        else:
            self._writer.end()
            ending = self._database.give_back(self._lent)
            if not isinstance(error, Exception):  # cancelled: waiting would only be cancelled again
                return
        try:
            await asyncio.wait({ending})
        except asyncio.CancelledError:
            ending.add_done_callback(_log_failure)
            raise
        ending.result()

    async def _commit(self) -> None:
        try:
            await self._writer.commit()
            if self._writer.events or self._writer.begins_epoch:
                self._database.announce(self._writer)
        finally:
            self._writer.end()
            await self._database.end(self._lent)


class _Mark:
    """Says to what runs inside of a transaction's body, its child tasks too, that it does."""

    def __init__(self, database: Database, *, writes: bool) -> None:
        self.database = database
        self.writes = writes
        self.task = asyncio.current_task()
        self.stands = True
        self._before = _marks.get()
        _marks.set((*self._before, self))

    def remove(self) -> None:
        self.stands = False
        _marks.set(self._before)


_marks: ContextVar[tuple[_Mark, ...]] = ContextVar("server.store.transactions", default=())


def _refuse_nesting(database: Database, *, writes: bool) -> None:
    """Two connections for one piece of work wait for each other, or see different states."""
    for mark in _marks.get():
        if mark.database is not database or not mark.stands:
            continue
        if mark.writes:
            raise RuntimeError("expected no transaction inside begin(): its writer is what to use there")
        if not writes and mark.task is asyncio.current_task():
            raise RuntimeError("expected no snapshot() inside snapshot(): its reader is what to use there")


def _log_failure(ending: asyncio.Task[None]) -> None:
    if not ending.cancelled() and (error := ending.exception()) is not None:
        logger.warning("a transaction failed after its caller was cancelled", exc_info=error)
