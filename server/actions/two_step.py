"""Two-step sign-in: setting an authenticator app up, its recovery codes, and switching it off.

Each asks for the password again. An app counts only when its first code was right, so nobody locks himself
out with a QR code that was never read.
"""

import secrets
from dataclasses import dataclass

from server.actions import reauthentication, second_factors, sessions
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.actions.reauthentication import confirm_password
from server.actions.second_factors import Proof, Reckoned
from server.actions.sessions import SignedIn
from server.domain.clock import HOUR
from server.domain.errors import Invalid
from server.domain.events import Event, Kind
from server.domain.one_time_codes import new_recovery_codes, new_secret, step_of, tidied
from server.domain.viewer import Audience, Role, Viewer
from server.store import audit
from server.store import second_factors as store
from server.store.database import Database, Writer
from server.store.members import Account

SETTING_UP = HOUR  # milliseconds until one has to begin again
TRIES = (10, 15 * 60)  # first codes of an app, by one member, in seconds
_SALT = 16  # bytes

_IS_ON = "Two-step sign-in is on already. To use another app, switch it off first."
_IS_OFF = "Two-step sign-in is off, so there is nothing to change here."
_BEGIN_AGAIN = "That took a little too long. Please begin again: you get a new picture to scan."
_NOT_YET = (
    "This code is not right. Please enter the one that your app shows now. If it goes on like this, check"
    " that the clock of your phone is set automatically."
)


@dataclass(frozen=True, slots=True)
class Both:
    """The password and a code, as typed, and the network that wrong codes are counted by."""

    current: str
    code: str
    network: str = ""


@dataclass(frozen=True, slots=True)
class SwitchedOn:
    """The recovery codes, which exist here and on the page only, and the session's new token."""

    codes: tuple[str, ...]
    signed_in: SignedIn


async def start_setup(
    db: Database, passwords: Passwords, viewer: Viewer, current: str, *, now: int, limits: Limits
) -> str:
    """The secret for an app that is to be confirmed within SETTING_UP; an earlier one is forgotten.

    Raises SignInRequired, Invalid (`current`, or `code` when two-step is on), TooManyRequests or Overloaded.
    """
    account = await confirm_password(db, passwords, viewer, current, now=now, limits=limits)
    secret = new_secret()
    async with db.begin() as writer:
        await reauthentication.hold(writer, account)
        if not await store.start(writer, account.id, secret, secrets.token_bytes(_SALT), now):
            raise Invalid({"code": _IS_ON})
    return secret


async def switch_on(
    db: Database, passwords: Passwords, viewer: Viewer, code: str, *, now: int, limits: Limits
) -> SwitchedOn:
    """Confirms the app by its first code. All other sessions end, and this one gets a new token.

    Raises SignInRequired, Invalid (`code`), TooManyRequests or Overloaded.
    """
    member_id = sessions.member_of(viewer)
    async with db.snapshot() as reader:
        found = await store.of_member(reader, member_id)
    if found is not None and found.is_on:
        raise Invalid({"code": _IS_ON})
    if found is None or not found.is_being_set_up(SETTING_UP, now):
        raise Invalid({"code": _BEGIN_AGAIN})
    attempt = ("first code", str(member_id))
    await limits.check(*attempt, *TRIES, now)
    step = step_of(found.secret, tidied(code), found.last_step, now)
    if step is None:
        raise Invalid({"code": _NOT_YET})
    codes, hashes = await _recovery_codes(passwords, found.recovery_salt)
    async with db.begin() as writer:
        if not await store.confirm(writer, member_id, found.secret, now):
            raise Invalid({"code": _BEGIN_AGAIN})
        await store.take_step(writer, member_id, found.secret, step)
        await store.replace_recovery_codes(writer, member_id, found.recovery_salt, hashes)
        await audit.note(writer, member_id, "two_step_on", "member", member_id, now=now)
        signed_in = await sessions.keep_only(writer, viewer, now=now)
        _tell_staffs_sockets(writer, member_id, of_staff=viewer.lacks_second_factor or viewer.is_staff)
    await limits.forgive(*attempt)
    return SwitchedOn(codes, signed_in)


async def renew_recovery_codes(
    db: Database, passwords: Passwords, viewer: Viewer, given: Both, *, now: int, limits: Limits
) -> tuple[str, ...]:
    """Ten new recovery codes, for who has the password and a code; the earlier ones are worth nothing now.

    The password alone is not enough: it would make of itself the second factor that it lacks. Raises
    SignInRequired, Invalid (`current`, `code`), TooManyRequests or Overloaded.
    """
    account, reckoned = await _reckon(db, passwords, viewer, given, now=now, limits=limits)
    salt = secrets.token_bytes(_SALT)
    codes, hashes = await _recovery_codes(passwords, salt)
    async with db.begin() as writer:
        proof = await _take(writer, account, reckoned, now=now)
        if proof.lets_in:
            await store.replace_recovery_codes(writer, account.id, salt, hashes)
            await audit.note(writer, account.id, "recovery_codes_made", "member", account.id, now=now)
    await _settle(db, limits, account, reckoned, proof, now=now)
    return codes


async def switch_off(
    db: Database, passwords: Passwords, viewer: Viewer, given: Both, *, now: int, limits: Limits
) -> None:
    """Forgets the app and its recovery codes, for who has the password and a code of either.

    Raises SignInRequired, Invalid (`current`, `code`), TooManyRequests or Overloaded.
    """
    account, reckoned = await _reckon(db, passwords, viewer, given, now=now, limits=limits)
    async with db.begin() as writer:
        proof = await _take(writer, account, reckoned, now=now)
        if proof.lets_in:
            await store.end(writer, account.id)
            await audit.note(writer, account.id, "two_step_off", "member", account.id, now=now)
            _tell_staffs_sockets(writer, account.id, of_staff=account.role is not Role.MEMBER)
    await _settle(db, limits, account, reckoned, proof, now=now)


async def _reckon(
    db: Database, passwords: Passwords, viewer: Viewer, given: Both, *, now: int, limits: Limits
) -> tuple[Account, Reckoned | None]:
    account = await confirm_password(db, passwords, viewer, given.current, now=now, limits=limits)
    reckoned = await second_factors.reckon(
        db, passwords, account.id, given.code, network=given.network, now=now, limits=limits
    )
    return account, reckoned


async def _take(writer: Writer, account: Account, reckoned: Reckoned | None, *, now: int) -> Proof:
    await reauthentication.hold(writer, account)
    proof = await second_factors.take(writer, account.id, reckoned, now=now)
    if proof is Proof.NOT_ASKED:
        raise Invalid({"code": _IS_OFF})
    return proof


async def _settle(
    db: Database, limits: Limits, account: Account, reckoned: Reckoned | None, proof: Proof, *, now: int
) -> None:
    if not proof.lets_in:
        await second_factors.refuse(db, account.id, reckoned, now=now)
    await second_factors.forgive(limits, reckoned)


async def _recovery_codes(passwords: Passwords, salt: bytes) -> tuple[tuple[str, ...], list[bytes]]:
    """One after the other, so that whoever signs in meanwhile finds a place in the queue of hashes."""
    codes = new_recovery_codes()
    return codes, [await passwords.digest(tidied(code), salt) for code in codes]


def _tell_staffs_sockets(writer: Writer, member_id: int, *, of_staff: bool) -> None:
    """Where the board demands a second factor, a role of staff comes and goes with it."""
    if of_staff:
        writer.append(Event(Kind.MEMBER, member_id, Audience.PUBLIC, member_id=member_id))
