"""Lets silences and bans end when their time has come, as long as the server runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from server.actions.sanctions import end_due
from server.domain.clock import now_ms
from server.store.database import Database

EVERY = 2.0  # seconds that open pages may be late; what anybody may do never is

log = logging.getLogger(__name__)


async def follow_sanctions(
    db: Database, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Run until cancelled. Several processes may do the same at once: each end is told by one of them."""
    while True:
        try:
            await end_due(db, now=now_ms())
        except Exception:
            log.exception("what is over could not be written down; it is tried again")
        await pause(EVERY)
