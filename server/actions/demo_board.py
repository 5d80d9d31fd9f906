"""What the demo's board begins with and people cannot do in the browser: categories, members of long ago."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.actions import members
from server.actions.members import NewMember
from server.domain.events import Event, Kind
from server.domain.validation import clean_personal_text, slug
from server.domain.viewer import Audience, Role, Viewer
from server.store import categories, demo_board, post_numbers, settings
from server.store.database import Database, Writer


@dataclass(frozen=True, slots=True)
class NewCategory:
    """A category to be; those of one section stand one after the other."""

    section: str
    name: str
    description: str
    visibility: Audience


async def is_complete(db: Database) -> bool:
    """Whether the demo's board was filled to the end."""
    async with db.snapshot() as reader:
        return await demo_board.is_complete(reader)


async def furnish(
    db: Database, forum_name: str, rows: Sequence[NewCategory], first_post: int
) -> Mapping[str, int]:
    """Name the board and give it its categories; returns their numbers by name.

    `first_post` is the number of the first post. Raises RuntimeError on a board that has categories.
    """
    async with db.begin() as writer:
        if not await categories.is_empty(writer):
            raise RuntimeError("expected an empty database for the demo, got one with a board in it")
        await settings.put(writer, "forum_name", forum_name)
        await post_numbers.start_at(writer, first_post)
        writer.append(Event(Kind.SETTINGS, 0, Audience.PUBLIC))
        return await _add_categories(writer, rows)


async def join(
    db: Database, draft: NewMember, personal_text: str, password_hash: str, role: Role, *, now: int
) -> Viewer:
    """A member who joined at `now`. Raises Invalid (`username`) when the name is taken."""
    async with db.begin() as writer:
        account = await members.insert(writer, draft, password_hash, role, now=now)
        await demo_board.set_personal_text(writer, account.id, clean_personal_text(personal_text))
    return Viewer(account.id, account.username, role, joined_at=now)


async def finish(db: Database) -> None:
    """Note that the board was filled to the end."""
    async with db.begin() as writer:
        await demo_board.mark_complete(writer)


async def _add_categories(writer: Writer, rows: Sequence[NewCategory]) -> dict[str, int]:
    sections: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for position, row in enumerate(rows, 1):
        if row.section not in sections:
            sections[row.section] = await categories.add_section(writer, row.section, len(sections) + 1)
        number = await categories.add(
            writer,
            section_id=sections[row.section],
            name=row.name,
            slug=slug(row.name),
            description=row.description,
            visibility=row.visibility,
            position=position,
        )
        numbers[row.name] = number
        writer.append(Event(Kind.CATEGORY, number, row.visibility, category_id=number))
    return numbers
