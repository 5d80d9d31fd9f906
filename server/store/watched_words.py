"""The board's list of watched words. Read for every post, so a change holds in every process at once."""

from functools import lru_cache

from server.domain.watched_words import Action, WatchedWord
from server.store.database import Reader, Row, Writer


async def every(reader: Reader) -> tuple[WatchedWord, ...]:
    """The whole list, the latest last."""
    rows = await reader.all(
        "SELECT id, text, sentence, action, language, instead FROM watched_words ORDER BY id"
    )
    return _words(tuple(map(tuple, rows)))


@lru_cache(maxsize=4)
def _words(rows: tuple[Row, ...]) -> tuple[WatchedWord, ...]:
    """The same objects for the same rows, so that what is prepared for looking is found again at once."""
    return tuple(WatchedWord(row[0], row[1], row[2], Action(row[3]), row[4], row[5]) for row in rows)


async def add(writer: Writer, word: WatchedWord, *, by: int | None, now: int) -> int:
    """A new entry; the number that it gets."""
    row = await writer.one(
        "INSERT INTO watched_words (text, sentence, action, language, instead, added_at, added_by)"
        " VALUES (:text, :sentence, :action, :language, :instead, :now, :by) RETURNING id",
        now=now,
        by=by,
        **_columns(word),
    )
    assert row is not None
    return int(row[0])


async def put_back(writer: Writer, word: WatchedWord, *, by: int | None, now: int) -> None:
    """An entry that was there before, under its number."""
    await writer.run(
        "INSERT INTO watched_words (id, text, sentence, action, language, instead, added_at, added_by)"
        " VALUES (:id, :text, :sentence, :action, :language, :instead, :now, :by)",
        id=word.id,
        now=now,
        by=by,
        **_columns(word),
    )


async def change(writer: Writer, word: WatchedWord) -> None:
    """Puts this in the place of the entry of its number."""
    await writer.run(
        "UPDATE watched_words SET text = :text, sentence = :sentence, action = :action, language = :language,"
        " instead = :instead WHERE id = :id",
        id=word.id,
        **_columns(word),
    )


async def remove(writer: Writer, word_id: int) -> bool:
    """Takes an entry out; False when there is none of that number any more."""
    found = await writer.value("DELETE FROM watched_words WHERE id = :id RETURNING id", id=word_id)
    return found is not None


def _columns(word: WatchedWord) -> dict[str, str]:
    return {
        "text": word.text,
        "sentence": word.sentence,
        "action": word.action.value,
        "language": word.language,
        "instead": word.instead,
    }
