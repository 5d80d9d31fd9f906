"""Passkeys: adding one, signing in by one, renaming and removing them.

A challenge is 256 random bits of which the database has the digest only; it is answered once, within LASTS.
Signing in by a passkey asks for no password and no code: it is both factors (`domain/passkeys`). The password
is asked before one is added, because whoever adds one has a way in that lasts.
"""

import logging
import secrets
from typing import NoReturn

from server.actions import reauthentication, sessions
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.actions.sessions import Origin, SignedIn, token_hash
from server.domain import passkeys as rules
from server.domain.clock import MINUTE
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.passkeys import BadAnswer, RelyingParty, Signature, passkey_name
from server.domain.viewer import Viewer
from server.store import audit, links, members, passkeys
from server.store.database import Database, Duplicate, Writer
from server.store.passkeys import NewPasskey, Passkey

LASTS = 5 * MINUTE  # milliseconds that a challenge can be answered
SIGN_INS_PER_NETWORK = (100, 60 * 60)  # questions, and answers that were wrong, in seconds (S8)

_NOWHERE = (
    "Passkeys work only where this board is found by a name. On one machine that is http://localhost with the"
    " board's port."
)
_ENOUGH = f"You have {rules.MAX_PASSKEYS} passkeys, which is the most there can be. Please remove one first."
_NOT_MADE = (
    "That passkey could not be added. Please try again; you have five minutes for your device's questions."
)
_KNOWN = "This passkey is on your list already."
_NOT_KNOWN = (
    "This passkey did not open the door: it is on nobody's list here any more, or the question had become too"
    " old. Please try again, or sign in with your password."
)

log = logging.getLogger("fireside")


async def adding_options(
    db: Database,
    passwords: Passwords,
    party: RelyingParty,
    viewer: Viewer,
    current: str,
    *,
    now: int,
    limits: Limits,
) -> str:
    """What the browser needs to make a passkey, as JSON, for who knows the password.

    Raises SignInRequired, Invalid (`current`), Forbidden, TooManyRequests or Overloaded.
    """
    _check_host(party)
    account = await reauthentication.confirm_password(db, passwords, viewer, current, now=now, limits=limits)
    challenge = secrets.token_bytes(rules.CHALLENGE)
    async with db.begin() as writer:
        await reauthentication.hold(writer, account)
        known = await passkeys.of_member(writer, account.id)
        if len(known) >= rules.MAX_PASSKEYS:
            raise Forbidden(_ENOUGH)
        await _keep(writer, challenge, links.PASSKEY_ADDING, account.id, now)
    credential_ids = [one.credential_id for one in known]
    return rules.options_to_make(party, account.id, account.username, credential_ids, challenge)


async def add_passkey(
    db: Database, party: RelyingParty, viewer: Viewer, answer: str, name: str, *, now: int
) -> int:
    """The new passkey's number. Raises SignInRequired, or Invalid (`credential`)."""
    member_id = sessions.member_of(viewer)
    try:
        challenge = rules.challenge_in(answer)
        found = rules.made(party, answer, challenge)
    except BadAnswer as error:
        log.info("a passkey was not made: %.200r", str(error))
        raise Invalid({"credential": _NOT_MADE}) from None
    new = NewPasskey(found.credential_id, found.public_key, found.sign_count)
    try:
        async with db.begin() as writer:
            digest = _digest(challenge)
            if await links.owner(writer, digest, links.PASSKEY_ADDING, now) != member_id:
                raise Invalid({"credential": _NOT_MADE})
            if not await links.use(writer, digest, links.PASSKEY_ADDING, now):
                raise Invalid({"credential": _NOT_MADE})
            passkey_id = await passkeys.add(writer, member_id, new, passkey_name(name), now)
            await audit.note(writer, member_id, "passkey_added", "passkey", passkey_id, now=now)
    except Duplicate:
        raise Invalid({"credential": _KNOWN}) from None
    return passkey_id


async def rename_passkey(db: Database, viewer: Viewer, passkey_id: int, name: str) -> None:
    """Raises SignInRequired, or NotFound when the viewer has none of that number, whoever else may."""
    member_id = sessions.member_of(viewer)
    async with db.begin() as writer:
        if not await passkeys.rename(writer, member_id, passkey_id, passkey_name(name)):
            raise NotFound


