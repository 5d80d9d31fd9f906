"""When a form was opened, as the form itself says: signed, so that nobody can say otherwise.

Robots send a form the moment they have it, or one that they took along days ago. People do neither.
"""

import hashlib
import hmac

from server.domain.clock import DAY, SECOND

SOONEST = 2 * SECOND
LATEST = DAY
"""Milliseconds between opening a form and sending it."""

_DIGITS = 15  # of a time


def stamp(key: bytes, now: int) -> str:
    """What the form carries. `now` is in milliseconds UTC."""
    return f"{now}.{_signature(key, str(now))}"


def is_timely(key: bytes, stamped: str, now: int) -> bool:
    """Whether the form is ours and was open for as long as people need."""
    opened = opened_at(key, stamped)
    return opened is not None and SOONEST <= now - opened <= LATEST


def opened_at(key: bytes, stamped: str) -> int | None:
    """When the form was opened, in milliseconds UTC; None when the stamp is not ours."""
    at, _, signature = stamped.partition(".")
    known = at.isascii() and at.isdigit() and len(at) <= _DIGITS
    if not known or not hmac.compare_digest(signature.encode(), _signature(key, at).encode()):
        return None
    return int(at)


def _signature(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
