"""Whether a text repeats another: by its shingles, runs of a few words, which survive cutting and moving.

A quote is a reference and goes with its source; what somebody pasted stays where he put it. This finds it.
"""

import re
from collections.abc import Set as AbstractSet

WORDS = 5  # in a shingle: fewer are found in any two texts, more miss what was changed here and there
LEAST = 3  # shingles in common, or all there are: a phrase that everybody uses is no copy
MOST_WORDS = 4_000  # that are looked at of one text, as many as the longest post has
_WORD = re.compile(r"[^\W_]+")


def shingles(text: str) -> AbstractSet[int]:
    """The text's runs of WORDS words, whatever is written large or between them; as numbers, to compare."""
    words = [found[0].lower() for found in _WORD.finditer(text)][:MOST_WORDS]
    return {hash(tuple(words[start : start + WORDS])) for start in range(len(words) - WORDS + 1)}


def repeated(source: AbstractSet[int], text: str) -> float:
    """How much of the source stands in the text: 0.0, where it is no copy, to 1.0."""
    common = len(source & shingles(text)) if source else 0
    return common / len(source) if common >= min(LEAST, len(source)) and common else 0.0
