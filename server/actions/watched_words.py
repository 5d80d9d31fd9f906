"""Words that the board watches for: administrators' list."""

from server.domain.errors import Forbidden, NotFound
from server.domain.permissions import may_administer
from server.domain.validation import Problems
from server.domain.viewer import Viewer
from server.domain.watched_words import (
    LONGEST_SENTENCE,
    MAX_STARRED,
    MAX_WORDS,
    Action,
    WatchedWord,
    pieces_of,
    word_problem,
)
from server.store import audit, watched_words
from server.store.database import Database

_NOT_ADMIN = "Only administrators can say which words the board watches for."


async def watch(
    db: Database, viewer: Viewer, text: str, sentence: str, *, action: Action = Action.BLOCK, now: int
) -> int:
    """Watch for a word from now on; its number in the list.

    Raises Forbidden or Invalid (`text`, `sentence`).
    """
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    text, sentence = " ".join(text.split()), " ".join(sentence.split())
    problems = Problems()
    problems.add("text", word_problem(text))
    if len(sentence) > LONGEST_SENTENCE:
        problems.add("sentence", f"Please keep this under {LONGEST_SENTENCE} characters.")
    problems.refuse()
    async with db.begin() as writer:
        there = await watched_words.every(writer)
        if any(pieces_of(word.text) == pieces_of(text) for word in there):
            problems.add("text", "The board watches for this already.")
        if len(there) >= MAX_WORDS:
            problems.add("text", f"There are {MAX_WORDS} words already. Please take one out first.")
        if "*" in text and sum("*" in word.text for word in there) >= MAX_STARRED:
            problems.add("text", f"There are {MAX_STARRED} words with a star already.")
        problems.refuse()
        word = WatchedWord(0, text, sentence, action)
        word_id = await watched_words.add(writer, word, by=viewer.id, now=now)
        await audit.note(writer, viewer.id, "word_watched", "watched_word", word_id, "", after=text, now=now)
    return word_id


async def stop_watching(db: Database, viewer: Viewer, word_id: int, *, now: int) -> None:
    """Take a word out of the list. Raises Forbidden or NotFound."""
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    async with db.begin() as writer:
        text = await watched_words.remove(writer, word_id)
        if text is None:
            raise NotFound("This word is not in the list any more.")
        await audit.note(writer, viewer.id, "word_removed", "watched_word", word_id, "", before=text, now=now)
