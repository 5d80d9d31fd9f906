"""A connection at rest: no task, no queue, no timer, only what it takes to write to it and to hear from it.

It takes the place of the server's own protocol object on the transport (see `wire.py`). Bytes from the
browser are rare: frames are parsed by the `websockets` library's sans-I/O protocol, which is made when bytes
come and dropped when no frame is incomplete and no close is due.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode
from websockets.protocol import OPEN, SEND_EOF, SERVER
from websockets.protocol import Protocol as FrameProtocol

from server.live.frames import Frame
from server.live.protocol import DRAINING, Close

CLOSE_WITHIN = 2.0  # seconds for what was written, the close frame and the browser's answer
MAX_BUFFER = 64 * 1024  # bytes that wait for one reader; above, nothing more is kept for it
MAX_MESSAGE = 16 * 1024  # bytes; the session refuses more than 8 KB with a sentence, this cuts (1009)

_PING = WebSocketFrame(Opcode.PING, b"").serialize(mask=False)
_LOG = logging.getLogger("server.live.frames")
_LOG.setLevel(logging.WARNING)  # the library tells of every close


class Listener(Protocol):
    """Whose connection it is."""

    def start(self, link: "Parked") -> None:
        """It can be written to now."""

    def receive(self, message: str | bytes) -> None:
        """The browser's next message."""

    def pause(self) -> None:
        """The buffer is full."""

    def resume(self) -> None:
        """The buffer has room again."""

    def end(self, close: Close) -> None:
        """The server wants it closed."""

    def gone(self) -> None:
        """The connection is closed. The last call."""


class Parked(asyncio.Protocol):
    """The protocol object of one parked connection. A `session.Link`."""

    __slots__ = (
        "_connections",
        "_is_closing",
        "_listener",
        "_parser",
        "_parts",
        "_pending",
        "_transport",
        "_unheard",
    )

    def __init__(self, transport: asyncio.Transport, connections: set[object], listener: Listener) -> None:
        """`connections` is the server's set of what it waits for when it ends."""
        self._transport: asyncio.Transport = transport
        self._connections = connections
        self._listener = listener
        self._parser: FrameProtocol | None = None
        self._parts: list[bytes] | None = None  # of a message in several frames; the first byte is its opcode
        self._pending = 0  # bytes of frames that are not complete yet
        self._is_closing = False
        self._unheard = False  # whether a ping was sent and nothing came since

    def open(self, messages: Sequence[str | bytes] = (), parser: FrameProtocol | None = None) -> None:
        """Starts the listener, with what came already; then `parser` is given, and may be in a frame."""
        self._transport.set_write_buffer_limits(high=MAX_BUFFER)
        self._connections.add(self)
        self._parser = parser
        self._pending = 0 if parser is None else 1  # or more: it is never dropped
        self._listener.start(self)
        for message in messages:
            self._listener.receive(message)

    # What the session calls

    def write(self, frame: Frame) -> None:
        """Hands the frame's bytes to the transport."""
        if not self._is_closing:
            self._transport.write(frame.wire)

    def close(self, close: Close) -> None:
        """Sends the close frame; the browser's answer or CLOSE_WITHIN ends it (RFC 6455, 7.1.1)."""
        if self._is_closing:
            return
        self._is_closing = True
        parser = self._parser = self._parser or _parser()
        if parser.state is OPEN:
            parser.send_close(close.code, close.reason)
            self._send(parser)
        self._abort_later()

    def abort(self) -> None:
        """Cuts the connection."""
        self._is_closing = True
        self._transport.abort()

    def ping(self) -> None:
        """Sends a ping, or cuts the connection if nothing came since the last one."""
        if self._unheard:
            self.abort()
        elif not self._is_closing:
            self._unheard = True
            self._transport.write(_PING)

    def backlog(self) -> int:
        """The bytes in the transport's buffer."""
        return self._transport.get_write_buffer_size()

    # What uvicorn calls

    def shutdown(self) -> None:
        """The server ends."""
        self._listener.end(DRAINING)

    # What the transport calls

    def data_received(self, data: bytes) -> None:
        """Takes frames, or parts of them."""
        self._unheard = False
        parser = self._parser = self._parser or _parser()
        self._pending += len(data)
        parser.receive_data(data)
        for event in parser.events_received():
            if isinstance(event, WebSocketFrame):
                self._pending -= _size(event)
                self._take(event)
        self._send(parser)
        if parser.parser_exc is not None:
            self._is_closing = True
            self._hang_up()
        elif not self._pending and self._parts is None and not self._is_closing:
            self._parser = None

    def eof_received(self) -> None:
        """The browser says nothing more: so it is gone, and the transport closes."""

    def pause_writing(self) -> None:
        """The buffer is full. Who doesn't listen isn't heard either, or pings would fill it without end."""
        self._transport.pause_reading()
        self._listener.pause()

    def resume_writing(self) -> None:
        """The buffer has room again."""
        self._unheard = False
        self._transport.resume_reading()
        self._listener.resume()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio passes why
        """The connection is closed."""
        self._is_closing = True
        self._connections.discard(self)
        self._listener.gone()

    # Frames

    def _take(self, frame: WebSocketFrame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            if frame.opcode is not Opcode.CONT:
                self._parts = [bytes((frame.opcode,))]
            assert self._parts is not None, "the library refuses a continuation of nothing"
            self._parts.append(bytes(frame.data))
            if frame.fin:
                opcode, *parts = self._parts
                self._parts = None
                self._hand_over(Opcode(opcode[0]), b"".join(parts))
        elif frame.opcode is Opcode.CLOSE:
            self._is_closing = True
            self._hang_up()

    def _hand_over(self, opcode: Opcode, payload: bytes) -> None:
        if self._is_closing:
            return
        if opcode is Opcode.BINARY:
            self._listener.receive(payload)
            return
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            self.close(Close(1007, "invalid UTF-8"))  # RFC 6455, 8.1
        else:
            self._listener.receive(text)

    def _send(self, parser: FrameProtocol) -> None:
        for data in parser.data_to_send():
            if data != SEND_EOF:
                self._transport.write(data)

    def _hang_up(self) -> None:
        """Closes after what was written; a peer that doesn't take it is cut."""
        asyncio.get_running_loop().call_soon(self._transport.close)
        self._abort_later()

    def _abort_later(self) -> None:
        asyncio.get_running_loop().call_later(CLOSE_WITHIN, self._transport.abort)


def _parser() -> FrameProtocol:
    return FrameProtocol(SERVER, state=OPEN, max_size=MAX_MESSAGE, logger=_LOG)


def _size(frame: WebSocketFrame) -> int:
    """How many bytes a masked frame has on the wire when its length is written as short as possible.

    One that is written longer leaves a rest, and the parser is kept: that costs memory, nothing else.
    """
    length = len(frame.data)
    return length + (6 if length < 126 else 8 if length < 65_536 else 14)
