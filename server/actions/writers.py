"""Who may write: asked by every action of members that puts something on the board, first of all."""

from server.domain.errors import Forbidden, RulesChanged, SignInRequired
from server.domain.permissions import may_write
from server.domain.viewer import Viewer

WAITING = (
    "A moderator looks at your account first; you will hear by mail. Until then you can read, but not write."
)


def writer_of(viewer: Viewer, sign_in: str = "Please sign in to write.") -> int:
    """The number of a viewer who may write.

    Raises SignInRequired with that sentence, Forbidden for somebody who waits to become a member, or
    RulesChanged. Moderating is no writing: what has to go must not wait for a moderator's reading.
    """
    if viewer.id is None:
        raise SignInRequired(sign_in)
    if viewer.is_waiting:
        raise Forbidden(WAITING)
    if not may_write(viewer):
        raise RulesChanged
    return viewer.id
