"""The socket's messages: strict parsing of what browsers say, compact JSON of what the server says. No I/O.

Parsing knows a fixed set of types, each with a fixed set of fields; nothing that a browser sends is
ever used as the name of an attribute, so a message can only be one of the values below or wrong.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from server.domain.channels import MAX_NAME

MAX_MESSAGE = 8192  # bytes of one browser message
MAX_CHANNELS = 30  # a socket
MAX_EPOCH = 64  # characters
MAX_POSITION = 2**53 - 1  # what JavaScript can count
HEARTBEAT = 25  # seconds of silence at most


@dataclass(frozen=True, slots=True)
class Close:
    """Why a socket is closed. Codes from 4500 on tell the browser not to come back by itself."""

    code: int
    reason: str


DRAINING = Close(4000, "the server restarts")
RESYNC = Close(4001, "connect again: your rights or the board changed")
TOO_SLOW = Close(4008, "too slow")
OVERLOADED = Close(4013, "the server is overloaded")
TOO_MANY_MESSAGES = Close(4029, "too many messages")
SIGNED_OUT = Close(4501, "signed out")
BANNED = Close(4503, "this account is disabled")
TOO_MANY_SOCKETS = Close(4504, "too many connections")
INVALID = Close(4507, "invalid message")


class ErrorCode(StrEnum):
    """The `code` of an `error` message."""

    DENIED = "denied"
    RATE = "rate"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why the page has to be fetched afresh."""

    OLD = "old"
    EPOCH = "epoch"
    AHEAD = "ahead"
    LARGE = "large"


class ProtocolError(Exception):
    """A browser's message that cannot be taken; `message` names the field and what was expected."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


# What the browser says


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message. Without an epoch and a position only what happens from now on is wanted."""

    channels: tuple[str, ...]
    epoch: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Subscribe:
    """More channels, or channels whose changes since `position` are missing.

    `epoch` is what the position counts in; left out, it is the one that this socket knows.
    """

    channels: tuple[str, ...]
    position: int | None = None
    epoch: str | None = None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Channels no longer wanted."""

    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody is writing there."""

    channel: str


ClientMessage = Hello | Subscribe | Unsubscribe | Typing
Fields = dict[str, object]


def parse(text: str) -> ClientMessage:
    """The message in `text`; ProtocolError when it is not one."""
    if len(text.encode(errors="surrogatepass")) > MAX_MESSAGE:
        raise _invalid(f"A message has at most {MAX_MESSAGE} bytes.")
    try:
        value: object = _JSON.decode(text)
    except (ValueError, RecursionError):
        raise _invalid("A message is one JSON object with each field once.") from None
    if not isinstance(value, dict):
        raise _invalid("A message is one JSON object.")
    kind = value.pop("type", None)
    if not isinstance(kind, str):
        raise _invalid("type: expected one of " + ", ".join(_PARSERS) + ".")
    if kind not in _PARSERS:
        raise ProtocolError(ErrorCode.UNKNOWN, "type: expected one of " + ", ".join(_PARSERS) + ".")
    known, build = _PARSERS[kind]
    for name in value:
        if name not in known:
            raise _invalid(f"{kind} has no field {ascii(name)[:40]}: expected {', '.join(known)}.")
    return build(value)


def hello_of(fields: Fields) -> Hello:
    """A hello from values by name, of which those that it does not know are not looked at."""
    return Hello(_channels(fields), _epoch(fields), _position(fields))


def _subscribe(fields: Fields) -> Subscribe:
    return Subscribe(_channels(fields), _position(fields), _epoch(fields))


def _unsubscribe(fields: Fields) -> Unsubscribe:
    return Unsubscribe(_channels(fields))


def _typing(fields: Fields) -> Typing:
    return Typing(_channel("channel", fields.get("channel")))


_PARSERS: dict[str, tuple[tuple[str, ...], Callable[[Fields], ClientMessage]]] = {
    "hello": (("channels", "epoch", "position"), hello_of),
    "subscribe": (("channels", "epoch", "position"), _subscribe),
    "unsubscribe": (("channels",), _unsubscribe),
    "typing": (("channel",), _typing),
}


def _channels(fields: Fields) -> tuple[str, ...]:
    """The field `channels`: names without repetition. Whether there are such channels is not asked here."""
    names = fields.get("channels")
    if not isinstance(names, list) or len(names) > MAX_CHANNELS:
        raise _invalid(f"channels: expected a list of at most {MAX_CHANNELS} names.")
    return tuple(dict.fromkeys(_channel("channels", name) for name in names))


def _epoch(fields: Fields) -> str | None:
    """The field `epoch`, which may be left out."""
    if "epoch" not in fields:
        return None
    epoch = fields["epoch"]
    if not isinstance(epoch, str) or len(epoch) > MAX_EPOCH:
        raise _invalid(f"epoch: expected text of at most {MAX_EPOCH} characters.")
    return epoch


def _position(fields: Fields) -> int | None:
    """The field `position`, which may be left out."""
    if "position" not in fields:
        return None
    position = fields["position"]
    if not isinstance(position, int) or isinstance(position, bool) or not 0 <= position <= MAX_POSITION:
        raise _invalid(f"position: expected a whole number from 0 to {MAX_POSITION}.")
    return position


def _channel(field: str, name: object) -> str:
    # Printable ASCII, because refused names are repeated in `denied`.
    if (
        not isinstance(name, str)
        or not 0 < len(name) <= MAX_NAME
        or not (name.isascii() and name.isprintable())
    ):
        raise _invalid(f"{field}: expected names of channels, 1 to {MAX_NAME} plain characters each.")
    return name


def _unique(pairs: list[tuple[str, object]]) -> Fields:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is given twice")
    return fields


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


_JSON = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant
)  # making one costs as much as a hello


def _invalid(message: str) -> ProtocolError:
    return ProtocolError(ErrorCode.INVALID, message)
