"""Sections and the order of all that is in them: the shape that administrators give the board."""

from collections.abc import Sequence

from server.domain.board_shape import ShapedCategory, ShapedSection
from server.domain.viewer import Audience
from server.store.database import Reader, Row, Writer

_CATEGORY = (
    "SELECT c.id, c.section_id, c.name, c.description, c.visibility, c.unlisted, c.archived_at IS NOT NULL,"
    " c.archived_shown, c.topics, c.posts, c.slug, c.version,"
    " EXISTS (SELECT 1 FROM topics t WHERE t.category_id = c.id) FROM categories c"
)
_ORDER = " ORDER BY c.position, c.id"


async def shape(reader: Reader) -> list[ShapedSection]:
    """Every section in order with every category of it, empty, archived and hidden ones too."""
    rows = await reader.all("SELECT id, name FROM sections ORDER BY position, id")
    found = [_category(row) for row in await reader.all(_CATEGORY + _ORDER)]
    return [
        ShapedSection(row[0], row[1], tuple(one for one in found if one.section_id == row[0])) for row in rows
    ]


async def hold(writer: Writer) -> list[ShapedSection]:
    """The same, kept from others until the transaction ends: for whoever changes the shape."""
    if writer.for_update:
        await writer.all(f"SELECT id FROM sections ORDER BY id{writer.for_update}")
    return await shape(writer)


def _category(row: Row) -> ShapedCategory:
    return ShapedCategory(
        id=row[0],
        section_id=row[1],
        name=row[2],
        description=row[3],
        visibility=Audience(row[4]),
        unlisted=bool(row[5]),
        archived=bool(row[6]),
        archived_shown=bool(row[7]),
        topics=row[8],
        posts=row[9],
        slug=row[10],
        version=row[11],
        is_used=bool(row[12]),
    )


async def rename(writer: Writer, section_id: int, name: str) -> None:
    """Replaces the section's name."""
    await writer.run("UPDATE sections SET name = :name WHERE id = :id", id=section_id, name=name)


async def delete(writer: Writer, section_id: int) -> None:
    """Deletes a section that has no category."""
    await writer.run("DELETE FROM sections WHERE id = :id", id=section_id)


async def set_order(writer: Writer, order: Sequence[tuple[int, Sequence[int]]]) -> None:
    """Numbers sections, and the categories in each, in this order; a category moves to where it is named."""
    for place, (section_id, category_ids) in enumerate(order, 1):
        await writer.run(
            "UPDATE sections SET position = :position WHERE id = :id", id=section_id, position=place
        )
        for position, category_id in enumerate(category_ids, 1):
            await writer.run(
                "UPDATE categories SET section_id = :section_id, position = :position WHERE id = :id",
                id=category_id,
                section_id=section_id,
                position=position,
            )
