"""What administrators do with somebody else's account: close it, open it, sign it out, give it a way back in.

Never with their own: who made a mistake there could not put it right.
"""

from server.actions import mail, sessions
from server.actions.admission import checked_reason, tell_member
from server.actions.sessions import new_token, token_hash
from server.domain.clock import DAY
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.events import Event, Kind
from server.domain.letters import Letter
from server.domain.permissions import may_administer
from server.domain.viewer import Audience, Viewer
from server.store import audit, links, members, second_factors
from server.store import sessions as session_rows
from server.store.database import Database, Writer
from server.store.members import Account

RESET_LASTS = DAY
"""Milliseconds that a link made by an administrator can be used; he has to hand it over himself."""

_NOT_ADMIN = "Only administrators can do this with an account."
_NOT_RUNNING = (
    "Only whoever runs the server can do this, with the command `fireside member second-factor-off`."
)
_OWN = "This is your own account. Please ask another administrator."
_IS_OFF = "Two-step sign-in is off for this account already."
_LAST = "This is the only administrator. Please make another one first."


async def close_account(db: Database, viewer: Viewer, member_id: int, reason: str, *, now: int) -> None:
    """Lets nobody sign in as the member; his sessions end, and by the log his sockets (S4).

    What he wrote stays. The board itself does it as a viewer without id. Closing twice changes nothing.
    Raises Forbidden, NotFound or Invalid (`reason`, also for the only administrator).
    """
    cleaned = checked_reason(reason)
    async with db.begin() as writer:
        account = await _hold(writer, viewer, member_id)
        administrators = await members.hold_administrators(writer, and_member=member_id)
        if administrators == {member_id}:
            raise Invalid({"reason": _LAST})
        if account.disabled:
            return
        await members.close(writer, member_id, now)
        await sessions.end_all(writer, member_id)
        _tell(writer, account)
        await audit.note(writer, viewer.id, "close_account", "member", member_id, cleaned, now=now)


async def reopen_account(db: Database, viewer: Viewer, member_id: int, *, now: int) -> None:
    """Lets the member sign in again, as what he was. Raises Forbidden or NotFound."""
    async with db.begin() as writer:
        account = await _hold(writer, viewer, member_id)
        if not account.disabled:
            return
        await members.reopen(writer, member_id)
        _tell(writer, account)
        await audit.note(writer, viewer.id, "reopen_account", "member", member_id, now=now)


async def sign_out_member(
    db: Database, viewer: Viewer, member_id: int, session_id: int | None, *, now: int
) -> None:
    """Ends one of the member's sessions, or all of them, and by the log the sockets they opened (S4).

    Raises Forbidden, or NotFound when he has no session of that number.
    """
    async with db.begin() as writer:
        await _hold(writer, viewer, member_id)
        if session_id is None:
            await sessions.end_all(writer, member_id)
        elif not await session_rows.end_own(writer, member_id, session_id):
            raise NotFound
        else:
            writer.append(Event(Kind.SESSION, session_id, Audience.STAFF, member_id=member_id))
        await audit.note(writer, viewer.id, "sign_out_member", "member", member_id, now=now)


async def make_reset_link(db: Database, viewer: Viewer, member_id: int, *, now: int) -> str:
    """The token of a link by which the member sets a new password, once; earlier ones of his end.

    It exists in the answer only. Raises Forbidden, NotFound, or Invalid (`reset`) for a closed account.
    """
    token = new_token()
    async with db.begin() as writer:
        account = await _hold(writer, viewer, member_id)
        if account.disabled:
            raise Invalid({"reset": "This account is closed. Please open it first."})
        await links.replace_for(
            writer, token_hash(token), links.RESET, member_id, expires_at=now + RESET_LASTS, now=now
        )
        writer.append(Event(Kind.ACCOUNT, member_id, Audience.STAFF, member_id=member_id))
        await audit.note(writer, viewer.id, "make_reset_link", "member", member_id, now=now)
    return token


async def switch_second_factor_off(db: Database, viewer: Viewer, member_id: int, *, now: int) -> None:
    """Forgets the app and the recovery codes of a member who has lost both; passkeys stay.

    His sessions end and a letter tells him: somebody may have claimed to be him. Only for whoever runs the
    server, which is the board itself as a viewer without id. Raises Forbidden, NotFound or Invalid (`code`).
    """
    async with db.begin() as writer:
        if viewer.id is not None:
            raise Forbidden(_NOT_RUNNING)
        account = await _hold(writer, viewer, member_id)
        if not await second_factors.is_on(writer, member_id):
            raise Invalid({"code": _IS_OFF})
        await second_factors.end(writer, member_id)
        await sessions.end_all(writer, member_id)
        _tell(writer, account)  # where the board demands a second factor of staff, their rights go with it
        await mail.queue(writer, Letter.SECOND_FACTOR_OFF, member_id, now=now)
        await audit.note(writer, None, "second_factor_off", "member", member_id, now=now)


async def _hold(writer: Writer, viewer: Viewer, member_id: int) -> Account:
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    if member_id == viewer.id:
        raise Forbidden(_OWN)
    account = await members.hold(writer, member_id)
    if account is None:
        raise NotFound
    return account


def _tell(writer: Writer, account: Account) -> None:
    tell_member(writer, account.id, account.role)
