"""Thousands of live sockets in one process, each of which keeps the contract and costs next to nothing.

    crowd = Crowd(port, ["topic:12"])
    await crowd.connect(5_000)             # returns when all of them are ready
    sent = time.monotonic()                # somebody writes a post that says "mark-7"
    await crowd.received(7)                # until everybody who reads has it
    times = crowd.receipts[7]              # when each of them got it, by time.monotonic()
    await crowd.close()

What a client can do besides: read slowly or never (`reads`), come back by itself as browsers do
(`comes_back`), or when it is told to (`reconnect`), each from the position it had. `client.Tally` has what is
counted. For thousands a process has to be allowed to open as many files: `raise_file_limit`.
"""

import asyncio
import itertools
import random
import socket
import sys
import time
from array import array
from collections.abc import Callable, Iterable, Sequence

from server.bench import frames
from server.bench.client import Client, Tally

CONNECTING_AT_ONCE = 256  # handshakes under way
SOCKETS_A_SOURCE = 10_000  # local ports of one address; Linux gives about 28,000
SMALL_BUFFER = 4096  # bytes the kernel keeps for a client that reads slowly
LOOK_EVERY = 0.005  # seconds
LONGEST_DELAY = 30.0  # seconds before coming back
FIRST_DELAY = 0.5  # seconds
STAYS_AWAY = 4500  # this close code and those above it tell a client not to come back
_BIND_ADDRESS_NO_PORT = 24  # of Linux: the port is chosen when the destination is known


class Crowd(Tally):
    """Clients that follow the same channels of one server, in the running event loop.

    With `cookie` (`sid=…`) they are a member's. With `comes_back` a client whose connection ends opens a
    new one after a random time as the contract says: out of the range that the server gave while draining,
    else up to 0.5 s, 1 s, 2 s and so on; never after a close code from 4500 on.
    """

    def __init__(
        self,
        port: int,
        channels: Sequence[str],
        *,
        host: str = "127.0.0.1",
        path: str = "/live",
        cookie: str = "",
        comes_back: bool = False,
    ) -> None:
        super().__init__(channels, frames.handshake(host, port, path, cookie))
        self.clients: list[Client] = []
        self.failed = 0  # connections that TCP refused
        self.opened = array("d")  # when each connection was begun, by time.monotonic()
        self._target = (host, port)
        self._comes_back = comes_back
        self._sources = itertools.count()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def connect(
        self,
        count: int,
        *,
        at_once: int = CONNECTING_AT_ONCE,
        reads: int | None = None,
        within: float = 120.0,
    ) -> list[Client]:
        """That many more clients, of which `at_once` are connecting at any time; returns when all are ready.

        `reads` is how many bytes a second they read; 0: nothing from then on. Raises ConnectionError when one
        is refused, and TimeoutError.
        """
        clients = [Client(self, reads) for _ in range(count)]
        self.clients += clients
        await self._connect(clients, at_once, within)
        return clients

    async def reconnect(
        self, clients: Iterable[Client], *, at_once: int = CONNECTING_AT_ONCE, within: float = 120.0
    ) -> None:
        """Connects those that have no connection, from the position each had. Like `connect` otherwise."""
        await self._connect([client for client in clients if not client.is_connected], at_once, within)

    async def all_ready(self, within: float = 120.0) -> None:
        """Waits until every client is ready. Raises TimeoutError."""
        await self.until(lambda: self.ready == len(self.clients), within)

    async def received(self, mark: int, count: int | None = None, within: float = 30.0) -> bool:
        """Waits until so many got the mark; False after `within`.

        If `count` is left out: everyone who is ready now and reads.
        """
        if count is None:
            count = sum(client.reads != 0 and bool(client.ready_at) for client in self.clients)
        try:
            await self.until(lambda: len(self.receipts[mark]) >= count, within)
        except TimeoutError:
            return False
        return True

    async def quiet(self, seconds: float, within: float = 60.0) -> None:
        """Waits until nobody got a message of further kinds for so long, as after a crowd has come."""
        seen, since = self.others.total(), time.monotonic()

        def is_quiet() -> bool:
            nonlocal seen, since
            if self.others.total() != seen:
                seen, since = self.others.total(), time.monotonic()
            return time.monotonic() - since >= seconds

        await self.until(is_quiet, within)

    async def until(self, is_so: Callable[[], bool], within: float) -> None:
        """Waits until it is so, looking every LOOK_EVERY. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not is_so():  # noqa: ASYNC110  # an event would cost at every receipt
                await asyncio.sleep(LOOK_EVERY)

    async def close(self, within: float = 30.0) -> None:
        """Closes everything, and waits until it is."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()
        for client in self.clients:
            client.leave()
        try:
            await self.until(lambda: not any(client.is_connected for client in self.clients), within)
        except TimeoutError:
            for client in self.clients:
                client.abort()

    def lost(self, client: Client) -> None:
        """The client has no connection any more."""
        super().lost(client)
        if self._comes_back and client.code < STAYS_AWAY:
            self._return_later(client)

    async def _connect(self, clients: Sequence[Client], at_once: int, within: float) -> None:
        waiting = iter(clients)

        async def work() -> None:
            for client in waiting:
                await self._try(client)
                await client.settled()

        async with asyncio.timeout(within):
            await asyncio.gather(*(work() for _ in range(min(at_once, len(clients)))))
            if self._comes_back:
                await self.until(lambda: all(client.ready_at for client in clients), within)
        if not all(client.ready_at for client in clients):
            raise ConnectionError(f"sockets were refused: {self.failed=} {self.refused=} {self.closed=}")

    async def _try(self, client: Client) -> None:
        try:
            await self._open(client)
        except OSError:
            self.failed += 1
            if self._comes_back:
                self._return_later(client)

    async def _open(self, client: Client) -> None:
        loop = asyncio.get_running_loop()
        opening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            opening.setblocking(False)  # noqa: FBT003  # the signature is socket's
            if client.reads is not None:
                opening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
            source = next(self._sources) // SOCKETS_A_SOURCE
            if source:
                opening.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
                opening.bind((f"127.0.0.{1 + source % 250}", 0))
            self.opened.append(time.monotonic())
            await loop.sock_connect(opening, self._target)
            await loop.create_connection(lambda: client, sock=opening)
        except BaseException:
            opening.close()
            raise

    def _return_later(self, client: Client) -> None:
        if self._is_closed:
            return
        low, high = client.retry
        if not high:
            high = min(LONGEST_DELAY, FIRST_DELAY * 2**client.attempts)
        client.attempts += 1
        delay = random.uniform(low, high)  # noqa: S311  # spreads clients, guards nothing
        asyncio.get_running_loop().call_later(delay, self._return, client)

    def _return(self, client: Client) -> None:
        if not self._is_closed:
            task = asyncio.get_running_loop().create_task(self._try(client))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


def raise_file_limit(count: int) -> bool:
    """Lets this process and its children open `count` files; False when the system does not allow it."""
    if sys.platform == "win32":
        return True  # no such limit
    import resource  # noqa: PLC0415  # it is not there on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(soft, most) >= count
