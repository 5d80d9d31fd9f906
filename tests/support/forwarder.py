"""A TCP forwarder between clients and servers: a balancer, an address that moves, a line that goes dead."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

BLOCK = 65536  # bytes


class Forwarder:
    """Connections go in turn to where it is aimed."""

    def __init__(self) -> None:
        self.port = 0
        self._targets: list[int] = []
        self._turns = itertools.count()
        self._lines: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._open = asyncio.Event()
        self._open.set()

    def aim(self, *targets: str | int) -> None:
        """Leads later connections to servers of this machine, given by port or by URL."""
        self._targets = [one if isinstance(one, int) else urlsplit(one).port or 0 for one in targets]

    def cut(self) -> None:
        """Ends every connection that there is, with a reset."""
        for writer in self._writers:
            writer.transport.abort()

    def hold(self) -> None:
        """From now on nothing passes, and nobody is told: a black hole, for new connections too."""
        self._open.clear()

    def release(self) -> None:
        """What was held passes; use `cut` before it when it was lost."""
        self._open.set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Takes a connection."""
        line = asyncio.create_task(self._serve(reader, writer))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._open.wait()
            target = self._targets[next(self._turns) % len(self._targets)]
            onward, back = await asyncio.open_connection("127.0.0.1", target)
            self._writers.add(back)
            try:
                await asyncio.gather(self._carry(reader, back), self._carry(onward, writer))
            finally:
                self._writers.discard(back)
                back.close()
        except OSError:
            writer.transport.abort()
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while block := await reader.read(BLOCK):
            await self._open.wait()
            writer.write(block)
            await writer.drain()
        writer.close()

    async def close(self) -> None:
        """Ends everything."""
        for line in tuple(self._lines):
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)


@contextlib.asynccontextmanager
async def forwarder(*targets: str | int) -> AsyncIterator[Forwarder]:
    """Forwards from a free port to those servers."""
    forwarding = Forwarder()
    forwarding.aim(*targets)
    server = await asyncio.start_server(forwarding.accept, "127.0.0.1", 0)
    forwarding.port = server.sockets[0].getsockname()[1]
    try:
        yield forwarding
    finally:
        server.close()
        await forwarding.close()
