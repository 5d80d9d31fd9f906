"""How values read on a page: times, counts, and what stands for a person without a picture."""

import re
import zlib
from datetime import UTC, datetime
from functools import lru_cache

from server.domain import times
from server.domain.markup import excerpt, split_quotes
from server.domain.markup_text import plain_text
from server.domain.models import Post, Topic
from server.views.page_models import POSTS_A_PAGE

_AGES = (("year", 365 * 86_400), ("month", 30 * 86_400), ("day", 86_400), ("hour", 3_600), ("minute", 60))
_WORD = re.compile(r"[^\W_]+")
REMEMBERED = 4096  # times whose words are kept
PINNED = 2**50  # above every post number, below what JavaScript counts exactly


@lru_cache(REMEMBERED)
def iso(ms: int) -> str:
    """A time for machines: `2026-11-22T13:32:00Z`."""
    return f"{_utc(ms):%Y-%m-%dT%H:%M:%SZ}"


@lru_cache(REMEMBERED)
def exact(ms: int) -> str:
    """A time for people: `22 November 2026, 13:32 UTC`."""
    return times.exact(ms)


def day(ms: int) -> str:
    """A date for people: `22 November 2026`."""
    return times.day(ms)


def ago(ms: int, now: int) -> tuple[str, int]:
    """An age in its largest full unit, minutes to years, `just now` below a minute; and until when it is so.

    Both times and the answer are milliseconds UTC.
    """
    seconds = (now - ms) // 1000
    larger = seconds + _AGES[0][1]  # no unit is larger than a year
    for unit, length in _AGES:
        if seconds >= length:
            number = seconds // length
            until = min((number + 1) * length, larger)
            return f"{plural(number, unit, unit + 's')} ago", ms + until * 1000
        larger = length
    return "just now", ms + larger * 1000


def count(number: int) -> str:
    """A number with its thousands marked: `5,208`."""
    return f"{number:,}"


def plural(number: int, one: str, many: str) -> str:
    """A counted noun: `1 reply`, `5,208 replies`."""
    return f"{count(number)} {one if number == 1 else many}"


def file_size(size: int) -> str:
    """A size for people: `12 KB`, `3.4 MB`. `size` is in bytes."""
    if size < 10**6:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 10**6:.1f} MB"


def initials(name: str) -> str:
    """One or two capitals that stand for a name: of its first two words, else its first two letters."""
    words: list[str] = _WORD.findall(name)
    if not words:
        return "?"
    letters = words[0][:2] if len(words) == 1 else words[0][0] + words[1][0]
    return letters.upper()


def hue(name: str) -> int:
    """A colour angle from 0 to 359, the same for a name at all times."""
    return zlib.crc32(name.encode()) % 360


def order(topic: Topic, pinned_first: bool = False) -> int:
    """Where a topic stands in a list: by its newest post, those above all others that are pinned there.

    In its own category's list (`pinned_first`) that is every pinned topic, in other lists one that is pinned
    everywhere.
    """
    is_above = topic.pinned if pinned_first else topic.pinned_everywhere
    return topic.last_post.id + (PINNED if is_above else 0)


def said(post: Post) -> str:
    """The beginning of what a post says, without what it quotes."""
    return excerpt(plain_text("".join(piece for piece in split_quotes(post.html) if isinstance(piece, str))))


def slow_words(minutes: int) -> str:
    """What slow mode means to who wants to reply. The browser says it too, in client/elements/slow.js."""
    return f"Slow mode: each member can reply here once in {plural(minutes, 'minute', 'minutes')}."


def pages_of(topic: Topic) -> int:
    """How many pages a topic has; an emptied one still has one."""
    return max(1, -(-topic.places // POSTS_A_PAGE))


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
