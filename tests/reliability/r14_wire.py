"""R14: a websocket client that may break every rule, and an echo to break them against.

The frames are made and read by hand here, so that nothing of what is tested is also the judge. The echo is
served by two protocol classes: ours, whose connections are parked, and uvicorn's own, on which the board runs
under other commands.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.websockets import WebSocket, WebSocketDisconnect

from server.live.connections import frame_reader
from server.live.connections.parked import Parked
from server.live.frames import Frame
from server.live.protocol import Close
from server.live.wire import park_of
from tests.support.servers import AS_SERVED, EmbeddedServer
from tests.support.waiting import check, eventually

OURS, UVICORNS = "server.live.wire:WireProtocol", "websockets-sansio"
MASK = b"\x37\xfa\x21\x3d"  # the example's of RFC 6455, 5.7
KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # the example's of 1.3
CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
NO_CODE, LOST = 1005, 1006  # 7.4.1: a close without a code, and an end without a close
WITHIN = 10.0  # seconds, on a busy machine


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True, form: int = 0
) -> bytes:
    """A frame as in 5.2; `form` 2 or 8 writes the length in that many bytes, though fewer would do."""
    size = len(payload)
    form = form or (0 if size < 126 else 2 if size < 2**16 else 8)
    short = {0: size, 2: 126, 8: 127}[form]
    long = size.to_bytes(form, "big") if form else b""
    head = bytes((fin << 7 | rsv << 4 | opcode, masked << 7 | short)) + long
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))


def close_frame(code: int | None = None, reason: bytes = b"") -> bytes:
    """A close as in 5.5.1."""
    return frame(CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason)


@dataclass
class Heard:
    """What the server said: data and pongs in order, and how it ended."""

    frames: list[tuple[int, bytes]] = field(default_factory=list)
    code: int = LOST


class Breaker(asyncio.Protocol):
    """One connection. It goes on reading while it writes; everything waits at most WITHIN."""

    def __init__(self) -> None:
        self.head = b""  # of the answer to the handshake
        self.heard = Heard()
        self._received = bytearray()
        self._changed = asyncio.Event()
        self._is_lost = False
        self._transport: asyncio.Transport

    async def send(self, frames: Sequence[bytes], manner: str) -> None:
        """Sends "each" frame in a segment of its own, all "together" or "bytewise", until it is closed."""
        segments = {
            "each": list(frames),
            "together": [b"".join(frames)],
            "bytewise": _crumbs(b"".join(frames)),
        }[manner]
        for segment in segments:
            if self._is_over:
                break
            self._transport.write(segment)
            await _let_the_server_read()

    def abort(self) -> None:
        """Cuts the connection."""
        self._transport.abort()

    async def shake_hands(self, request: bytes) -> str:
        """Sends the request; the head of the answer."""
        self._transport.write(request)
        await self._wait(lambda: bool(self.head) or self._is_lost)
        return self.head.decode()

    async def until(self, count: int) -> Heard:
        """Waits for that many frames, or the end."""
        await self._wait(lambda: len(self.heard.frames) >= count or self._is_over)
        return self.heard

    async def end(self) -> Heard:
        """Waits until the server has closed the connection; everything it said."""
        await self._wait(lambda: self._is_lost)
        return self.heard

    async def _wait(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(WITHIN):
            while not is_so():
                self._changed.clear()
                await self._changed.wait()

    @property
    def _is_over(self) -> bool:
        return self._is_lost or self.heard.code != LOST

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self.head and b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self.head = bytes(head)
        while self.head and (found := _first_frame(self._received)) is not None:
            opcode, payload, size = found
            del self._received[:size]
            self._hear(opcode, payload)
        self._changed.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio passes why
        self._is_lost = True
        self._changed.set()

    def _hear(self, opcode: int, payload: bytes) -> None:
        """Notes a frame; the server's close is answered (5.5.1)."""
        assert self.heard.code == LOST, "nothing comes after a close (5.5.1)"
        if opcode == CLOSE:
            self.heard.code = int.from_bytes(payload[:2], "big") if payload else NO_CODE
            self._transport.write(frame(CLOSE, payload[:2]))
        else:
            self.heard.frames.append((opcode, payload))


def _first_frame(data: bytearray) -> tuple[int, bytes, int] | None:
    """Opcode and payload of the server's first frame, and its size; None when it is not complete."""
    if len(data) < 2:
        return None
    assert data[0] & 0xF0 == 0x80, "the server sends whole frames without reserved bits (5.2)"
    assert data[1] < 0x80, "a server does not mask (5.1)"
    begin = {126: 4, 127: 10}.get(data[1], 2)
    size = data[1] if begin == 2 else int.from_bytes(data[2:begin], "big")
    if len(data) < begin + size:
        return None
    return data[0] & 0x0F, bytes(data[begin : begin + size]), begin + size


def _crumbs(data: bytes) -> list[bytes]:
    """Single bytes as far as heads of frames may reach, and odd pieces of what is long."""
    step = 1 if len(data) < 600 else 997
    return [data[at : at + step] for at in range(0, len(data), step)]


async def _let_the_server_read() -> None:
    """Loopback delivers at once; the server shares this loop, so that it has read after two rounds."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def connection(port: int) -> AsyncIterator[Breaker]:
    """A connection on which nothing was said yet."""
    transport, client = await asyncio.get_running_loop().create_connection(Breaker, "127.0.0.1", port)
    try:
        yield client
    finally:
        transport.abort()


@contextlib.asynccontextmanager
async def breaker(port: int) -> AsyncIterator[Breaker]:
    """A connection whose handshake is done."""
    async with connection(port) as client:
        head = await client.shake_hands(request(port))
        assert head.startswith("HTTP/1.1 101 "), head
        yield client


def request(port: int, version: str = "1.1", method: str = "GET", **others: str) -> bytes:
    """A handshake as in 4.1; a header is replaced by name with _ for -, or left out when it is empty."""
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Key": KEY,
        "Sec_WebSocket_Version": "13",
    }
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (headers | others).items() if value]
    return "\r\n".join([f"{method} / HTTP/{version}", *lines, "", ""]).encode()


# The echo


class _Echo:
    """A `parked.Listener` that sends back what it gets; what is no text comes back as its own name."""

    def start(self, link: Parked) -> None:
        self._link = link

    def receive(self, message: str | bytes) -> None:
        self._link.write(Frame(message) if isinstance(message, str) else Binary.of(message))

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass

    def end(self, close: Close) -> None:
        self._link.close(close)

    def gone(self) -> None:
        pass


class Binary(Frame):
    """A binary message, which the board never sends."""

    __slots__ = ()

    @classmethod
    def of(cls, payload: bytes) -> "Binary":
        found = cls("")
        found.wire = unmasked(BINARY, payload)
        return found


def unmasked(opcode: int, payload: bytes) -> bytes:
    """A frame as a server sends it."""
    return frame(opcode, payload, masked=False)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """The application: sends every message back."""
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()
    if (park := park_of(scope)) is not None and park(_Echo()):
        return
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await websocket.send({**message, "type": "websocket.send"})


@contextlib.asynccontextmanager
async def echo_server(protocol: str) -> AsyncIterator[int]:
    """Serves the echo through OURS or UVICORNS; the port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    config = uvicorn.Config(
        echo,
        ws=protocol,
        ws_max_size=frame_reader.MAX_MESSAGE,
        ws_per_message_deflate=False,
        lifespan="off",
        **AS_SERVED,
        timeout_graceful_shutdown=1,
    )
    server = EmbeddedServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await eventually(lambda: check(server.started or serving.done()), timeout=30.0)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await serving
        listener.close()
