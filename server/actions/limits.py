"""Limits against floods: how often somebody may do something within a time, counted in memory.

Each process counts for itself, and a restart forgets. What is kept are the times of the last acts of each
key, so a limit holds for every stretch of its length, not from one full hour to the next.
"""

from collections import OrderedDict, deque

from server.domain.clock import SECOND
from server.domain.errors import TooManyRequests

MAX_KEYS = 20_000  # counters kept; the one unused for longest goes first


class Limits:
    """The counters. With `enabled` False nothing is ever refused: for load tests."""

    def __init__(self, *, enabled: bool = True, max_keys: int = MAX_KEYS) -> None:
        self._enabled = enabled
        self._max_keys = max_keys
        self._acts: OrderedDict[tuple[str, str], deque[int]] = OrderedDict()

    def check(self, name: str, key: str, most: int, seconds: int, now: int) -> None:
        """Counts one act of `key`; raises TooManyRequests when it would be more than `most` in `seconds`.

        `name` says what is limited; `now` is in milliseconds. A refused act is not counted.
        """
        if not self._enabled:
            return
        acts = self._acts.setdefault((name, key), deque())
        self._acts.move_to_end((name, key))
        while acts and acts[0] <= now - seconds * SECOND:
            acts.popleft()
        if len(acts) >= most:
            wait = -(-(acts[0] + seconds * SECOND - now) // SECOND)
            raise TooManyRequests(f"That was too often. Please wait {_duration(wait)} and try again.", wait)
        acts.append(now)
        if len(self._acts) > self._max_keys:
            self._acts.popitem(last=False)

    def forgive(self, name: str, key: str) -> None:
        """Takes the last counted act back: it turned out not to be one that is limited."""
        acts = self._acts.get((name, key))
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
