"""Browsers in which a member has signed in before, by a mark that they carry (OWASP: device cookies).

Wrong passwords close the door for the network they come from. A member whose browser carries his mark is
counted by that mark instead, so nobody who shares his network, or guesses from it, locks him out of his own
(S8). A mark opens nothing, and says nothing about whose it is: it is signed for a member, whose number is not
in it. A tablet that a family shares carries the marks of several.
"""

import hashlib
import hmac

MAX_MARKS = 4  # people who share a browser
_NONCE = 16  # characters of each mark that are chance
_SIGNATURE = 64


def mark(key: bytes, member_id: int, nonce: str) -> str:
    """What a browser carries for this member. `nonce`: 16 hexadecimal digits of chance."""
    return nonce + _signature(key, member_id, nonce)


def known_by(key: bytes, member_id: int, carried: str) -> str | None:
    """The chance part of the mark that was made for this member, among those that a browser carries."""
    for one in carried.split(".")[:MAX_MARKS]:
        nonce, signature = one[:_NONCE], one[_NONCE:]
        right = len(one) == _NONCE + _SIGNATURE and one.isascii()
        if right and hmac.compare_digest(signature, _signature(key, member_id, nonce)):
            return nonce
    return None


def nonces(carried: str) -> list[str]:
    """The chance parts of the marks that a browser carries, whoever they were made for."""
    return [one[:_NONCE] for one in carried.split(".")[:MAX_MARKS] if len(one) == _NONCE + _SIGNATURE]


def carry(made: str, carried: str) -> str:
    """The marks that a browser carries from now on, the newest first."""
    others = [one for one in carried.split(".") if one.isalnum() and len(one) == _NONCE + _SIGNATURE]
    return ".".join([made, *others][:MAX_MARKS])


def _signature(key: bytes, member_id: int, nonce: str) -> str:
    # The key signs forms and ways out of letters too: the word before keeps them apart.
    return hmac.new(key, f"known device {member_id} {nonce}".encode(), hashlib.sha256).hexdigest()
