"""Categories' own moderators: members to whom administrators give one category to look after."""

from server.actions import bylines, news, notices
from server.domain.bylines import Byline
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.models import Category
from server.domain.notices import NoticeKind
from server.domain.permissions import may_administer
from server.domain.viewer import Audience, Role, Viewer
from server.store import audit, categories, category_moderators, members
from server.store.database import Database, Writer

MOST = 20  # own moderators of one category; who needs more needs a moderator of the board

_NOT_ADMIN = "Only administrators choose who moderates a category."
_NOBODY = "There is no member of that name. Please check the spelling."
_WAITS = "This account cannot be used at the moment, so it cannot moderate."
_STAFF_ALREADY = "This is a moderator of the whole board already, and so of this category."
_STAFFS = "This category is for staff only, so staff moderate it. Open it to members first."
_TOO_MANY = f"This category has {MOST} moderators of its own already. Please take one back first."


async def appoint(db: Database, viewer: Viewer, category_id: int, username: str, *, now: int) -> int:
    """Gives a member the category to moderate, at once, also in tabs that are open; his number.

    Giving it twice changes nothing. Raises Forbidden, NotFound or Invalid (`username`).
    """
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    async with db.begin() as writer:
        category = await categories.find(writer, category_id, Audience.STAFF)
        if category is None:
            raise NotFound
        found = await members.by_username(writer, username.strip()) if username.strip() else None
        if found is not None:  # posts are locked before members
            await bylines.tell(writer, found.id, Byline.CARD)
        account = await members.hold(writer, found.id) if found else None
        held = await category_moderators.of_category(writer, category_id)
        problem = (
            _NOBODY
            if account is None
            else _WAITS
            if account.disabled or account.role.rank < Role.MEMBER.rank
            else _STAFF_ALREADY
            if account.role is not Role.MEMBER
            else _STAFFS
            if category.visibility is Audience.STAFF
            else _TOO_MANY
            if len(held) >= MOST
            else ""
        )
        if account is None or problem:
            raise Invalid({"username": problem})
        if await category_moderators.add(writer, category_id, account.id, now):
            await _tell(writer, viewer, category, account.id, given=True, now=now)
    return account.id


async def dismiss(db: Database, viewer: Viewer, category_id: int, member_id: int, *, now: int) -> None:
    """Takes the category from a member, at once, also on sockets that are open.

    Raises Forbidden, or NotFound when he does not moderate it.
    """
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    async with db.begin() as writer:
        category = await categories.find(writer, category_id, Audience.STAFF)
        if await members.by_id(writer, member_id) is None:
            raise NotFound
        await bylines.tell(writer, member_id, Byline.CARD)
        if category is None or not await category_moderators.remove(writer, category_id, member_id):
            raise NotFound
        await _tell(writer, viewer, category, member_id, given=False, now=now)


async def _tell(
    writer: Writer, viewer: Viewer, category: Category, member_id: int, *, given: bool, now: int
) -> None:
    """His sockets and tabs, himself, and the log; his badge was told before."""
    news.tell_member(writer, member_id)
    await notices.tell(
        writer,
        member_id,
        NoticeKind.CATEGORY_GIVEN if given else NoticeKind.CATEGORY_TAKEN,
        object_kind="category",
        object_id=category.id,
        words=category.name,
        by=viewer.id,
        now=now,
    )
    about = f"category {category.id}: {category.name}"
    if given:
        await audit.note(writer, viewer.id, "appoint_moderator", "member", member_id, about, now=now)
    else:
        await audit.note(writer, viewer.id, "dismiss_moderator", "member", member_id, about, now=now)
