"""Choosing how one reads."""

from server.actions.sessions import member_of
from server.domain.errors import NotFound
from server.domain.preferences import Preferences
from server.domain.viewer import Viewer
from server.store import members, preferences
from server.store.database import Database


async def choose_preferences(db: Database, viewer: Viewer, chosen: Preferences) -> None:
    """Sets how the viewer reads, from the next page on.

    No event: nothing of it is seen by anybody else, and live content stays what it is. No line in the audit
    either: who needs large print or high contrast is health data, and nobody has to look it up later.

    Raises SignInRequired or NotFound.
    """
    member_id = member_of(viewer)
    async with db.begin() as writer:
        if await members.hold(writer, member_id) is None:
            raise NotFound
        await preferences.put(writer, member_id, chosen)
