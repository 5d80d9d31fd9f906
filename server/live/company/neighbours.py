"""The people of the other processes, as their leases say, and the lease of this one.

Without leases there are no other processes.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.domain.channels import Channel
from server.domain.presence import Company, Person
from server.live.company.leases import LASTS, RENEW_EVERY, Leases

LEAVE_WITHIN = 1.0  # seconds, when the server ends
MOST_NAMES = 200  # of one place in a lease; further members are counted

log = logging.getLogger(__name__)

Places = Mapping[Channel, Company]


@dataclass(slots=True)
class _Neighbour:
    content: str
    places: Places


class Neighbours:
    """Exchanges with the other processes who is where."""

    def __init__(
        self,
        leases: Leases | None = None,
        lasts: float = LASTS,
        renew_every: float = RENEW_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._leases = leases
        self._lasts = lasts
        self._renew_every = renew_every
        self._clock = clock
        self._kept = ""  # what our lease says, if there is one
        self._renew_at = 0.0
        self._is_news = False  # that was not told yet
        self._heard_at = clock()
        self._is_well = True
        self._known: dict[str, _Neighbour] = {}

    @property
    def exist(self) -> bool:
        """Whether there may be other processes."""
        return self._leases is not None

    def at(self, place: Channel) -> list[Company]:
        """Who is there with each of the other processes."""
        return [one.places[place] for one in self._known.values() if place in one.places]

    async def exchange(self, own: Places, *, is_news: bool = True, listens: bool = True) -> set[Channel]:
        """Tells the others who is here and hears who is there; the places where something changed there.

        Nothing is told that is no news, but now and then. Never fails: what cannot be told or heard now is
        tried again the next time.
        """
        if self._leases is None:
            return set()
        before = self._known
        self._is_news |= is_news
        try:
            await self._tell(self._leases, own)
            await self._hear(self._leases, listens=listens)
            self._is_well = True
        except Exception:
            if self._is_well:
                log.warning("presence is not exchanged with other processes for now", exc_info=True)
            self._is_well = False
            if self._clock() - self._heard_at > self._lasts:
                self._known = {}
        return _changed(before, self._known)

    async def leave(self) -> None:
        """The others need not wait for the lease to be over."""
        if self._leases is None or not self._kept:
            return
        self._kept = ""
        try:
            async with asyncio.timeout(LEAVE_WITHIN):
                await self._leases.end()
        except Exception:
            log.warning("the lease of presence is left to its end", exc_info=True)

    async def _tell(self, leases: Leases, own: Places) -> None:
        if not own:
            await self.leave()
            return
        is_due = not self._kept or self._clock() >= self._renew_at
        if not is_due and not self._is_news:
            return
        content = encode(own)
        if is_due or content != self._kept:
            await leases.renew(content, self._lasts)
            self._kept = content
            self._renew_at = self._clock() + self._renew_every
        self._is_news = False

    async def _hear(self, leases: Leases, *, listens: bool) -> None:
        found = await leases.others() if listens else {}
        if found is None:
            self._kept = ""  # to be written again; the others will do the same
            return
        self._heard_at = self._clock()
        self._known = {process: self._read(process, content) for process, content in found.items()}

    def _read(self, process: str, content: str) -> _Neighbour:
        known = self._known.get(process)
        return known if known and known.content == content else _Neighbour(content, decode(content))


def encode(places: Places) -> str:
    """The people of all places as compact JSON."""
    return json.dumps(
        {
            str(place): [
                _people(company.members[:MOST_NAMES]),
                company.more + len(company.members[MOST_NAMES:]),
                company.guests,
                _people(company.typing),
            ]
            for place, company in places.items()
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def decode(content: str) -> Places:
    """The same back. What another version of the server writes may be unreadable: then nobody is there."""
    try:
        return {
            place: Company(_persons(members), int(more), int(guests), _persons(typing))
            for name, (members, more, guests, typing) in json.loads(content).items()
            if (place := Channel.parse(name)) is not None
        }
    except (ValueError, TypeError, AttributeError):
        log.warning("a lease of presence could not be read")
        return {}


def _people(persons: tuple[Person, ...]) -> list[tuple[int, str]]:
    return [(person.id, person.username) for person in persons]


def _persons(people: list[tuple[int, str]]) -> tuple[Person, ...]:
    return tuple(Person(int(member_id), str(username)) for member_id, username in people)


def _changed(before: Mapping[str, _Neighbour], after: Mapping[str, _Neighbour]) -> set[Channel]:
    changed: set[Channel] = set()
    for process in before.keys() | after.keys():
        was, now = before.get(process), after.get(process)
        if was is now:
            continue
        old, new = was.places if was else {}, now.places if now else {}
        changed |= {place for place in old.keys() | new.keys() if old.get(place) != new.get(place)}
    return changed
