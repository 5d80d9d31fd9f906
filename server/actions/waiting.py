"""How much waits for a moderator: on the whole board, or in the categories given to him."""

from dataclasses import dataclass

from server.domain.permissions import may_moderate_category
from server.domain.viewer import Viewer
from server.store import cases, pending_posts
from server.store.cases import Case
from server.store.database import Reader
from server.store.pending_posts import PendingPost

MAX_READ = 500  # open cases, and posts that wait, looked through for a category's own moderator


@dataclass(frozen=True, slots=True)
class Waits:
    """Open reports, and posts that wait for approval."""

    reports: int
    posts: int


async def waits_for(reader: Reader, viewer: Viewer) -> Waits:
    """What this viewer has to look at; of categories that are not his it is not even counted."""
    if viewer.is_staff:
        return Waits((await cases.open_count(reader)).count, (await pending_posts.count(reader)).count)
    if not viewer.is_moderating:
        return Waits(0, 0)
    return Waits(
        sum(is_case_for(viewer, case) for case in await cases.open_ones(reader, MAX_READ)),
        sum(is_pending_for(viewer, one) for one in await pending_posts.waiting(reader, MAX_READ)),
    )


def is_case_for(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer moderates where the reported thing stands. What stands nowhere is for staff."""
    if case.topic is None:
        return viewer.is_staff
    return may_moderate_category(viewer, case.topic.category.id, case.topic.category.visibility)


def is_pending_for(viewer: Viewer, pending: PendingPost) -> bool:
    """Whether the viewer moderates where the post is to stand. What has no place any more is for staff."""
    if pending.place is None:
        return viewer.is_staff
    return may_moderate_category(viewer, pending.place.category_id, pending.place.visibility)
