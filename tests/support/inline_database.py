"""SQLite in the event loop's own thread, and a loop that runs threads' work in place: the same every time.

Each statement gives way to other tasks first, so that they meet wherever they could in the server, but in an
order that depends on nothing but the test. Transactions, events and rows are the real ones.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

from server.store.database import Database
from server.store.drivers import SQLiteLink
from server.store.pools import Lent
from server.store.sqlite_backend import connect

Given = TypeVarTuple("Given")
Result = TypeVar("Result")


class InlineLoop(asyncio.SelectorEventLoop):
    """Executors' work is done at once. `is_quiet` is true when no task can go on by itself."""

    def run_in_executor(
        self, _executor: Executor | None, func: Callable[[Unpack[Given]], Result], *args: *Given
    ) -> "asyncio.Future[Result]":
        done: asyncio.Future[Result] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    async def until_quiet(self) -> None:
        """Returns when every task waits for something that only the caller can do."""
        ready = vars(self)["_ready"]  # CPython's queue of what runs next; there is no public way to ask
        while True:
            await asyncio.sleep(0)
            if not ready:
                return


class InlineConnection:
    """What `SQLiteLink` needs of a held connection."""

    def __init__(self, path: str, *, query_only: bool) -> None:
        self.connection = connect(path, query_only=query_only)
        self.connection.execute("PRAGMA synchronous=OFF")  # nobody pulls the plug of a test
        self._query_only = query_only
        self.broken = False

    async def fetch(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        await asyncio.sleep(0)
        return self.fetch_inside(sql, values)

    async def run(self, work: Callable[[], Result]) -> Result:
        await asyncio.sleep(0)
        return work()

    def fetch_inside(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        self._begin_inside()
        return self.connection.execute(sql, values).fetchall()

    async def run_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self.run_many_inside(sql, rows)

    def run_many_inside(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._begin_inside()
        self.connection.executemany(sql, rows)

    def _begin_inside(self) -> None:
        if not self.connection.in_transaction:
            self.connection.execute("BEGIN" if self._query_only else "BEGIN IMMEDIATE")

    def roll_back_soon(self) -> None:
        self.connection.rollback()


class InlineLent(Lent):
    def __init__(self, held: InlineConnection, *, writes: bool) -> None:
        self.held = held
        self.writes = writes
        self.link = SQLiteLink(held)  # type: ignore[arg-type]  # it has what the link uses


class InlineDatabase(Database):
    """A file that is there already. One writer at a time; as many readers as ask."""

    def __init__(self, path: str) -> None:
        super().__init__(f"sqlite:///{path}")
        self._path = path
        self._turn = asyncio.Lock()
        self._writer = InlineConnection(path, query_only=False)
        self._readers: list[InlineConnection] = []

    def close(self) -> None:
        for held in (self._writer, *self._readers):
            held.connection.close()

    async def lend(self, *, writes: bool) -> Lent:
        if writes:
            await self._turn.acquire()
        held = self._writer if writes else self._a_reader()
        lent = InlineLent(held, writes=writes)
        await lent.link.begin(writes=writes)
        return lent

    async def end(self, lent: Lent) -> None:
        assert isinstance(lent, InlineLent)
        await lent.link.end()
        if lent.writes:
            self._turn.release()
        else:
            self._readers.append(lent.held)

    def _a_reader(self) -> InlineConnection:
        return self._readers.pop() if self._readers else InlineConnection(self._path, query_only=True)
