"""Words that the board watches for: administrators' list."""

from dataclasses import replace

from server.domain.errors import Forbidden, NotFound
from server.domain.permissions import may_administer
from server.domain.viewer import Viewer
from server.domain.word_entries import WordDraft, check_room, read_words
from server.domain.word_lines import word_line
from server.store import audit, watched_words
from server.store.database import Database

_NOT_ADMIN = "Only administrators can say which words the board watches for."
_GONE = "This word is not in the list any more."


async def watch(db: Database, viewer: Viewer, draft: WordDraft, *, now: int) -> tuple[int, ...]:
    """Watch for words from now on, all or none; their numbers in the list.

    Raises Forbidden or Invalid (as `word_entries.read_words`).
    """
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    words = read_words(draft)
    async with db.begin() as writer:
        check_room(words, await watched_words.every(writer))
        added = [await watched_words.add(writer, word, by=viewer.id, now=now) for word in words]
        about = added[0] if len(added) == 1 else None
        await audit.note(
            writer, viewer.id, "word_watched", "watched_word", about, after=word_line(words), now=now
        )
    return tuple(added)


async def change(db: Database, viewer: Viewer, word_id: int, draft: WordDraft, *, now: int) -> None:
    """Change a word of the list, or what happens when it is written.

    Raises as `watch`, also (`text`) for several lines, or NotFound.
    """
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    word = replace(read_words(replace(draft, text=" ".join(draft.text.split())))[0], id=word_id)
    async with db.begin() as writer:
        there = await watched_words.every(writer)
        before = next((one for one in there if one.id == word_id), None)
        if before is None:
            raise NotFound(_GONE)
        if word == before:
            return
        check_room([word], [one for one in there if one.id != word_id])
        await watched_words.change(writer, word)
        await audit.note(
            writer,
            viewer.id,
            "word_changed",
            "watched_word",
            word_id,
            before=word_line([before]),
            after=word_line([word]),
            now=now,
        )


async def stop_watching(db: Database, viewer: Viewer, word_id: int, *, now: int) -> None:
    """Take a word out of the list. Raises Forbidden or NotFound."""
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    async with db.begin() as writer:
        word = next((one for one in await watched_words.every(writer) if one.id == word_id), None)
        if word is None or not await watched_words.remove(writer, word_id):
            raise NotFound(_GONE)
        await audit.note(
            writer, viewer.id, "word_removed", "watched_word", word_id, before=word_line([word]), now=now
        )


async def put_back(db: Database, viewer: Viewer, word_id: int, draft: WordDraft, *, now: int) -> None:
    """Watch again for a word that was taken out, under the number that it had.

    Raises as `watch`, also (`text`) when it is on the list.
    """
    if not may_administer(viewer):
        raise Forbidden(_NOT_ADMIN)
    word = replace(read_words(draft)[0], id=word_id)
    async with db.begin() as writer:
        check_room([word], await watched_words.every(writer))
        await watched_words.put_back(writer, word, by=viewer.id, now=now)
        await audit.note(
            writer, viewer.id, "word_watched", "watched_word", word_id, after=word_line([word]), now=now
        )
