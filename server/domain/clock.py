"""The time, as everything inside takes it: an integer of milliseconds UTC, handed in as `now`."""

import time

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LATEST = 253_370_764_800_000  # the year 9999: later moments have no date in some zone


def now_ms() -> int:
    """The time now. Called where a request, a job or a command begins; from there on it is a value."""
    return time.time_ns() // 1_000_000
