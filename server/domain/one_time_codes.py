"""Codes that prove a second factor: those of an authenticator app, and the recovery codes kept on paper.

An app and the board share a secret, from which both reckon a code of six digits for every half minute (TOTP,
RFC 6238). A recovery code stands in for the app that is not at hand, once. It has about 59 bits, which is
less than a plain digest could protect (ASVS 6.5.2), so it is stored as passwords are.
"""

import re
import secrets

import pyotp

from server.domain.clock import SECOND

STEP = 30  # seconds that a code is for (RFC 6238, section 5.2)
DIGITS = 6
EITHER_SIDE = 1  # steps that a clock may be wrong, and a slow typist late
RECOVERY_CODES = 10  # that one gets at a time
MAX_CODE = 40  # characters that are looked at; codes come with spaces and dashes

_GROUPS, _GROUP = 3, 4  # of a recovery code
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another: no 0 and o, 1, i and l
_APARTS = re.compile(r"[\s\-–—.]+")
_IN_FOURS = re.compile(r"(.{4})(?=.)")


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226 (section 4) recommends and every app reads."""
    return pyotp.random_base32(32)


def in_groups(secret: str) -> str:
    """The secret as a person types it: in groups of four."""
    return _IN_FOURS.sub(r"\1 ", secret)


def address_of_secret(secret: str, username: str, forum_name: str) -> str:
    """The `otpauth:` address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).provisioning_uri(
        name=username, issuer_name=forum_name
    )


def tidied(typed: str) -> str:
    """A code as it is compared: without what sets its groups apart, in small letters."""
    return _APARTS.sub("", typed[:MAX_CODE]).lower()


def is_app_code(tidy: str) -> bool:
    """Whether this has the shape of an app's code; anything else can only be a recovery code."""
    return len(tidy) == DIGITS and tidy.isascii() and tidy.isdigit()


def step_of(secret: str, tidy: str, after: int, now: int) -> int | None:
    """The step that the app's code is for, if it is right: one of EITHER_SIDE of now, and later than `after`.

    `after` is the last step of which a code was taken, so that none is taken twice (RFC 6238, section 5.2).
    """
    app = pyotp.TOTP(secret, digits=DIGITS, interval=STEP)
    current = now // (STEP * SECOND)
    for step in range(max(current - EITHER_SIDE, after + 1), current + EITHER_SIDE + 1):
        if secrets.compare_digest(app.generate_otp(step).encode(), tidy.encode()):
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Ten different codes, as they are shown and printed: `k7wq-3mxp-2hvd`."""
    codes: dict[str, None] = {}
    while len(codes) < RECOVERY_CODES:
        groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        codes["-".join(groups)] = None
    return tuple(codes)
