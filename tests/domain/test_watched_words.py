"""What a watched word finds, what it leaves alone, and that finding never takes long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.names import folded_words
from server.domain.watched_words import (
    LONGEST_WORD,
    MAX_STARRED,
    WatchedWord,
    find,
    most_steps,
    word_problem,
)


def finds(entry: str, text: str) -> bool:
    return bool(find([WatchedWord(1, entry)], text).words)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("casino", "The best Casino!"),
        ("casino", "CASINO"),
        ("casino", "(casino)"),
        ("casino", "see casino.example"),
        ("casino", "cásinó"),
        ("casino", "c\u0430sino"),  # a Cyrillic a
        ("casino", "ca\u00adsino"),  # a soft hyphen
        ("casino", "ca\u200bsino"),  # a space without width
        ("casino", "ｃａｓｉｎｏ"),
        ("casino", "cas1no"),
        ("heilung", "HEILUNG"),
        ("straße", "STRASSE"),
        ("miracle cure", "A miracle\n  cure, really"),
        ("miracle cure", "miracle-cure"),
        ("don't wait", "dont wait"),
        ("e-mail me", "E mail me"),
        ("casino*", "casinos"),
        ("casino*", "casino"),
        ("*spiel", "Glücksspiel"),
        ("gl*spiel*", "Glücksspiele"),
        ("wonder* cure*", "wonderful cures here"),
        ("рак", "рак"),
    ],
)
def test_a_word_is_found_however_it_is_dressed(entry: str, text: str) -> None:
    assert word_problem(entry) is None
    assert finds(entry, text)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("casino", "casinos"),
        ("casino", "occasionally"),
        ("ass", "assess the class"),
        ("miracle cure", "a miracle, and a cure"),
        ("miracle cure", "miracle"),
        ("casino*", "acasino"),
        ("*spiel", "Spieler"),
        ("ab*ab", "ab"),  # the same letters are not both its beginning and its end
        ("wonder* cure", "wonderful old cure"),
        ("casino", ""),
    ],
)
def test_what_only_resembles_a_word_is_left_alone(entry: str, text: str) -> None:
    assert not finds(entry, text)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("", "Please write the word"),
        ("  ", "Please write the word"),
        ("...", "no letter"),
        ("*", "no letter"),
        ("* *", "no letter"),
        ("ab*", "at least 3 letters"),
        ("a*b*c*d", "at most 2 stars"),
        ("a b c d e f g h i", "at most 8 words"),
        ("x" * (LONGEST_WORD + 1), "under 60 characters"),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused_with_a_sentence(entry: str, sentence: str) -> None:
    assert sentence in (word_problem(entry) or "")


LETTERS = "ab *-\u0430é1\n"
entries = st.lists(st.text(LETTERS, min_size=1, max_size=LONGEST_WORD), max_size=30)


@given(entries, st.text(LETTERS, max_size=400))
def test_finding_never_takes_more_steps_than_is_said(given: list[str], text: str) -> None:
    watched = [WatchedWord(i, entry) for i, entry in enumerate(given) if word_problem(entry) is None]
    found = find(watched, text)
    assert found.steps <= most_steps(watched, len(folded_words(text)))
    assert set(found.words) <= set(watched)


@given(entries, st.text(LETTERS, max_size=400))
def test_every_place_that_is_told_has_the_word_in_it(given: list[str], text: str) -> None:
    watched = [WatchedWord(i, entry) for i, entry in enumerate(given) if word_problem(entry) is None]
    words, found = folded_words(text), find(watched, text)
    assert [fit.first for fit in found.fits] == sorted({fit.first for fit in found.fits})
    for fit in found.fits:
        assert fit.word in found.words
        assert finds(fit.word.text, " ".join(words[fit.first : fit.first + fit.count]))
    assert bool(found.fits) == bool(found.words)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_searched_and_folding_it_again_changes_nothing(entry: str, text: str) -> None:
    if word_problem(entry) is None:
        find([WatchedWord(1, entry)], text)
    words = folded_words(text)
    assert folded_words(" ".join(words)) == words


def test_twice_the_text_takes_twice_the_steps_in_the_worst_of_cases() -> None:
    """What makes regular expressions explode: many stars, and a text that nearly fits everywhere."""
    watched = [WatchedWord(i, f"aa*aa*b{i}") for i in range(MAX_STARRED)]
    text = "aaaaaaaaaaaaaaaaaaa" + "".join(f" b{i}" for i in range(MAX_STARRED)) + " aaaaaaaa" * 500
    once, twice = find(watched, text).steps, find(watched, f"{text} {text}").steps
    assert 0 < once < twice <= 2 * once + len(watched)
