"""A browser's socket that reads only when it is told to, so that the server's buffers fill.

async with raw_socket(stage.base_url) as reader:
    await reader.hello(["topic:12"])
    changes = await reader.next("changes")
"""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import Event
from websockets.uri import parse_uri

Send = Callable[[str], Awaitable[None]]
Message = dict[str, Any]  # of all types; tests look into them at will

WITHIN = 10.0  # seconds, on a busy machine
SMALL = 4096  # bytes of the kernel's receive buffer, so that little is on the way


class RawSocket:
    def __init__(self, connection: socket.socket, protocol: ClientProtocol) -> None:
        self._socket = connection
        self._protocol = protocol
        self._frames: list[Frame] = []

    async def hello(self, channels: Sequence[str], **fields: object) -> Message:
        """Says hello and returns `ready`."""
        await self.say("hello", channels=list(channels), **fields)
        return await self.next("ready")

    async def say(self, kind: str, **fields: object) -> None:
        """Sends a message."""
        await self.send_text(json.dumps({"type": kind, **fields}))

    async def send_text(self, text: str) -> None:
        """Sends any text."""
        self._protocol.send_text(text.encode())
        await self._flush()

    async def send_in_pieces(self, text: str) -> None:
        """Sends the frame byte by byte."""
        self._protocol.send_text(text.encode())
        for byte in b"".join(self._protocol.data_to_send()):
            await self._send(bytes((byte,)))

    async def next(self, kind: str) -> Message:
        """The next message of that type; others before it are passed over."""
        async with asyncio.timeout(WITHIN):
            while True:
                frame = await self._frame()
                assert frame.opcode is Opcode.TEXT, f"waiting for {kind}, came {frame}"
                message: Message = json.loads(bytes(frame.data))
                if message["type"] == kind:
                    return message

    async def close_code(self) -> int:
        """Waits for the close frame; its code. Messages before it are passed over, and it is not answered."""
        async with asyncio.timeout(WITHIN):
            while (frame := await self._frame()).opcode is not Opcode.CLOSE:
                pass
            code: int = struct.unpack("!H", bytes(frame.data)[:2])[0]
            return code

    async def ended(self) -> bool:
        """Waits until the server has cut or closed the connection."""
        async with asyncio.timeout(WITHIN):
            with contextlib.suppress(ConnectionError):
                while await asyncio.get_running_loop().sock_recv(self._socket, 65536):
                    pass
            return True

    def take(self, events: Sequence[Event]) -> None:
        """Keeps the frames among them for reading."""
        self._frames += [
            event
            for event in events
            if isinstance(event, Frame) and event.opcode not in (Opcode.PING, Opcode.PONG)
        ]

    def reset(self) -> None:
        """Goes without a word (RST)."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    async def _frame(self) -> Frame:
        while not self._frames:
            data = await asyncio.get_running_loop().sock_recv(self._socket, 65536)
            assert data, "the server closed the connection"
            self._protocol.receive_data(data)
            self.take(self._protocol.events_received())
            if not any(frame.opcode is Opcode.CLOSE for frame in self._frames):
                await self._flush()
        return self._frames.pop(0)

    async def _flush(self) -> None:
        await self._send(b"".join(self._protocol.data_to_send()))

    async def _send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket, data)


@contextlib.asynccontextmanager
async def raw_socket(
    base_url: str, *, meanwhile: Callable[[Send], Awaitable[None]] | None = None
) -> AsyncIterator[RawSocket]:
    """A guest's socket. `meanwhile` is awaited before the handshake's answer, and may send texts already."""
    parts = urlsplit(base_url)
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(connection, (parts.hostname, parts.port))
        protocol = ClientProtocol(parse_uri(base_url.replace("http", "ws", 1) + "/live"), max_size=None)
        request = protocol.connect()
        request.headers["Origin"] = base_url
        protocol.send_request(request)
        await loop.sock_sendall(connection, b"".join(protocol.data_to_send()))
        if meanwhile is not None:

            async def send(text: str) -> None:
                await loop.sock_sendall(connection, Frame(Opcode.TEXT, text.encode()).serialize(mask=True))

            await meanwhile(send)
        while not (events := protocol.events_received()):
            protocol.receive_data(await loop.sock_recv(connection, 65536))
        reader = RawSocket(connection, protocol)
        reader.take(events)
        yield reader
    finally:
        connection.close()
