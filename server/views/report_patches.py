"""What changes in the queues of those who moderate when something is reported, looked at or settled."""

from collections.abc import Sequence
from dataclasses import replace

from server.domain.channels import Thing
from server.domain.clock import now_ms
from server.domain.events import Kind, LoggedEvent
from server.store import cases, pending_posts
from server.views import pending_patches
from server.views.canvas import Canvas, Change, Patch, latest_of, put


async def for_staff(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """The queues of reports and of what waits for approval, and the tally of both on staff's pages."""
    painted = await in_queue(canvas, events) + await pending_patches.in_queue(canvas, events)
    if painted:
        reports = await cases.open_count(canvas.reader)
        waiting = await pending_posts.count(canvas.reader)
        changed = [latest_of(events, kind) for kind in (Kind.REPORT, Kind.PENDING)]
        at = max(seq for latest in changed for seq in latest.values())
        tally = replace(reports, version=at, count=reports.count + waiting.count)
        painted.append(put("open-cases", "moderation/_tally.html", tally))
        if changed[1]:
            painted.append(
                put("pending-count", "moderation/_pending_count.html", replace(waiting, version=at))
            )
    return painted


async def in_queue(canvas: Canvas, events: Sequence[LoggedEvent]) -> list[Change]:
    """The queue: on a category's channel, which its own moderators follow, only what stands there."""
    changed = latest_of(events, Kind.REPORT)
    found = await cases.several(canvas.reader, list(changed))
    here = canvas.channel.id if canvas.channel.thing is Thing.CATEGORY else None
    painted: list[Change] = []
    for case_id, seq in changed.items():
        case = found.get(case_id)
        case = case.at(now_ms()) if case else None
        if case is None or (here is not None and case.category_id != here):
            painted.append(Patch("remove", f"case-{case_id}", seq))
        else:
            painted.append(
                put(
                    f"case-{case_id}",
                    "moderation/_case.html",
                    case,
                    ("cases", case.order),
                    hints=here is None,  # about people's other accounts: for the board's staff
                )
            )
    return painted
