"""What the board shows for the words that it links or replaces, while one post is rendered.

Words are found as everywhere (`watched_words.find`), but never in an address, which would lead elsewhere
then. A word is linked where it first stands, so that a post doesn't become a row of links, and replaced
wherever it stands. What the author typed is not touched: this is about what is shown.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from server.domain.markup_links import board_link
from server.domain.names import folded_words
from server.domain.watched_words import Action, Watch, WatchedWord, watch_for
from server.domain.word_spans import word_spans

_RUN = re.compile(r"\S+")
_ADDRESS = re.compile(r"://|\w@\w|\bwww\.", re.IGNORECASE)  # in a run of characters without a space
_NOTHING = watch_for(())


@dataclass(frozen=True, slots=True)
class Substitution:
    """The characters `start` to `stop` (excluded) of a text, and the entry that says what stands there."""

    start: int
    stop: int
    word: WatchedWord


@dataclass(slots=True)
class Substitutions:
    """The entries that change what is shown.

    `linked` are those that this post has a link for by now, `replaced` those of which something was replaced.
    """

    _all: Watch
    _replacing: Watch = _NOTHING
    linked: set[WatchedWord] = field(default_factory=set)
    replaced: set[WatchedWord] = field(default_factory=set)

    @property
    def leads_to_paths(self) -> bool:
        """Whether a link has been set to a path of the board."""
        return any(word.instead.startswith("/") for word in self.linked)

    def within(self, text: str) -> "Substitutions":
        """Those whose words are in the text at all, to be asked about its parts: a post has thousands."""
        words = self._all.look(folded_words(text)).words if self._all.order else ()
        replacing = tuple(word for word in words if word.action is Action.REPLACE)
        return Substitutions(watch_for(words), watch_for(replacing), self.linked, self.replaced)

    def __bool__(self) -> bool:
        return bool(self._all.order)

    def take(self, pieces: Sequence[str], *, may_link: bool) -> list[Substitution]:
        """What is to be shown where in these pieces of a text, put together; in order, without overlaps.

        A link stays in one piece. What is returned has to be done: it is not returned a second time. Where a
        longer entry stands, shorter ones that begin there are left alone.
        """
        text = "".join(pieces)
        fits = (self._all if may_link else self._replacing).look(folded_words(text)).fits
        if not fits:
            return []
        spans = word_spans(text)
        ends = list(accumulate(map(len, pieces)))
        addresses = _addresses(text)
        found: list[Substitution] = []
        done = 0
        for fit in fits:
            start, stop = spans[fit.first].start, spans[fit.first + fit.count - 1].stop
            if start < done or _touches(addresses, start, stop):
                continue
            if fit.word.action is Action.LINK:
                one_piece = bisect_right(ends, start) == bisect_right(ends, stop - 1)
                if fit.word in self.linked or not one_piece:
                    continue
                self.linked.add(fit.word)
            else:
                self.replaced.add(fit.word)
            found.append(Substitution(start, stop, fit.word))
            done = stop
        return found


def substitutions(watched: Sequence[WatchedWord]) -> Substitutions:
    """Those entries of a list that change what is shown, for a post to be rendered."""
    return Substitutions(_shown(tuple(watched)))


def replaced(watched: Sequence[WatchedWord], text: str) -> str:
    """A text of one line, like a title, with words replaced; nothing is linked."""
    present = substitutions(watched).within(text)
    pieces: list[str] = []
    done = 0
    for one in present.take([text], may_link=False) if present else ():
        pieces += [text[done : one.start], one.word.instead]
        done = one.stop
    return "".join((*pieces, text[done:]))


@lru_cache(maxsize=4)
def _shown(watched: tuple[WatchedWord, ...]) -> Watch:
    return watch_for(
        tuple(
            word
            for word in watched
            if word.action is Action.REPLACE or (word.action is Action.LINK and board_link(word.instead))
        )
    )


def _addresses(text: str) -> list[int]:
    """Where runs that have an address in them begin and end, one after the other."""
    runs = (run.span() for run in _RUN.finditer(text) if _ADDRESS.search(run[0]))
    return [place for span in runs for place in span]


def _touches(addresses: Sequence[int], start: int, stop: int) -> bool:
    """Whether characters from `start` to `stop` are in one of these, partly at least."""
    return bisect_right(addresses, start) % 2 == 1 or bisect_right(addresses, start) < bisect_right(
        addresses, stop - 1
    )
