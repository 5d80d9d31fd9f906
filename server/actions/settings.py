"""What an administrator sets for the whole board."""

from collections.abc import Mapping

from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid
from server.domain.events import Event, Kind
from server.domain.permissions import may_administer
from server.domain.settings import DEFAULTS, LONGEST
from server.domain.viewer import Audience, Viewer
from server.store import audit, post_numbers, settings
from server.store.database import Database

HIGHEST_POST_NUMBER = 10**15  # below what JavaScript counts exactly, with room above


async def change_settings(db: Database, viewer: Viewer, values: Mapping[str, str], next_post: str) -> None:
    """Set the board's texts and the number of the next post.

    Raises Forbidden, or Invalid with a sentence for each field that is wrong; then nothing is changed.
    """
    if not may_administer(viewer):
        raise Forbidden("Only administrators can change the board's settings.")
    problems = {name: problem for name in DEFAULTS if (problem := _problem(name, values.get(name, "")))}
    async with db.begin() as writer:
        upcoming = await post_numbers.upcoming(writer)
        least = await post_numbers.highest(writer) + 1
        number = int(next_post) if next_post.isascii() and next_post.isdigit() and len(next_post) < 17 else 0
        if number != upcoming and not least <= number <= HIGHEST_POST_NUMBER:
            problems["next_post_number"] = (
                f"Numbers below {least} are taken. Please give a whole number from there on."
            )
        if problems:
            raise Invalid(problems)
        for name in DEFAULTS:
            await settings.put(writer, name, values[name].strip())
        if number != upcoming:
            await post_numbers.start_at(writer, number)
        writer.append(Event(Kind.SETTINGS, 0, Audience.PUBLIC))
        await audit.note(writer, viewer.id, "settings", "board", None, "", now=now_ms())


def _problem(name: str, value: str) -> str:
    if not value.strip() and name != "notice":
        return "Please write something here."
    if len(value) > LONGEST[name]:
        return f"Please keep this under {LONGEST[name]:,} characters; it has {len(value):,}."
    return ""
