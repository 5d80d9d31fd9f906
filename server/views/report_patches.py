"""What changes in the queues of those who moderate when something is reported, looked at or settled."""

from collections.abc import Sequence
from dataclasses import replace

from server.domain.channels import Thing
from server.domain.events import Kind, LoggedEvent
from server.store import cases
from server.views.canvas import Canvas, Change, Patch, latest_of, put


async def for_staff(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """The queue, and the tally of it on every page of staff's."""
    painted = await in_queue(canvas, events)
    if painted:
        tally = await cases.open_count(canvas.reader)
        newest = replace(tally, version=max(latest_of(events, Kind.REPORT).values()))
        painted.append(put("open-cases", "moderation/_tally.html", newest))
    return painted


async def in_queue(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """The queue: on a category's channel, which its own moderators follow, only what stands there."""
    changed = latest_of(events, Kind.REPORT)
    found = await cases.several(canvas.reader, list(changed))
    here = canvas.channel.id if canvas.channel.thing is Thing.CATEGORY else None
    painted: list[Change] = []
    for case_id, seq in changed.items():
        case = found.get(case_id)
        if case is None or (here is not None and case.category_id != here):
            painted.append(Patch("remove", f"case-{case_id}", seq))
        else:
            painted.append(put(f"case-{case_id}", "moderation/_case.html", case, ("cases", case.order)))
    return painted
