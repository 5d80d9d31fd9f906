"""What administrators do with the board's shape: sections and categories, their order, and who sees them.

A category is on pages without number (lists, profiles, quotes anywhere). So every act here has all open pages
fetched afresh, once (`event_log.turn_page`), which shows order, names and what is new; and the category's own
event takes the rights away that somebody lost, at once, before anything else is told.
"""

from collections.abc import Callable
from dataclasses import replace

from server.actions import news
from server.domain.board_shape import (
    MAX_CATEGORIES,
    MAX_SECTIONS,
    CategoryDraft,
    Order,
    ShapedCategory,
    ShapedSection,
    checked_category,
    name_problem,
    order_of,
    read_order,
    with_category_moved,
    with_section_moved,
)
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.events import Event, Kind
from server.domain.permissions import may_administer
from server.domain.validation import slug
from server.domain.viewer import Audience, Viewer
from server.store import audit, categories, category_moderators, event_log, member_counters, sections
from server.store.database import Database, Writer

_NOT_ADMIN = "Only administrators can change sections and categories."
_IN_USE = "There are topics in this category. Archive it instead, or move them elsewhere first."
_NOT_EMPTY = "There are categories in this section. Please move them to another one first."
_LAST = "A board needs at least one category."
_MANY_SECTIONS = f"There are {MAX_SECTIONS} sections already. Please delete one first."
_MANY_CATEGORIES = f"There are {MAX_CATEGORIES} categories already. Please delete one first."
_SAME_NAME = "There is a section of that name already."


async def add_category(db: Database, viewer: Viewer, draft: CategoryDraft, *, now: int) -> int:
    """A new category at the end of its section; its number. Raises Forbidden or Invalid."""
    _check(viewer)
    async with db.begin() as writer:
        shape = await sections.hold(writer)
        plan = checked_category(draft, shape)
        if sum(len(section.categories) for section in shape) >= MAX_CATEGORIES:
            raise Invalid({"name": _MANY_CATEGORIES})
        section = next(one for one in shape if one.id == plan.section_id)
        category_id = await categories.add(
            writer,
            section_id=section.id,
            name=plan.name,
            slug=slug(plan.name),
            description=plan.description,
            visibility=plan.seen_by.visibility,
            position=len(section.categories) + 1,
        )
        await categories.describe(writer, category_id, plan, slug(plan.name))
        made = await _held(writer, category_id)
        await _reshaped(writer, made)
        await audit.note(
            writer, viewer.id, "category_added", "category", category_id, after=made.name, now=now
        )
    return category_id


async def change_category(
    db: Database, viewer: Viewer, category_id: int, draft: CategoryDraft, *, now: int
) -> None:
    """Names and describes a category anew, moves it to another section, and says who sees it.

    Who may not see it any more loses it at once, on open pages too; profiles count with it or without it.
    Raises Forbidden, NotFound or Invalid.
    """
    _check(viewer)
    async with db.begin() as writer:
        shape = await sections.hold(writer)
        before = _category_of(shape, category_id)
        plan = checked_category(draft, shape, category_id)
        if plan.seen_by.visibility is not before.visibility:
            await categories.hold_with_topics(writer, category_id)
            await member_counters.count_category(writer, category_id, sign=-1)
        await categories.describe(writer, category_id, plan, slug(plan.name))
        if plan.seen_by.visibility is not before.visibility:
            await member_counters.count_category(writer, category_id, sign=1)
        if plan.section_id != before.section_id:
            order = [(one, [each for each in ids if each != category_id]) for one, ids in order_of(shape)]
            next(ids for one, ids in order if one == plan.section_id).append(category_id)
            await sections.set_order(writer, order)
        if Audience.STAFF in (before.visibility, plan.seen_by.visibility):
            # Its own moderators have it no longer, or again (`category_moderators.held_sql`).
            for one in await category_moderators.of_category(writer, category_id):
                news.tell_member(writer, one.id)
        wider = min(before.visibility, plan.seen_by.visibility)
        await _reshaped(writer, replace(before, visibility=wider))
        await audit.note(
            writer,
            viewer.id,
            "category_changed",
            "category",
            category_id,
            before=f"{before.name}, for {before.seen_by.value}",
            after=f"{plan.name}, for {plan.seen_by.value}",
            now=now,
        )


async def archive_category(
    db: Database, viewer: Viewer, category_id: int, *, archived: bool, shown: bool = True, now: int
) -> None:
    """Leaves a category to be read only, at the end of the front page or not on it; or opens it again.

    Raises Forbidden or NotFound.
    """
    _check(viewer)
    async with db.begin() as writer:
        before = _category_of(await sections.hold(writer), category_id)
        await categories.hold_with_topics(writer, category_id)
        await categories.set_archived(writer, category_id, now if archived else None, shown=shown)
        await _reshaped(writer, before)
        if archived:
            await audit.note(writer, viewer.id, "category_archived", "category", category_id, now=now)
        else:
            await audit.note(writer, viewer.id, "category_reopened", "category", category_id, now=now)


