"""Shows announcements in open pages when their time has come, as long as the server runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from server.actions.announcements import tell_due
from server.domain.clock import now_ms
from server.store.database import Database

EVERY = 2.0  # seconds

log = logging.getLogger(__name__)


async def announce_due(db: Database, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Run until cancelled. What fails is tried again the next time."""
    while True:
        try:
            await tell_due(db, now=now_ms())
        except Exception:
            log.exception("announcements could not be told; it is tried again in a moment")
        await pause(EVERY)
