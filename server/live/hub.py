"""Who follows which channel, and handing one frame to all of them.

A follower that joins a channel waits first: frames for it are held while its session reads what
happened since its position. `settle` then makes it live and hands over the held frames that are
newer than what it has read. Between the two nothing is lost, and nothing comes twice.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from server.domain.channels import Channel
from server.domain.viewer import Viewer
from server.live.frames import Frame
from server.live.protocol import RESYNC, Close

SLICE = 1_000  # followers written to before others get their turn: a few milliseconds
MAX_HELD = 64  # frames held for one waiting follower of one channel
# Followers get their heartbeats in turns, a slot a second, so that ten thousand don't come at once.
# Silence lasts less than two rounds, which is what `protocol.HEARTBEAT` promises.
SLOTS = 10


Held = tuple[int, Frame]  # a frame and its position


class Follower(Protocol):
    """A socket as the hub sees it. It is hashed by identity. `viewer` is on whose behalf it reads."""

    viewer: Viewer

    def push(self, frame: Frame) -> None:
        """Sends news of the log; one who is behind gets them later. Never waits and never raises."""

    def say(self, frame: Frame) -> None:
        """Sends what nothing later would make up for; never waits and never raises."""

    def hint(self, frame: Frame) -> None:
        """Sends what may as well be missed; never waits and never raises."""

    def ping(self) -> None:
        """Asks the browser for a sign of life."""

    def end(self, close: Close) -> None:
        """Closes after what was pushed; never waits and never raises."""

    def is_quiet(self) -> bool:
        """Whether nothing was pushed since this was last asked."""


# Told of a channel and of who came to it; None: somebody left it.
Watcher = Callable[[Channel, Follower | None], None]


@dataclass(slots=True)
class Room:
    """The followers of one channel. `after` is the position of the channel's last known change.

    `live` maps to the position up to which the follower had read for itself.
    """

    after: int
    live: dict[Follower, int] = field(default_factory=dict)
    waiting: dict[Follower, list[Held]] = field(default_factory=dict)

    def followers(self) -> list[Follower]:
        """Everyone, live or waiting."""
        return [*self.live, *self.waiting]


class Hub:
    """Channels and their followers; what changes them is synchronous, so nothing happens in between.

    `position` is where the relay stands: everything up to it was published.
    """

    def __init__(self, position: int = 0) -> None:
        self.position = position
        self._rooms: dict[Channel, Room] = {}
        self.watchers: list[Watcher] = []
        self._channels: dict[Follower, tuple[Channel, ...]] = {}
        self._of_member: dict[int, dict[Follower, None]] = {}
        self._closed: Close | None = None
        self._empty = asyncio.Event()
        self._empty.set()
        self._slots: tuple[dict[Follower, None], ...] = tuple({} for _ in range(SLOTS))

    def __len__(self) -> int:
        return len(self._channels)

    def admit(self, follower: Follower) -> None:
        """From now on the follower hears of what concerns its member; after `end_all` it is sent away too."""
        if self._closed is not None:
            follower.end(self._closed)
        self._channels[follower] = ()
        self._empty.clear()
        min(self._slots, key=len)[follower] = None
        if follower.viewer.id is not None:
            self._of_member.setdefault(follower.viewer.id, {})[follower] = None

    def dismiss(self, follower: Follower) -> None:
        """Forgets the follower; harmless when it is unknown."""
        for channel in self._channels.pop(follower, ()):
            self._remove(channel, follower)
        for slot in self._slots:
            slot.pop(follower, None)
        if not self._channels:
            self._empty.set()
        member = follower.viewer.id
        if member is not None and member in self._of_member:
            self._of_member[member].pop(follower, None)
            if not self._of_member[member]:
                del self._of_member[member]

    def join(self, channel: Channel, follower: Follower) -> None:
        """Holds the channel's frames for the follower, who was live on it or is new."""
        channels = self._channels[follower]
        if channel not in channels:
            self._channels[follower] = (*channels, channel)
        room = self._rooms.setdefault(channel, Room(self.position))
        room.live.pop(follower, None)
        room.waiting[follower] = []

    def waits(self, channel: Channel, follower: Follower) -> bool:
        """Whether frames are held for the follower; not when it was removed meanwhile."""
        room = self._rooms.get(channel)
        return room is not None and follower in room.waiting

    def settle(self, channel: Channel, follower: Follower, last_change: int, read_to: int) -> list[Held]:
        """Makes a waiting follower live and gives it the held frames above `read_to`, with their positions.

        `last_change`: no event of the channel lies between it and `read_to`. So the next frame's
        `after` need not be larger, and nobody asks again for a gap that is none.
        """
        room = self._rooms[channel]
        held = room.waiting.pop(follower)
        room.live[follower] = read_to
        if last_change < room.after <= read_to:
            room.after = last_change
        self._tell_watchers(channel, follower)
        return [(position, frame) for position, frame in held if position > read_to]

    def leave(self, channel: Channel, follower: Follower) -> bool:
        """Takes the follower off the channel; False when it was not on it."""
        channels = self._channels.get(follower, ())
        if channel not in channels:
            return False
        self._channels[follower] = tuple(one for one in channels if one != channel)
        self._remove(channel, follower)
        return True

    async def publish(self, channel: Channel, position: int, frame: Frame) -> None:
        """Hands the frame to everyone on the channel. It was encoded once, and nothing here is per reader.

        Many readers are served in slices. Who comes on the channel meanwhile has read to this position.
        """
        room = self._rooms.get(channel)
        if room is None:
            return
        for follower, held in room.waiting.items():
            if len(held) >= MAX_HELD:
                follower.end(RESYNC)
            else:
                held.append((position, frame))
        readers = [follower for follower, read_to in room.live.items() if read_to < position]
        live = room.live
        async for some in _in_slices(readers):
            for follower in some:
                if live.get(follower, position) < position:  # it is still there
                    follower.push(frame)

    async def hint(
        self,
        channel: Channel,
        for_members: Frame,
        for_guests: Frame,
        only: Collection[Follower] | None = None,
    ) -> None:
        """Hands everyone on the channel, or only these, what is no news of the log: who is there."""
        room = self._rooms.get(channel)
        if room is not None:
            async for some in _in_slices(list(room.live if only is None else only)):
                for follower in some:
                    if follower in room.live:
                        follower.hint(for_members if follower.viewer.is_member else for_guests)

    def room(self, channel: Channel) -> Room | None:
        """The channel's followers; None when it has none."""
        return self._rooms.get(channel)

    def rooms(self) -> Iterable[Channel]:
        """The channels that anybody follows, as they are now."""
        return tuple(self._rooms)

    def channels_of(self, follower: Follower) -> frozenset[Channel]:
        """What the follower is on or waits for."""
        return frozenset(self._channels.get(follower, ()))

    def sockets_of(self, member_id: int, session_id: int | None = None) -> list[Follower]:
        """The followers of a member, or of one of its sessions."""
        found = self._of_member.get(member_id, {})
        return [one for one in found if session_id is None or one.viewer.session_id == session_id]

    def slot(self, number: int) -> tuple[Follower, ...]:
        """The followers of one of the SLOTS, as they are now."""
        return tuple(self._slots[number])

    def is_settled(self, follower: Follower) -> bool:
        """Whether nothing is held for the follower, so that a heartbeat tells it the truth."""
        return not any(self.waits(channel, follower) for channel in self._channels.get(follower, ()))

    def end_member(self, member_id: int, close: Close, session_id: int | None = None) -> None:
        """Closes the sockets of a member, or of one of its sessions."""
        for follower in self.sockets_of(member_id, session_id):
            follower.end(close)

    def end_all(self, close: Close) -> None:
        """Closes every socket, and those that still come."""
        self.close(close)
        for follower in self:
            follower.end(close)

    def close(self, close: Close) -> None:
        """From now on those who come are sent away."""
        self._closed = close

    @property
    def is_closed(self) -> bool:
        """Whether nobody is let in any more."""
        return self._closed is not None

    async def wait_until_empty(self) -> None:
        """Returns when the last follower is gone."""
        await self._empty.wait()

    def __iter__(self) -> Iterator[Follower]:
        return iter(tuple(self._channels))

    def _remove(self, channel: Channel, follower: Follower) -> None:
        room = self._rooms[channel]
        room.live.pop(follower, None)
        room.waiting.pop(follower, None)
        if not room.live and not room.waiting:
            del self._rooms[channel]
        self._tell_watchers(channel, None)

    def _tell_watchers(self, channel: Channel, newcomer: Follower | None) -> None:
        for watcher in self.watchers:
            watcher(channel, newcomer)


async def _in_slices(followers: list[Follower]) -> AsyncIterator[list[Follower]]:
    for start in range(0, len(followers), SLICE):
        if start:
            await asyncio.sleep(0)
        yield followers[start : start + SLICE]