async def delete_category(db: Database, viewer: Viewer, category_id: int, *, now: int) -> None:
    """Deletes a category that has no topic. Raises Forbidden, NotFound or Invalid (`delete`)."""
    _check(viewer)
    async with db.begin() as writer:
        shape = await sections.hold(writer)
        found = _category_of(shape, category_id)
        await categories.hold(writer, category_id)
        if await categories.is_used(writer, category_id):
            raise Invalid({"delete": _IN_USE})
        if sum(len(section.categories) for section in shape) == 1:
            raise Invalid({"delete": _LAST})
        await categories.delete(writer, category_id)
        await _reshaped(writer, found)
        await audit.note(
            writer, viewer.id, "category_deleted", "category", category_id, before=found.name, now=now
        )


async def move_category(db: Database, viewer: Viewer, category_id: int, by: int, *, now: int) -> None:
    """Moves a category one place up (-1) or down (1), over the edge of its section into the next.

    Raises Forbidden or NotFound.
    """

    def moved(shape: list[ShapedSection]) -> Order:
        _category_of(shape, category_id)
        return with_category_moved(order_of(shape), category_id, by)

    await _arrange(db, viewer, moved, now=now)


async def move_section(db: Database, viewer: Viewer, section_id: int, by: int, *, now: int) -> None:
    """Moves a section one place up (-1) or down (1). Raises Forbidden or NotFound."""

    def moved(shape: list[ShapedSection]) -> Order:
        _section_of(shape, section_id)
        return with_section_moved(order_of(shape), section_id, by)

    await _arrange(db, viewer, moved, now=now)


async def arrange(db: Database, viewer: Viewer, order: str, *, now: int) -> None:
    """Puts everything into the order of that text (`board_shape.read_order`). Raises Forbidden or Invalid."""
    await _arrange(db, viewer, lambda shape: read_order(order, shape), now=now)


async def add_section(db: Database, viewer: Viewer, name: str, *, now: int) -> int:
    """A new section at the end; its number. Raises Forbidden or Invalid (`section_name`)."""
    _check(viewer)
    async with db.begin() as writer:
        shape = await sections.hold(writer)
        name = _section_name(name, shape)
        if len(shape) >= MAX_SECTIONS:
            raise Invalid({"section_name": _MANY_SECTIONS})
        section_id = await categories.add_section(writer, name, len(shape) + 1)
        await audit.note(writer, viewer.id, "section_added", "section", section_id, after=name, now=now)
    return section_id


async def rename_section(db: Database, viewer: Viewer, section_id: int, name: str, *, now: int) -> None:
    """Names a section anew. Raises Forbidden, NotFound or Invalid (`section_name`)."""
    _check(viewer)
    async with db.begin() as writer:
        shape = await sections.hold(writer)
        before = _section_of(shape, section_id)
        name = _section_name(name, [one for one in shape if one.id != section_id])
        await sections.rename(writer, section_id, name)
        await event_log.turn_page(writer)
        await audit.note(
            writer,
            viewer.id,
            "section_renamed",
            "section",
            section_id,
            before=before.name,
            after=name,
            now=now,
        )


async def delete_section(db: Database, viewer: Viewer, section_id: int, *, now: int) -> None:
    """Deletes a section without categories. Raises Forbidden, NotFound or Invalid (`delete`)."""
    _check(viewer)
    async with db.begin() as writer:
        found = _section_of(await sections.hold(writer), section_id)
        if found.categories:
            raise Invalid({"delete": _NOT_EMPTY})
        await sections.delete(writer, section_id)
        await audit.note(
            writer, viewer.id, "section_deleted", "section", section_id, before=found.name, now=now
        )


async def _arrange(
    db: Database, viewer: Viewer, arranged: Callable[[list[ShapedSection]], Order], *, now: int
) -> None:
    _check(viewer)
    async with db.begin() as writer:
        shape = await sections.hold(writer)
        order = arranged(shape)
        if order != order_of(shape):
            await sections.set_order(writer, order)
            await event_log.turn_page(writer)
            await audit.note(writer, viewer.id, "board_arranged", "board", None, now=now)


def _check(viewer: Viewer) -> None:
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)


def _category_of(shape: list[ShapedSection], category_id: int) -> ShapedCategory:
    for section in shape:
        for one in section.categories:
            if one.id == category_id:
                return one
    raise NotFound


def _section_of(shape: list[ShapedSection], section_id: int) -> ShapedSection:
    found = next((one for one in shape if one.id == section_id), None)
    if found is None:
        raise NotFound
    return found


async def _held(writer: Writer, category_id: int) -> ShapedCategory:
    return _category_of(await sections.shape(writer), category_id)


def _section_name(name: str, others: list[ShapedSection]) -> str:
    name = " ".join(name.split())
    problem = name_problem(name)
    if name.casefold() in (one.name.casefold() for one in others):
        problem = _SAME_NAME
    if problem:
        raise Invalid({"section_name": problem})
    return name


async def _reshaped(writer: Writer, category: ShapedCategory) -> None:
    """Rights first: `category.visibility` is the wider one of before and after."""
    writer.append(Event(Kind.CATEGORY, category.id, category.visibility, category_id=category.id))
    await event_log.turn_page(writer)
