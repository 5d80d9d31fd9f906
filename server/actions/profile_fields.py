"""The fields that administrators ask of members on their profiles."""

from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.events import Event, Kind
from server.domain.permissions import may_administer
from server.domain.profile_fields import MAX_FIELDS, FieldDraft, ProfileField, checked_field
from server.domain.viewer import Audience, Viewer
from server.store import audit, profile_fields
from server.store.database import Database, Writer

_TOO_MANY = f"There are {MAX_FIELDS} fields already. Please archive one first."
_SAME_KIND = "What members wrote belongs to this kind. Please make a new field, and archive this one."


async def add_field(db: Database, viewer: Viewer, draft: FieldDraft, *, now: int) -> int:
    """A new field, behind the others; its number. Raises Forbidden or Invalid."""
    _check(viewer)
    made, problems = checked_field(draft)
    async with db.begin() as writer:
        if len(await profile_fields.active(writer)) >= MAX_FIELDS:
            problems.add("label", _TOO_MANY)
        if problems:
            raise Invalid(problems.fields)
        field_id = await profile_fields.add(writer, made)
        await _told(writer, viewer, "field_added", field_id, now)
    return field_id


async def change_field(db: Database, viewer: Viewer, field_id: int, draft: FieldDraft, *, now: int) -> None:
    """Describes a field anew; its kind stays. Raises Forbidden, NotFound or Invalid."""
    _check(viewer)
    made, problems = checked_field(draft, field_id)
    async with db.begin() as writer:
        found = await _found(writer, field_id)
        if draft.kind != found.kind:
            problems.add("kind", _SAME_KIND)
        if problems:
            raise Invalid(problems.fields)
        await profile_fields.change(writer, made)
        await _told(writer, viewer, "field_changed", field_id, now)


async def archive_field(db: Database, viewer: Viewer, field_id: int, *, archived: bool, now: int) -> None:
    """Puts a field away with all that was written into it, or brings it back.

    Raises Forbidden, NotFound or Invalid (`label`) when there are too many.
    """
    _check(viewer)
    async with db.begin() as writer:
        found = await _found(writer, field_id)
        if found.archived and not archived and len(await profile_fields.active(writer)) >= MAX_FIELDS:
            raise Invalid({"label": _TOO_MANY})
        await profile_fields.set_archived(writer, field_id, now if archived else None)
        await _told(writer, viewer, "field_archived" if archived else "field_restored", field_id, now)


async def raise_field(db: Database, viewer: Viewer, field_id: int, *, now: int) -> None:
    """Moves a field before the one above it. Raises Forbidden or NotFound."""
    _check(viewer)
    async with db.begin() as writer:
        found = await _found(writer, field_id)
        order = [one.id for one in await profile_fields.hold(writer) if one.archived == found.archived]
        place = order.index(field_id)
        if place:
            order[place - 1 : place + 1] = [order[place], order[place - 1]]
        await profile_fields.set_order(writer, order)
        await _told(writer, viewer, "field_moved", field_id, now)


def _check(viewer: Viewer) -> None:
    if not may_administer(viewer):
        raise Forbidden("Only administrators can change what profiles ask for.")


async def _found(writer: Writer, field_id: int) -> ProfileField:
    for one in await profile_fields.hold(writer):
        if one.id == field_id:
            return one
    raise NotFound


async def _told(writer: Writer, viewer: Viewer, act: str, field_id: int, now: int) -> None:
    """Every profile may look different, so what is kept of pages goes; open ones follow when loaded next."""
    writer.append(Event(Kind.SETTINGS, 0, Audience.PUBLIC))
    await audit.note(writer, viewer.id, act, "profile_field", field_id, now=now)
