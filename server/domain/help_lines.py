"""Help lines: whom somebody can call who thinks of harming himself, and the words by which one may know.

Both are lists that administrators edit as text. The words have the form of watched words. They never keep
anybody from posting: they only have the help lines shown to who wrote them, and to nobody else.
"""

from dataclasses import dataclass

from server.domain.watched_words import WatchedWord, find, word_problem

MAX_LINES = 60
MAX_HELP_WORDS = 200
LONGEST = 20_000  # characters of either list
LONGEST_PART = 80  # characters of a country, a name, a number or a note
LEAST_PARTS, MOST_PARTS = 3, 4

# Sources, where the numbers can be checked: 112 is the emergency number of the European Union (Directive (EU)
# 2018/1972, article 109); samaritans.org; telefonseelsorge.de; telefonseelsorge.at; 143.ch; 3114.fr;
# 988lifeline.org; 988.ca; lifeline.org.au.
DEFAULT_LINES = """\
European Union | Emergency services | 112 | When somebody is in danger now
United Kingdom and Ireland | Samaritans | 116 123 | Free, day and night
Germany | TelefonSeelsorge | 0800 111 0 111 | Free, day and night
Austria | TelefonSeelsorge | 142 | Free, day and night
Switzerland | Die Dargebotene Hand | 143 | Day and night
France | Prévention du suicide | 3114 | Free, day and night
United States | 988 Suicide & Crisis Lifeline | 988 | Call or text, day and night
Canada | 9-8-8 Suicide Crisis Helpline | 988 | Call or text, day and night
Australia | Lifeline | 13 11 14 | Day and night
"""
DEFAULT_WORDS = """\
suicid*
kill myself
end my life
end it all
want to die
hurt myself
harm myself
self harm*
no reason to live
suizid*
selbstmord*
mich umbringen
bring mich um
nicht mehr leben
will sterben
mir das leben nehmen
"""
DEFAULTS = {"help_lines": DEFAULT_LINES, "help_words": DEFAULT_WORDS}


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One line: where it is for, who answers, the number as it is read, and when or for what."""

    country: str
    name: str
    number: str
    note: str = ""

    @property
    def dialled(self) -> str:
        """The number as a telephone takes it (RFC 3966); empty when there is none in it."""
        return "".join(char for char in self.number if char in "+0123456789")


def lines_in(text: str) -> tuple[HelpLine, ...]:
    """The lines of a list without problems."""
    return tuple(HelpLine(*_parts(line)) for line in text.splitlines() if line.strip())


def lines_problem(text: str) -> str | None:
    """A sentence saying which line is wrong and what to do, or None. An empty list is fine."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(text) > LONGEST or len(lines) > MAX_LINES:
        return f"Please keep to {MAX_LINES} lines."
    for line in lines:
        parts = _parts(line)
        shown = line.strip()[:40]
        if not LEAST_PARTS <= len(parts) <= MOST_PARTS or not all(parts[:LEAST_PARTS]):
            return f"Please write “{shown}” as country | name | number | when, with upright strokes between."
        if any(len(part) > LONGEST_PART for part in parts):
            return f"Please keep each part of “{shown}…” under {LONGEST_PART} characters."
        if not HelpLine(*parts).dialled:
            return f"There is no telephone number in “{shown}”. It stands behind the second stroke."
    return None


def words_problem(text: str) -> str | None:
    """A sentence saying which word is wrong and what to do, or None."""
    words = text.splitlines()
    if len(text) > LONGEST or len(words) > MAX_HELP_WORDS:
        return f"Please keep to {MAX_HELP_WORDS} lines."
    for word in filter(str.strip, words):
        problem = word_problem(word.strip())
        if problem:
            return f"“{word.strip()[:40]}”: {problem}"
    return None


def speaks_of_harm(words: str, text: str) -> bool:
    """Whether one of the listed words is in the text."""
    watched = [WatchedWord(i, word.strip()) for i, word in enumerate(words.splitlines()) if word.strip()]
    return bool(find(watched, text).words)


def _parts(line: str) -> list[str]:
    return [" ".join(part.split()) for part in line.split("|")]
