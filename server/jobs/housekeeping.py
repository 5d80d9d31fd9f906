"""Tidies up now and then, as long as the server runs."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable

from server.actions.housekeeping import tidy
from server.actions.profiles import count_pictures, sweep_pictures
from server.domain.clock import now_ms
from server.store.avatars import Avatars
from server.store.database import Database

EVERY = 60.0  # seconds: how long a session can outlive its end, and sockets with it
SWEEPS = 60  # rounds from one look at the pictures' folder to the next

log = logging.getLogger(__name__)


async def keep_house(
    db: Database, avatars: Avatars, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Run until cancelled. What fails is tried again the next time."""
    for number in itertools.count():
        try:
            await tidy(db, now=now_ms())
            if number % SWEEPS == 0:
                await sweep_pictures(db, avatars, now=now_ms())
                await count_pictures(db, avatars, now=now_ms())
        except Exception:
            log.exception("tidying up failed; it is tried again in a minute")
        await pause(EVERY)
