"""Lets silences and bans end when their time has come, and removes or brings back what was decided."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from server.actions import sweeps
from server.actions.sanctions import end_due
from server.domain.clock import now_ms
from server.store.database import Database

EVERY = 1.0  # seconds that open pages may be late; what anybody may do never is

log = logging.getLogger(__name__)


async def follow_sanctions(
    db: Database, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Run until cancelled. Several processes may do the same at once: each end is told by one of them."""
    while True:
        try:
            await end_due(db, now=now_ms())
            while await sweeps.step(db):
                pass
        except Exception:
            log.exception("an end or a sweep could not be done; it is tried again")
        await pause(EVERY)
