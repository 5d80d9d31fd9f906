"""What administrators type when they put words on the list: checked, and told in sentences what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.languages import language_tag
from server.domain.markup import render
from server.domain.validation import Problems
from server.domain.watched_words import (
    LONGEST_SENTENCE,
    MAX_STARRED,
    MAX_WORDS,
    Action,
    WatchedWord,
    find,
    pieces_of,
    word_problem,
)

MOST_AT_ONCE = 100  # lines
MOST_PROBLEMS = 5  # lines whose problem is said
LONGEST_SHOWN = 60  # characters that are shown instead of a word
LONGEST_LINK = 300  # characters of an address


@dataclass(frozen=True, slots=True)
class WordDraft:
    """The form as it was typed: `text` with a word, or several in a row, on each line; `kind` is an Action.

    A field called `action` would stand in the place of the form's own in every script.
    """

    text: str
    kind: str = Action.BLOCK
    sentence: str = ""
    language: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


def read_words(draft: WordDraft) -> tuple[WatchedWord, ...]:
    """The entries that the form describes, still without numbers; a word that stands there twice is one.

    Raises Invalid (`text`, `kind`, `sentence`, `language`, `instead`). What doesn't belong to the kind is
    left out.
    """
    problems, lines = Problems(), _lines(draft.text)
    if draft.kind not in set(Action):
        problems.add("kind", "Please choose what happens to them.")
        problems.refuse()
    action = Action(draft.kind)
    problems.add("text", _text_problem(lines))
    sentence = " ".join(draft.sentence.split()) if action is Action.BLOCK else ""
    if len(sentence) > LONGEST_SENTENCE:
        problems.add("sentence", f"Please keep this under {LONGEST_SENTENCE} characters.")
    instead = " ".join(draft.instead.split()) if action in {Action.LINK, Action.REPLACE} else ""
    problems.add("instead", _instead_problem(action, instead))
    language = language_tag(draft.language)
    if language is None:
        problems.add("language", "Please write a language as German or de, or leave this empty.")
    problems.refuse()
    same = {pieces_of(line.text): line for line in reversed(lines)}
    return tuple(
        WatchedWord(0, line.text, sentence, action, language or "", instead)
        for line in lines
        if same[pieces_of(line.text)] is line
    )


def check_room(words: Sequence[WatchedWord], there: Sequence[WatchedWord]) -> None:
    """Raises Invalid (`text`, `instead`) when these cannot stand beside what is on the list."""
    problems, known = Problems(), {pieces_of(word.text): word for word in there}
    twice = [known[pieces] for pieces in (pieces_of(word.text) for word in words) if pieces in known]
    problems.add("text", _told([f"The board watches for “{word.text}” already." for word in twice]))
    starred = sum("*" in word.text for word in there)
    if len(words) + len(there) > MAX_WORDS:
        problems.add(
            "text", f"There are {len(there)} of {MAX_WORDS} words already. Please take some out first."
        )
    if starred + sum("*" in word.text for word in words) > MAX_STARRED:
        problems.add("text", f"There are {starred} of {MAX_STARRED} words with a star already.")
    for word in words:
        problems.add("instead", _meets(word, there))
    for word in there:
        met = _meets(word, words)
        problems.add(
            "text", met and f"The board shows “{word.instead}” for “{word.text}”. Change that first."
        )
    problems.refuse()


def _lines(text: str) -> list[_Line]:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [_Line(number, line) for number, line in enumerate(lines, 1) if line]


def _text_problem(lines: Sequence[_Line]) -> str | None:
    if len(lines) <= 1:
        return word_problem(lines[0].text if lines else "")
    if len(lines) > MOST_AT_ONCE:
        return f"Please add at most {MOST_AT_ONCE} words at once; here are {len(lines)}."
    found = [(line, word_problem(line.text)) for line in lines]
    return _told([f"Line {line.number}, “{line.text[:40]}”: {problem}" for line, problem in found if problem])


def _told(problems: Sequence[str]) -> str | None:
    """Each on a line of its own; not more than one reads."""
    more = len(problems) - MOST_PROBLEMS
    rest = [f"And {more} more like these."] if more > 0 else []
    return "\n".join([*problems[:MOST_PROBLEMS], *rest]) or None


def _instead_problem(action: Action, instead: str) -> str | None:
    if action is Action.LINK:
        if not instead:
            return "Please write the address that the word should lead to."
        if len(instead) > LONGEST_LINK:
            return f"Please keep the address under {LONGEST_LINK} characters."
        if not _can_be_linked(instead):
            return "Please write an address that begins with https://, or a path of this board such as /help."
    if action is Action.REPLACE:
        if not instead:
            return "Please write what is shown instead."
        if len(instead) > LONGEST_SHOWN:
            return f"Please keep this under {LONGEST_SHOWN} characters; this has {len(instead)}."
        if not render("word", {}, (WatchedWord(0, "word", action=action, instead=instead),)).text:
            return "None of this can be seen. Please write what is shown instead."
    return None


def _can_be_linked(address: str) -> bool:
    """Whether posts may have such a link: asked of the code that makes them."""
    linked = WatchedWord(0, "word", action=Action.LINK, instead=address)
    return ' href="' in render("word", {}, (linked,)).html


def _meets(word: WatchedWord, others: Sequence[WatchedWord]) -> str | None:
    """Why a word cannot be shown as it should: others would be blamed for what the board writes."""
    if word.action is not Action.REPLACE:
        return None
    watched = [other for other in others if other.action in {Action.BLOCK, Action.HOLD, Action.FLAG}]
    found = find(watched, word.instead).words
    return f"The board watches for “{found[0].text}”, which is in this." if found else None
