"""What the readers of one place were told of each other, and when they are told anew.

Full state, to everyone on the channels at most every 2 s, and more rarely the more read them: a message to
ten thousand is ten thousand writes. Who came since the last look is told alone if nothing changed by that.
"""

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from server.domain.channels import ONLINE, Channel
from server.domain.presence import Company, Told, lingering, told_of
from server.live.hub import Follower, Hub
from server.live.messages import Here, Writing, encode

MOST_NAMED = 20  # readers of a topic
NAMED_OF_MANY = 5  # when there are more: a long list would change all the time
MOST_ONLINE = 200  # members with a mark on their cards
MOST_TYPING = 5
A_WRITE = 15e-6  # seconds of a core for a message to one reader
SHARE = 0.01  # of a core, for telling one place, as long as `most` allows it

NOBODY = (Told((), 0, 0), Told((), 0, 0))


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two looks, and between two messages: `least`, and with many readers up to `most`."""

    look: float = 1.0
    least: float = 2.0
    most: float = 4.0
    online_least: float = 3.0
    online_most: float = 10.0

    def period(self, place: Channel, readers: int) -> float:
        """From one message to the next at a place with so many readers."""
        least, most = (self.online_least, self.online_most) if place == ONLINE else (self.least, self.most)
        return min(most, max(least, readers * A_WRITE / SHARE))


class Telling:
    """One place. `mine` is its company with this process, and `newcomers` are those who were not told yet."""

    def __init__(self, hub: Hub, place: Channel, channels: Collection[Channel], pace: Pace) -> None:
        self.mine = Company()
        self.newcomers: dict[Follower, None] = {}
        self._hub = hub
        self._place = place
        self._channels = channels
        self._pace = pace
        self._found = Company()  # with all processes, by the last look
        self._here: tuple[Told, Told] | None = None  # what members and guests were told
        self._here_at = -math.inf
        self._typing = NOBODY
        self._typing_at = -math.inf

    def readers(self) -> Iterator[Follower]:
        """The sockets there."""
        for channel in self._channels:
            room = self._hub.room(channel)
            if room is not None:
                yield from room.live

    def count(self) -> int:
        """How many sockets are there."""
        rooms = (self._hub.room(channel) for channel in self._channels)
        return sum(len(room.live) for room in rooms if room is not None)

    async def tell(self, company: Company, now: float, is_hidden: Callable[[int], bool]) -> bool:
        """Tells what is to be told now; whether there may be something to tell later without a change.

        `now` is in seconds of a clock that never goes back; members who are hidden don't linger.
        """
        newcomers, self.newcomers = self.newcomers, {}
        before = tuple(person for person in self._found.members if not is_hidden(person.id))
        shown = lingering(company, replace(self._found, members=before))
        self._found = company
        period = self._pace.period(self._place, self.count())
        here_waits = await self._tell_here(shown, newcomers, now, period)
        typing_waits = await self._tell_typing(company, newcomers, now, period)
        return here_waits or typing_waits or shown != company

    async def _tell_here(
        self, shown: Company, newcomers: Collection[Follower], now: float, period: float
    ) -> bool:
        here = _told(shown, self._most_named(shown), self._here)
        is_news, is_time = here != self._here, now >= self._here_at + period
        if is_news and is_time:
            self._here, self._here_at = here, now
            await self._say(Here, here)
        elif newcomers and self._here is not None:
            await self._say(Here, self._here, newcomers)
        return is_news and not is_time

    def _most_named(self, company: Company) -> int:
        if self._place == ONLINE:
            return MOST_ONLINE
        return MOST_NAMED if len(company.members) + company.more <= MOST_NAMED else NAMED_OF_MANY

    async def _tell_typing(
        self, company: Company, newcomers: Collection[Follower], now: float, period: float
    ) -> bool:
        typing = _told(Company(company.typing), MOST_TYPING, self._typing)
        is_news, is_time = typing != self._typing, now >= self._typing_at + period
        if is_news and is_time:
            self._typing, self._typing_at = typing, now
            await self._say(Writing, typing)
        elif newcomers and self._typing != NOBODY:
            await self._say(Writing, self._typing, newcomers)
        return is_news and not is_time

    async def _say(
        self,
        message: type[Here] | type[Writing],
        told: tuple[Told, Told],
        only: Collection[Follower] | None = None,
    ) -> None:
        for channel in self._channels:
            if self._hub.room(channel) is not None:
                for_members, for_guests = (encode(message(channel, one)) for one in told)
                await self._hub.hint(channel, for_members, for_guests, only)


def _told(company: Company, most: int, before: tuple[Told, Told] | None) -> tuple[Told, Told]:
    """For members, and for guests, to whom the names are numbers."""
    told = told_of(company, most, before[0] if before else None)
    return told, Told((), len(told.names) + told.unnamed, told.guests)
