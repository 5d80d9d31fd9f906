"""Two servers, a PostgreSQL and a Valkey that may fail, and readers and writers who go on meanwhile.

The servers reach both through forwarders, so that either may come back at another address.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx

from server.store.migrations import upgrade
from tests.reliability.writing import Writing
from tests.support.forwarder import Forwarder, forwarder
from tests.support.model_client import ModelClient
from tests.support.model_line import Message
from tests.support.postgresql import PostgreSQL
from tests.support.two_servers import TwoServers, two_servers
from tests.support.valkey import Valkey
from tests.support.waiting import check, eventually

DATABASE = "fireside"
POSTS_A_SECOND = 10
PATIENCE = 90.0  # seconds; what takes longer has failed


class TimedReader(ModelClient):
    """Knows when it saw each post."""

    seen: dict[int, float]

    def adopt(self, page: Message) -> None:
        self.seen = getattr(self, "seen", {})
        super().adopt(page)
        for post in self.posts:
            self.seen.setdefault(post, time.monotonic())

    def _apply(self, patch: Message) -> None:
        super()._apply(patch)
        kind, _, number = patch["target"].rpartition("-")
        if kind == "post":
            self.seen.setdefault(int(number), time.monotonic())


@dataclass
class TimedWriting(Writing):
    """Knows when each post was acknowledged."""

    answered_at: dict[int, float] = field(default_factory=dict)
    _going: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """From now on they write."""
        self._going = asyncio.create_task(self.go_on(POSTS_A_SECOND))

    async def rest(self) -> None:
        """They stop writing, when everything is acknowledged. Raises TimeoutError."""
        assert self._going is not None
        self._going.cancel()
        await self.last_words()

    async def _until_answered(self, client: httpx.AsyncClient, key: str, length: int) -> int:
        post = await super()._until_answered(client, key, length)
        self.answered_at.setdefault(post, time.monotonic())
        return post


@dataclass
class Cluster:
    """What runs. `postgresql` and `valkey` are those in use now."""

    postgresql: PostgreSQL
    valkey: Valkey
    database_line: Forwarder
    redis_line: Forwarder
    servers: TwoServers
    crowd: list[TimedReader] = field(default_factory=list)

    @property
    def tokens(self) -> dict[str, str]:
        return self.servers.tokens

    @property
    def topic_id(self) -> int:
        return self.servers.topic_id

    def browser(self, who: str) -> contextlib.AbstractAsyncContextManager[httpx.AsyncClient]:
        return self.servers.browser(who, server=0)  # the others hear of it by wake-ups only

    def ask(self, query: str) -> list[tuple[int, ...]]:
        """Rows of the database; everything else waits meanwhile."""
        with ThreadPoolExecutor(1) as thread:  # which has no event loop yet
            return thread.submit(asyncio.run, self.rows(query)).result()

    async def rows(self, query: str) -> list[tuple[int, ...]]:
        """Rows of the database."""
        connection = await asyncpg.connect(self.postgresql.url(DATABASE))
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()

    async def count_wrong(self) -> int:
        """Readers whose posts are not those of the database, after waiting until they are."""
        wrong = len(self.crowd)

        async def look() -> None:
            nonlocal wrong
            rows = await self.rows(f"SELECT id, version FROM posts WHERE topic_id = {self.topic_id}")
            truth = {row[0]: row[1] for row in rows}
            wrong = sum(
                one.posts != {post: truth[post] for post in truth if post >= one.first} for one in self.crowd
            )
            check(not wrong)

        with contextlib.suppress(AssertionError):
            await eventually(look, PATIENCE)
        return wrong

    async def until_served(self, written: TimedWriting) -> float:
        """Seconds until both servers call themselves able to serve, and a post was acknowledged."""
        begin = time.monotonic()

        async def served() -> None:
            check(any(at > begin for at in written.answered_at.values()), "nothing is acknowledged")
            for server in (0, 1):
                check(await self._health(server, "database,log") == 200, f"server {server} is not healthy")

        await eventually(served, PATIENCE)
        return time.monotonic() - begin

    async def until_red(self) -> float:
        """Seconds until both servers say that wake-ups are missing."""
        begin = time.monotonic()

        async def red() -> None:
            for server in (0, 1):
                check(await self._health(server, "wakeups") == 503)

        await eventually(red, PATIENCE)
        return time.monotonic() - begin

    async def until_woken(self) -> float:
        """Seconds until both servers listen again, and publish."""
        begin = time.monotonic()

        def look() -> None:
            channels = self.valkey.run("PUBSUB", "CHANNELS", "fireside:*")
            assert isinstance(channels, list)
            check(channels)
            check(self.valkey.run("PUBSUB", "NUMSUB", channels[0]) == [channels[0], 2])
            stats = self.valkey.run("INFO", "commandstats")
            assert isinstance(stats, dict)
            check("cmdstat_publish" in stats)

        # In a thread: the forwarders have to go on meanwhile.
        await eventually(lambda: asyncio.to_thread(look), PATIENCE)
        return time.monotonic() - begin

    async def _health(self, server: int, only: str) -> int:
        async with self.servers.browser(server=server) as client:
            try:
                return (await client.get(f"/healthz?only={only}")).status_code
            except httpx.TransportError:
                return 0


@contextlib.asynccontextmanager
async def cluster() -> AsyncIterator[Cluster]:
    """A furnished board with its two servers."""
    # What was committed outlives a kill; the disk under it does not fail here.
    postgresql, valkey = PostgreSQL(synchronous_commit="on"), Valkey()
    with tempfile.TemporaryDirectory() as folder:
        try:
            await postgresql.start()
            url = await postgresql.create(DATABASE)
            await asyncio.to_thread(upgrade, url)
            async with forwarder(postgresql.port) as database_line, forwarder(valkey.url) as redis_line:
                through = url.replace(f":{postgresql.port}/", f":{database_line.port}/")
                redis_url = f"redis://127.0.0.1:{redis_line.port}"
                async with two_servers(through, Path(folder), redis_url, limits=False) as servers:
                    found = Cluster(postgresql, valkey, database_line, redis_line, servers)
                    yield found
                    valkey = found.valkey
        finally:
            valkey.kill()
            postgresql.stop()
