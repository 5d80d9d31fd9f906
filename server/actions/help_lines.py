"""Help lines: setting them, and asking whether a text calls for them."""

import asyncio
from collections.abc import Mapping

from server.actions.composing import SHORT
from server.actions.reports import raise_by_board
from server.domain.errors import Forbidden
from server.domain.help_lines import DEFAULTS, lines_problem, speaks_of_harm, words_problem
from server.domain.permissions import may_administer
from server.domain.reports import Reason, Subject
from server.domain.validation import Problems
from server.domain.viewer import Viewer
from server.store import audit, settings
from server.store.database import Database, Writer

_WORRY = "The board itself reports this: words in it say that its author may want to harm himself."


async def change_help_lines(db: Database, viewer: Viewer, values: Mapping[str, str], *, now: int) -> None:
    """Sets `help_lines` and `help_words`, both texts with an entry a line.

    They hold from the next page and the next post on. Raises Forbidden or Invalid with a sentence for each.
    """
    if not may_administer(viewer):
        raise Forbidden("Only administrators can change the help lines.")
    problems = Problems()
    problems.add("help_lines", lines_problem(values["help_lines"]))
    problems.add("help_words", words_problem(values["help_words"]))
    problems.refuse()
    async with db.begin() as writer:
        for name in DEFAULTS:
            await settings.put(writer, name, "\n".join(values[name].split("\n")).strip())
        await audit.note(writer, viewer.id, "help_lines", "board", None, now=now)


async def needs_help(db: Database, text: str) -> bool:
    """Whether its writer should be shown help lines. A long text is searched aside: others don't wait."""
    words = await db.read(lambda reader: settings.text(reader, "help_words"))
    if len(text) <= SHORT:
        return speaks_of_harm(words, text)
    return await asyncio.to_thread(speaks_of_harm, words, text)


async def raise_worry(writer: Writer, post_id: int, *, before: str = "", now: int) -> None:
    """Moderators hear of the post before anything else; of an edit only when it was not so `before`."""
    if not before or not speaks_of_harm(await settings.text(writer, "help_words"), before):
        await raise_by_board(writer, Subject.POST, post_id, Reason.WORRIED, _WORRY, now=now)
