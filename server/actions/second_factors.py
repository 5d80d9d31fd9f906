"""Proving a second factor: a code of the authenticator app, or a recovery code.

A code is counted and reckoned before the transaction, and used up inside it: an app's code by the step it is
for, a recovery code by its row. Wrong app codes are limited for one network and for the account as a whole,
because a million codes are soon guessed from many addresses; recovery codes for one network only, and a
passkey asks for no code at all. So a stranger who knows the password and goes on guessing bars the owner's
app for as long as he does, but neither his recovery codes nor his passkeys (S8).
"""

from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.domain.errors import Invalid
from server.domain.one_time_codes import is_app_code, step_of, tidied
from server.store import audit, second_factors
from server.store.database import Database, Writer

TRIES_FROM_NETWORK = (10, 15 * 60)  # wrong codes for one account from one network, in seconds (S8)
TRIES_OF_APP = (30, 60 * 60)  # wrong app codes for one account from everywhere, in seconds

_MISSING = "Please enter the code that your authenticator app shows now, or a recovery code."
_WRONG = "This code is not right, or it was used already. Please wait for the next one in your app."
_WRONG_RECOVERY = "This recovery code is not right, or it was used already. Please check it, or take another."


class Proof(Enum):
    """How a sign-in stands with its second factor; the value is what the audit says."""

    NOT_ASKED = ""
    APP = "code"
    RECOVERY = "recovery code"
    MISSING = "missing"
    WRONG = "wrong"

    @property
    def lets_in(self) -> bool:
        """Whether nothing more is needed than has been given."""
        return self in (Proof.NOT_ASKED, Proof.APP, Proof.RECOVERY)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A code that was given, and what its being right depends on."""

    member_id: int
    attempts: tuple[tuple[str, str], ...]
    step: int | None  # an app's code that is right and new is for this step
    secret: str
    code_hash: bytes | None  # of a recovery code


async def reckon(
    db: Database, passwords: Passwords, member_id: int, code: str, *, network: str, now: int, limits: Limits
) -> Reckoned | None:
    """Counts the try and reckons; None when no code was given, or none is needed.

    Raises TooManyRequests or Overloaded.
    """
    async with db.snapshot() as reader:
        found = await second_factors.of_member(reader, member_id)
    tidy = tidied(code)
    if found is None or not found.is_on or not tidy:
        return None
    attempts = [("second factor", f"{network} {member_id}")]
    await limits.check(*attempts[0], *TRIES_FROM_NETWORK, now)
    if is_app_code(tidy):
        attempts.append(("app code", str(member_id)))
        await limits.check(*attempts[1], *TRIES_OF_APP, now)
        step, code_hash = step_of(found.secret, tidy, found.last_step, now), None
    else:
        step, code_hash = None, await passwords.digest(tidy, found.recovery_salt)
    return Reckoned(member_id, tuple(attempts), step, found.secret, code_hash)


async def take(writer: Writer, member_id: int, reckoned: Reckoned | None, *, now: int) -> Proof:
    """Uses the code up, in the transaction that it is for."""
    if not await second_factors.is_on(writer, member_id):
        return Proof.NOT_ASKED
    if reckoned is None or reckoned.member_id != member_id:
        return Proof.MISSING
    if reckoned.step is not None:
        taken = await second_factors.take_step(writer, member_id, reckoned.secret, reckoned.step)
        return Proof.APP if taken else Proof.WRONG
    if reckoned.code_hash is None:
        return Proof.WRONG
    if not await second_factors.use_recovery_code(writer, member_id, reckoned.code_hash):
        return Proof.WRONG
    left = await second_factors.recovery_codes_left(writer, member_id)
    await audit.note(
        writer, member_id, "recovery_code_used", "member", member_id, f"{left} are left", now=now
    )
    return Proof.RECOVERY


async def forgive(limits: Limits, reckoned: Reckoned | None) -> None:
    """Takes the count back: the code was right."""
    for name, key in reckoned.attempts if reckoned else ():
        await limits.forgive(name, key)


async def refuse(db: Database, member_id: int, reckoned: Reckoned | None, *, now: int) -> NoReturn:
    """Writes down that a code was wrong, and says so: raises Invalid (`code`)."""
    if reckoned is None:
        raise Invalid({"code": _MISSING})
    async with db.begin() as writer:
        await audit.note(writer, None, "second_factor_failed", "member", member_id, now=now)
    raise Invalid({"code": _WRONG if reckoned.code_hash is None else _WRONG_RECOVERY})
