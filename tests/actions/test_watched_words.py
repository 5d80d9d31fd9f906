"""Words that the board watches for: who sets them, and what happens to those who write them."""

import pytest

from server.actions import posting, watched_words
from server.actions.posting import Draft, Edit
from server.domain import watched_words as domain
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, NotFound
from server.store import audit
from server.store import watched_words as rows
from server.store.database import Database
from tests.support.model_board import NO_LIMITS, ModelBoard, model_board


async def watch(board: ModelBoard, text: str, sentence: str = "", by: str = "ada") -> int:
    return await watched_words.watch(board.db, board.viewer(by), text, sentence, now=now_ms())


async def test_ann_cannot_post_a_watched_word_and_is_told_what_to_do(database_url: str) -> None:
    async with model_board(database_url) as board:
        topic, ann, now = await board.topic("How do you sleep?"), board.viewer("ann"), now_ms()
        fine = await board.reply(topic.topic_id, "Soup.", by="ann")
        number = await watch(board, "Miracle cure*", "Please share experience, not promises.")
        told = "does not take “Miracle cure[*]”. Please share experience, not promises."
        for body in ("A *mírácle* CURE.", "[look](https://example.org/miracle-cures)"):
            with pytest.raises(Invalid, match="Please share experience") as refused:
                await posting.reply(board.db, ann, topic.topic_id, Draft(body), now=now, limits=NO_LIMITS)
            assert list(refused.value.fields) == ["body"]
        with pytest.raises(Invalid, match="Please share experience"):
            await posting.edit(board.db, ann, fine.post_id, Edit("Miracle cure", fine.position), now=now)
        opening = Draft("Miracle cures!", "The miracle cure")
        with pytest.raises(Invalid, match=told) as refused:
            await posting.start_topic(board.db, ann, 1, opening, now=now, limits=NO_LIMITS)
        assert list(refused.value.fields) == ["title", "body"]
        mod = board.viewer("mod")
        warning = Draft("Beware of every miracle cure.")
        await posting.reply(board.db, mod, topic.topic_id, warning, now=now, limits=NO_LIMITS)
        await watched_words.stop_watching(board.db, board.viewer("ada"), number, now=now)
        await posting.reply(board.db, ann, topic.topic_id, Draft("Miracle cure"), now=now, limits=NO_LIMITS)


async def test_a_word_holds_in_every_process_at_once(database_url: str) -> None:
    async with model_board(database_url) as board:
        topic, ann = await board.topic(), board.viewer("ann")
        other = Database(database_url)
        await other.connect()
        try:
            draft = Draft("Visit the casino")
            await posting.reply(other, ann, topic.topic_id, draft, now=now_ms(), limits=NO_LIMITS)
            await watch(board, "casino")
            with pytest.raises(Invalid, match="casino"):
                await posting.reply(other, ann, topic.topic_id, draft, now=now_ms(), limits=NO_LIMITS)
        finally:
            await other.disconnect()


async def test_quoting_somebody_else_is_not_writing_it(database_url: str) -> None:
    async with model_board(database_url) as board:
        topic = await board.topic("They sell a miracle cure.", by="bo")
        await watch(board, "miracle cure")
        quote = f"[quote={topic.post_id}]\nmiracle cure\n[/quote]\n\nI would not buy that."
        await board.reply(topic.topic_id, quote, by="ann")


async def test_only_administrators_say_what_is_watched_for_and_it_is_written_down(database_url: str) -> None:
    async with model_board(database_url) as board:
        number = await watch(board, " Casino ")
        for name in ("ann", "mod"):
            with pytest.raises(Forbidden):
                await watch(board, "poker", by=name)
            with pytest.raises(Forbidden):
                await watched_words.stop_watching(board.db, board.viewer(name), number, now=now_ms())
        await watched_words.stop_watching(board.db, board.viewer("ada"), number, now=now_ms())
        with pytest.raises(NotFound):
            await watched_words.stop_watching(board.db, board.viewer("ada"), number, now=now_ms())
        async with board.db.snapshot() as reader:
            history = await audit.of_thing(reader, "watched_word", number, 9)
            assert sorted(entry.act for entry in history) == ["word_removed", "word_watched"]
            assert await rows.every(reader) == []


async def test_the_list_takes_no_word_twice_and_ends_somewhere(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with model_board(sqlite_url) as board:
        await watch(board, "casino*")
        with pytest.raises(Invalid, match="already"):
            await watch(board, "CASINO*")
        with pytest.raises(Invalid, match="under 200"):
            await watch(board, "poker", "x" * (domain.LONGEST_SENTENCE + 1))
        monkeypatch.setattr(watched_words, "MAX_STARRED", 1)
        with pytest.raises(Invalid, match="with a star"):
            await watch(board, "poker*")
        monkeypatch.setattr(watched_words, "MAX_WORDS", 1)
        with pytest.raises(Invalid, match="take one out"):
            await watch(board, "poker")
