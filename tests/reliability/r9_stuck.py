"""R9's readers that never read: a handshake, a hello, and from then on they let everything lie."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from server.bench import frames

BUFFER = 4096  # bytes that the kernel keeps for each of them
ESTABLISHED = "01"  # in /proc/net/tcp


@dataclass(frozen=True)
class StuckReaders:
    """Open sockets of readers who are stuck."""

    port: int
    sockets: tuple[socket.socket, ...]

    def kept(self) -> int:
        """How many of them the server still has."""
        return kept(self.port, {one.getsockname()[1] for one in self.sockets})


@contextlib.asynccontextmanager
async def stuck_readers(port: int, channel: str, count: int) -> AsyncIterator[StuckReaders]:
    """That many readers of the channel, who stop reading once they are connected."""
    async with contextlib.AsyncExitStack() as stack:
        sockets = []
        for _ in range(count):
            opened = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            await _connect(opened, port, channel)
            sockets.append(opened)
        yield StuckReaders(port, tuple(sockets))


async def _connect(opened: socket.socket, port: int, channel: str) -> None:
    loop = asyncio.get_running_loop()
    opened.setblocking(False)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    await loop.sock_connect(opened, ("127.0.0.1", port))
    await loop.sock_sendall(opened, frames.handshake("127.0.0.1", port, "/live", ""))
    head = b""
    while b"\r\n\r\n" not in head:
        head += await loop.sock_recv(opened, 1)
    if b" 101 " not in head.partition(b"\r\n")[0]:
        raise ConnectionError(head.decode(errors="replace"))
    await loop.sock_sendall(opened, frames.text_frame({"type": "hello", "channels": [channel]}))
    while b'"ready"' not in head:  # so that it is known as a reader of the channel
        head += await loop.sock_recv(opened, 1)


def kept(port: int, ports: set[int]) -> int:
    """How many connections from those ports the server on `port` has, by the kernel's table."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    served = {
        int(row[2].rpartition(":")[2], 16)
        for row in rows
        if row[1].endswith(f":{port:04X}") and row[3] == ESTABLISHED
    }
    return len(served & ports)
