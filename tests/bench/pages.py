"""Guests read: a topic's page of 20 posts, in each of the ways it can be come by, beside a bare answer.

python -m tests.bench.pages [ROUNDS]

- cold: a page that nobody has asked for since the server started, of posts that were never rendered
- fresh: a page that is not kept (its address has a query that is new), of posts that were rendered before
- changed: the page that the server keeps, right after somebody has said thank you for a post on it
- kept, packed, known: the page that the server keeps, plain, with gzip, and for a browser that has it
- bare: a Starlette Response of the same bytes

All of it is asked for over kept-alive connections, 1 and 32 at once, in one run of several rounds. What is
shown are medians of the rounds, and ratios are those within a round: what else the machine does is in both.
"""

import asyncio
import itertools
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import cast

from server.bench import loops, processes
from server.bench.people import Member, sign_up
from server.bench.processes import Served
from server.bench.requests import Answer, Connection
from server.bench.tables import table
from tests.bench.boards import fill

ROUNDS = 7
# In a round, by connections:
COLD = {1: 8, 32: 32}
FRESH = {1: 60, 32: 256}
CHANGED = {1: 40, 32: 40}  # times that it was changed; each time it is asked for once on each connection
KEPT = {1: 800, 32: 2_560}
NAMES = ("cold", "fresh", "changed", "kept", "kept, packed", "kept, known", "bare")
WARM_UP = 5  # requests on each connection, before what can be repeated is measured
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length: "
_GOOD = (b"HTTP/1.1 200", b"HTTP/1.1 304")


@dataclass(frozen=True)
class Load:
    """What came of a load: answers, in how many seconds, for how many seconds of the server's processor."""

    answers: int
    seconds: float
    cpu: float

    def __add__(self, other: "Load") -> "Load":
        return Load(self.answers + other.answers, self.seconds + other.seconds, self.cpu + other.cpu)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def cost(self) -> float:
        """Microseconds of the server's processor an answer."""
        return 1e6 * self.cpu / self.answers


async def main(number_of_rounds: int) -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        topics = number_of_rounds * sum(COLD.values()) + 1
        print(f"Making {topics} topics …", flush=True)
        addresses = await fill(Path(folder), topics)
        rows: list[tuple[str, ...]] = []
        async with processes.board(Path(folder)) as board, Connection(board.port) as writing:
            path = addresses.pop()
            member = await sign_up(writing, "Writer")
            body, tag = await _page(board.port, path)
            async with processes.baseline("page", payload=body) as bare:
                for connections, number in COLD.items():
                    rounds = []
                    for _ in range(number_of_rounds):
                        cold = [addresses.pop() for _ in range(number)]
                        loads = await _loads((board, bare), connections, path, cold, tag)
                        change = _thanks(writing, member, body)
                        loads["changed"] = await _changed(board, connections, path, change)
                        rounds.append(loads)
                    rows += [_row(connections, name, rounds) for name in NAMES]
        print(f"A page of {len(body.encode()):,} bytes\n")
        header = ("connections", "page", "rate : bare", "bare : cost", "answers/s", "µs of processor")
        print(table(header, rows))


async def _page(port: int, path: str) -> tuple[str, str]:
    """The page's text and its tag."""
    async with Connection(port) as connection:
        body = (await connection.get(path)).body.decode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_request(port, path, "Connection: close"))
    head = await reader.readuntil(_END_OF_HEAD)
    writer.close()
    return body, head.decode().partition("etag: ")[2].partition("\r")[0]


async def _loads(
    servers: tuple[Served, Served], connections: int, path: str, cold: list[str], tag: str
) -> dict[str, Load]:
    board, bare = servers
    queries = (_request(board.port, f"{path}?n={connections}-{cold[0]}-{number}") for number in range(10**6))
    kept = KEPT[connections]
    return {
        "cold": await _load(board, (_request(board.port, one) for one in cold), connections, len(cold)),
        "fresh": await _load(board, queries, connections, FRESH[connections], warm_up=WARM_UP),
        "kept": await _repeat(board, connections, kept, path),
        "kept, packed": await _repeat(board, connections, kept, path, "Accept-Encoding: gzip"),
        "kept, known": await _repeat(board, connections, kept, path, f"If-None-Match: {tag}"),
        "bare": await _repeat(bare, connections, kept, "/"),
    }


