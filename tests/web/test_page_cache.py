"""Pages that are kept: until an event touches them, while the log is followed, in a bounded space."""

import pytest

from server.domain.events import Event, Kind, LoggedEvent
from server.domain.viewer import Audience
from server.web.copies import Copy
from server.web.page_cache import MAX_AGE, MAX_EVENTS, MAX_TOUCHED, TRUSTED_FOR, Offer, PageCache

NOW = 1_795_354_320_000
LATER = NOW + 10**9
TOPIC = frozenset(("topic:12", "category:3", "profile:7"))
BOARD = frozenset(("board",))


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Cache(PageCache):
    """One whose log is followed."""

    def __init__(self, limit: int = 10**6) -> None:
        self.clock = Clock()
        super().__init__(limit, self.clock)
        self.follow(None)

    def put(self, key: str, position: int, channels: frozenset[str] = TOPIC, until: int = LATER) -> bool:
        return self.keep(key, copy(), Offer(position, channels, until, b""), self.generation, NOW)

    def has(self, key: str) -> bool:
        return self.find(key) is not None


def copy(length: int = 100) -> Copy:
    return Copy([], b"x" * length, ())


def logged(
    seq: int, kind: Kind = Kind.POST, *, topic: int | None = 12, member: int | None = None
) -> LoggedEvent:
    category = 3 if kind in (Kind.TOPIC, Kind.CATEGORY) else None
    return LoggedEvent(seq, Event(kind, 99, Audience.PUBLIC, topic, category, member))


TOUCHING = [
    logged(8),
    logged(8, Kind.TOPIC),
    logged(8, Kind.TOPIC, topic=40),
    logged(8, Kind.CATEGORY, topic=None),
    logged(8, Kind.MEMBER, topic=None, member=7),
    logged(8, Kind.POST, topic=40, member=7),
    logged(8, Kind.SETTINGS, topic=None),
    LoggedEvent(8, Event(Kind.TOPIC, 1, Audience.STAFF)),  # nobody knows where it is shown
]


@pytest.mark.parametrize("event", TOUCHING)
def test_a_page_goes_with_an_event_on_one_of_its_channels(event: LoggedEvent) -> None:
    cache = Cache()
    assert cache.put("page", 7)
    assert cache.has("page")
    cache.touch([event])
    assert not cache.has("page")
    assert (len(cache), cache.size) == (0, 0)


@pytest.mark.parametrize("event", TOUCHING)
def test_a_page_that_was_read_before_an_event_is_not_kept_after_it(event: LoggedEvent) -> None:
    """The race: read at 7, event 8 commits and is told, then the page is ready."""
    cache = Cache()
    cache.touch([event])
    assert not cache.put("page", 7)
    assert not cache.has("page")
    assert cache.put("page", 8)


@pytest.mark.parametrize(
    "event",
    [logged(8, topic=40), logged(8, Kind.MEMBER, topic=None, member=9), logged(8, Kind.SESSION, member=7)],
)
def test_a_page_stays_when_something_else_changes(event: LoggedEvent) -> None:
    cache = Cache()
    cache.put("page", 7)
    cache.touch([event])
    assert cache.has("page")
    assert cache.put("page", 7)


def test_events_may_be_told_twice_and_late() -> None:
    cache = Cache()
    cache.touch([logged(9)])
    cache.put("page", 9)
    cache.touch([logged(8), logged(9)])
    assert cache.has("page")
    assert not cache.put("page", 8)


def test_nothing_counts_when_nobody_looked_at_the_log_for_a_while() -> None:
    cache = Cache()
    cache.put("page", 7)
    cache.clock.now += TRUSTED_FOR
    assert not cache.is_trusted
    assert not cache.has("page")
    assert not cache.put("other", 7)
    cache.follow(())
    assert cache.has("page")  # nothing happened meanwhile, as the log says
    cache.stop()
    assert not cache.has("page")


def test_a_log_that_is_followed_afresh_makes_every_position_void() -> None:
    cache = Cache()
    cache.put("page", 7)
    before = cache.generation
    cache.follow(None)
    assert not cache.has("page")
    assert not cache.keep(
        "page", copy(), Offer(9, TOPIC, LATER, b""), before, NOW
    )  # read before it was noticed
    assert cache.put("page", 3)  # of the new log


def test_a_page_is_kept_until_a_word_of_it_changes_and_never_long() -> None:
    cache = Cache()
    cache.put("soon", 7, until=NOW + 3_000)
    cache.put("late", 7)
    cache.put("over", 7, until=NOW)
    assert not cache.has("over")
    cache.clock.now += 2.9
    assert cache.has("soon")
    cache.clock.now += 0.1
    assert not cache.has("soon")
    cache.clock.now += MAX_AGE - 3
    cache.follow(())
    assert not cache.has("late")
    assert cache.size == 0


def test_the_pages_asked_for_least_go_when_the_space_is_full() -> None:
    cache = Cache(limit=50_000)
    for number in range(1_000):
        assert cache.put(f"/topics/1?page={number}", 7)
        assert cache.size <= 50_000
        assert cache.has("/topics/1?page=0")
    assert len(cache) < 20
    assert not cache.keep("huge", copy(60_000), Offer(7, TOPIC, LATER, b""), cache.generation, NOW)


def test_what_is_remembered_of_events_is_bounded_and_stays_right() -> None:
    cache = Cache()
    cache.touch([logged(8)])
    for seq in range(9, 9 + MAX_TOUCHED + 10):
        cache.touch([logged(seq, topic=seq)])
    assert not cache.put("page", 7)  # although nobody remembers that topic 12 was touched
    assert cache.put("page", 9 + MAX_TOUCHED + 10)
    cache.put("board", 30_000, BOARD)
    cache.touch([logged(seq, topic=seq) for seq in range(40_000, 40_000 + MAX_EVENTS + 1)])
    assert len(cache) == 0
    assert not cache.put("board", 40_000, BOARD)
