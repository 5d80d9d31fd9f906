"""Watched words as the log writes them down, so that people can read it, and undoing can read it back."""

import re
from collections.abc import Sequence

from server.domain.watched_words import Action, WatchedWord

_NAMED = 10  # words that a line names
_SAYS = {
    Action.BLOCK: "not taken",
    Action.HOLD: "waits for a moderator",
    Action.FLAG: "reported",
    Action.LINK: "linked to {word.instead}",
    Action.REPLACE: "shown as “{word.instead}”",
}
_SENTENCE = ", “{word.sentence}”"
_ENTRY = re.compile(
    "“(?P<text>.+?)”(?: \\((?P<language>[A-Za-z0-9-]+)\\))?: "
    "(?:(?P<block>not taken)(?:, “(?P<sentence>.+)”)?|(?P<hold>waits for a moderator)|(?P<flag>reported)"
    "|(?P<link>linked) to (?P<address>.+)|(?P<replace>shown) as “(?P<shown>.+)”)"
)


def word_line(words: Sequence[WatchedWord]) -> str:
    """Words of one kind: `“casino*”, “poker” (en): reported`."""
    named = ", ".join(f"“{word.text}”" for word in words[:_NAMED])
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    word = words[0]
    language = f" ({word.language})" if word.language else ""
    says = _SAYS[word.action] + (_SENTENCE if word.sentence else "")
    return f"{named}{more}{language}: {says.format(word=word)}"


def word_in(line: str) -> WatchedWord | None:
    """The entry, without its number, that a line about one word tells of; None when that is not all there."""
    found = _ENTRY.fullmatch(line)
    if found is None:
        return None
    (action,) = (action for action in Action if found[action.value])
    instead = found["address"] or found["shown"] or ""
    word = WatchedWord(0, found["text"], found["sentence"] or "", action, found["language"] or "", instead)
    return word if word_line([word]) == line else None
