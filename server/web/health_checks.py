"""Runs the health checks: bounded in time, and seldom however many ask."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

from server.domain.health import Check, Finding, Health

CHECK_WITHIN = 3.0  # seconds; what takes longer is failing
FRESH_FOR = 1.0  # seconds: in that time each part is looked at once

log = logging.getLogger(__name__)


class HealthChecks:
    """The checks by name. All run at once, at most once in FRESH_FOR."""

    def __init__(self, checks: Mapping[str, Check], clock: Callable[[], float] = time.monotonic) -> None:
        self._checks = checks
        self._clock = clock
        self._looking: asyncio.Task[dict[str, Finding]] | None = None
        self._looked_at = -FRESH_FOR

    async def findings(self) -> Mapping[str, Finding]:
        """What every check found, now or within the last second. Takes CHECK_WITHIN at most."""
        if self._looking is None or (self._looking.done() and self._clock() - self._looked_at >= FRESH_FOR):
            self._looking = asyncio.create_task(self._look())
        # One look serves many requests, and goes on when the one that began it is cancelled.
        await asyncio.wait({self._looking})
        return self._looking.result()

    async def _look(self) -> dict[str, Finding]:
        found = await asyncio.gather(*(_bounded(name, check) for name, check in self._checks.items()))
        self._looked_at = self._clock()
        return dict(zip(self._checks, found, strict=True))


async def _bounded(name: str, check: Check) -> Finding:
    try:
        async with asyncio.timeout(CHECK_WITHIN):
            return await check()
    except TimeoutError:
        return Finding(Health.FAILING, f"did not answer within {CHECK_WITHIN:.0f} seconds")
    except Exception as error:
        log.warning("the health check of %s failed", name, exc_info=True)
        return Finding(Health.FAILING, f"failed: {type(error).__name__}")
