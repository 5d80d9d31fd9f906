"""Guests' pages as they were sent, kept until an event touches what is on them.

A page shows the board at its position in the log. It still does as long as no event above this position
touches a channel that it depends on (`views/dependencies.py`). Who commits in this process tells `touch` at
once; what others commit is told by the relay's looks, to `follow`, a second later at the latest. When there
has been no look for a while, or the log has to be followed afresh, nothing that was kept counts.

The race to lose would be: a page is read at position 7, event 8 commits and is told, and then the page is
kept. So the last position that touched each channel is remembered, and `keep` refuses what was older already,
without having to know who is rendering what.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from server.domain.events import Kind, LoggedEvent, channels_of
from server.web.copies import Copy

MAX_BYTES = 64 * 1024 * 1024  # of all pages
MAX_AGE = 600.0  # seconds: far below what the log keeps, so that a page's position is never too old
TRUSTED_FOR = 5.0  # seconds after a look at the log (RELIABILITY, "HTML and fragment caches")
MAX_TOUCHED = 10_000  # channels whose last position is remembered
MAX_EVENTS = 1_000  # told at once; above, starting over is cheaper
_BESIDE = 4_000  # bytes that a page takes beside its body: headers, channels, places in indexes


@dataclass(frozen=True, slots=True)
class Offer:
    """A handler's word that every guest gets this answer, what it depends on, and until when it is right.

    `channels` are names; events about the whole board touch every page. `until` is in milliseconds UTC.
    `seal` says all that the answer says.
    """

    position: int
    channels: frozenset[str]
    until: int
    seal: bytes


def offer(connection: HTTPConnection, offered: Offer) -> None:
    """Says that the answer to this request may be kept. For answers to guests only."""
    connection.scope["state"]["offer"] = offered


@dataclass(frozen=True, slots=True)
class _Page:
    copy: Copy
    offer: Offer
    until: float  # by the cache's clock
    size: int


class PageCache:
    """At most `limit` bytes; pages that were not asked for the longest go first."""

    def __init__(self, limit: int = MAX_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self.size = 0
        self.generation = 0  # rises whenever positions begin to mean something else
        self._limit = limit
        self._clock = clock
        self._pages: OrderedDict[Hashable, _Page] = OrderedDict()
        self._on: dict[str, set[Hashable]] = {}  # channel -> pages that depend on it
        self._touched: dict[str, int] = {}  # channel -> last position; the one touched last stands last
        self._since = 0  # pages from before this position are not kept
        self._trusted_until = 0.0

    @property
    def is_trusted(self) -> bool:
        """Whether the log is being followed."""
        return self._clock() < self._trusted_until

    def find(self, key: Hashable) -> Copy | None:
        """The page, if it is what a fresh one would be."""
        page = self._pages.get(key)
        now = self._clock()
        if page is None or now >= self._trusted_until:
            return None
        if now >= page.until:
            self._drop(key)
            return None
        self._pages.move_to_end(key)
        return page.copy

    def keep(self, key: Hashable, copy: Copy, offered: Offer, generation: int, now: int) -> bool:
        """Takes a page in that was read when `generation` was current; False when it is old already.

        `now` is in milliseconds UTC, as `Offer.until`.
        """
        if not self.is_trusted or generation != self.generation or offered.position < self._since:
            return False
        if any(self._touched.get(channel, 0) > offered.position for channel in offered.channels):
            return False
        self._drop(key)
        until = self._clock() + min(MAX_AGE, (offered.until - now) / 1000)
        page = self._pages[key] = _Page(copy, offered, until, copy.size + _BESIDE)
        self.size += page.size
        for channel in offered.channels:
            self._on.setdefault(channel, set()).add(key)
        while self.size > self._limit:
            self._drop(next(iter(self._pages)))
        return key in self._pages

    def follow(self, events: Sequence[LoggedEvent] | None) -> None:
        """A look at the log found these; None: it has to be followed afresh."""
        if events is None:
            self.start_over()
        else:
            self.touch(events)
        self._trusted_until = self._clock() + TRUSTED_FOR

    def touch(self, events: Sequence[LoggedEvent]) -> None:
        """Drops what these events touch. They may be told twice and out of order."""
        if len(events) > MAX_EVENTS:
            self._drop_all()
            self._since = max(self._since, events[-1].seq)
            return
        for logged in events:
            channels = channels_of(logged.event)
            if logged.event.kind is Kind.SETTINGS or not channels:  # on every page, or nobody knows where
                self._drop_all()
                self._since = max(self._since, logged.seq)
            for channel in channels:
                if channel.audience is None:  # the others are not for guests
                    self._touch(str(channel), logged.seq)

    def start_over(self) -> None:
        """Positions mean nothing any more; nothing that is being read now will be kept either."""
        self.generation += 1
        self._drop_all()
        self._touched.clear()
        self._since = 0

    def stop(self) -> None:
        """Nobody follows the log any more."""
        self.start_over()
        self._trusted_until = 0.0

    def __len__(self) -> int:
        return len(self._pages)

    def _touch(self, channel: str, seq: int) -> None:
        self._touched[channel] = max(seq, self._touched.pop(channel, 0))
        for key in tuple(self._on.get(channel, ())):
            if self._pages[key].offer.position < seq:
                self._drop(key)
        if len(self._touched) > MAX_TOUCHED:
            forgotten = next(iter(self._touched))
            self._since = max(self._since, self._touched.pop(forgotten))

    def _drop(self, key: Hashable) -> None:
        page = self._pages.pop(key, None)
        if page is None:
            return
        self.size -= page.size
        for channel in page.offer.channels:
            others = self._on[channel]
            others.discard(key)
            if not others:
                del self._on[channel]

    def _drop_all(self) -> None:
        self._pages.clear()
        self._on.clear()
        self.size = 0
