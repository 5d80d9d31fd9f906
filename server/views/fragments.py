"""Things that were rendered, kept as long as rendering them again would give the same.

The HTML of a thing is a function of its value, of what it is rendered for (`flags`: staff or not, which list)
and, because ages are words, of the clock. So beside the HTML stands the value it was made from, and until
when its words are right, and it is found for an equal value at such a time only. That needs no dropping to
be correct: what a post says today is part of the value that asks.

`forget` drops what was named by an event all the same, so that removed words do not wait in memory for their
turn to go. (A rendering that was under way then may be kept afterwards. Nobody asks for it any more.)
"""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from server.views.addresses import Numbered

MAX_BYTES = 32 * 1024 * 1024  # of all that is kept, as `_size` counts
_BESIDE = 1_000  # bytes that an entry takes beside its text
_FLAGS = 8  # sets of flags that are known of one template; there are far fewer


class Versioned(Numbered, Protocol):
    """Something with a number that was changed at a position of the log."""

    @property
    def version(self) -> int: ...


_Key = tuple[str, int, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A rendered thing, as bytes and a digest of them.

    `until` is when one of its words changes, in milliseconds UTC.
    """

    value: Versioned
    html: bytes
    digest: bytes
    until: int

    @classmethod
    def of(cls, value: Versioned, html: str, until: int) -> "Fragment":
        """The fragment with that HTML."""
        data = html.encode()
        return cls(value, data, sha256(data).digest(), until)

    @property
    def size(self) -> int:
        """About how many bytes it takes: the value's text is nearly all of the HTML's."""
        return 2 * len(self.html) + _BESIDE


class Fragments:
    """At most `limit` bytes of fragments; those that were not asked for the longest go first."""

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._limit = limit
        self._kept: OrderedDict[_Key, Fragment] = OrderedDict()
        self._flags: dict[str, set[tuple[object, ...]]] = {}  # those that occur with a template
        self.size = 0

    def find(self, template: str, value: Versioned, flags: tuple[object, ...], now: int) -> Fragment | None:
        """What was rendered for just this, if its words are still right."""
        key = (template, value.id, flags)
        kept = self._kept.get(key)
        if kept is None or now >= kept.until:
            return None
        if kept.value is not value and kept.value != value:
            return None
        self._kept.move_to_end(key)
        return kept

    def keep(self, template: str, flags: tuple[object, ...], made: Fragment) -> None:
        """Takes a rendering in, and lets others go for it."""
        known = self._flags.setdefault(template, set())
        if len(known) >= _FLAGS and flags not in known:
            return
        known.add(flags)
        self._drop((template, made.value.id, flags))
        self._kept[template, made.value.id, flags] = made
        self.size += made.size
        while self.size > self._limit:
            self._drop(next(iter(self._kept)))

    def forget(self, template: str, identity: int, seq: int) -> None:
        """Drops the thing as it was before that position of the log, whatever it was rendered for."""
        for flags in self._flags.get(template, ()):
            key = (template, identity, flags)
            kept = self._kept.get(key)
            if kept is not None and kept.value.version < seq:
                self._drop(key)

    def clear(self) -> None:
        """Drops everything."""
        self._kept.clear()
        self.size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, key: _Key) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self.size -= dropped.size
