"""Watched words as administrators read them: by what happens when they are written."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.watched_words import Action, WatchedWord


@dataclass(frozen=True, slots=True)
class WordKind:
    """What people call what happens to a word, and a sentence of what that means."""

    label: str
    about: str


KINDS = {
    Action.BLOCK: WordKind(
        "Not taken", "Who writes it is told before anything is posted, and keeps what he typed."
    ),
    Action.HOLD: WordKind(
        "Waits for a moderator",
        "A new post with it is seen by its author and moderators only, until it is approved.",
    ),
    Action.FLAG: WordKind(
        "Reported", "The post is there at once, and the board itself reports it to the moderators."
    ),
    Action.LINK: WordKind(
        "Linked", "Where it first stands in a post, it becomes a link to a page that you choose."
    ),
    Action.REPLACE: WordKind(
        "Replaced",
        "Everybody reads other words in its place, in titles of new topics too; its author still finds his"
        " own when he changes the post.",
    ),
}


@dataclass(frozen=True, slots=True)
class WordChoices:
    """What the form offers: names of languages, kinds, and how many characters its fields take."""

    languages: tuple[str, ...]
    longest_word: int
    longest_sentence: int
    longest_instead: int

    @property
    def kinds(self) -> tuple[tuple[str, str, str], ...]:
        """Value, label and sentence of each kind that can be chosen."""
        return tuple((action.value, KINDS[action].label, KINDS[action].about) for action in Action)


@dataclass(frozen=True, slots=True)
class WordGroup:
    """The words of one kind, in the order of the alphabet."""

    action: Action
    kind: WordKind
    words: tuple[WatchedWord, ...]


def grouped(words: Sequence[WatchedWord]) -> list[WordGroup]:
    """The list by kinds, without those that have no word."""
    ordered = sorted(words, key=lambda word: word.text.casefold())
    groups = [
        WordGroup(action, kind, tuple(word for word in ordered if word.action is action))
        for action, kind in KINDS.items()
    ]
    return [group for group in groups if group.words]


def word_says(word: WatchedWord) -> str:
    """One line of what comes of this very word."""
    if word.action is Action.LINK:
        return f"Leads to {word.instead}"
    if word.action is Action.REPLACE:
        return f"Shown as “{word.instead}”"
    if word.action is Action.BLOCK:
        return f"Its writer is told: {word.told}"
    return KINDS[word.action].about
