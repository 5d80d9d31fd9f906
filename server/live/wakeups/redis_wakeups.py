"""Wake-ups between machines: each commit is published in Redis, and what is heard there wakes the relay.

A message is the sender's name and nothing else. Every process hears its own messages too, and publishes one
now and then just for that (the canary): as long as they come back, those of others come as well. When they
don't, the connection is made anew; after LOST_AFTER it counts as a problem, though nothing is lost, because
the relay looks at the log every second anyway.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from secrets import token_hex

from server.live.wakeup import Wakeup
from server.store.redis_link import RedisAway, RedisLink, pauses

CANARY_EVERY = 3.0  # seconds without a commit
BACK_WITHIN = 2.0  # seconds from publishing to hearing it, else the connection is not trusted
LOST_AFTER = 30.0  # seconds without hearing anything of our own
LOOK_AGAIN = 0.5  # seconds between looks whether Redis is back, so that recovery doesn't wait for a canary

Clock = Callable[[], float]


class RedisWakeups:
    """Publishes this process's commits and hears of the others'."""

    def __init__(self, link: RedisLink, wakeup: Wakeup, clock: Clock = time.monotonic) -> None:
        self._link = link
        self._wakeup = wakeup
        self._clock = clock
        self._channel = link.key("wakeups")
        self._name = token_hex(8)
        self._due = asyncio.Event()
        self._heard_at = clock()  # of our own messages
        self._patience: asyncio.Timeout | None = None  # while it listens

    @property
    def problem(self) -> str:
        """What is wrong, or nothing."""
        silent = self._clock() - self._heard_at
        return "" if silent < LOST_AFTER else "nothing comes back through Redis; news is a second late"

    def committed(self, position: int) -> None:  # noqa: ARG002  # listeners of commits are told the position
        """This process committed something. Many commits at once are told once."""
        self._due.set()

    async def run(self) -> None:
        """Publishes and listens until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish())
            tasks.create_task(self._listen())

    async def _publish(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CANARY_EVERY if self._link.available else LOOK_AGAIN):
                    await self._due.wait()
            self._due.clear()
            sent_at = self._clock()
            with contextlib.suppress(RedisAway):
                await self._link.run("PUBLISH", self._channel, self._name)
                self._expect(sent_at)

    def _expect(self, sent_at: float) -> None:
        patience = self._patience
        if patience is None or patience.expired() or self._heard_at >= sent_at:
            return
        if patience.when() is None:
            patience.reschedule(asyncio.get_running_loop().time() + BACK_WITHIN)

    async def _listen(self) -> None:
        attempts = pauses()
        while True:
            before = self._heard_at
            with contextlib.suppress(RedisAway, TimeoutError):
                async with asyncio.timeout(None) as patience:
                    await self._link.listen(self._channel, lambda text: self._hear(text, patience))
            self._patience = None
            if self._heard_at != before:
                attempts = pauses()  # it was a good connection
            await asyncio.sleep(next(attempts))

    def _hear(self, message: str, patience: asyncio.Timeout) -> None:
        if message == self._name:
            self._heard_at = self._clock()
            patience.reschedule(None)
            return
        if not message:  # the beginning: is the connection good?
            self._patience = patience
            self._due.set()
        self._wakeup.notify()  # somebody's commit or canary, or what came before we listened
