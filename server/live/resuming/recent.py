"""The end of the log in memory: who comes back after a moment is answered without the database."""

from collections import deque
from collections.abc import Sequence

from server.domain.channels import Channel
from server.domain.events import LoggedEvent, channels_of

MAX_RECENT = 10_000  # events


class Recent:
    """Events above `floor` up to `head`, by channel. The relay fills it before it publishes anything.

    So `head` may be ahead of what was published: whoever joins in between has read to `head`, and what is
    published then is nothing new to him.
    """

    def __init__(self, most: int = MAX_RECENT) -> None:
        self.epoch = ""
        self.floor = 0
        self.head = 0
        self._most = most
        self._events: deque[LoggedEvent] = deque()
        self._on: dict[Channel, deque[LoggedEvent]] = {}

    def start(self, epoch: str, floor: int, head: int, events: Sequence[LoggedEvent] = ()) -> None:
        """Begins anew with all events above `floor` up to `head`."""
        self.epoch, self.floor, self.head = epoch, floor, floor
        self._events.clear()
        self._on.clear()
        self.add(events, head)

    def add(self, events: Sequence[LoggedEvent], head: int) -> None:
        """Takes in what follows. What is known already is skipped: a look that failed is made again."""
        for logged in events:
            if logged.seq > self.head:
                self._events.append(logged)
                for channel in channels_of(logged.event):
                    self._on.setdefault(channel, deque()).append(logged)
        self.head = max(self.head, head)
        while len(self._events) > self._most:
            self._forget_oldest()

    def since(self, channel: Channel, position: int) -> list[LoggedEvent] | None:
        """The channel's events after the position, oldest first; None when they are not all known here."""
        if not self.floor <= position <= self.head:
            return None
        found: list[LoggedEvent] = []
        for logged in reversed(self._on.get(channel, ())):
            if logged.seq <= position:
                break
            found.append(logged)
        found.reverse()
        return found

    def last_change(self, channel: Channel) -> int:
        """The position of the channel's newest known event; `floor` when none is known."""
        events = self._on.get(channel)
        return events[-1].seq if events else self.floor

    def _forget_oldest(self) -> None:
        oldest = self._events.popleft()
        self.floor = oldest.seq
        for channel in channels_of(oldest.event):
            events = self._on[channel]
            events.popleft()
            if not events:
                del self._on[channel]
