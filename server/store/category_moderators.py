"""Categories' own moderators: members whom administrators gave a category to moderate.

Who is staff moderates every category anyway, and who waits to be a member moderates none; so what counts is
asked of members only. A category that only staff see is moderated by no member, while it is so: its queue
shows what he may not read any more. Rows that do not count at the moment may stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.viewer import Audience, Role, Viewer
from server.store.columns import in_list
from server.store.database import Reader, Writer
from server.store.drivers import Value

_JOINED = {"sqlite": "group_concat(k.category_id, ' ')", "postgresql": "string_agg(k.category_id::text, ' ')"}


@dataclass(frozen=True, slots=True)
class CategoryModerator:
    """A member who moderates a category."""

    category_id: int
    id: int
    username: str
    role: Role


def held_sql(reader: Reader) -> str:
    """What `m`, a row of members, moderates as a member: for `ids`."""
    return (
        f"CASE WHEN m.role = 'member' THEN (SELECT {_JOINED[reader.dialect]} FROM category_moderators k"
        " JOIN categories kc ON kc.id = k.category_id"
        f" WHERE k.member_id = m.id AND kc.visibility < {int(Audience.STAFF)}) END"
    )


def ids(text: str | None) -> frozenset[int]:
    """The numbers in a column of `held_sql`."""
    return frozenset(map(int, (text or "").split()))


def within(viewer: Viewer, column: str) -> tuple[str, Mapping[str, Value]]:
    """A condition that is true where `column` is a category that the viewer moderates, and its values.

    For lists of what is to be moderated; `column` is a word of ours. Staff moderate everything, and what a
    category's visibility keeps from a member has to be left out beside it (`c.visibility <= :audience`).
    """
    if viewer.is_staff:
        return "TRUE", {}
    names, values = in_list("moderated", sorted(viewer.moderated))
    return f"{column} IN {names}", values


async def held_by(reader: Reader, member_id: int) -> frozenset[int]:
    """The categories that a member moderates as a member; none for staff, and for who waits."""
    text = await reader.value(f"SELECT {held_sql(reader)} FROM members m WHERE m.id = :id", id=member_id)
    return ids(text)


async def every(reader: Reader) -> list[CategoryModerator]:
    """All categories' own moderators, by name."""
    rows = await reader.all(
        "SELECT k.category_id, m.id, m.username, m.role FROM category_moderators k"
        " JOIN members m ON m.id = k.member_id ORDER BY m.username, m.id"
    )
    return [CategoryModerator(row[0], row[1], row[2], Role(row[3])) for row in rows]


async def of_category(reader: Reader, category_id: int) -> list[CategoryModerator]:
    """Those of one category, by name."""
    return [one for one in await every(reader) if one.category_id == category_id]


async def add(writer: Writer, category_id: int, member_id: int, now: int) -> bool:
    """Gives the member the category; False when he has it."""
    added = await writer.value(
        "INSERT INTO category_moderators (member_id, category_id, added_at)"
        " VALUES (:member_id, :category_id, :now) ON CONFLICT DO NOTHING RETURNING member_id",
        member_id=member_id,
        category_id=category_id,
        now=now,
    )
    return added is not None


async def remove(writer: Writer, category_id: int, member_id: int) -> bool:
    """Takes the category from the member; False when he did not have it."""
    removed = await writer.value(
        "DELETE FROM category_moderators WHERE category_id = :category_id AND member_id = :member_id"
        " RETURNING member_id",
        category_id=category_id,
        member_id=member_id,
    )
    return removed is not None
