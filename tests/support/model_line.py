"""What carries the messages of a model client: one connection to `/live`, and its page over HTTP."""

import asyncio
import functools
import json
from dataclasses import dataclass
from typing import Any, Protocol

from server.bench import frames

Message = dict[str, Any]  # of all types


@dataclass(frozen=True)
class Place:
    """A topic, the port to connect to, and the board's own if that is another (a proxy's, say)."""

    port: int
    topic_id: int
    board_port: int = 0
    cookie: str = ""

    @property
    def host(self) -> str:
        """What readers call the board."""
        return f"127.0.0.1:{self.board_port or self.port}"


class Reader(Protocol):
    """Whose connection it is."""

    place: Place

    def hello(self) -> Message:
        """What it says first."""

    def hear(self, line: "Line", message: Message) -> None:
        """Takes a message of the server."""

    def lost(self, line: "Line", code: int) -> None:
        """The connection is over; 1006 when nothing was said about it."""


class Line(asyncio.Protocol):
    """One connection of a reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._pending = b""
        self._upgraded = False
        self._code = 1006
        self._transport: asyncio.Transport | None = None

    def say(self, message: Message) -> None:
        """Sends the message."""
        self._write(frames.text_frame(message))

    def leave(self) -> None:
        """Says goodbye."""
        self._write(frames.frame(frames.CLOSE, b""))
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Cuts it."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for a socket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        place = self._reader.place
        self._write(frames.handshake("127.0.0.1", place.board_port or place.port, "/live", place.cookie))

    def data_received(self, data: bytes) -> None:
        """Takes what came; a part of a frame waits for the rest."""
        data = self._pending + data
        if not self._upgraded:
            head, end, rest = data.partition(b"\r\n\r\n")
            if not end:
                self._pending = data
                return
            if b" 101 " not in head.partition(b"\r\n")[0] + b" ":
                self.abort()
                return
            data, self._upgraded = rest, True
            self.say(self._reader.hello())
        begin = 0
        for opcode, start, stop in frames.frames_in(data):
            begin = stop
            self._take(opcode, data[start:stop])
        self._pending = data[begin:]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio passes why
        """It is over."""
        self._transport = None
        self._reader.lost(self, self._code)

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == frames.TEXT:
            self._reader.hear(self, _parsed(payload))
        elif opcode == frames.PING:
            self._write(frames.frame(frames.PONG, payload))
        elif opcode == frames.CLOSE:
            self._code = int.from_bytes(payload[:2], "big") or 1005
            self.leave()

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


@functools.lru_cache(maxsize=256)
def _parsed(payload: bytes) -> Message:
    """What a fan-out says is the same for everybody. Nobody changes it."""
    message: Message = json.loads(payload)
    return message


async def fetch(place: Place, within: float) -> Message:
    """The topic's last page as JSON. Raises OSError, ValueError or TimeoutError."""
    lines = [
        f"GET /topics/{place.topic_id}?page=1000000 HTTP/1.1",
        f"Host: {place.host}",
        "Accept: application/json",
        "Connection: close",
        *([f"Cookie: {place.cookie}"] if place.cookie else []),
    ]
    async with asyncio.timeout(within):
        reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode())
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        finally:
            writer.close()
    if not head.startswith(b"HTTP/1.1 200 "):
        raise ValueError(f"the page was answered with {head[:100]!r}")
    page: Message = json.loads(body)
    return page
