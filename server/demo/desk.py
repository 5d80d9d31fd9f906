"""What lies on the desk of the demo's moderators: a report, and a post that waits for approval."""

from collections.abc import Mapping

from server.actions import board_limits, posting, reports
from server.actions.limits import Limits
from server.actions.posting import Draft, Posted
from server.domain.board_limits import DEFAULTS
from server.domain.reports import Reason, Subject
from server.domain.viewer import Viewer
from server.store.database import Database

LINKS = "3"  # with so many a post waits on the demo's board
ADMINISTRATOR, COLLECTOR, READER = "Ingrid", "Greta", "Noor"
_WAITS = (
    "I have collected what I found about flying with low counts, for the next one who asks:"
    " https://example.org/before-the-flight, https://example.org/on-the-plane and"
    " https://example.org/what-to-tell-the-crew"
)
_REPORT = "This is about something else by now. Could it have a topic of its own? No harm done!"


async def lay_out(
    db: Database, viewers: Mapping[str, Viewer], about: Posted, *, now: int, limits: Limits
) -> None:
    """COLLECTOR answers where `about` stands, with many links, and READER reports that post."""
    rules = {**DEFAULTS, "pending_links": LINKS}
    await board_limits.change_limits(db, viewers[ADMINISTRATOR], rules, now=now)
    await posting.reply(db, viewers[COLLECTOR], about.topic_id, Draft(_WAITS), now=now, limits=limits)
    await reports.report(
        db,
        viewers[READER],
        Subject.POST,
        about.post_id,
        reason=Reason.OTHER,
        details=_REPORT,
        now=now,
        limits=limits,
    )
