"""Lets go of topics whose pin is over, to the second, as long as the server runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from server.actions.topic_acts import end_pins
from server.domain.clock import now_ms
from server.store.database import Database

AT_MOST = 5.0  # seconds between two looks: a pin that was set meanwhile may end soon
AT_LEAST = 0.2

log = logging.getLogger(__name__)


async def watch_pins(db: Database, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Run until cancelled. Several processes may do the same at once: each pin is ended by one of them."""
    while True:
        wait = AT_MOST
        try:
            upcoming = await end_pins(db, now=now_ms())
            if upcoming is not None:
                wait = min(AT_MOST, max(AT_LEAST, (upcoming - now_ms()) / 1000))
        except Exception:
            log.exception("a pin could not be ended; it is tried again in a moment")
        await pause(wait)
