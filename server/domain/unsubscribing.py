"""The address at the end of a letter that ends letters of its kind (RFC 2369, RFC 8058).

Whoever has the letter may do that, without signing in. The token is signed with the board's own key, so it
needs no row, and works for as long as the letter is kept. It opens nothing else: even who has a dump of the
database, and so the key, could do no more than to end somebody's letters of one kind. Bringing them back
needs a link that is made anew when they end, of which the database has the hash only.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from server.domain.letters import OPTIONAL, Letter

MAX_TOKEN = 100  # characters; ours have 70 at most
_DIGITS = 15  # of a member's number


@dataclass(frozen=True, slots=True)
class Subscription:
    """One kind of letters to one member."""

    member_id: int
    letter: Letter


def unsubscribe_token(key: bytes, to: Subscription) -> str:
    """What the address says: whose letters, of which kind, and a signature over both."""
    said = f"{to.member_id}.{to.letter.value}"
    return f"{said}.{_signature(key, said)}"


def read_token(key: bytes, token: str) -> Subscription | None:
    """What the token ends; None when it is not ours."""
    said, _, signature = token[: MAX_TOKEN + 1].rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(key, said).encode()):
        return None
    member, _, letter = said.partition(".")
    if not (member.isascii() and member.isdigit() and len(member) <= _DIGITS):
        return None
    return Subscription(int(member), Letter(letter)) if letter in OPTIONAL else None


def _signature(key: bytes, said: str) -> str:
    # The key signs forms too (`form_times.py`): the word before keeps the two apart.
    found = hmac.new(key, f"unsubscribe {said}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(found).rstrip(b"=").decode()
