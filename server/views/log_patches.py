"""Lines of the log, as they arrive for staff."""

from collections.abc import Sequence

from server.domain.events import Kind, LoggedEvent
from server.store import moderation_log
from server.views.canvas import Canvas, Change, latest_of, put


async def for_staff(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """The new lines, and those about the same things: less can be undone of them."""
    changed = list(latest_of(events, Kind.LOG))
    ids = sorted({*changed, *await moderation_log.beside(canvas.reader, changed)})
    found = await moderation_log.several(canvas.reader, ids)
    return [put(f"log-{line.id}", "moderation/_line.html", line, ("log", line.id)) for line in found.values()]
