"""Tells, as long as the server runs, what changed beside posts and is not told everywhere yet."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from server.actions.bylines import tell_next
from server.store.database import Database

EVERY = 1.0  # seconds between two looks
BETWEEN = 0.02  # seconds from one part to the next, in which others write

log = logging.getLogger(__name__)


async def tell_bylines(db: Database, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Run until cancelled. Several processes may do the same: each part is told by one of them."""
    while True:
        try:
            while await tell_next(db):
                await pause(BETWEEN)
        except Exception:
            log.exception("what changed beside posts could not be told; it is tried again in a second")
        await pause(EVERY)
