"""Once a second: who is stuck too long is cut, and the next few connections are asked for a sign of life.

One task for all connections. It doesn't need the database, so it goes on when the relay cannot.
"""

import asyncio

from server.live.connections.slow import SlowReaders
from server.live.hub import SLOTS, Hub

EVERY = 1.0  # seconds
PING_EVERY = 2  # rounds over all slots: every connection is asked each 20 seconds, and cut 20 later


class Sweep:
    """`run` is its task, `step` one second of it."""

    def __init__(self, hub: Hub, slow: SlowReaders) -> None:
        self._hub = hub
        self._slow = slow
        self._turn = 0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            self.step()

    def step(self) -> None:
        """Reviews the slow ones and pings one slot."""
        self._slow.review()
        self._turn = (self._turn + 1) % (SLOTS * PING_EVERY)
        if self._turn < SLOTS:
            for follower in self._hub.slot(self._turn):
                follower.ping()
