"""What happened since a position, for one viewer: rights and rows from one snapshot.

The socket after a break, a gap on one channel and the polling fallback all come through here.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from server.domain.channels import Channel
from server.domain.events import LoggedEvent
from server.domain.models import Position
from server.domain.viewer import Viewer
from server.live.messages import Changes
from server.live.protocol import Reason
from server.store import event_log, visibility
from server.store.database import Reader
from server.views.patches import Patch, patches
from server.views.render import Renderer

MAX_OBJECTS = 200  # changed things worth sending one by one; above, the page is fetched afresh
MAX_EVENTS = 2_000  # of one channel, however few things they are about

Hydrate = Callable[[Reader, Renderer, Channel, Sequence[LoggedEvent]], Awaitable[tuple[Patch, ...]]]
MayJoin = Callable[[Reader, Viewer, Channel], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where content and rights come from; tests put others in."""

    renderer: Renderer
    hydrate: Hydrate = patches
    may_join: MayJoin = visibility.may_join


@dataclass(frozen=True, slots=True)
class Asked:
    """Channels, and from where on; `position` None means from now on."""

    channels: Sequence[Channel]
    epoch: str | None
    position: int | None


@dataclass(slots=True)
class Caught:
    """The answer as of `head`. `allowed` maps each channel to a position after which it had no change."""

    head: Position
    allowed: dict[Channel, int] = field(default_factory=dict)
    changes: dict[Channel, Changes] = field(default_factory=dict)
    reset: Reason | None = None


async def catch_up(reader: Reader, sources: Sources, viewer: Viewer, asked: Asked) -> Caught:
    """Which of the channels the viewer may follow, and what changed on them since the position."""
    caught = Caught(await event_log.head(reader))
    for channel in asked.channels:
        if await sources.may_join(reader, viewer, channel):
            caught.allowed[channel] = caught.head.seq
    if asked.position is None:
        return caught
    caught.reset = await _useless(reader, caught.head, asked.epoch, asked.position)
    if caught.reset is None:
        await _read(reader, sources, caught, asked.position)
    return caught


async def _useless(reader: Reader, head: Position, epoch: str | None, position: int) -> Reason | None:
    """Why nothing can be told from that position on; None when it can."""
    if epoch != head.epoch:
        return Reason.EPOCH
    if position > head.seq:
        return Reason.AHEAD
    if position < await event_log.floor(reader):
        return Reason.OLD
    return None


async def _read(reader: Reader, sources: Sources, caught: Caught, position: int) -> None:
    logged: dict[Channel, list[LoggedEvent]] = {}
    objects = 0
    if position < caught.head.seq:
        for channel in caught.allowed:
            events = await event_log.on_channel(reader, channel, position, MAX_EVENTS)
            logged[channel] = events
            objects += count_objects(events)
            if objects > MAX_OBJECTS or len(events) >= MAX_EVENTS:
                caught.reset = Reason.LARGE
                return
    for channel in caught.allowed:
        events = logged.get(channel, [])
        caught.allowed[channel] = events[-1].seq if events else position
        if events:
            found = await sources.hydrate(reader, sources.renderer, channel, events)
            caught.changes[channel] = Changes(channel, position, caught.head.seq, found)


def count_objects(events: Sequence[LoggedEvent]) -> int:
    """How many different things the events are about."""
    return len({(logged.event.kind, logged.event.object_id) for logged in events})
