"""Who is reading and writing where: counted here, told by `company/telling.py`.

It is coarse on purpose. Those places where somebody came or went are looked at once a second, and who was not
found by two looks has left, so that a reload is no news. Members are named to members; to guests everyone is
a number. Who chose to be invisible is not there. Who polls, without a socket, is not seen.

Coming and going costs the same however many are there: it marks the place. A topic is one place, though staff
read it on a channel of their own. With several processes each tells the others once a second what changed
with it (`company/neighbours.py`), and who is writing travels along. From a change to the message it takes at
most 3 s, with several processes 4 s, and a second or two more where thousands read.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from server.domain.channels import ONLINE, Channel, Thing
from server.domain.events import Event, Kind, LoggedEvent
from server.domain.presence import Company, Person, together
from server.domain.viewer import Audience
from server.live.company.names import Names
from server.live.company.neighbours import Neighbours
from server.live.company.telling import Pace, Telling
from server.live.company.typists import Typists
from server.live.hub import Follower, Hub
from server.store import topics
from server.store.database import Database

log = logging.getLogger(__name__)


class Presence:
    """`run` is its task, `look` one round of it. The rest is called by the hub, the relay and sockets."""

    def __init__(
        self,
        db: Database,
        hub: Hub,
        neighbours: Neighbours,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db = db
        self._hub = hub
        self._neighbours = neighbours
        self._pace = pace or Pace()
        self._clock = clock
        self._names = Names()
        self._typists = Typists(clock)
        self._places: dict[Channel, Telling] = {}
        self._changed: set[Channel] = set()  # to be counted
        self._restless: set[Channel] = set()  # to be told again, although nothing may have changed
        self._newest_post = 0
        self._due = asyncio.Event()

    def reading(self, topic_id: int) -> int:
        """How many read the topic now, in all processes; those who chose not to be seen are not counted."""
        place = _topic(topic_id)
        telling = self._places.get(place)
        mine = [telling.mine] if telling is not None else []
        company = together([*mine, *self._neighbours.at(place)])
        return len(company.members) + company.more + company.guests

    # Nothing of this waits

    def moved(self, channel: Channel, newcomer: Follower | None) -> None:
        """Somebody came to the channel, or, when it is None, left it."""
        place = place_of(channel)
        if place is not None:
            telling = self._at(place)
            if newcomer is not None:
                telling.newcomers[newcomer] = None
            self._mark({place})

    def typing(self, follower: Follower, channel: Channel) -> None:
        """A socket says that its member writes on a channel that it follows."""
        place = place_of(channel)
        if place is not None and place.thing is Thing.TOPIC:
            self._typists.hint(place.id, follower.viewer)
            self._due.set()

    def hear(self, events: Sequence[LoggedEvent] | None) -> None:
        """What the relay read in the log; None when something may have been missed."""
        if events is None:
            self._names.forget_all()
            self._mark(self._places.keys())
        for logged in events or ():
            self._hear(logged.event)

    def _hear(self, event: Event) -> None:
        if event.kind is Kind.MEMBER:
            self._names.forget(event.object_id)
            for follower in self._hub.sockets_of(event.object_id):
                places = {place_of(channel) for channel in self._hub.channels_of(follower)}
                self._mark({place for place in places if place is not None})
        elif event.kind is Kind.TOPIC:
            self._typists.doubt(event.object_id)
        elif (
            event.kind is Kind.POST and event.object_id > self._newest_post
        ):  # others were edited or thanked for
            self._newest_post = event.object_id
            if event.topic_id is not None and event.member_id is not None:
                self._typists.posted(event.topic_id, event.member_id)

    def _mark(self, places: Collection[Channel]) -> None:
        self._changed.update(places)
        self._due.set()

    # Looking

    async def run(self) -> None:
        """Looks as long as there is something to see, at most every `Pace.look`, until it is cancelled."""
        is_well = True
        while True:
            if not (self._changed or self._restless or (self._neighbours.exist and self._places)):
                await self._due.wait()
            self._due.clear()
            await asyncio.sleep(self._pace.look)
            try:
                await self.look()
                is_well = True
            except Exception:
                if is_well:
                    log.exception("presence could not be looked at; it is tried again every second")
                is_well = False

    async def look(self) -> None:
        """Counts where somebody came or went, hears of the other processes, and tells what changed."""
        changed, self._changed = self._changed, set()
        try:
            await self._learn(changed)
        except BaseException:
            self._changed |= changed
            raise
        for place in changed:
            self._at(place).mine = self._company(place)
        restless, self._restless = self._restless, {_topic(one) for one in self._typists.topics()}
        news = changed | self._look_at_typing()
        restless |= news
        if self._neighbours.exist:
            mine, listens = self._mine(), bool(self._places)
            restless |= await self._neighbours.exchange(mine, is_news=bool(news), listens=listens)
        for place in restless & self._places.keys():
            await self._tell(place, self._places[place])

    async def end(self) -> None:
        """The other processes learn that nobody is here any more."""
        await self._neighbours.leave()

    async def _learn(self, places: Collection[Channel]) -> None:
        """Reads what has to be known of members and topics, if anything."""
        readers = (follower for place in places for follower in self._at(place).readers())
        members = dict.fromkeys(one.viewer.id for one in readers if one.viewer.id is not None)
        unchecked = self._typists.unchecked()
        if self._names.know_all(members) and not unchecked:
            return
        async with self._db.snapshot() as reader:
            await self._names.learn(reader, members)
            for topic_id in unchecked:
                self._typists.check(topic_id, await topics.state(reader, topic_id))

    def _company(self, place: Channel) -> Company:
        members: dict[int, Person] = {}
        guests = 0
        for follower in self._at(place).readers():
            member_id = follower.viewer.id
            if follower.viewer.grant is not None:
                continue  # a program is nobody who is here, whoever it belongs to
            if member_id is None:
                guests += 1
            elif (person := self._names.of(member_id)) is not None:
                members[member_id] = person
        return Company(tuple(members.values()), 0, guests, self._at(place).mine.typing)

    def _look_at_typing(self) -> set[Channel]:
        """Notes who writes, where anybody does or did; the places."""
        places = {_topic(topic_id) for topic_id in self._typists.topics()} & self._places.keys()
        places |= {place for place, telling in self._places.items() if telling.mine.typing}
        for place in places:
            telling = self._places[place]
            present = {person.id: person for person in telling.mine.members}
            typing = [present[one] for one in self._typists.writing(place.id) if one in present]
            telling.mine = replace(telling.mine, typing=tuple(typing))
        return places

    def _mine(self) -> dict[Channel, Company]:
        companies = {place: telling.mine for place, telling in self._places.items()}
        return {place: company for place, company in companies.items() if not company.is_empty}

    async def _tell(self, place: Channel, telling: Telling) -> None:
        if not telling.count():
            del self._places[place]
            return
        company = together([telling.mine, *self._neighbours.at(place)])
        if await telling.tell(company, self._clock(), self._names.hide):
            self._restless.add(place)

    def _at(self, place: Channel) -> Telling:
        if place not in self._places:
            self._places[place] = Telling(self._hub, place, channels_of(place), self._pace)
        return self._places[place]


def place_of(channel: Channel) -> Channel | None:
    """The place whose readers a channel's followers are among; None when nobody is told of them."""
    if channel.thing is Thing.TOPIC:
        return _topic(channel.id)
    return ONLINE if channel == ONLINE else None


def channels_of(place: Channel) -> tuple[Channel, ...]:
    """The channels on which a place's readers are."""
    if place == ONLINE:
        return (ONLINE,)
    return place, Channel(place.thing, place.id, Audience.STAFF)


def _topic(topic_id: int) -> Channel:
    return Channel(Thing.TOPIC, topic_id)
