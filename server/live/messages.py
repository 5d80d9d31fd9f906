"""What the server says on the socket, as values and as compact JSON text."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.channels import Channel
from server.domain.clock import now_ms
from server.domain.models import Position
from server.domain.presence import Told
from server.domain.viewer import Viewer
from server.live.frames import Frame
from server.live.protocol import HEARTBEAT, ErrorCode, Reason
from server.views import as_json
from server.views.as_json import Json, JsonValue
from server.views.patches import Patch

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Ready:
    """The answer to hello: what is followed now, from which position on, and what was refused.

    `viewer` is the member that the connection stands for, None for a guest, and `role` what he may do;
    `moderates` are the categories that a member was given to moderate. `now`
    is the server's clock, by which a browser whose own is wrong can tell ages.
    """

    epoch: str
    position: int
    channels: Sequence[str]
    denied: Sequence[str]
    viewer: int | None = None
    now: int = 0  # milliseconds since 1970
    role: str = "guest"
    moderates: Sequence[int] = ()

    def content(self) -> Json:
        """The message as JSON values."""
        return {
            "type": "ready",
            "epoch": self.epoch,
            "position": self.position,
            "heartbeat": HEARTBEAT,
            "channels": list(self.channels),
            "denied": list(self.denied),
            "viewer": self.viewer,
            "now": self.now,
            "role": self.role,
            "moderates": list(self.moderates),
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed on a channel after its previous change `after`, up to `position`."""

    channel: Channel
    after: int
    position: int
    patches: Sequence[Patch]

    def content(self) -> Json:
        """The message as JSON values."""
        return as_json.changes(self.channel, self.after, self.position, self.patches)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Everything up to `position` has been told."""

    position: int

    def content(self) -> Json:
        """The message as JSON values."""
        return {"type": "heartbeat", "position": self.position}


@dataclass(frozen=True, slots=True)
class Reset:
    """The page has to be fetched afresh."""

    reason: Reason

    def content(self) -> Json:
        """The message as JSON values."""
        return {"type": "reset", "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Dropped:
    """Channels that the viewer may no longer follow; `purge` asks to take their content off the page."""

    channels: Sequence[str]
    purge: bool = True

    def content(self) -> Json:
        """The message as JSON values."""
        return {"type": "dropped", "channels": list(self.channels), "purge": self.purge}


@dataclass(frozen=True, slots=True)
class Error:
    """What was wrong with a message of the browser."""

    code: ErrorCode
    message: str

    def content(self) -> Json:
        """The message as JSON values."""
        return {"type": "error", "code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True)
class Draining:
    """The server ends: the connection is closed now, and `retry` says when to come back.

    Everybody takes a random moment between its two numbers of seconds, so that they don't come all at once.
    """

    retry: tuple[float, float]

    def content(self) -> Json:
        """The message as JSON values."""
        return {"type": "draining", "retry": list(self.retry)}


@dataclass(frozen=True, slots=True)
class Here:
    """Who reads a place, in full. `unnamed` are members beyond the names; to guests all of them are."""

    channel: Channel
    told: Told

    def content(self) -> Json:
        """The message as JSON values."""
        return {**_told("here", self.channel, self.told), "guests": self.told.guests}


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes there, in full."""

    channel: Channel
    told: Told

    def content(self) -> Json:
        """The message as JSON values."""
        return _told("typing", self.channel, self.told)


ServerMessage = Ready | Changes | Heartbeat | Reset | Dropped | Error | Draining | Here | Writing


def ready(head: Position, viewer: Viewer, channels: Sequence[str], denied: Sequence[str]) -> Ready:
    """The answer to this viewer's hello, at that position."""
    return Ready(
        head.epoch,
        head.seq,
        channels,
        denied,
        viewer.id,
        now_ms(),
        str(viewer.role),
        sorted(viewer.moderated),
    )


def encode(message: ServerMessage) -> Frame:
    """The message as compact JSON text."""
    return Frame(_COMPACT.encode(message.content()))


def _told(kind: str, channel: Channel, told: Told) -> dict[str, JsonValue]:
    return {"type": kind, "channel": str(channel), "members": list(told.names), "unnamed": told.unnamed}
