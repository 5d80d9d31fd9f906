"""Whether a member is seen to be there, and the leases by which a process says who is with it."""

from server.domain.errors import Invalid, NotFound, SignInRequired
from server.domain.events import Event, Kind
from server.domain.presence import Showing
from server.domain.viewer import Audience, Viewer
from server.store import members, presence
from server.store.database import Database


async def choose_presence(db: Database, viewer: Viewer, choice: str) -> Showing:
    """Sets whether others see when the viewer is there; open sockets learn it by the event.

    Raises SignInRequired, NotFound or Invalid (`presence`).
    """
    if viewer.id is None:
        raise SignInRequired
    if choice not in Showing._value2member_map_:
        raise Invalid({"presence": "Please choose one of the two."})
    async with db.begin() as writer:
        if await members.hold(writer, viewer.id) is None:
            raise NotFound
        if await presence.showing(writer, viewer.id) != choice:
            await presence.show(writer, viewer.id, Showing(choice))
            writer.append(Event(Kind.MEMBER, viewer.id, Audience.PUBLIC, member_id=viewer.id))
    return Showing(choice)


async def renew_lease(db: Database, process: str, content: str, lasts: float) -> None:
    """Says who is with this process, for so many seconds. No event: it is no history."""
    async with db.begin() as writer:
        await presence.write_lease(writer, process, content, round(lasts * 1000))


async def end_lease(db: Database, process: str) -> None:
    """Says that this process has nobody any more."""
    async with db.begin() as writer:
        await presence.end_lease(writer, process)
