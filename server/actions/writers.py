"""Who may write: asked by every action of members that puts something on the board, first of all."""

from server.domain.errors import Forbidden, RulesChanged, SignInRequired, Silenced, WarningOwed
from server.domain.permissions import may_write
from server.domain.viewer import Viewer
from server.store import member_counters, standing
from server.store.database import Writer

WAITING = (
    "A moderator looks at your account first; you will hear by mail. Until then you can read, but not write."
)


def writer_of(viewer: Viewer, sign_in: str = "Please sign in to write.") -> int:
    """The number of a viewer who may write.

    Raises SignInRequired with that sentence, Forbidden for somebody who waits to become a member, Silenced,
    WarningOwed, or RulesChanged. Moderating is no writing: what has to go must not wait for a moderator's
    reading.
    """
    if viewer.id is None:
        raise SignInRequired(sign_in)
    if viewer.is_waiting:
        raise Forbidden(WAITING)
    if viewer.standing.silence is not None:
        raise Silenced(viewer.standing.silence)
    if viewer.standing.owes_warning:
        raise WarningOwed
    if not may_write(viewer):
        raise RulesChanged
    return viewer.id


async def check_still(writer: Writer, member_id: int, now: int) -> None:
    """Raises Silenced, or SignInRequired for who was banned, while the request was on its way (S34).

    To be asked last: it locks the member's row, as whoever silences or bans him does, so that one of the two
    sees the other. What was in time is there to be removed, and nothing comes after.
    """
    await member_counters.hold(writer, member_id)
    found = await standing.of(writer, member_id, now)
    if found.ban is not None:
        raise SignInRequired
    if found.silence is not None:
        raise Silenced(found.silence)
