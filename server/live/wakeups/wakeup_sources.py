"""Everything that wakes the relay: this process's commits, and those of others where somebody tells of them.

With PostgreSQL and without Redis nobody does: then there is the relay's look every second.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from server.live.wakeup import BACKSTOP, Wakeup
from server.live.wakeups.file_wakeups import FileWakeups
from server.live.wakeups.redis_wakeups import RedisWakeups
from server.store.database import Database
from server.store.redis_link import RedisLink

log = logging.getLogger(__name__)


class Source(Protocol):
    """Hears of other processes' commits, and may tell them of ours."""

    @property
    def problem(self) -> str:
        """What is wrong, or nothing."""

    def committed(self, position: int) -> None:
        """This process committed; never waits and never raises."""

    async def run(self) -> None:
        """Works until it is cancelled."""


class WakeupSources:
    """Those that this board has; for the health check."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    @property
    def problems(self) -> list[str]:
        """What is wrong with each that is not well."""
        return [source.problem for source in self._sources if source.problem]

    @property
    def description(self) -> str:
        """What wakes this process when all is well."""
        return "arrive" if self._sources else "nobody tells of commits: the log is looked at every second"


@contextlib.asynccontextmanager
async def wakeup_sources(
    db: Database, wakeup: Wakeup, redis: RedisLink | None = None
) -> AsyncIterator[WakeupSources]:
    """Notifies `wakeup` of commits as long as it is entered."""
    sources: list[Source] = []
    with contextlib.ExitStack() as stack:
        if (version := db.data_version()) is not None:
            stack.callback(version.close)
            sources.append(FileWakeups(version, wakeup))
        if redis is not None:
            sources.append(RedisWakeups(redis, wakeup))
        listeners = [wakeup.notify, *(source.committed for source in sources)]
        db.listeners += listeners
        tasks = [asyncio.create_task(_keep_running(source)) for source in sources]
        try:
            yield WakeupSources(sources)
        finally:
            for listener in listeners:
                db.listeners.remove(listener)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_running(source: Source) -> None:
    while True:
        try:
            await source.run()
        except Exception:
            log.exception("a source of wake-ups failed; it starts again")
        await asyncio.sleep(BACKSTOP)
