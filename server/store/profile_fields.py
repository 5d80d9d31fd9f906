"""Fields that administrators made for profiles, and what members wrote into them."""

from collections.abc import Mapping

from server.domain.models import ProfileValue
from server.domain.profile_fields import FieldKind, ProfileField
from server.domain.viewer import Audience
from server.store.database import Reader, Row, Writer

_FIELD = "SELECT id, label, kind, visibility, choices, archived_at IS NOT NULL FROM profile_fields"
_ORDER = " ORDER BY position, id"


async def every(reader: Reader) -> list[ProfileField]:
    """All fields in their order, archived ones too."""
    return [_field(row) for row in await reader.all(_FIELD + _ORDER)]


async def active(reader: Reader) -> list[ProfileField]:
    """The fields that members fill in."""
    return [_field(row) for row in await reader.all(f"{_FIELD} WHERE archived_at IS NULL{_ORDER}")]


async def hold(writer: Writer) -> list[ProfileField]:
    """All fields in their order, kept from others until the transaction ends."""
    return [_field(row) for row in await writer.all(f"{_FIELD}{_ORDER}{writer.for_update}")]


def _field(row: Row) -> ProfileField:
    choices = tuple(row[4].split("\n")) if row[4] else ()
    return ProfileField(row[0], row[1], FieldKind(row[2]), Audience(row[3]), choices, archived=bool(row[5]))


async def shown(reader: Reader, member_id: int, audience: Audience) -> tuple[ProfileValue, ...]:
    """What the member wrote into the fields that this audience may see."""
    rows = await reader.all(
        "SELECT f.label, v.value, f.visibility FROM profile_values v"
        " JOIN profile_fields f ON f.id = v.field_id"
        " WHERE v.member_id = :member_id AND f.visibility <= :audience AND f.archived_at IS NULL"
        " ORDER BY f.position, f.id",
        member_id=member_id,
        audience=int(audience),
    )
    return tuple(ProfileValue(row[0], row[1], Audience(row[2])) for row in rows)


async def values(reader: Reader, member_id: int) -> dict[int, str]:
    """All that the member wrote, by field: for himself."""
    rows = await reader.all(
        "SELECT field_id, value FROM profile_values WHERE member_id = :member_id", member_id=member_id
    )
    return dict(rows)


async def put_values(writer: Writer, member_id: int, changed: Mapping[int, str]) -> None:
    """Replaces these values; an empty one goes."""
    for field_id, value in sorted(changed.items()):
        if value:
            await writer.run(
                "INSERT INTO profile_values (member_id, field_id, value)"
                " VALUES (:member_id, :field_id, :value)"
                " ON CONFLICT (member_id, field_id) DO UPDATE SET value = excluded.value",
                member_id=member_id,
                field_id=field_id,
                value=value,
            )
        else:
            await writer.run(
                "DELETE FROM profile_values WHERE member_id = :member_id AND field_id = :field_id",
                member_id=member_id,
                field_id=field_id,
            )


async def add(writer: Writer, field: ProfileField) -> int:
    """A new field behind the others; its number."""
    row = await writer.one(
        "INSERT INTO profile_fields (label, kind, visibility, choices, position) VALUES (:label, :kind,"
        " :visibility, :choices, (SELECT COALESCE(MAX(position), 0) + 1 FROM profile_fields)) RETURNING id",
        label=field.label,
        kind=field.kind.value,
        visibility=int(field.visibility),
        choices="\n".join(field.choices),
    )
    assert row is not None
    return int(row[0])


async def change(writer: Writer, field: ProfileField) -> None:
    """Replaces all that describes the field of that number, its kind aside: values were made for it."""
    await writer.run(
        "UPDATE profile_fields SET label = :label, visibility = :visibility, choices = :choices"
        " WHERE id = :id",
        id=field.id,
        label=field.label,
        visibility=int(field.visibility),
        choices="\n".join(field.choices),
    )


async def set_archived(writer: Writer, field_id: int, archived_at: int | None) -> None:
    """Puts the field away, or brings it back (None)."""
    await writer.run(
        "UPDATE profile_fields SET archived_at = :archived_at WHERE id = :id",
        id=field_id,
        archived_at=archived_at,
    )


async def set_order(writer: Writer, field_ids: list[int]) -> None:
    """Numbers the fields in this order."""
    for position, field_id in enumerate(field_ids, 1):
        await writer.run(
            "UPDATE profile_fields SET position = :position WHERE id = :id", id=field_id, position=position
        )
