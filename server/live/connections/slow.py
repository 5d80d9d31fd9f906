"""Readers whose connection takes no more: given time as long as something moves, then cut.

What is published is not kept for them, so each costs the same however long it lasts: the buffer of its
transport, which has a bound.
"""

import time
from collections.abc import Callable
from typing import Protocol

STUCK_FOR = 10.0  # seconds in which nothing left the buffer


class Cuttable(Protocol):
    """What is needed of a connection."""

    def backlog(self) -> int:
        """What waits in its buffer, in some unit."""

    def abort(self) -> None:
        """Cuts it."""


class SlowReaders:
    """The connections that are full now, by whoever they belong to."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full: dict[
            object, tuple[Cuttable, int, float]
        ] = {}  # with the backlog and since when it is that

    def __len__(self) -> int:
        return len(self._full)

    def add(self, reader: object, connection: Cuttable) -> None:
        """Its connection takes no more."""
        self._full[reader] = (connection, connection.backlog(), self._clock())

    def discard(self, reader: object) -> None:
        """It takes messages again, or is gone."""
        self._full.pop(reader, None)

    def review(self) -> None:
        """Cuts those of which nothing has left since STUCK_FOR. To be called about every second."""
        now = self._clock()
        for reader, (connection, before, since) in list(self._full.items()):
            backlog = connection.backlog()
            if backlog < before:
                self._full[reader] = (connection, backlog, now)
            elif now - since >= STUCK_FOR:
                self._full.pop(reader, None)
                connection.abort()
