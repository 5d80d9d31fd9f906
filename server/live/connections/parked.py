"""A connection at rest: no task, no queue, no timer, only what it takes to write to it and to hear from it.

It takes the place of the server's own protocol object on the transport (see `wire.py`). Bytes from the
browser are rare: the reader of frames is made when bytes come and dropped when no frame is incomplete and no
close is due.
"""

import asyncio
from typing import Protocol

from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode
from websockets.protocol import OPEN, SEND_EOF

from server.live.connections.frame_reader import FrameReader, frame_reader
from server.live.frames import Frame
from server.live.protocol import DRAINING, Close

CLOSE_WITHIN = 2.0  # seconds for what was written, the close frame and the browser's answer
MAX_BUFFER = 64 * 1024  # bytes that wait for one reader; above, nothing more is kept for it

_PING = WebSocketFrame(Opcode.PING, b"").serialize(mask=False)


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

    __slots__ = ("_connections", "_is_closing", "_listener", "_reader", "_transport", "_unheard")

    def __init__(self, transport: asyncio.Transport, connections: set[object], listener: Listener) -> None:
        """`connections` is the server's set of what it waits for when it ends."""
        self._transport = transport
        self._connections = connections
        self._listener = listener
        self._reader: FrameReader | None = None
        self._is_closing = False
        self._unheard = False  # whether a ping was sent and nothing came since

    def open(self) -> None:
        """Starts the listener."""
        self._transport.set_write_buffer_limits(high=MAX_BUFFER)
        self._connections.add(self)
        self._listener.start(self)

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
        reader = self._reader = self._reader or frame_reader(self._answer, self._hear)
        if reader.state is OPEN:
            reader.send_close(close.code, close.reason)
            self._answer()
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
        reader = self._reader = self._reader or frame_reader(self._answer, self._hear)
        reader.receive_data(data)
        self._answer()
        if reader.parser_exc is not None or reader.close_rcvd is not None:
            self._hang_up()
        elif reader.is_idle:
            self._reader = None
            reader.give_back()

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
        if self._reader is not None:
            self._reader.forget()
            self._reader = None
        self._listener.gone()

    def _hear(self, message: str | bytes) -> None:
        if not self._is_closing:
            self._listener.receive(message)

    def _answer(self) -> None:
        """Sends what the protocol itself has to say."""
        if self._reader is not None:
            for data in self._reader.data_to_send():
                if data != SEND_EOF:
                    self._transport.write(data)

    def _hang_up(self) -> None:
        """Closes after what was written; a peer that doesn't take it is cut."""
        self._is_closing = True
        self._transport.close()
        self._abort_later()

    def _abort_later(self) -> None:
        asyncio.get_running_loop().call_later(CLOSE_WITHIN, self._transport.abort)
