"""A member takes along everything that is his: how that goes on, and how long it is kept."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.clock import DAY, MINUTE

KEPT_FOR = 7 * DAY
"""Milliseconds for which a finished export can be fetched."""
HELD_FOR = 5 * MINUTE
"""Milliseconds after which an export that nobody reports progress of is begun anew by another process."""
TRIES = 3


class State(StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Export:
    """A member's export. Times are in milliseconds UTC; `done` and `total` count posts, `size` bytes."""

    id: int
    member_id: int
    state: State
    asked_at: int
    done: int
    total: int
    file: str
    size: int
    ends_at: int | None
    tries: int

    @property
    def percent(self) -> int:
        """How much is packed, 0 to 100."""
        return 100 * self.done // self.total if self.total else 0
