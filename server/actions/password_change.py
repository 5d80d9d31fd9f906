"""A new password for who knows the old one."""

from server.actions import mail, reauthentication, sessions
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.actions.sessions import SignedIn
from server.domain.errors import Invalid
from server.domain.letters import Letter
from server.domain.passwords import password_problem
from server.domain.viewer import Viewer
from server.store import audit, members, settings
from server.store.database import Database


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
    """Sets the viewer's password, ends all his other sessions and his programs' tokens (ASVS 7.4.3).

    This session goes on, with a new token.

    Raises SignInRequired, NotFound, Invalid (`current`, `password`), TooManyRequests or Overloaded.
    """
    account = await reauthentication.confirm_password(db, passwords, viewer, current, now=now, limits=limits)
    async with db.snapshot() as reader:
        forum_name = await settings.text(reader, "forum_name")
    problem = password_problem(new, username=account.username, email=account.email, forum_name=forum_name)
    if problem:
        raise Invalid({"password": problem})
    new_hash = await passwords.hash(new)
    async with db.begin() as writer:
        held = await reauthentication.hold(writer, account)
        await members.set_password_hash(writer, held.id, new_hash)
        await audit.note(writer, held.id, "password_changed", "member", held.id, now=now)
        await mail.queue(writer, Letter.PASSWORD_CHANGED, held.id, now=now)
        return await sessions.keep_only(writer, viewer, now=now)
