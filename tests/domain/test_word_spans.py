"""Where words stand in a text: exactly those that are found in it, each with its own characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.names import folded_words
from server.domain.word_spans import word_spans

# What makes folding lose its places: marks that combine, also with a mark before them or out of order, and
# characters that fold to several letters, to none, or to a letter and a space.
ODD = "\u0301\u0345\u0f72\u0f73\u0f71\u3099\uff9e\u1161\u11a8\u0327\u05b0\u094d\u093c\u09be\u200d\u00ad\ufe0f"
texts = st.text(
    st.one_of(st.characters(), st.sampled_from(ODD + "aᾳώǅß½ﬁ㎏か가ŉ '’.\n")),
    max_size=40,
)


@given(texts)
def test_the_words_of_a_text_stand_where_it_is_said(text: str) -> None:
    spans = word_spans(text)
    assert [span.folded for span in spans] == folded_words(text)
    starts = [span.start for span in spans]
    assert starts == sorted(starts)
    for span in spans:
        assert span.folded in "".join(folded_words(text[span.start : span.stop]))


@given(texts)
def test_between_words_there_is_nothing_that_could_be_read(text: str) -> None:
    spans = word_spans(text)
    ends = [0, *(span.stop for span in spans)]
    starts = [*(span.start for span in spans), len(text)]
    assert not any(folded_words(text[end:start]) for end, start in zip(ends, starts, strict=True))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“Casino”, (really)", ["Casino", "really"]),
        ("cafe\u0301 au lait", ["cafe\u0301", "au", "lait"]),
        ("ca\u00adsi\u200bno!", ["ca\u00adsi\u200bno"]),
        ("don’t 'stop'", ["don’t", "stop"]),
        ("e-mail", ["e", "mail"]),
        ("1½ cups", ["1½", "½", "cups"]),  # one character has the end of a word and the next word in it
        ("", []),
    ],
)
def test_a_word_takes_all_of_its_characters_and_no_other(text: str, words: list[str]) -> None:
    assert [text[span.start : span.stop] for span in word_spans(text)] == words
