"""Asking to leave, and changing one's mind."""

from server.actions import mail, reauthentication, sessions
from server.actions.limits import Limits
from server.actions.passwords import Passwords
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.leaving import COOLING_OFF, Departure, Leaving
from server.domain.letters import Letter
from server.domain.viewer import Viewer
from server.store import audit, leavers, members
from server.store.database import Database

_HOW = "Please choose what becomes of your posts."
_LAST = "You are the only administrator. Please make another one first, so that the board is not left alone."
_OVER = "It is too late to stay: your name is gone already."


async def ask_to_leave(
    db: Database,
    passwords: Passwords,
    viewer: Viewer,
    how: str,
    password: str,
    *,
    now: int,
    limits: Limits,
) -> Departure:
    """The viewer leaves in COOLING_OFF, unless he changes his mind; a letter tells him.

    Raises SignInRequired, Invalid (`how`, `leave_password`), Forbidden for the last administrator, or
    TooManyRequests.
    """
    member_id = sessions.member_of(viewer)
    if how not in list(Leaving):
        raise Invalid({"how": _HOW})
    try:
        await reauthentication.confirm_password(db, passwords, viewer, password, now=now, limits=limits)
    except Invalid as error:  # the page has another form that asks for the password
        raise Invalid({"leave_password": error.message}) from error
    departure = Departure(member_id, Leaving(how), now + COOLING_OFF)
    async with db.begin() as writer:
        if await members.hold_administrators(writer, and_member=member_id) == {member_id}:
            raise Forbidden(_LAST)
        await leavers.plan(writer, departure)
        await mail.queue(writer, Letter.LEAVING, member_id, now=now)
        await audit.note(writer, member_id, "leave_asked", "member", member_id, how, now=now)
    return departure


async def stay(db: Database, viewer: Viewer, *, now: int) -> None:
    """The viewer doesn't leave after all. Raises SignInRequired, or NotFound when it is too late."""
    member_id = sessions.member_of(viewer)
    async with db.begin() as writer:
        if not await leavers.stay(writer, member_id, now):
            raise NotFound(_OVER)
        await audit.note(writer, member_id, "leave_undone", "member", member_id, now=now)
