"""A topic's page of 20 posts as a guest reads it, beside an answer of the same bytes that is there already.

Cached is a page that is asked for again and again, as when many read one topic. Uncached is the same page
under an address that is new each time (`?n=1`): it is made from its rows, what is on it was rendered before.
"""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from server.bench import processes
from server.bench.people import Stage
from server.bench.processes import Served
from server.bench.requests import Connection

WARM_UP = 20  # requests on each connection
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured."""

    connections: int
    size: int  # bytes of the page
    rate: float  # answers a second
    cost: float  # microseconds of the server's processor time an answer


@dataclass(frozen=True, slots=True)
class Pages:
    """One page, by how it is asked for."""

    cached: Load
    uncached: Load
    bare: Load


async def of_board(stage: Stage, connections: int, *, seconds: float) -> Pages:
    """The page, cached and not, and the bare answer, each asked for during so many seconds."""
    served, path = stage.served, stage.topic.path
    async with Connection(served.port) as plain:
        new = (plain.request("GET", f"{path}?n={number}") for number in itertools.count())
        uncached = await _load(served, new, connections, seconds)
        cached = await _load(served, itertools.repeat(plain.request("GET", path)), connections, seconds)
        body = (await plain.get(path)).body.decode()
    async with processes.baseline("page", payload=body) as bare:
        request = Connection(bare.port).request("GET", "/")
        return Pages(cached, uncached, await _load(bare, itertools.repeat(request), connections, seconds))


async def _load(served: Served, requests: Iterator[bytes], connections: int, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    askers = [_Asker(requests) for _ in range(connections)]
    for asker in askers:
        await loop.create_connection(lambda asker=asker: asker, "127.0.0.1", served.port)  # type: ignore[misc]  # mypy does not infer the default's type
    await asyncio.gather(*(asker.ask(WARM_UP) for asker in askers))
    cpu, began = served.use().cpu, time.monotonic()
    answers = sum(await asyncio.gather(*(asker.ask_until(began + seconds) for asker in askers)))
    took, cpu = time.monotonic() - began, served.use().cpu - cpu
    for asker in askers:
        asker.close()
    return Load(connections, askers[0].size, answers / took, 1e6 * cpu / answers)


class _Asker(asyncio.Protocol):
    """Asks for one thing after the other, as soon as the last answer is there."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self.size = 0  # bytes of the last answer's body
        self._requests = requests
        self._transport: asyncio.Transport
        self._received = 0
        self._expected = 0  # bytes of the answer that comes; 0: not known yet
        self._head = b""
        self._answers = 0
        self._most = 0
        self._until = 0.0
        self._done: asyncio.Future[int]

    async def ask(self, times: int) -> int:
        """Asks that often; how often it was."""
        return await self._begin(times, float("inf"))

    async def ask_until(self, end: float) -> int:
        """Asks until that time of time.monotonic(); how often it was."""
        return await self._begin(0, end)

    def close(self) -> None:
        """Closes the connection."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    def data_received(self, data: bytes) -> None:
        """Counts, and asks again."""
        if not self._expected:
            self._head += data
            end = self._head.find(_END_OF_HEAD)
            if end < 0:
                return
            start = self._head.find(_LENGTH) + len(_LENGTH)
            self.size = int(self._head[start : self._head.find(b"\r", start)])
            self._expected = end + len(_END_OF_HEAD) + self.size
            self._received = len(self._head)
            if not self._head.startswith(b"HTTP/1.1 200"):
                self._fail(
                    ConnectionError(f"a page was refused: {self._head[:end].decode(errors='replace')}")
                )
        else:
            self._received += len(data)
        if self._received >= self._expected:
            self._answered()

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits is told."""
        self._fail(exc or ConnectionError("the server closed a connection"))

    def _begin(self, most: int, until: float) -> "asyncio.Future[int]":
        self._done = asyncio.get_running_loop().create_future()
        self._answers, self._most, self._until = 0, most, until
        self._transport.write(next(self._requests))
        return self._done

    def _answered(self) -> None:
        self._answers += 1
        self._expected, self._head = 0, b""
        if self._answers == self._most or time.monotonic() >= self._until:
            if not self._done.done():
                self._done.set_result(self._answers)
        else:
            self._transport.write(next(self._requests))

    def _fail(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)