async def remove_passkey(db: Database, viewer: Viewer, passkey_id: int, *, now: int) -> None:
    """Raises SignInRequired, or NotFound when the viewer has none of that number, whoever else may."""
    member_id = sessions.member_of(viewer)
    async with db.begin() as writer:
        if not await passkeys.remove(writer, member_id, passkey_id):
            raise NotFound
        await audit.note(writer, member_id, "passkey_removed", "passkey", passkey_id, now=now)


async def sign_in_options(
    db: Database, party: RelyingParty, *, network: str, now: int, limits: Limits
) -> str:
    """What the browser needs to sign in by a passkey, as JSON. Raises Forbidden or TooManyRequests."""
    _check_host(party)
    await limits.check("passkey question", network, *SIGN_INS_PER_NETWORK, now)
    challenge = secrets.token_bytes(rules.CHALLENGE)
    async with db.begin() as writer:
        await _keep(writer, challenge, links.PASSKEY_SIGN_IN, None, now)
    return rules.options_to_sign(party, challenge)


async def sign_in(
    db: Database,
    party: RelyingParty,
    answer: str,
    *,
    remember: bool,
    now: int,
    limits: Limits,
    origin: Origin,
) -> SignedIn:
    """A new session for the passkey's owner; the one before it ends (S2).

    Raises Invalid (`credential`), alike for whatever was wrong, Forbidden for a closed account, or
    TooManyRequests.
    """
    await limits.check("passkey answer", origin.network, *SIGN_INS_PER_NETWORK, now)
    passkey: Passkey | None = None
    try:
        signature = rules.signature_in(answer)
        async with db.snapshot() as reader:
            passkey = await passkeys.find(reader, signature.credential_id)
        sign_count = _check(party, signature, passkey)
    except BadAnswer as error:
        await _refuse(db, passkey, str(error), now=now)
    assert passkey is not None  # or it would not have been right
    signed_in, is_closed = None, False
    async with db.begin() as writer:
        held = await members.hold(writer, passkey.member_id)
        is_closed = held is None or held.disabled
        fresh = await links.use(writer, _digest(signature.challenge), links.PASSKEY_SIGN_IN, now)
        if (
            held is not None
            and not is_closed
            and fresh
            and await passkeys.used(writer, passkey, sign_count, now)
        ):
            signed_in = await sessions.enter(writer, held, origin, remember=remember, now=now)
            await audit.note(writer, held.id, "passkey_used", "passkey", passkey.id, now=now)
            await audit.note(writer, held.id, "sign_in", "member", held.id, "passkey", now=now)
    if is_closed:
        raise Forbidden(sessions.CLOSED)
    if signed_in is None:
        await _refuse(db, passkey, "its challenge was used or over", now=now)
    for name in ("passkey question", "passkey answer"):
        await limits.forgive(name, origin.network)
    return signed_in


def _check(party: RelyingParty, signature: Signature, passkey: Passkey | None) -> int:
    if passkey is None:
        raise BadAnswer("unknown credential")
    if signature.user_handle not in (b"", rules.user_handle_of(passkey.member_id)):
        raise BadAnswer("another member's user handle")
    return rules.check_signature(party, signature, passkey.public_key, passkey.sign_count)


async def _refuse(db: Database, passkey: Passkey | None, why: str, *, now: int) -> NoReturn:
    log.info("a passkey did not sign in: %.200r", why)
    async with db.begin() as writer:
        member_id = passkey.member_id if passkey else None
        await audit.note(writer, None, "sign_in_failed", "member", member_id, "passkey", now=now)
    raise Invalid({"credential": _NOT_KNOWN})


def _check_host(party: RelyingParty) -> None:
    if not party.host:
        raise Forbidden(_NOWHERE)


async def _keep(writer: Writer, challenge: bytes, purpose: str, member_id: int | None, now: int) -> None:
    await links.add(writer, _digest(challenge), purpose, member_id, expires_at=now + LASTS, now=now)


def _digest(challenge: bytes) -> bytes:
    return token_hash(challenge.hex())
