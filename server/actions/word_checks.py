"""What watched words do to what members write: not taken, waiting for a moderator, or reported."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.actions.composing import SHORT, rendered
from server.actions.help_lines import needs_help, raise_worry
from server.actions.reports import raise_by_board
from server.domain.errors import Invalid
from server.domain.markup import split_quotes
from server.domain.reports import Reason, Subject
from server.domain.viewer import Viewer
from server.domain.watched_words import Action, Found, Verdict, WatchedWord, find
from server.store import watched_words
from server.store.database import Database, Writer

_MOST_NAMED = 10  # words that a report names


@dataclass(frozen=True, slots=True)
class Tried:
    """What a text would meet: the watched words in it, and how others would see it."""

    words: tuple[WatchedWord, ...]
    html: str


async def try_out(db: Database, text: str) -> Tried:
    """What would come of a text of at most MAX_BODY characters. Nothing is kept. Raises Overloaded."""
    watched = await db.read(watched_words.every)
    shown = await rendered(text, {}, watched)
    found = await _find(watched, f"{shown.said}\n{text}")
    html = "".join(piece for piece in split_quotes(shown.html) if isinstance(piece, str))
    return Tried(found.words, html)


async def check_words(
    db: Database, viewer: Viewer, watched: Sequence[WatchedWord], texts: Mapping[str, str]
) -> Verdict:
    """What comes of these texts, by the names of their fields, where these words are watched for.

    Staff may write all.

    Raises Invalid with a sentence for each field in which a blocked word is.
    """
    if viewer.is_staff:
        return Verdict()
    problems: dict[str, str] = {}
    found: dict[int, WatchedWord] = {}
    for name, text in texts.items():
        words = (await _find(watched, text)).words
        found.update({word.id: word for word in words})
        blocked = [word for word in words if word.action is Action.BLOCK]
        if blocked:
            problems[name] = _not_taken(blocked[0])
    if problems:
        raise Invalid(problems)
    return Verdict(
        await needs_help(db, "\n".join(texts.values())),
        hold=tuple(word for word in found.values() if word.action is Action.HOLD),
        flag=tuple(word for word in found.values() if word.action is Action.FLAG),
    )


async def report_post(writer: Writer, post_id: int, verdict: Verdict, *, now: int) -> None:
    """Tells moderators of a new post with words about harm, or flagged ones."""
    if verdict.worried:
        await raise_worry(writer, post_id, now=now)
    await _report_words(writer, post_id, verdict.flag, now)


async def report_edit(writer: Writer, post_id: int, verdict: Verdict, *, before: str, now: int) -> None:
    """Tells moderators of what an edit brought into a post; not of what was in it `before`.

    That a post should have waited is told too: what is on the board doesn't leave it by an edit.
    """
    if verdict.worried:
        await raise_worry(writer, post_id, before=before, now=now)
    words = (*verdict.hold, *verdict.flag)
    if set(words) - set(find(words, before).words):
        await _report_words(writer, post_id, words, now)


async def _find(watched: Sequence[WatchedWord], text: str) -> Found:
    if len(text) <= SHORT or not watched:
        return find(watched, text)
    return await asyncio.to_thread(find, watched, text)


async def _report_words(writer: Writer, post_id: int, words: Sequence[WatchedWord], now: int) -> None:
    if not words:
        return
    named = ", ".join(f"“{word.text}”" for word in words[:_MOST_NAMED])
    said = f"The board watches for {named}, which {'is' if len(words) == 1 else 'are'} in it."
    await raise_by_board(writer, Subject.POST, post_id, Reason.RULES, said, urgent=False, now=now)


def _not_taken(word: WatchedWord) -> str:
    return f"This board does not take “{word.text}”. {word.told}"
