"""A network between readers and a server that breaks on command: a TCP forwarder that does everything wrong.

async with faulty_network(server_port) as network:
    readers = [ModelClient(Place(network.port, topic, server_port)) for _ in range(20)]
    ...
    network.swallow()        # the connections that there are fall silent; new ones pass
    network.delay = 2.0      # seconds, for all from now on, until it is 0 again

Buffers are small, so that a server soon feels what its readers don't take.
"""

import asyncio
import contextlib
import random
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

BLOCK = 4096  # bytes taken at once
BUFFER = 4096  # bytes that the kernel keeps for each side
WAITING = 16  # blocks under way in one direction
RETRANSMITTED = (0.2, 1.0)  # seconds that a lost block is late


@dataclass(eq=False)
class Line:
    """One connection: the reader's socket and the one to the server; None where it was ended."""

    reader: socket.socket | None
    server: socket.socket | None
    touched: float  # when bytes last passed, by the loop's clock
    swallows: bool = False  # nothing passes any more, and nobody is told
    cuts: bool = False  # the next block to the reader lacks its last byte, and then the line ends
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def end(self, *, hard: bool, reader: bool = True, server: bool = True) -> None:
        """Closes the sides: with RST if `hard`, else with FIN. A side that stays open hears nothing."""
        self.swallows = True
        for task in self.tasks:
            if task is not asyncio.current_task():
                task.cancel()
        # After the loop has let go of them: their numbers may be given to new sockets at once.
        later = asyncio.get_running_loop().call_soon
        if reader and self.reader is not None:
            later(_close, self.reader, hard)
            self.reader = None
        if server and self.server is not None:
            later(_close, self.server, hard)
            self.server = None


class FaultyNetwork:
    """Forwards to one port of this machine."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.delay = 0.0  # seconds, in each direction
        self.rate = 0.0  # bytes a second in each direction of each line; 0: as they come
        self.loss = 0.0  # share of blocks that are late as if they had to be sent again
        self.idle_limit = 0.0  # seconds after which a line without traffic is swallowed; 0: never
        self.idle_cuts = 0
        self.lines: set[Line] = set()
        self._target = target

    def reset(self) -> None:
        """RST to both sides."""
        for line in tuple(self.lines):
            self._end(line, hard=True)

    def finish(self) -> None:
        """FIN to both sides, without a word of the protocol."""
        for line in tuple(self.lines):
            self._end(line, hard=False)

    def swallow(self) -> None:
        """A black hole: both sides stay open, and nothing passes."""
        for line in self.lines:
            line.swallows = True

    def forget_server(self) -> None:
        """Half open: the server's side is reset, and the reader hears nothing of it."""
        for line in self.lines:
            line.end(hard=True, reader=False)

    def forget_reader(self) -> None:
        """Half open: the reader's side is reset, and the server hears nothing of it."""
        for line in self.lines:
            line.end(hard=True, server=False)

    def cut_inside_a_frame(self) -> None:
        """The next block to each reader lacks its last byte, and then the line ends."""
        for line in self.lines:
            line.cuts = True

    async def serve(self, listener: socket.socket) -> None:
        """Takes connections until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            reader, _ = await loop.sock_accept(listener)
            server = _small(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            try:
                await loop.sock_connect(server, ("127.0.0.1", self._target))
            except OSError:
                _close(reader, True)
                _close(server, True)
                continue
            line = Line(_small(reader), server, loop.time())
            self.lines.add(line)
            line.tasks += [
                asyncio.create_task(self._carry(line, reader, server, is_to_reader=False)),
                asyncio.create_task(self._carry(line, server, reader, is_to_reader=True)),
            ]

    async def watch(self) -> None:
        """Swallows what was idle for too long, until cancelled."""
        while True:
            await asyncio.sleep(0.5)
            now = asyncio.get_running_loop().time()
            for line in self.lines:
                if self.idle_limit and now - line.touched > self.idle_limit and not line.swallows:
                    self.idle_cuts += 1
                    line.swallows = True

    def close(self) -> None:
        """Ends everything."""
        self.reset()

    async def _carry(
        self, line: Line, source: socket.socket, target: socket.socket, *, is_to_reader: bool
    ) -> None:
        under_way: deque[tuple[float, bytes]] = deque()
        changed = asyncio.Condition()
        writing = asyncio.create_task(self._deliver(line, target, under_way, changed, is_to_reader))
        line.tasks.append(writing)
        try:
            await self._take(line, source, under_way, changed)
            await writing
        except OSError:
            self._end(line, hard=True)
        finally:
            writing.cancel()

    async def _take(
        self,
        line: Line,
        source: socket.socket,
        under_way: deque[tuple[float, bytes]],
        changed: asyncio.Condition,
    ) -> None:
        loop = asyncio.get_running_loop()
        due = 0.0
        while True:
            block = await loop.sock_recv(source, BLOCK if not self.rate else max(1, int(self.rate / 8)))
            line.touched = loop.time()
            if line.swallows:
                if not block:
                    return
                continue
            late = random.uniform(*RETRANSMITTED) if random.random() < self.loss else 0.0
            due = max(due, loop.time() + self.delay + late)  # in order, as TCP delivers
            async with changed:
                await changed.wait_for(lambda: len(under_way) < WAITING)
                under_way.append((due, block))
                changed.notify_all()
            if not block:
                return

    async def _deliver(
        self,
        line: Line,
        target: socket.socket,
        under_way: deque[tuple[float, bytes]],
        changed: asyncio.Condition,
        is_to_reader: bool,
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            async with changed:
                await changed.wait_for(lambda: bool(under_way))
                due, block = under_way.popleft()
                changed.notify_all()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if line.swallows:
                continue
            if not block:  # one side has ended
                self._end(line, hard=False)
                return
            if line.cuts and is_to_reader:
                await loop.sock_sendall(target, block[:-1])
                self._end(line, hard=False)
                return
            await loop.sock_sendall(target, block)
            if self.rate:
                await asyncio.sleep(len(block) / self.rate)

    def _end(self, line: Line, *, hard: bool) -> None:
        self.lines.discard(line)
        line.end(hard=hard)


def _small(found: socket.socket) -> socket.socket:
    found.setblocking(False)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def _close(found: socket.socket, hard: bool) -> None:
    if hard:  # lingering for 0 seconds is a RST
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    found.close()


@contextlib.asynccontextmanager
async def faulty_network(target: int) -> AsyncIterator[FaultyNetwork]:
    """Forwards from a free port to that one, without faults at first."""
    network = FaultyNetwork(target)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        listener.setblocking(False)
        network.port = listener.getsockname()[1]
        tasks = [asyncio.create_task(network.serve(listener)), asyncio.create_task(network.watch())]
        try:
            yield network
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            network.close()
            await asyncio.sleep(0)
