"""Removing what is reported, and settling the report with it."""

from server.actions import moderation, reports
from server.actions.held import hold_moderated, hold_post
from server.domain.errors import Forbidden
from server.domain.reports import Outcome, Subject
from server.domain.viewer import Viewer
from server.store import quotes
from server.store.case_writes import State
from server.store.database import Database, Writer


async def remove_reported(
    db: Database, viewer: Viewer, case_id: int, reason: str, *, tell: bool = False, now: int
) -> None:
    """Takes the post or the topic away from everyone and settles the case, or does neither.

    What another moderator has removed already is only settled: it is as the viewer wanted it. With `tell` the
    author of a post reads the reason.

    Raises SignInRequired, NotFound, also when somebody else has settled the case, Forbidden, also when it is
    about a member, or Invalid (`reason`).
    """
    reason = moderation.checked_reason(viewer, reason)
    async with db.begin() as writer:
        case = await reports.find(writer, viewer, case_id)
        if case.subject is Subject.POST:
            await _remove_post(writer, viewer, case, reason, tell=tell, now=now)
        elif case.subject is Subject.TOPIC:
            topic = await hold_moderated(writer, viewer, case.object_id)
            if not topic.removed:
                await moderation.remove_held_topic(writer, viewer, topic, reason, now=now)
        else:
            raise Forbidden("A member cannot be removed here.")
        # The case is held last: others hold topics before they look at what is reported there.
        await reports.settle_in(writer, viewer, case_id, Outcome.ACTED, now=now)


async def _remove_post(
    writer: Writer, viewer: Viewer, case: State, reason: str, *, tell: bool, now: int
) -> None:
    beside = await quotes.topics_quoted_in(writer, post_id=case.object_id)
    post, topic = await hold_post(writer, viewer, case.object_id, beside)
    if not post.removed:
        await moderation.remove_held_post(writer, viewer, post, topic, reason, tell=tell, now=now)
