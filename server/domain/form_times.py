"""When a form was opened, as the form itself says: signed, so that nobody can say otherwise.

Robots send a form the moment they have it, or one that they took along days ago. People do neither.
"""

import hashlib
import hmac

from server.domain.clock import DAY, SECOND

SOONEST = 2 * SECOND
LATEST = DAY
"""Milliseconds between opening a form and sending it, as people need them."""

_DIGITS = 15  # of a time


def stamp(key: bytes, now: int) -> str:
    """What the form carries. `now` is in milliseconds UTC."""
    return f"{now}.{_signature(key, str(now))}"


def is_over(key: bytes, stamped: str, now: int) -> bool:
    """Whether the stamp is not ours, from the future, or of a form that was opened longer ago than LATEST."""
    opened = opened_at(key, stamped)
    return opened is None or not opened <= now <= opened + LATEST


def opened_at(key: bytes, stamped: str) -> int | None:
    """When the form was opened, in milliseconds UTC; None when the stamp is not ours."""
    at, _, signature = stamped.partition(".")
    known = at.isascii() and at.isdigit() and len(at) <= _DIGITS
    if not known or not hmac.compare_digest(signature.encode(), _signature(key, at).encode()):
        return None
    return int(at)


def _signature(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
