"""Members' e-mail addresses: confirmed by a letter, and changed by one (S12, ASVS 7.5.1, 6.3.7)."""

import secrets
from dataclasses import dataclass

from server.actions import admission, mail, reauthentication, sessions
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.actions.sessions import token_hash
from server.domain.errors import Invalid, NotFound
from server.domain.letters import Letter
from server.domain.validation import email_key, email_problem
from server.domain.viewer import Viewer
from server.store import audit, links, members
from server.store.database import Database

LETTERS = (3, 60 * 60)  # confirmations that one member may ask for, in seconds

_OVER = "This link was used, or is too old. You can have a new letter sent from your settings, under E-mail."
_SAME = "This is the address we have already."
_TAKEN = "This address belongs to another member now. Please give another one in your settings."


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a link confirms: that the member reads the mail of that address."""

    member_id: int
    username: str
    address: str


async def confirmation_of(db: Database, token: str, *, now: int) -> Confirmation:
    """What the link of a letter confirms. Raises NotFound unless it can be used."""
    async with db.snapshot() as reader:
        for purpose in (links.CONFIRM, links.ADDRESS):
            found = await links.find_for(reader, token_hash(token), purpose, now)
            account = None if found is None else await members.by_id(reader, found.member_id)
            if found is not None and account is not None and not account.disabled:
                return Confirmation(account.id, account.username, found.about)
    raise NotFound(_OVER)


async def confirm(db: Database, token: str, *, now: int) -> Confirmation:
    """The address is the member's; from now on he signs in by it.

    An account that gave the same address and never confirmed it loses it. Raises NotFound when the link was
    used, is over, or is for an address that was changed since; Invalid when somebody else confirmed first.
    """
    async with db.begin() as writer:
        used = await links.use_for(writer, token_hash(token), links.CONFIRM, now)
        changes = used is None
        if used is None:
            used = await links.use_for(writer, token_hash(token), links.ADDRESS, now)
        held = None if used is None else await members.hold(writer, used.member_id)
        if used is None or held is None or held.disabled or not (changes or used.about == held.email):
            raise NotFound(_OVER)
        owner = await members.by_email(writer, used.about)
        if owner is not None and owner.id != held.id:
            if await members.is_confirmed(writer, owner.id):
                raise Invalid({"email": _TAKEN})
            await members.set_email(writer, owner.id, owner.email, no_key())
        await members.set_email(writer, held.id, used.about, email_key(used.about))
        await admission.note_confirmed(writer, held, now)
        act = "address_changed" if changes else "address_confirmed"
        await audit.note(writer, held.id, act, "member", held.id, now=now)
        return Confirmation(held.id, held.username, used.about)


async def send_confirmation(db: Database, viewer: Viewer, *, now: int, limits: Limits) -> None:
    """Another letter to the viewer's address. Raises SignInRequired or TooManyRequests."""
    member_id = sessions.member_of(viewer)
    await limits.check("confirmation", str(member_id), *LETTERS, now)
    async with db.begin() as writer:
        if not await members.is_confirmed(writer, member_id):
            await mail.queue(writer, Letter.CONFIRM, member_id, now=now)


async def change_address(
    db: Database,
    passwords: Passwords,
    viewer: Viewer,
    email: str,
    password: str,
    *,
    now: int,
    limits: Limits,
) -> None:
    """Sends a letter to the new address, whose link changes it, and tells the old one.

    An address that was never confirmed cannot be told: its letter might go to a stranger. Raises
    SignInRequired, Invalid (`email`, `current`) or TooManyRequests.
    """
    account = await reauthentication.confirm_password(db, passwords, viewer, password, now=now, limits=limits)
    problem = email_problem(email) or (_SAME if email.strip() == account.email else None)
    if problem:
        raise Invalid({"email": problem})
    member_id = account.id
    await limits.check("confirmation", str(member_id), *LETTERS, now)
    async with db.begin() as writer:
        await mail.queue(writer, Letter.NEW_ADDRESS, member_id, email.strip(), now=now)
        if await members.is_confirmed(writer, member_id):
            await mail.queue(writer, Letter.ADDRESS_CHANGING, member_id, account.email, now=now)
        await audit.note(writer, member_id, "address_change_asked", "member", member_id, now=now)


def no_key() -> str:
    """A unique key for an account that signs in by no address; addresses have an @."""
    return f"none:{secrets.token_hex(16)}"
