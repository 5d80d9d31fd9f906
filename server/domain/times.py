"""Times in words for people, where a sentence has to name one. The views say them the same way."""

from datetime import UTC, datetime

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def exact(ms: int) -> str:
    """A time: `22 November 2026, 13:32 UTC`. `ms` is in milliseconds UTC, as everywhere."""
    return f"{day(ms)}, {_utc(ms):%H:%M} UTC"


def day(ms: int) -> str:
    """A date: `22 November 2026`."""
    at = _utc(ms)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
