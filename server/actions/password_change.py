"""A new password for who knows the old one."""

from server.actions import mail, sessions
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.actions.sessions import SignedIn
from server.domain.errors import Invalid, NotFound
from server.domain.letters import Letter
from server.domain.passwords import password_problem
from server.domain.viewer import Viewer
from server.store import audit, members, settings
from server.store.database import Database

TRIES = (10, 15 * 60)  # of the old password, by one member, in seconds (S8)

_WRONG = "This is not your current password. Please check it; capitals matter."


async def change_password(
    db: Database,
    passwords: Passwords,
    viewer: Viewer,
    current: str,
    new: str,
    *,
    now: int,
    limits: Limits,
) -> SignedIn:
    """Sets the viewer's password, ends all his other sessions (ASVS 7.4.3), and gives this one a new token.

    Raises SignInRequired, Invalid (`current`, `password`), TooManyRequests or Overloaded.
    """
    member_id = sessions.member_of(viewer)
    attempt = ("password", str(member_id))
    await limits.check(*attempt, *TRIES, now)
    async with db.snapshot() as reader:
        account = await members.by_id(reader, member_id)
        forum_name = await settings.text(reader, "forum_name")
    if account is None:
        raise NotFound
    if not await passwords.matches(account.password_hash, current):
        raise Invalid({"current": _WRONG})
    problem = password_problem(new, username=account.username, email=account.email, forum_name=forum_name)
    if problem:
        raise Invalid({"password": problem})
    new_hash = await passwords.hash(new)
    async with db.begin() as writer:
        held = await members.hold(writer, member_id)
        if held is None or held.disabled or held.password_hash != account.password_hash:
            raise Invalid({"current": _WRONG})  # it changed while we were hashing
        await members.set_password_hash(writer, member_id, new_hash)
        await audit.note(writer, member_id, "password_changed", "member", member_id, now=now)
        await sessions.end_others(writer, member_id, keep=viewer.session_id, now=now)
        await mail.queue(writer, Letter.PASSWORD_CHANGED, member_id, now=now)
        signed_in = await sessions.renew(writer, viewer)
    await limits.forgive(*attempt)
    return signed_in
