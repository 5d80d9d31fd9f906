"""R16: rights come and go under load. `python -m tests.reliability.r16 [--acts 1500] [--seed 1] [--short]`

On SQLite and, where it can be started, on PostgreSQL: readers as guests, members and moderators on any
channels from any positions, while texts are written, edited, removed, moved and hidden, people are signed
out and banned and get other roles. From an event's position on nobody is told what it took away, and
sockets that lost their right are closed within two seconds.
"""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator

from server.store import migrations
from tests.reliability import r16_sessions
from tests.reliability.figures import Figure, options, share, tell, verdict
from tests.reliability.r16_judge import Outcome, chaos
from tests.reliability.r16_sessions import Sessions
from tests.support.postgresql import PostgreSQL
from tests.support.whole_board import whole_board

READERS = 40
CLOSED_WITHIN = 2.0  # seconds


@contextlib.asynccontextmanager
async def databases() -> AsyncIterator[dict[str, str]]:
    """URLs of migrated databases by name."""
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:///{folder}/fireside.db"}
        server = PostgreSQL()
        try:
            await server.start()
            urls["PostgreSQL"] = await server.create("r16")
        except Exception as error:  # whatever keeps it from starting
            tell(f"PostgreSQL is not there: {error!r}")
        for url in urls.values():
            await asyncio.to_thread(migrations.upgrade, url)
        try:
            yield urls
        finally:
            server.stop()


async def prove(acts: int, seed: int) -> int:
    figures: list[Figure] = []
    leaks: list[str] = []
    async with databases() as urls:
        for name, url in urls.items():
            async with whole_board(url) as board:
                found = await chaos(board, seed=seed, acts=acts, readers=READERS)
                ended = await Sessions(board, seed).play(acts // 10)
            tell(f"{name}: {found.frames} frames, and {ended.frames} to sessions that ended")
            figures += [*figures_of(name, found), *figures_of_sessions(name, ended)]
            leaks += [*found.leaks, *ended.leaks]
    return verdict(figures, f"{acts} acts, {READERS} readers at a time, seed {seed}", *leaks[:20])


def figures_of(name: str, found: Outcome) -> list[Figure]:
    return [
        Figure(f"{name}: connections", len(found.seats)),
        Figure(f"{name}: frames judged", found.frames),
        Figure(f"{name}: frames to who had lost the right", len(found.leaks), 0),
        Figure(f"{name}: sockets that lost their right", len(found.delays)),
        Figure(f"{name}: closed after, p50", share(found.delays, 50), unit="s"),
        Figure(f"{name}: closed after, slowest", max(found.delays, default=99.0), CLOSED_WITHIN, "s"),
    ]


def figures_of_sessions(name: str, found: r16_sessions.Outcome) -> list[Figure]:
    return [
        Figure(f"{name}: sessions that were ended", len(found.delays)),
        Figure(f"{name}: frames to a session after its end", len(found.leaks), 0),
        Figure(
            f"{name}: its socket closed after, slowest", max(found.delays, default=99.0), CLOSED_WITHIN, "s"
        ),
    ]


if __name__ == "__main__":
    given = options("R16: rights come and go under load.", acts=1500, seed=1)
    sys.exit(asyncio.run(prove(100 if given.short else given.acts, given.seed)))
