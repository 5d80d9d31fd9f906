"""A proxy that passes pages and spoils sockets, as those of some offices and hotels do.

async with socketless_proxy(server_port) as proxy:
    proxy.way = Way.SWALLOWS      # for sockets that are opened from now on
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from enum import Enum

HEAD_ENDS = b"\r\n\r\n"
BLOCK = 65536  # bytes


class Way(Enum):
    """What becomes of a socket."""

    PASSES = "passes"
    REFUSES = "refuses"  # the handshake is cut
    CUTS = "cuts"  # after the handshake and the server's first frame
    SWALLOWS = "swallows"  # the handshake is answered, and nothing comes after it


class SocketlessProxy:
    """Forwards to one port of this machine; `sockets` counts the handshakes."""

    def __init__(self, target: int) -> None:
        self.way = Way.REFUSES
        self.sockets = 0
        self._target = target
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        self._open.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._forward(reader, writer)
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    def close(self) -> None:
        """Ends everything."""
        for writer in self._open:
            writer.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(HEAD_ENDS)
        is_socket = b"upgrade: websocket" in head.lower()
        self.sockets += is_socket
        way = self.way if is_socket else Way.PASSES
        if way is Way.REFUSES:
            return
        answers, onward = await asyncio.open_connection("127.0.0.1", self._target)
        self._open.add(onward)
        try:
            onward.write(head)
            if way is not Way.PASSES:
                writer.write(await answers.readuntil(HEAD_ENDS))
            if way is Way.SWALLOWS:
                await self._carry(reader, None)
            elif way is Way.CUTS:
                onward.write(await reader.read(BLOCK))  # hello
                writer.write(await answers.read(BLOCK))
                await writer.drain()
            else:
                there = asyncio.create_task(self._carry(reader, onward))
                await self._carry(answers, writer)
                there.cancel()
        finally:
            self._open.discard(onward)
            onward.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None) -> None:
        while block := await reader.read(BLOCK):
            if writer is not None:
                writer.write(block)
                await writer.drain()


@contextlib.asynccontextmanager
async def socketless_proxy(target: int) -> AsyncIterator[tuple[str, SocketlessProxy]]:
    """A proxy in front of that port, with its URL."""
    proxy = SocketlessProxy(target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", proxy
    finally:
        server.close()
        proxy.close()
