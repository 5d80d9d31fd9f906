"""Sections and categories: the shape of the board and its counters."""

from server.domain.board_shape import CategoryPlan, SeenBy
from server.domain.models import Category, CategoryName
from server.domain.viewer import Audience
from server.store.columns import in_list
from server.store.database import Reader, Row, Writer

_CATEGORY = (
    "c.id, c.name, c.slug, c.description, c.visibility, c.topics, c.posts, c.version,"
    " c.archived_at IS NOT NULL, c.unlisted"
)
ARCHIVE = 0  # the number of the section of archived categories on the front page, which is no row


def _category(row: Row) -> Category:
    return Category(
        row[0],
        row[1],
        row[2],
        row[3],
        Audience(row[4]),
        row[5],
        row[6],
        row[7],
        archived=bool(row[8]),
        unlisted=bool(row[9]),
    )


async def by_section(reader: Reader, audience: Audience) -> list[tuple[int, str, list[Category]]]:
    """Sections in order, each with its categories that `audience` may see; empty sections are left out.

    Archived categories stand together at the end, except those that are to be left out.
    """
    rows = await reader.all(
        f"SELECT {_CATEGORY}, s.id, s.name FROM categories c JOIN sections s ON s.id = c.section_id"
        " WHERE c.visibility <= :audience AND (c.archived_at IS NULL OR c.archived_shown)"
        " ORDER BY s.position, s.id, c.position, c.id",
        audience=int(audience),
    )
    sections: dict[int, tuple[int, str, list[Category]]] = {}
    archive: list[Category] = []
    for row in rows:
        found = _category(row)
        here = archive if found.archived else sections.setdefault(row[10], (row[10], row[11], []))[2]
        here.append(found)
    return [*sections.values(), *([(ARCHIVE, "Archive", archive)] if archive else [])]


async def find(reader: Reader, category_id: int, audience: Audience) -> Category | None:
    """The category, if this audience may see it."""
    row = await reader.one(
        f"SELECT {_CATEGORY} FROM categories c WHERE c.id = :id AND c.visibility <= :audience",
        id=category_id,
        audience=int(audience),
    )
    return _category(row) if row else None


async def several(reader: Reader, ids: list[int], audience: Audience) -> dict[int, Category]:
    """Those of the categories that this audience may see."""
    names, values = in_list("id", ids)
    rows = await reader.all(
        f"SELECT {_CATEGORY} FROM categories c WHERE c.id IN {names} AND c.visibility <= :audience",
        audience=int(audience),
        **values,
    )
    return {row[0]: _category(row) for row in rows}


async def above(reader: Reader, floor: Audience, ceiling: Audience) -> list[int]:
    """Ids of the categories whose visibility is above `floor` and at most `ceiling`."""
    rows = await reader.all(
        "SELECT id FROM categories WHERE visibility > :floor AND visibility <= :ceiling ORDER BY id",
        floor=int(floor),
        ceiling=int(ceiling),
    )
    return [row[0] for row in rows]


async def hidden(reader: Reader) -> tuple[tuple[int, int], ...]:
    """Every category that is not for everyone, with its visibility: what may be quoted where."""
    return tuple(await reader.all("SELECT id, visibility FROM categories WHERE visibility > 0 ORDER BY id"))


async def name_of(reader: Reader, category_id: int, audience: Audience) -> CategoryName | None:
    """Enough of the category to link to it, if this audience may see it."""
    found = await find(reader, category_id, audience)
    if found is None:
        return None
    return CategoryName(
        found.id, found.name, found.slug, found.visibility, archived=found.archived, unlisted=found.unlisted
    )


async def topics_in(reader: Reader, audience: Audience) -> int:
    """How many topics this audience may see on the whole board."""
    count = await reader.value(
        "SELECT COALESCE(SUM(topics), 0) FROM categories WHERE visibility <= :audience",
        audience=int(audience),
    )
    return int(count or 0)


async def is_empty(reader: Reader) -> bool:
    """Whether the board has no category yet."""
    return await reader.value("SELECT 1 FROM categories LIMIT 1") is None


async def add_section(writer: Writer, name: str, position: int) -> int:
    """A new section's id."""
    row = await writer.one(
        "INSERT INTO sections (name, position) VALUES (:name, :position) RETURNING id",
        name=name,
        position=position,
    )
    assert row is not None
    return int(row[0])


async def add(
    writer: Writer,
    *,
    section_id: int,
    name: str,
    slug: str,
    description: str,
    visibility: Audience,
    position: int,
) -> int:
    """A new category's id."""
    row = await writer.one(
        "INSERT INTO categories (section_id, name, slug, description, visibility, position)"
        " VALUES (:section_id, :name, :slug, :description, :visibility, :position) RETURNING id",
        section_id=section_id,
        name=name,
        slug=slug,
        description=description,
        visibility=int(visibility),
        position=position,
    )
    assert row is not None
    return int(row[0])


async def set_visibility(writer: Writer, category_id: int, visibility: Audience) -> None:
    """Show the category to that audience and larger ones only."""
    await writer.run(
        "UPDATE categories SET visibility = :visibility WHERE id = :id",
        id=category_id,
        visibility=int(visibility),
    )


async def describe(writer: Writer, category_id: int, plan: CategoryPlan, slug: str) -> None:
    """Replaces name, description and visibility; where the category stands is for `sections.set_order`."""
    await writer.run(
        "UPDATE categories SET name = :name, slug = :slug, description = :description,"
        " visibility = :visibility, unlisted = :unlisted WHERE id = :id",
        id=category_id,
        name=plan.name,
        slug=slug,
        description=plan.description,
        visibility=int(plan.seen_by.visibility),
        unlisted=plan.seen_by is SeenBy.UNLISTED,
    )


async def set_archived(writer: Writer, category_id: int, archived_at: int | None, *, shown: bool) -> None:
    """Lets nobody write in the category, or everybody again (None); `shown`: while so, on the front page."""
    await writer.run(
        "UPDATE categories SET archived_at = :archived_at, archived_shown = :shown WHERE id = :id",
        id=category_id,
        archived_at=archived_at,
        shown=shown,
    )


async def is_used(reader: Reader, category_id: int) -> bool:
    """Whether the category has a topic, be it a removed one."""
    found = await reader.value("SELECT 1 FROM topics WHERE category_id = :id LIMIT 1", id=category_id)
    return found is not None


async def hold(writer: Writer, category_id: int) -> None:
    """Keeps the category as it is from others until the transaction ends."""
    if writer.for_update:
        await writer.all(f"SELECT id FROM categories WHERE id = :id{writer.for_update}", id=category_id)


async def hold_with_topics(writer: Writer, category_id: int) -> None:
    """The same with all its topics, in the order in which everybody locks: nobody writes there meanwhile."""
    if writer.for_update:
        await writer.all(
            f"SELECT id FROM topics WHERE category_id = :id ORDER BY id{writer.for_update}", id=category_id
        )
    await hold(writer, category_id)


async def delete(writer: Writer, category_id: int) -> None:
    """Deletes a category that has no topics, and who moderated it."""
    await writer.run("DELETE FROM category_moderators WHERE category_id = :id", id=category_id)
    await writer.run("DELETE FROM categories WHERE id = :id", id=category_id)


async def count(writer: Writer, category_id: int, *, topics: int = 0, posts: int = 0) -> None:
    """Add to the counters of what can be seen in the category (negative to take away)."""
    await writer.run(
        "UPDATE categories SET topics = topics + :topics, posts = posts + :posts WHERE id = :id",
        id=category_id,
        topics=topics,
        posts=posts,
    )
