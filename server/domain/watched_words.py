"""Words that the board watches for, and finding them in what somebody writes.

A watched word is one word or several in a row. Words are compared folded (`names.folded_words`): whole words,
and what people overlook is overlooked. A star stands for any letters within one word ("casino*").

There is no other pattern on purpose. Regular expressions backtrack, and one careless line would stop the
board for everybody. Here every word of the text is looked up once for each length of phrase, and compared
once with each phrase that has a star and whose letters are in the text at all: never more than `most_steps`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from server.domain.names import folded_words

MAX_WORDS = 500  # on the board's list
MAX_STARRED = 100  # of these with a star
LONGEST_WORD = 60  # characters of one entry, however many words it has
MOST_IN_A_ROW = 8  # words of one entry
MOST_STARS = 2  # in one word
LEAST_LETTERS = 3  # beside a star, or it would be in every text
LONGEST_SENTENCE = 200  # characters that are said to the author

USUAL_SENTENCE = "Please say it in other words."

Piece = tuple[str, ...]
"""One word of an entry: the letters between its stars. Without a star it is one text."""


class Action(StrEnum):
    """What the board does when somebody writes a word."""

    BLOCK = "block"  # what he wrote is not taken; he is told, and can say it in other words
    HOLD = "hold"  # a new post waits for a moderator
    FLAG = "flag"  # the post is there at once, and the board itself reports it
    LINK = "link"  # the word becomes a link to `instead`
    REPLACE = "replace"  # the word is shown as `instead`


@dataclass(frozen=True, slots=True)
class WatchedWord:
    """An entry of the list.

    `sentence` is told to who writes a blocked word, in the board's own words; empty: ours. `language` is a
    tag by which the list is sorted (BCP 47), empty when it is for all; it decides nothing. `instead` is the
    address of a link, or what is shown for a replaced word.
    """

    id: int
    text: str
    sentence: str = ""
    action: Action = Action.BLOCK
    language: str = ""
    instead: str = ""

    @property
    def told(self) -> str:
        """What the author of a blocked word is to do instead."""
        return self.sentence or USUAL_SENTENCE

    def __hash__(self) -> int:
        return self.id  # of hundreds, for every post: what the dataclass would do takes ten times as long


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of a text that is taken.

    `worried`: its author may want to harm himself. `hold` and `flag` are the words in it for which a new
    post waits for a moderator, or for which the board reports it.
    """

    worried: bool = False
    hold: tuple[WatchedWord, ...] = ()
    flag: tuple[WatchedWord, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """Where an entry is: the first of a text's words, counted from 0, and how many."""

    first: int
    count: int
    word: WatchedWord


@dataclass(frozen=True, slots=True)
class Found:
    """The entries that are in a text, in the order of the list, and how many comparisons it took.

    `fits` says where, in the order of the text: of entries that begin at one word, the longest, and before
    one with a star one without. They may overlap.
    """

    words: tuple[WatchedWord, ...]
    steps: int
    fits: tuple[Fit, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """A list that is ready to be looked for.

    `starred` are the entries with a star, each with the longest of its letters in a row: what is not even in
    the text spares the rest. `lengths` are those of phrases without a star, rising.
    """

    order: tuple[WatchedWord, ...]
    plain: dict[tuple[str, ...], list[WatchedWord]]
    starred: list[tuple[str, tuple[Piece, ...], WatchedWord]]
    lengths: tuple[int, ...]

    def look(self, words: Sequence[str]) -> Found:
        """Which of the entries are in a text of these folded words."""
        found: set[WatchedWord] = set()
        longest: dict[int, Fit] = {}
        steps = 0
        for length in self.lengths:
            for start in range(len(words) - length + 1):
                steps += 1
                for word in self.plain.get(tuple(words[start : start + length]), ()):
                    found.add(word)
                    longest[start] = Fit(start, length, word)
        whole = " ".join(words)
        for letters, pieces, word in self.starred:
            steps += len(pieces)
            if letters not in whole or not all(part in whole for piece in pieces for part in piece):
                continue
            for start in range(len(words) - len(pieces) + 1):
                taken = _fitting(pieces, words, start)
                steps += min(taken + 1, len(pieces))
                if taken == len(pieces):
                    found.add(word)
                    if start not in longest or longest[start].count < taken:
                        longest[start] = Fit(start, taken, word)
        fits = tuple(longest[start] for start in sorted(longest))
        return Found(tuple(word for word in self.order if word in found), steps, fits)


def pieces_of(text: str) -> tuple[Piece, ...]:
    """An entry's words, each as the letters between its stars: what is compared."""
    return tuple(
        piece for word in text.replace("*", "\ue000").split() for piece in _pieces(word) if any(piece)
    )


def word_problem(text: str) -> str | None:
    """A sentence saying why this cannot be watched for and what to do, or None."""
    if not text.strip():
        return "Please write the word that the board should watch for."
    if len(text) > LONGEST_WORD:
        return f"Please keep it under {LONGEST_WORD} characters; this has {len(text)}."
    words = pieces_of(text)
    if not any(map(any, words)):
        return "There is no letter or digit in this. Please write a word."
    if len(words) > MOST_IN_A_ROW:
        return f"Please give at most {MOST_IN_A_ROW} words in a row."
    for word in words:
        if len(word) - 1 > MOST_STARS:
            return f"Please use at most {MOST_STARS} stars in one word."
        if len(word) > 1 and len("".join(word)) < LEAST_LETTERS:
            return f"Please write at least {LEAST_LETTERS} letters beside the star, or it is in every text."
    return None


def find(watched: Iterable[WatchedWord], text: str) -> Found:
    """Which of these are in the text."""
    every = tuple(watched)
    return _kept(every).look(folded_words(text)) if every else Found((), 0)


def watch_for(watched: tuple[WatchedWord, ...]) -> Watch:
    """The list as texts can be looked through for it."""
    plain: dict[tuple[str, ...], list[WatchedWord]] = defaultdict(list)
    starred: list[tuple[str, tuple[Piece, ...], WatchedWord]] = []
    for word in watched:
        pieces = pieces_of(word.text)
        if any(len(piece) > 1 for piece in pieces):
            letters = max((part for piece in pieces for part in piece), key=len)
            starred.append((letters, pieces, word))
        else:
            plain[tuple(piece[0] for piece in pieces)].append(word)
    return Watch(watched, dict(plain), starred, tuple(sorted({len(phrase) for phrase in plain})))


def most_steps(watched: Sequence[WatchedWord], words: int) -> int:
    """The most comparisons that finding these in a text of so many words can take."""
    starred = [pieces_of(word.text) for word in watched if "*" in word.text]
    return words * (MOST_IN_A_ROW + sum(map(len, starred))) + len(starred) * MOST_IN_A_ROW


@lru_cache(maxsize=8)
def _kept(watched: tuple[WatchedWord, ...]) -> Watch:
    return watch_for(watched)


def _pieces(word: str) -> list[Piece]:
    """The words that one run of characters folds to, a star being part of a word: "e-mail*" has two."""
    parts = [folded_words(part) or [""] for part in word.split("\ue000")]
    found: list[list[str]] = [[]]
    for part in parts:
        found[-1].append(part[0])
        found.extend([more] for more in part[1:])
    return [tuple(piece) for piece in found]


def _fitting(pieces: tuple[Piece, ...], words: Sequence[str], start: int) -> int:
    """How many words from there on fit, one after the other."""
    for place, piece in enumerate(pieces):
        if not _fits(piece, words[start + place]):
            return place
    return len(pieces)


def _fits(piece: Piece, word: str) -> bool:
    """Whether the letters stand in the word in this order, the first at its beginning, the last at its end.

    Each is looked for behind the one before, once: taking the earliest is never wrong.
    """
    if len(piece) == 1:
        return word == piece[0]
    first, last = piece[0], piece[-1]
    if len(word) < len(first) + len(last) or not word.startswith(first) or not word.endswith(last):
        return False
    place, end = len(first), len(word) - len(last)
    for part in piece[1:-1]:
        place = word.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return True
