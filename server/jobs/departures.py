"""Lets members go whose week is over, as long as the server runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from server.actions.departures import depart_next
from server.domain.clock import now_ms
from server.store.avatars import Avatars
from server.store.database import Database

EVERY = 60.0  # seconds

log = logging.getLogger(__name__)


async def let_go(
    db: Database, avatars: Avatars, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Run until cancelled. Several processes may do the same at once: every step is done by one of them."""
    while True:
        try:
            while await depart_next(db, avatars, now=now_ms()):
                pass
        except Exception:
            log.exception("a member could not leave yet; it is tried again in a minute")
        await pause(EVERY)
