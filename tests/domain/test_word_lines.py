"""What the log says of a watched word is what undoing reads from it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.watched_words import Action, WatchedWord
from server.domain.word_lines import word_in, word_line

CASINO = WatchedWord(7, "casino*")


@pytest.mark.parametrize(
    ("word", "line"),
    [
        (CASINO, "“casino*”: not taken"),
        (replace(CASINO, sentence="Please don’t."), "“casino*”: not taken, “Please don’t.”"),
        (replace(CASINO, action=Action.HOLD, language="de"), "“casino*” (de): waits for a moderator"),
        (replace(CASINO, action=Action.FLAG, language="pt-BR"), "“casino*” (pt-BR): reported"),
        (replace(CASINO, action=Action.LINK, instead="/help"), "“casino*”: linked to /help"),
        (replace(CASINO, action=Action.REPLACE, instead="***"), "“casino*”: shown as “***”"),
    ],
)
def test_a_line_is_read_back_as_the_word_that_it_tells_of(word: WatchedWord, line: str) -> None:
    assert word_line([word]) == line
    assert word_in(line) == replace(word, id=0)


def test_a_line_about_several_words_or_something_else_is_none_of_one_word() -> None:
    several = word_line([CASINO, replace(CASINO, text="poker")])
    assert several == "“casino*”, “poker”: not taken"
    assert word_in("casino*") is None
    assert word_in("") is None
    assert word_line([CASINO] * 12).endswith("“casino*” and 2 more: not taken")


@given(
    st.text("ab ”“:(),*", min_size=1, max_size=12),
    st.sampled_from(Action),
    st.sampled_from(["", "de"]),
    st.text("ab ”“,:", max_size=9),
)
def test_whatever_is_read_says_the_same(text: str, action: Action, language: str, extra: str) -> None:
    shown = extra or "x" if action in {Action.LINK, Action.REPLACE} else ""
    word = WatchedWord(0, text, extra if action is Action.BLOCK else "", action, language, shown)
    read = word_in(word_line([word]))
    assert read is not None
    assert word_line([read]) == word_line([word])
