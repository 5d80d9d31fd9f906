"""Words that the board watches for: who sets them, and what happens to those who write them."""

from dataclasses import replace

import pytest

from server.actions import posting, undoing, watched_words
from server.actions.posting import Draft, Edit
from server.domain import word_entries
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.watched_words import LONGEST_SENTENCE, Action, WatchedWord
from server.domain.word_entries import WordDraft
from server.store import audit
from server.store import watched_words as rows
from server.store.database import Database
from tests.support.model_board import NO_LIMITS, ModelBoard, model_board


async def watch(board: ModelBoard, text: str, sentence: str = "", by: str = "ada", **about: str) -> int:
    draft = WordDraft(text, sentence=sentence, **about)
    return (await watched_words.watch(board.db, board.viewer(by), draft, now=now_ms()))[0]


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
            assert await rows.every(reader) == ()


async def test_the_list_takes_no_word_twice_and_ends_somewhere(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with model_board(sqlite_url) as board:
        await watch(board, "casino*")
        with pytest.raises(Invalid, match="already"):
            await watch(board, "CASINO*")
        with pytest.raises(Invalid, match="under 200"):
            await watch(board, "poker", "x" * (LONGEST_SENTENCE + 1))
        monkeypatch.setattr(word_entries, "MAX_STARRED", 1)
        with pytest.raises(Invalid, match="with a star"):
            await watch(board, "poker*")
        monkeypatch.setattr(word_entries, "MAX_WORDS", 1)
        with pytest.raises(Invalid, match="take some out"):
            await watch(board, "poker")


async def test_several_words_are_added_at_once_or_none_of_them(database_url: str) -> None:
    async with model_board(database_url) as board:
        lines = "casino*\n\n Poker  night \nab*\nCASINO*\na b c d e f g h i"
        with pytest.raises(Invalid) as refused:
            await watch(board, lines, kind="flag")
        told = refused.value.fields["text"].split("\n")
        assert told == [
            "Line 4, “ab*”: Please write at least 3 letters beside the star, or it is in every text.",
            "Line 6, “a b c d e f g h i”: Please give at most 8 words in a row.",
        ]
        await watch(board, "casino*\n\nPoker  night\nCASINO*", kind="flag", language="german")
        async with board.db.snapshot() as reader:
            found = await rows.every(reader)
        assert [(word.text, word.action, word.language) for word in found] == [
            ("casino*", Action.FLAG, "de"),
            ("Poker night", Action.FLAG, "de"),
        ]
        with pytest.raises(Invalid) as refused:
            await watch(board, "\n".join(f"a{n}*" for n in range(9)))
        assert refused.value.fields["text"].splitlines()[-1] == "And 4 more like these."
        with pytest.raises(Invalid, match="at most 100 words"):
            await watch(board, "\n".join(f"word{n}" for n in range(101)))
        assert await logged(board) == ["“casino*”, “Poker night” (de): reported"]


async def logged(board: ModelBoard) -> list[str]:
    """What the log says that words became, the oldest first."""
    async with board.db.snapshot() as reader:
        lines = await reader.all("SELECT after FROM audit WHERE object_kind = 'watched_word' ORDER BY id")
    return [str(line[0]) for line in lines]


async def test_a_word_is_changed_where_it_stands_and_the_log_says_how(database_url: str) -> None:
    async with model_board(database_url) as board:
        number, ada = await watch(board, "casino"), board.viewer("ada")
        draft = WordDraft("Casinos", "link", "left out", "pt-br", "/help")
        await watched_words.change(board.db, ada, number, draft, now=now_ms())
        await watched_words.change(board.db, ada, number, draft, now=now_ms())  # once more: nothing
        async with board.db.snapshot() as reader:
            assert await rows.every(reader) == (
                WatchedWord(number, "Casinos", "", Action.LINK, "pt-BR", "/help"),
            )
        assert await logged(board) == ["“casino”: not taken", "“Casinos” (pt-BR): linked to /help"]
        await watch(board, "poker")
        with pytest.raises(Invalid, match="watches for “poker” already"):
            await watched_words.change(board.db, ada, number, replace(draft, text="POKER"), now=now_ms())
        with pytest.raises(NotFound):
            await watched_words.change(board.db, ada, number + 9, draft, now=now_ms())
        for name in ("ann", "mod"):
            with pytest.raises(Forbidden):
                await watched_words.change(board.db, board.viewer(name), number, draft, now=now_ms())


async def test_what_was_taken_out_or_changed_comes_back_from_the_log_as_it_was(database_url: str) -> None:
    async with model_board(database_url) as board:
        ada, now = board.viewer("ada"), now_ms()
        number = await watch(board, "casino", "Please don’t.", language="de")
        (whole,) = await words_of(board)
        await watched_words.change(board.db, ada, number, WordDraft("poker", "flag"), now=now)
        await undo_last(board)
        assert await words_of(board) == (whole,)
        await watched_words.stop_watching(board.db, ada, number, now=now)
        assert await words_of(board) == ()
        await undo_last(board)
        assert await words_of(board) == (whole,)
        assert await watch(board, "poker") > number
        await undo_last(board)
        assert await words_of(board) == (whole,)


async def words_of(board: ModelBoard) -> tuple[WatchedWord, ...]:
    async with board.db.snapshot() as reader:
        return await rows.every(reader)


async def undo_last(board: ModelBoard) -> None:
    async with board.db.snapshot() as reader:
        line_id = await reader.value("SELECT MAX(id) FROM audit")
    await undoing.undo(board.db, board.viewer("ada"), int(line_id or 0), now=now_ms())


@pytest.mark.parametrize(
    ("about", "field", "sentence"),
    [
        ({"kind": "burn"}, "kind", "choose what happens"),
        ({"kind": "link"}, "instead", "write the address"),
        ({"kind": "link", "instead": "javascript:alert(1)"}, "instead", "begins with https://"),
        ({"kind": "link", "instead": "mailto:a@example.org"}, "instead", "begins with https://"),
        ({"kind": "link", "instead": "//evil.example"}, "instead", "begins with https://"),
        ({"kind": "link", "instead": "https://you@evil.example"}, "instead", "begins with https://"),
        ({"kind": "link", "instead": "/" + "x" * 300}, "instead", "under 300"),
        ({"kind": "replace"}, "instead", "what is shown instead"),
        ({"kind": "replace", "instead": "\u2066"}, "instead", "None of this can be seen"),
        ({"kind": "replace", "instead": "x" * 61}, "instead", "under 60"),
        ({"language": "what we speak"}, "language", "German or de"),
    ],
)
async def test_an_entry_that_cannot_work_is_refused_beside_its_field(
    sqlite_url: str, about: dict[str, str], field: str, sentence: str
) -> None:
    async with model_board(sqlite_url) as board:
        with pytest.raises(Invalid) as refused:
            await watch(board, "poker", **about)
        assert sentence in refused.value.fields[field]


async def test_the_board_does_not_write_what_it_takes_from_nobody(sqlite_url: str) -> None:
    async with model_board(sqlite_url) as board:
        await watch(board, "casino")
        with pytest.raises(Invalid, match="watches for “casino”, which is in this") as refused:
            await watch(board, "poker", kind="replace", instead="the casino")
        assert list(refused.value.fields) == ["instead"]
        await watch(board, "poker", kind="replace", instead="a game")
        with pytest.raises(Invalid, match="shows “a game” for “poker”"):
            await watch(board, "game", kind="flag")
        await watch(board, "game", kind="link", instead="https://example.org")
