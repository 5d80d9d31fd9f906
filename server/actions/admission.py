"""Who becomes a member of those who sign up: the policy, the queue, and the moderators' answers."""

from server.actions import mail, sessions
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.events import Event, Kind
from server.domain.joining import BURST, Admission, SignUp, admission
from server.domain.letters import Letter
from server.domain.permissions import may_admit
from server.domain.viewer import Audience, Role, Viewer
from server.store import applicants, audit, invitations, members, settings
from server.store.database import Database, Reader, Writer
from server.store.members import Account

LONGEST_REASON = 200  # characters

CLOSED = "Nobody can join at the moment. You can go on reading, and look in again another day."
BY_INVITATION = "This board takes new members by invitation. Please ask a member or the board's team for one."
OVER = (
    "This invitation can't be used: it may have ended, all its places may be taken, or a piece of the address"
    " was lost on the way. Please ask whoever sent it for a new one."
)
ANSWERED = "Nobody waits here any more: somebody else has answered already."
_NOT_STAFF = "Only moderators decide who joins."


async def check_open(reader: Reader, invitation: bytes | None, now: int) -> None:
    """Raises Forbidden with the reason when nobody may sign up this way. `invitation` is a token's hash."""
    policy = SignUp(await settings.text(reader, "sign_up"))
    invited = invitation is not None and await invitations.is_open(reader, invitation, now)
    if admission(policy, invited=invited, burst=False, confirms=False) is None:
        closed = CLOSED if policy is SignUp.CLOSED else BY_INVITATION
        raise Forbidden(OVER if invitation and policy is SignUp.INVITATION else closed)


async def decide(
    writer: Writer, invitation: bytes | None, *, confirms: bool, counts: bool = True, now: int
) -> tuple[Admission, int | None]:
    """How the one who signs up in this transaction comes in, and the invitation whose place he took.

    Unless it `counts`, as in load tests, many at once are no burst.

    Raises Forbidden when the last place went to somebody else meanwhile, or the policy changed.
    """
    taken = await invitations.take_place(writer, invitation, now) if invitation else None
    most = int(await settings.text(writer, "sign_ups_an_hour"))
    recent = await applicants.signed_up_since(writer, now - BURST)
    policy = SignUp(await settings.text(writer, "sign_up"))
    confirms = confirms and bool(await settings.text(writer, "confirm_first"))
    found = admission(policy, invited=taken is not None, burst=counts and recent >= most, confirms=confirms)
    if found is None:
        await check_open(writer, invitation, now)
        raise Forbidden(OVER)
    return found, taken


async def approve(db: Database, viewer: Viewer, member_id: int, *, now: int) -> None:
    """Makes somebody who waits a member. Raises Forbidden, or NotFound when nobody waits by that number."""
    async with db.begin() as writer:
        await _hold_waiting(writer, viewer, member_id)
        await let_in(writer, member_id)
        tell_queue(writer, member_id)
        await mail.queue(writer, Letter.APPROVED, member_id, now=now)
        await audit.note(writer, viewer.id, "approve", "member", member_id, now=now)


async def decline(db: Database, viewer: Viewer, member_id: int, reason: str, *, now: int) -> None:
    """Closes the account of somebody who waits. An administrator can open it again; then he waits anew.

    Raises Forbidden, NotFound or Invalid (`reason`).
    """
    cleaned = checked_reason(reason)
    async with db.begin() as writer:
        await _hold_waiting(writer, viewer, member_id)
        await members.close(writer, member_id, now)
        await sessions.end_all(writer, member_id)
        tell_queue(writer, member_id)
        await mail.queue(writer, Letter.DECLINED, member_id, now=now)
        await audit.note(writer, viewer.id, "decline", "member", member_id, cleaned, now=now)


async def note_confirmed(writer: Writer, account: Account, now: int) -> None:
    """The account's address is its member's, as the transaction learnt; who waited for that is let in."""
    await members.confirm_email(writer, account.id, now)
    if account.role is Role.WAITING and not await applicants.needs_approval(writer, account.id):
        await let_in(writer, account.id)


async def let_in(writer: Writer, member_id: int) -> None:
    """Makes somebody who waits a member, in the transaction that decided it."""
    await applicants.set_needs_approval(writer, member_id, needs=False)
    await members.set_role(writer, member_id, Role.MEMBER)
    writer.append(Event(Kind.MEMBER, member_id, Audience.PUBLIC, member_id=member_id))


def tell_queue(writer: Writer, member_id: int) -> None:
    """Staff who look at the queue see that it changed, and the one who waits hears of it."""
    writer.append(Event(Kind.MEMBER, member_id, Audience.STAFF, member_id=member_id))


def tell_member(writer: Writer, member_id: int, role: Role) -> None:
    """Everybody hears of a change of a member; of one who waits, staff and he himself."""
    if role is Role.WAITING:
        tell_queue(writer, member_id)
    else:
        writer.append(Event(Kind.MEMBER, member_id, Audience.PUBLIC, member_id=member_id))


def checked_reason(reason: str) -> str:
    """The reason as it is kept. Raises Invalid (`reason`) when there is none, or it is too long."""
    cleaned = " ".join(reason.split())
    if not cleaned:
        raise Invalid({"reason": "Please say why; the reason stands in the log."})
    if len(cleaned) > LONGEST_REASON:
        raise Invalid({"reason": f"Please keep the reason under {LONGEST_REASON} characters."})
    return cleaned


async def _hold_waiting(writer: Writer, viewer: Viewer, member_id: int) -> None:
    if not may_admit(viewer):
        raise Forbidden(_NOT_STAFF)
    account = await members.hold(writer, member_id)
    waits = account is not None and account.role is Role.WAITING and not account.disabled
    if not waits or not await applicants.needs_approval(writer, member_id):
        raise NotFound(ANSWERED)
