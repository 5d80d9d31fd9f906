"""What the health check finds out about one part of a running server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a part is. Failing: somebody has to look at this process now. Degraded: soon."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part's health; `text` is for everybody to read, so it names no address, path or person."""

    health: Health
    text: str
    position: int | None = None  # how far this part knows the log


Check = Callable[[], Awaitable[Finding]]
