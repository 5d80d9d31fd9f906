"""R7: PostgreSQL and Redis fail in every way. `python -m tests.reliability.r7 [--short] [--only PART]`

Two servers, ten posts a second, forty readers. Redis is killed, frozen, restarted, emptied and moved;
PostgreSQL is killed, frozen and restarted, and at last a standby takes over that lacks the last commits.
PART is redis, postgresql or failover.
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from tests.reliability.figures import Figure, options, share, tell, verdict
from tests.reliability.r7_cluster import POSTS_A_SECOND, Cluster, TimedReader, TimedWriting, cluster
from tests.support.forwarder import forwarder
from tests.support.model_line import fetch
from tests.support.valkey import Valkey
from tests.support.waiting import act_slowly, check, eventually

DELIVERY = 1.5  # seconds, p99, while Redis is away
RECOVERY = 10.0  # seconds
RED = 45.0  # seconds
LATE = 0.6  # seconds; what is told by wake-ups is faster, on a busy machine too
PAUSE = 3.0  # seconds between two tries of a writer
PATIENCE = 60.0  # seconds


@dataclass
class Proof:
    """The cluster, what is written to it, and what was found."""

    cluster: Cluster
    written: TimedWriting
    short: bool
    figures: list[Figure] = field(default_factory=list)

    def seconds(self, long: float, short: float) -> float:
        """How long a trouble lasts."""
        return short if self.short else long

    def note(self, name: str, measured: float, limit: float | None = None, unit: str = "s") -> None:
        """Adds a figure and says it."""
        self.figures.append(Figure(name, measured, limit, unit))
        tell(f"{name}: {measured:.3g} {unit}")

    @property
    def afterwards(self) -> float:
        """Seconds in which is looked what comes late still."""
        return self.seconds(12, 4)

    async def delivery(self, since: float, until: float) -> list[float]:
        """Seconds from acknowledgement to each reader, of the posts acknowledged in between."""
        posts = await self._delivered(since, until)
        return [wait for waits in posts.values() for wait in waits]

    async def last_late(self, since: float) -> float:
        """Seconds until the acknowledgement of the last post that most readers of a server waited for."""
        posts = await self._delivered(since, time.monotonic())
        late = [at - since for at, waits in posts.items() if share(waits, 75) > LATE]
        return max(late, default=0.0)

    async def _delivered(self, since: float, until: float) -> dict[float, list[float]]:
        posts = {post: at for post, at in self.written.answered_at.items() if since <= at <= until}
        crowd = self.cluster.crowd

        def all_seen() -> None:
            check(all(post in one.seen for post in posts for one in crowd))

        with contextlib.suppress(AssertionError):
            await eventually(all_seen, PATIENCE)
        return {
            at: [max(0.0, one.seen.get(post, at + PATIENCE) - at) for one in crowd]
            for post, at in posts.items()
        }


async def redis_fails(proof: Proof) -> None:
    """Every way in which Redis goes and comes back."""
    valkey = proof.cluster.valkey
    await _redis_away(proof, "Redis killed", valkey.kill, valkey.start, proof.seconds(20, 4))
    await _redis_away(proof, "Redis restarted", valkey.stop, valkey.start, 0)
    await _redis_away(proof, "Redis frozen", valkey.freeze, valkey.thaw, proof.seconds(30, 4), until_red=True)
    await _redis_away(proof, "Redis emptied", lambda: valkey.run("FLUSHALL"), lambda: None, 0)
    new = Valkey()
    try:
        await _redis_away(proof, "Redis moved", valkey.freeze, lambda: _move(proof.cluster, new), 0)
    finally:
        valkey.kill()
    proof.cluster.valkey = new


def _move(cluster: Cluster, new: Valkey) -> None:
    cluster.valkey = new
    cluster.redis_line.aim(new.url)


async def _redis_away(
    proof: Proof,
    name: str,
    begin: Callable[[], object],
    end: Callable[[], object],
    seconds: float,
    *,
    until_red: bool = False,
) -> None:
    started = time.monotonic()
    begin()
    await act_slowly(seconds)
    if until_red:
        await proof.cluster.until_red()
        proof.note(f"{name}: health red", time.monotonic() - started, RED)
    end()
    ended = time.monotonic()
    woken = await proof.cluster.until_woken()
    await act_slowly(proof.afterwards)
    during = await proof.delivery(started, ended if seconds else time.monotonic())
    proof.note(f"{name}: delivery p99", share(during, 99), DELIVERY)
    proof.note(f"{name}: recovery", max(woken, await proof.last_late(ended)), RECOVERY)


async def postgresql_fails(proof: Proof) -> None:
    """Every way in which PostgreSQL goes and comes back with all that it had."""
    postgresql = proof.cluster.postgresql

    async def freeze() -> None:
        postgresql.freeze()

    async def thaw() -> None:
        postgresql.thaw()

    troubles: tuple[tuple[str, Callable[[], Awaitable[None]], Callable[[], Awaitable[None]], float], ...] = (
        ("PostgreSQL killed", postgresql.kill, postgresql.start_again, proof.seconds(10, 1)),
        ("PostgreSQL restarted", postgresql.end, postgresql.start_again, 0),
        ("PostgreSQL frozen", freeze, thaw, proof.seconds(30, 4)),
    )
    for name, begin, end, seconds in troubles:
        await begin()
        await act_slowly(seconds)
        await end()
        proof.note(f"{name}: recovery", await proof.cluster.until_served(proof.written), RECOVERY)


@contextlib.asynccontextmanager
async def commits_get_lost(proof: Proof) -> AsyncIterator[None]:
    """A standby takes over that did not hear of the last commits; it serves until the end."""
    cluster, written = proof.cluster, proof.written
    async with forwarder(cluster.postgresql.port) as replication:
        standby = await cluster.postgresql.standby(replication.port)
        try:
            await eventually(lambda: _follows(cluster), PATIENCE)
            replication.hold()
            written.begin()
            resets = {one: one.tally.resets for one in cluster.crowd}
            enough = len(written.acknowledged) + 2 * POSTS_A_SECOND
            await eventually(lambda: check(len(written.acknowledged) > enough), PATIENCE)
            await cluster.postgresql.kill()
            replication.cut()
            await standby.promote()
            cluster.postgresql = standby
            cluster.database_line.aim(standby.port)
            proof.note("Failover: recovery", await cluster.until_served(written), RECOVERY)
            proof.note("Failover: acknowledged posts that are gone", len(written.lost()), unit="")
            await written.rest()
            proof.note("Failover: readers that differ at the end", await cluster.count_wrong(), 0, "")
            times = [one.tally.resets - resets[one] for one in cluster.crowd]
            proof.note("Failover: readers that did not start afresh", times.count(0), 0, "")
            proof.note("Failover: times that a reader started afresh", max(times), 1, "")
            yield
        finally:
            await standby.kill()


async def _follows(cluster: Cluster) -> None:
    check(await cluster.rows("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"))


async def prove(readers: int, only: str, *, short: bool) -> int:
    async with cluster() as found, contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(found.browser(who)) for who in found.tokens]
        proof = Proof(found, TimedWriting(found, clients, longest_pause=PAUSE), short)
        await _gather(found, readers)
        proof.written.begin()
        await act_slowly(proof.afterwards)
        if only in ("", "redis"):
            await redis_fails(proof)
        if only in ("", "postgresql"):
            await postgresql_fails(proof)
        await proof.written.rest()
        proof.note("readers that differ before the failover", await found.count_wrong(), 0, "")
        proof.note("acknowledged posts before the failover", len(proof.written.acknowledged), unit="")
        proof.note("of these lost", len(proof.written.lost()), 0, "")
        proof.note("of these duplicated", len(proof.written.doubled()), 0, "")
        async with commits_get_lost(proof):
            for one in found.crowd:
                one.stop()
        return verdict(proof.figures, f"{readers} readers, {POSTS_A_SECOND} posts/s on two servers")


async def _gather(found: Cluster, readers: int) -> None:
    """Readers, connected; every fourth is signed in."""
    page = await fetch(found.servers.place(), 10.0)
    names = [*found.tokens]
    for at in range(readers):
        who = names[at // 4 % len(names)] if at % 4 == 0 else ""
        one = TimedReader(found.servers.place(who))
        one.adopt(page)
        one.start()
        found.crowd.append(one)
    await eventually(lambda: check(all(one.ready_at for one in found.crowd)), PATIENCE)


if __name__ == "__main__":
    given = options("R7: PostgreSQL and Redis fail in every way.", readers=40, only="")
    sys.exit(asyncio.run(prove(given.readers, given.only, short=given.short)))
