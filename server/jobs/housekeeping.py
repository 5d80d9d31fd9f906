"""Tidies up now and then, as long as the server runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from server.actions.housekeeping import tidy
from server.domain.clock import now_ms
from server.store.database import Database

EVERY = 60.0  # seconds: how long a session can outlive its end, and sockets with it

log = logging.getLogger(__name__)


async def keep_house(db: Database, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Run until cancelled. What fails is tried again the next time."""
    while True:
        try:
            await tidy(db, now=now_ms())
        except Exception:
            log.exception("tidying up failed; it is tried again in a minute")
        await pause(EVERY)
