"""Inviting people: a link that lets so many of them join until a day."""

from server.actions.sessions import new_token, token_hash
from server.domain.clock import DAY
from server.domain.errors import Forbidden, NotFound
from server.domain.events import Event, Kind
from server.domain.permissions import may_administer
from server.domain.validation import Problems
from server.domain.viewer import Audience, Viewer
from server.store import audit, invitations
from server.store.database import Database, Writer
from server.store.invitations import NewInvitation

LONGEST_NOTE = 100  # characters
MOST_PLACES = 500
LONGEST_DAYS = 365

_NOT_ADMIN = "Only administrators can invite."


async def invite(db: Database, viewer: Viewer, note: str, places: str, days: str, *, now: int) -> str:
    """The token of a new invitation for `places` people within `days`, both as typed.

    It exists in the answer only. Raises Forbidden or Invalid (`note`, `places`, `days`).
    """
    if viewer.id is None or not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    problems = Problems()
    cleaned = " ".join(note.split())
    if len(cleaned) > LONGEST_NOTE:
        problems.add("note", f"Please keep the note under {LONGEST_NOTE} characters.")
    for name, typed, most in (("places", places, MOST_PLACES), ("days", days, LONGEST_DAYS)):
        if not 1 <= _number(typed) <= most:
            problems.add(name, f"Please give a whole number from 1 to {most}.")
    problems.refuse()
    token = new_token()
    async with db.begin() as writer:
        invitation_id = await invitations.add(
            writer,
            NewInvitation(token_hash(token), cleaned, viewer.id, _number(places), now + _number(days) * DAY),
            now,
        )
        tell(writer, invitation_id)
        await audit.note(writer, viewer.id, "invite", "invitation", invitation_id, cleaned, now=now)
    return token


async def end_invitation(db: Database, viewer: Viewer, invitation_id: int, *, now: int) -> None:
    """Nobody joins by it any more; who has stays. Raises Forbidden or NotFound."""
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    async with db.begin() as writer:
        if not await invitations.end(writer, invitation_id, now):
            raise NotFound
        tell(writer, invitation_id)
        await audit.note(writer, viewer.id, "end_invitation", "invitation", invitation_id, now=now)


def tell(writer: Writer, invitation_id: int) -> None:
    """Administrators who look at the list see that it changed."""
    writer.append(Event(Kind.INVITATION, invitation_id, Audience.STAFF))


def _number(typed: str) -> int:
    cleaned = typed.strip()
    return int(cleaned) if cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 9 else 0
