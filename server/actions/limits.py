"""Limits against floods: how often somebody may do something within a time.

What is kept are the times of the last acts of each key, so a limit holds for every stretch of its length, not
from one full hour to the next. Each process counts in memory; where processes share a Redis it counts there
too, and its own counters are what is left when Redis is away. Checked before a transaction, never inside.
"""

from collections import OrderedDict, deque

from server.domain.clock import SECOND
from server.domain.errors import TooManyRequests
from server.store.shared_counts import SharedCounts

MAX_KEYS = 20_000  # counters kept; the one unused for longest goes first


class Limits:
    """The counters. With `enabled` False nothing is ever refused: for load tests."""

    def __init__(
        self, shared: SharedCounts | None = None, *, enabled: bool = True, max_keys: int = MAX_KEYS
    ) -> None:
        self._shared = shared
        self.enabled = enabled
        self._own = Counters(max_keys)

    async def check(self, name: str, key: str, most: int, seconds: int, now: int) -> None:
        """Counts one act of `key`; raises TooManyRequests when it would be more than `most` in `seconds`.

        `name` says what is limited; `now` is in milliseconds. A refused act is not counted.
        """
        if not self.enabled:
            return
        what = f"{name} {key}"
        wait = self._own.take(what, most, seconds * SECOND, now)
        if not wait and self._shared is not None:
            wait = await self._shared.take(what, most, seconds * SECOND)
            if wait:
                self._own.take_back(what)
        if wait:
            wait = -(-wait // SECOND)
            raise TooManyRequests(f"That was too often. Please wait {_duration(wait)} and try again.", wait)

    async def forgive(self, name: str, key: str) -> None:
        """Takes the last counted act back: it turned out not to be one that is limited."""
        if not self.enabled:
            return
        self._own.take_back(f"{name} {key}")
        if self._shared is not None:
            await self._shared.take_back(f"{name} {key}")


class Counters:
    """What one process remembers; a restart forgets it. Times are in milliseconds."""

    def __init__(self, max_keys: int) -> None:
        self._max_keys = max_keys
        self._acts: OrderedDict[str, deque[int]] = OrderedDict()

    def take(self, what: str, most: int, period: int, now: int) -> int:
        """Counts one act unless it would be more than `most` in `period`: then, how long to wait."""
        acts = self._acts.setdefault(what, deque())
        self._acts.move_to_end(what)
        while acts and acts[0] <= now - period:
            acts.popleft()
        if len(acts) >= most:
            return acts[0] + period - now
        acts.append(now)
        if len(self._acts) > self._max_keys:
            self._acts.popitem(last=False)
        return 0

    def take_back(self, what: str) -> None:
        """Forgets the last counted act."""
        acts = self._acts.get(what)
        if acts:
            acts.pop()


def _duration(seconds: int) -> str:
    if seconds < 60:
        return "a moment" if seconds < 10 else f"{seconds} seconds"
    minutes = -(-seconds // 60)
    if minutes < 60:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    hours = -(-minutes // 60)
    return "an hour" if hours == 1 else f"{hours} hours"
