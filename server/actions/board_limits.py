"""Setting how much members may do. It holds from the next act on, in every process."""

from collections.abc import Mapping
from dataclasses import asdict

from server.domain.board_limits import checked_limits
from server.domain.errors import Forbidden
from server.domain.permissions import may_administer
from server.domain.viewer import Viewer
from server.store import audit, settings
from server.store.database import Database


async def change_limits(db: Database, viewer: Viewer, typed: Mapping[str, str], *, now: int) -> None:
    """Sets all limits. Raises Forbidden, or Invalid with a sentence for each that is out of bounds."""
    if not may_administer(viewer):
        raise Forbidden("Only administrators can change the board's limits.")
    values = asdict(checked_limits(typed))
    async with db.begin() as writer:
        before = asdict(await settings.limits(writer))
        for name, value in values.items():
            await settings.put(writer, name, str(value))
        changed = [name for name in values if values[name] != before[name]]
        await audit.note(
            writer,
            viewer.id,
            "limits",
            "board",
            None,
            before=", ".join(f"{_words(name)} {before[name]}" for name in changed),
            after=", ".join(f"{_words(name)} {values[name]}" for name in changed),
            now=now,
        )


def _words(name: str) -> str:
    return name.replace("_", " ")
