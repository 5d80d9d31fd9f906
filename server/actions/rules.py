"""Accepting the rules of the board when they have changed."""

from server.actions.sessions import member_of
from server.domain.errors import Invalid
from server.domain.viewer import Viewer
from server.store import audit, members, settings
from server.store.database import Database

_CHANGED = "The rules have changed once more while you were reading. Please look at them again."
_TICK = "Please read the rules and tick that you accept them."


async def accept_rules(db: Database, viewer: Viewer, version: str, *, accepts: bool, now: int) -> None:
    """Notes that the viewer accepts the rules of that version, as the form said it.

    Raises SignInRequired, or Invalid (`accept_rules`) when he does not, or they are others by now.
    """
    member_id = member_of(viewer)
    if not accepts:
        raise Invalid({"accept_rules": _TICK})
    async with db.begin() as writer:
        current = await settings.rules_version(writer)
        if version != str(current):
            raise Invalid({"accept_rules": _CHANGED})
        await members.accept_rules(writer, member_id, current, now)
        await audit.note(
            writer, member_id, "accept_rules", "member", member_id, f"version {current}", now=now
        )
