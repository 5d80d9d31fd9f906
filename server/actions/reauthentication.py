"""The password once more, before what a session that somebody else got hold of must not do (ASVS 7.5.1)."""

from server.actions import sessions
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.domain.errors import Invalid, NotFound
from server.domain.viewer import Viewer
from server.store import members
from server.store.database import Database, Writer
from server.store.members import Account

TRIES = (10, 15 * 60)  # of the own password, by one member, in seconds (S8)

_WRONG = "This is not your current password. Please check it; capitals matter."


async def confirm_password(
    db: Database, passwords: Passwords, viewer: Viewer, current: str, *, now: int, limits: Limits
) -> Account:
    """The viewer's account, when that is its password; `hold` looks again inside the transaction.

    Raises SignInRequired, NotFound, Invalid (`current`), TooManyRequests or Overloaded.
    """
    member_id = sessions.member_of(viewer)
    attempt = ("password", str(member_id))
    await limits.check(*attempt, *TRIES, now)
    async with db.snapshot() as reader:
        account = await members.by_id(reader, member_id)
    if account is None:
        raise NotFound
    if not await passwords.matches(account.password_hash, current):
        raise Invalid({"current": _WRONG})
    await limits.forgive(*attempt)
    return account


async def hold(writer: Writer, account: Account) -> Account:
    """The confirmed account, kept from others. Raises Invalid when its password changed meanwhile."""
    held = await members.hold(writer, account.id)
    if held is None or held.disabled or held.password_hash != account.password_hash:
        raise Invalid({"current": _WRONG})
    return held
