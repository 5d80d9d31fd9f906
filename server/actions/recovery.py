"""Forgot login? A letter tells the name and leads to a new password; nobody else learns anything."""

from server.actions import admission, mail, sessions
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.actions.sessions import token_hash
from server.domain.errors import Invalid, NotFound
from server.domain.letters import Letter
from server.domain.names import name_key
from server.domain.passwords import password_problem
from server.domain.validation import MAX_EMAIL, email_key
from server.store import audit, links, members, settings
from server.store.database import Database, Reader
from server.store.links import Purpose
from server.store.members import Account

ASKED_PER_ACCOUNT = (3, 60 * 60)  # letters to one account, in seconds: nobody is flooded by others
ASKED_PER_NETWORK = (20, 60 * 60)  # letters from one network, in seconds

_WHO = "Please enter your name here, or the e-mail address that you gave when you joined."
_OVER = (
    "This link was used, or is too old: it works once, for half an hour. Please ask for a new letter under"
    " “Forgot your name or password?”."
)


async def ask_for_recovery(db: Database, login: str, *, network: str, now: int, limits: Limits) -> None:
    """Queues a letter to whoever has that name or e-mail address, if anybody has.

    It does the same for everybody, known or not, and looks nobody up: that is done when letters are sent, so
    neither the answer nor its time tells who is a member (S7). Raises Invalid (`login`) or TooManyRequests.
    """
    login = login.strip()[:MAX_EMAIL]
    if not login:
        raise Invalid({"login": _WHO})
    account = email_key(login) if "@" in login else name_key(login)
    for key, (most, seconds) in ((network, ASKED_PER_NETWORK), (f"to {account}", ASKED_PER_ACCOUNT)):
        await limits.check("recovery", key, most, seconds, now)
    async with db.begin() as writer:
        await mail.queue(writer, Letter.RECOVER, address=login, now=now)
        await audit.note(writer, None, "recovery_asked", "member", None, now=now)


async def owner_of_reset(db: Database, token: str, *, now: int) -> str:
    """The name of the member whose password the link sets. Raises NotFound unless it can be used."""
    async with db.snapshot() as reader:
        account = await _owner(reader, await links.find_for(reader, token_hash(token), links.RESET, now))
    return account.username


async def reset_password(db: Database, passwords: Passwords, token: str, new: str, *, now: int) -> str:
    """Sets a new password by the link of a letter; the member's name. All his sessions end (S9).

    It signs nobody in: that is for the sign-in, which may ask for more than a password. Whoever reads the
    mail of an address has it, so the address counts as confirmed. Raises NotFound when the link was used or
    is over, Invalid (`password`) or Overloaded.
    """
    async with db.snapshot() as reader:
        found = await links.find_for(reader, token_hash(token), links.RESET, now)
        account = await _owner(reader, found)
        forum_name = await settings.text(reader, "forum_name")
    problem = password_problem(new, username=account.username, email=account.email, forum_name=forum_name)
    if problem:
        raise Invalid({"password": problem})
    new_hash = await passwords.hash(new)
    async with db.begin() as writer:
        used = await links.use_for(writer, token_hash(token), links.RESET, now)
        held = None if used is None else await members.hold(writer, used.member_id)
        if used is None or held is None or held.disabled:
            raise NotFound(_OVER)
        await members.set_password_hash(writer, held.id, new_hash)
        if used.about == held.email:
            await admission.note_confirmed(writer, held, now)
        await sessions.end_others(writer, held.id, keep=None, now=now)
        await audit.note(writer, held.id, "password_reset", "member", held.id, now=now)
        await mail.queue(writer, Letter.PASSWORD_CHANGED, held.id, now=now)
    return held.username


async def _owner(reader: Reader, found: Purpose | None) -> Account:
    account = None if found is None else await members.by_id(reader, found.member_id)
    if account is None or account.disabled:
        raise NotFound(_OVER)
    return account