def _thanks(connection: Connection, member: Member, body: str) -> Callable[[], Awaitable[Answer]]:
    """Says thank you for the page's last post, and takes it back the next time."""
    post = re.findall(r'id="post-(\d+)"', body)[-1]
    acts = itertools.cycle((f"/posts/{post}/thanks", f"/posts/{post}/thanks/undo"))
    return lambda: connection.post(next(acts), {}, cookie=member.cookie)


async def _changed(
    served: Served, connections: int, path: str, change: Callable[[], Awaitable[Answer]]
) -> Load:
    askers = await _askers(served, _for_ever(_request(served.port, path)), connections)
    load = Load(0, 0.0, 0.0)
    for _ in range(CHANGED[connections]):
        (await change()).json()
        load += await _measured(served, askers, connections)
    for asker in askers:
        asker.close()
    return load


def _row(connections: int, name: str, rounds: Sequence[dict[str, Load]]) -> tuple[str, ...]:
    rate = median(loads[name].rate / loads["bare"].rate for loads in rounds)
    cost = median(loads["bare"].cost / loads[name].cost for loads in rounds)
    rates, costs = (median(getattr(loads[name], what) for loads in rounds) for what in ("rate", "cost"))
    return str(connections), name, f"{rate:.3f}", f"{cost:.3f}", f"{rates:,.0f}", f"{costs:,.0f}"


async def _repeat(served: Served, connections: int, answers: int, path: str, *headers: str) -> Load:
    request = _request(served.port, path, *headers)
    return await _load(served, _for_ever(request), connections, answers, warm_up=WARM_UP)


async def _load(
    served: Served, requests: Iterable[bytes], connections: int, answers: int, warm_up: int = 0
) -> Load:
    askers = await _askers(served, requests, connections)
    if warm_up:
        await asyncio.gather(*(asker.ask(warm_up) for asker in askers))
    load = await _measured(served, askers, answers)
    for asker in askers:
        asker.close()
    return load


async def _askers(served: Served, requests: Iterable[bytes], connections: int) -> list["_Asker"]:
    loop = asyncio.get_running_loop()
    more = iter(requests)
    askers = [_Asker(lambda: next(more)) for _ in range(connections)]
    for asker in askers:
        await loop.create_connection(lambda asker=asker: asker, "127.0.0.1", served.port)  # type: ignore[misc]  # mypy does not infer the default's type
    return askers


async def _measured(served: Served, askers: Sequence["_Asker"], answers: int) -> Load:
    cpu, began = _cpu(served), time.perf_counter()
    await asyncio.gather(*(asker.ask(answers // len(askers)) for asker in askers))
    return Load(answers, time.perf_counter() - began, _cpu(served) - cpu)


def _cpu(served: Served) -> float:
    """Seconds of the processor that the server's threads have used, to the nanosecond."""
    threads = Path(f"/proc/{served.pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def _for_ever(request: bytes) -> Iterator[bytes]:
    while True:
        yield request


def _request(port: int, path: str, *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept: text/html", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


class _Asker(asyncio.Protocol):
    """Asks one thing after the other, as soon as the last answer is there; costs little itself."""

    def __init__(self, following: Callable[[], bytes]) -> None:
        self._following = following
        self._transport: asyncio.Transport
        self._left = 0  # answers
        self._head = b""
        self._missing = 0  # bytes of the body
        self._done: asyncio.Future[None]

    def ask(self, times: int) -> "asyncio.Future[None]":
        """Done when that many answers came."""
        self._done = asyncio.get_running_loop().create_future()
        self._left = times
        self._transport.write(self._following())
        return self._done

    def close(self) -> None:
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    def data_received(self, data: bytes) -> None:
        if not self._missing:
            self._head += data
            end = self._head.find(_END_OF_HEAD)
            if end < 0:
                return
            if not self._head.startswith(_GOOD):
                self._done.set_exception(RuntimeError(self._head[:end].decode(errors="replace")))
                return
            length = self._head.partition(_LENGTH)[2].partition(b"\r")[0]
            self._missing = int(length or b"0") + end + len(_END_OF_HEAD)
            data, self._head = self._head, b""
        self._missing -= len(data)
        if self._missing <= 0:
            self._missing = 0
            self._answered()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed a connection"))

    def _answered(self) -> None:
        self._left -= 1
        if self._left:
            self._transport.write(self._following())
        else:
            self._done.set_result(None)


if __name__ == "__main__":
    loops.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
