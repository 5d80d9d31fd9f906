"""The board's list of watched words. Read for every post, so a change holds in every process at once."""

from server.domain.watched_words import Action, WatchedWord
from server.store.database import Reader, Writer


async def every(reader: Reader) -> list[WatchedWord]:
    """The whole list, the latest last."""
    rows = await reader.all(
        "SELECT id, text, sentence, action, language, instead FROM watched_words ORDER BY id"
    )
    return [WatchedWord(row[0], row[1], row[2], Action(row[3]), row[4], row[5]) for row in rows]


async def add(writer: Writer, word: WatchedWord, *, by: int | None, now: int) -> int:
    """A new entry; the number that it gets."""
    row = await writer.one(
        "INSERT INTO watched_words (text, sentence, action, language, instead, added_at, added_by)"
        " VALUES (:text, :sentence, :action, :language, :instead, :now, :by) RETURNING id",
        text=word.text,
        sentence=word.sentence,
        action=word.action.value,
        language=word.language,
        instead=word.instead,
        now=now,
        by=by,
    )
    assert row is not None
    return int(row[0])


async def remove(writer: Writer, word_id: int) -> str | None:
    """Takes an entry out; what it watched for, or None when there is none of that number."""
    found = await writer.value("DELETE FROM watched_words WHERE id = :id RETURNING text", id=word_id)
    return None if found is None else str(found)
