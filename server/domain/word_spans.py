"""Where in a text its words stand, so that what was found among the folded words can be shown or changed.

Folding does not keep places: one character may fold to several letters and several to one. So a text is cut
into clusters, each a character with the marks that belong to it, which fold by themselves to what they fold
to in the whole.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from server.domain.names import folded_text


@dataclass(frozen=True, slots=True)
class WordSpan:
    """A word as it is folded, and the characters `start` to `stop` (excluded) that it was folded from."""

    folded: str
    start: int
    stop: int


def word_spans(text: str) -> list[WordSpan]:
    """The text's words, the same as `names.folded_words` gives. Takes time in proportion to its length.

    Two words overlap only where one character has the end of one and the beginning of the next in it, as ½
    has.
    """
    spans: list[WordSpan] = []
    letters: list[str] = []
    start = stop = 0
    for first, last in _clusters(text):
        for char in _folded(text[first:last]):
            if char != " ":
                start = start if letters else first
                letters.append(char)
                stop = last
            elif letters:
                spans.append(WordSpan("".join(letters), start, stop))
                letters = []
    if letters:
        spans.append(WordSpan("".join(letters), start, stop))
    return spans


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each character with its marks goes."""
    start = 0
    for place in range(1, len(text)):
        if not _is_mark(text[place]):
            yield start, place
            start = place
    if text:
        yield start, len(text)


@lru_cache(maxsize=4096)
def _folded(cluster: str) -> str:
    return folded_text(cluster)


@lru_cache(maxsize=4096)
def _is_mark(char: str) -> bool:
    """Whether a character may combine with the one before, or is sorted among its marks, in any form."""
    return char > "\u02ff" and unicodedata.combining(unicodedata.normalize("NFKD", char)[0]) != 0
