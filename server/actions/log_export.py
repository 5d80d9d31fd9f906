"""Handing out the log as a file, for the association: noted in the log itself, before a line leaves."""

from server.domain.errors import Forbidden
from server.domain.permissions import may_administer
from server.domain.viewer import Viewer
from server.store import audit
from server.store.database import Database


async def begin_export(db: Database, viewer: Viewer, shape: str, *, now: int) -> int:
    """Notes that the log is handed out in that shape; the number of the last line that is in it.

    Raises Forbidden.
    """
    if not may_administer(viewer):
        raise Forbidden("Only administrators can take the log along.")
    async with db.begin() as writer:
        return await audit.note(writer, viewer.id, "log_exported", "board", None, shape, now=now)
