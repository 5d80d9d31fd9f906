"""Tails the log: one task reads what was committed, renders it once per channel, hands it to the hub.

Each look is one snapshot. Rights come first (see `rights.py`), then content as it is in that snapshot,
then the position moves to the snapshot's head. What fails for one channel resets that channel's
readers and leaves the others alone; what fails for all is tried again a second later, from the same position.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from server.domain.channels import Channel
from server.domain.events import LoggedEvent, channels_of
from server.domain.models import Position
from server.live.hub import SLOTS, Hub
from server.live.messages import Changes, Heartbeat, Reset, encode
from server.live.protocol import Reason
from server.live.resuming.catch_up import MAX_OBJECTS, Sources, count_objects
from server.live.resuming.known_rights import KnownRights
from server.live.resuming.recent import MAX_RECENT, Recent
from server.live.rights import Rights, RoleOf
from server.live.wakeup import Wakeup
from server.store import event_log
from server.store.database import Database, Reader
from server.views.patches import Patch

log = logging.getLogger(__name__)

BATCH = 500  # events read at once
MAX_BEHIND = 5_000  # events of one look; above, everyone starts afresh
SILENT_AT_MOST = 15.0  # seconds without a look that worked, before the relay counts as broken
TICK = 0.03  # seconds from one look that found something to the next: the first change is told at once
BEAT_EVERY = 0.9  # seconds between two slots of the heartbeat; a look comes at least every second


# Told of each look: the events it read, perhaps none, or None when the log has to be followed afresh.
Listener = Callable[[Sequence[LoggedEvent] | None], None]


# A channel, the position of its last change, and what is told; None: its readers fetch the page.
News = tuple[Channel, int, Sequence[Patch] | None]


class Relay:
    """Carries the log to the hub. `run` is its task; `look` is one round of it.

    `listeners` are told of every look that could read the log, before anything of it is published.
    """

    def __init__(self, db: Database, hub: Hub, sources: Sources, role_of: RoleOf, wakeup: Wakeup) -> None:
        self._db = db
        self._hub = hub
        self._sources = sources
        self._role_of = role_of
        self._wakeup = wakeup
        self.recent = Recent()
        self.known_rights = KnownRights()
        self._look_at = 0.0  # not before
        self._epoch = ""
        self._slot = 0
        self._beat_at = 0.0
        self._looked_at = time.monotonic()
        self.listeners: list[Listener] = []

    @property
    def is_running(self) -> bool:
        """Whether a look worked lately; for the health check."""
        return time.monotonic() - self._looked_at < SILENT_AT_MOST

    async def start(self) -> None:
        """Begins at the end of the log."""
        async with self._db.snapshot() as reader:
            head = await event_log.head(reader)
            floor = max(await event_log.floor(reader), head.seq - MAX_RECENT)
            events: list[LoggedEvent] = []
            while batch := await event_log.since(reader, events[-1].seq if events else floor, BATCH):
                events += batch
        self.recent.start(head.epoch, floor, head.seq, events)
        self._move(head)

    async def run(self) -> None:
        """Looks after every wake-up, until cancelled."""
        while True:
            await self._pace()
            await self._wakeup.wait()
            try:
                await self.look()
            except Exception:
                # Nothing is lost: the position stays. Without heartbeats browsers notice and say so.
                log.exception("the relay could not read the log; it tries again within a second")
            else:
                if time.monotonic() >= self._beat_at:
                    self._beat_at = time.monotonic() + BEAT_EVERY
                    self.beat()

    async def _pace(self) -> None:
        """While there is much to tell, what happens within a tick is told together."""
        rest = self._look_at - time.monotonic()
        if rest > 0:
            await asyncio.sleep(rest)

    async def look(self) -> None:
        """Publishes everything that was committed since the last look."""
        news: list[News] = []
        async with self._db.snapshot() as reader:
            head = await event_log.head(reader)
            reason = await self._lost(reader, head)
            if reason is not None:
                await self._start_over(reader, head, reason)
            elif head.seq > self._hub.position or head.epoch != self._epoch:
                news = await self._read(reader, head)
            else:
                self._inform(())
        for one in news:
            await self._publish(one, head.seq)
        self._move(head)
        self._looked_at = time.monotonic()

    async def _lost(self, reader: Reader, head: Position) -> Reason | None:
        """Why the log cannot be followed from where the relay stands; None when it can."""
        position = self._hub.position
        if event_log.root_of(head.epoch) != event_log.root_of(self._epoch):
            return Reason.EPOCH
        if head.seq < position:
            return Reason.AHEAD
        if position < await event_log.floor(reader):
            return Reason.OLD
        return Reason.LARGE if head.seq - position > MAX_BEHIND else None

    async def _read(self, reader: Reader, head: Position) -> list[News]:
        """What has to be told. Whoever lost a right hears nothing of it any more."""
        self._look_at = time.monotonic() + TICK
        events = await self._events(reader, head.seq)
        self.recent.add(events, head.seq)
        self.known_rights.forget(events)
        is_turned = head.epoch != self._epoch
        if is_turned:
            self.recent.epoch = head.epoch
            self.known_rights.forget_all(head.seq)
        self._inform(None if is_turned else events)
        await self._rights(reader).apply(events)
        if is_turned:
            self._turn_page()
        found = self._by_channel(events)
        return [
            (channel, changed[-1].seq, await self._hydrate(reader, channel, changed))
            for channel, changed in found.items()
        ]

    async def _events(self, reader: Reader, head: int) -> list[LoggedEvent]:
        # All of them before anything is published: content shows the state at the head, so rights
        # lost anywhere up to it count.
        events: list[LoggedEvent] = []
        position = self._hub.position
        while position < head:
            batch = await event_log.since(reader, position, BATCH)
            if not batch:
                break
            events += batch
            position = batch[-1].seq
        return events

    def _by_channel(self, events: Sequence[LoggedEvent]) -> dict[Channel, list[LoggedEvent]]:
        found: dict[Channel, list[LoggedEvent]] = {}
        for logged in events:
            for channel in channels_of(logged.event):
                if self._hub.room(channel) is not None:
                    found.setdefault(channel, []).append(logged)
        return found

    async def _hydrate(
        self, reader: Reader, channel: Channel, changed: Sequence[LoggedEvent]
    ) -> Sequence[Patch] | None:
        if count_objects(changed) > MAX_OBJECTS:
            return None
        try:
            return await self._sources.hydrate(reader, self._sources.renderer, channel, changed)
        except Exception:
            log.exception("the changes of %s could not be rendered; its readers fetch the page", channel)
            return None

    async def _publish(self, news: News, head: int) -> None:
        channel, last_change, patches = news
        room = self._hub.room(channel)
        if room is None or patches == ():
            return
        if patches is None:
            frame = encode(Reset(Reason.LARGE))
        else:
            frame = encode(Changes(channel, room.after, head, patches))
        room.after = last_change
        await self._hub.publish(channel, head, frame)

    async def _start_over(self, reader: Reader, head: Position, reason: Reason) -> None:
        log.warning("the log has to be followed afresh from position %d: %s", head.seq, reason)
        self.recent.start(head.epoch, head.seq, head.seq)
        self.known_rights.forget_all(head.seq)
        self._inform(None)
        frame = encode(Reset(reason))
        for follower in self._hub:
            # Members connect again at once, and of another epoch they learn by that: once is enough.
            if reason is not Reason.EPOCH or not follower.viewer.is_signed_in:
                follower.say(frame)
        await self._rights(reader).start_over()
        self._move(head)
        for channel in self._hub.rooms():
            room = self._hub.room(channel)
            if room is not None:
                room.after = head.seq

    def _turn_page(self) -> None:
        """Everybody fetches his page afresh, once; who lost a right has heard of it before."""
        frame = encode(Reset(Reason.EPOCH))
        for follower in self._hub:
            follower.say(frame)

    def _inform(self, events: Sequence[LoggedEvent] | None) -> None:
        for listener in self.listeners:
            try:
                listener(events)
            except Exception:
                log.exception("a listener of the relay failed")

    def _rights(self, reader: Reader) -> Rights:
        return Rights(reader, self._hub, self._sources.may_join, self._role_of)

    def _move(self, head: Position) -> None:
        self._epoch = head.epoch
        self._hub.position = head.seq

    def beat(self) -> None:
        """Tells the next slot of silent followers where the log stands."""
        self._slot = (self._slot + 1) % SLOTS
        frame = encode(Heartbeat(self._hub.position))
        for follower in self._hub.slot(self._slot):
            if follower.is_quiet() and self._hub.is_settled(follower):
                follower.push(frame)
