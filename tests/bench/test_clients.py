"""The load's own clients: what they read, what they count, and that they come back."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve

from server.bench import frames
from server.bench.clients import Crowd
from tests.support.waiting import check, eventually

Talk = Callable[[ServerConnection, dict[str, object]], Awaitable[None]]  # what a server does after hello

READY: dict[str, object] = {
    "type": "ready",
    "epoch": "e",
    "position": 10,
    "channels": ["topic:1"],
    "denied": [],
}


def change(after: int, position: int, mark: int = 0) -> str:
    return json.dumps(
        {
            "type": "changes",
            "channel": "topic:1",
            "after": after,
            "position": position,
            "patches": [f"mark-{mark}"],
        }
    )


@asynccontextmanager
async def server_that(talks: Talk) -> AsyncIterator[Crowd]:
    """A crowd without anybody, of a server that answers hello with READY and then does this."""

    async def answer(connection: ServerConnection) -> None:
        hello = json.loads(await connection.recv())
        await connection.send(json.dumps(READY))
        await talks(connection, hello)
        await connection.wait_closed()

    async with serve(answer, "127.0.0.1", 0, compression=None) as server:
        crowd = Crowd(next(iter(server.sockets)).getsockname()[1], ["topic:1"])
        try:
            yield crowd
        finally:
            await crowd.close()


async def test_everybody_notes_each_mark_once_and_counts_what_came_twice_or_not_at_all() -> None:
    asked: list[object] = []

    async def talk(connection: ServerConnection, _: dict[str, object]) -> None:
        for said in (change(10, 11, mark=7), change(10, 11, mark=7), change(12, 13, mark=8)):
            await connection.send(said)
        asked.append(json.loads(await connection.recv()))
        await connection.send(change(11, 13, mark=8))

    async with server_that(talk) as crowd:
        await crowd.connect(3)
        assert await crowd.received(8)
        assert [len(crowd.receipts[mark]) for mark in (7, 8)] == [3, 3]
        assert (crowd.repeats, crowd.gaps) == (3, 3)
        assert asked == [{"type": "subscribe", "channels": ["topic:1"], "position": 11}] * 3
        assert [client.positions for client in crowd.clients] == [{"topic:1": 13}] * 3


async def test_a_mark_that_nobody_gets_is_missed() -> None:
    async def talk(_: ServerConnection, __: dict[str, object]) -> None:
        pass

    async with server_that(talk) as crowd:
        await crowd.connect(1)
        assert not await crowd.received(1, within=0.02)


async def test_who_reconnects_says_where_it_stood() -> None:
    hellos: list[dict[str, object]] = []

    async def talk(connection: ServerConnection, hello: dict[str, object]) -> None:
        hellos.append(hello)
        if len(hellos) == 1:
            await connection.send(change(10, 12))
            await connection.recv()
            await connection.close(4000)

    async with server_that(talk) as crowd:
        (client,) = await crowd.connect(1)
        client.say("and now go")
        await eventually(lambda: check(crowd.closed[4000] == 1))
        await crowd.reconnect(crowd.clients)
        await crowd.all_ready()
        hello = {"type": "hello", "channels": ["topic:1"]}
        assert hellos == [hello, hello | {"epoch": "e", "position": 12}]


async def test_who_never_reads_leaves_everything_to_the_kernel() -> None:
    there: list[ServerConnection] = []

    async def talk(connection: ServerConnection, _: dict[str, object]) -> None:
        there.append(connection)
        for one in there if len(there) == 3 else ():
            await one.send(change(10, 11, mark=1))

    async with server_that(talk) as crowd:
        deaf = await crowd.connect(2, reads=0)
        slow = await crowd.connect(1, reads=100_000)
        assert await crowd.received(1)  # those who read, so one
        assert [client.positions["topic:1"] for client in (*deaf, *slow)] == [10, 10, 11]


def test_frames_are_read_wherever_they_are_cut() -> None:
    texts = [change(n, n + 1, mark=n) + " " * length for n, length in enumerate((0, 100, 70_000))]
    stream = b"".join(_servers_frame(text.encode()) for text in texts) + bytes((0x89, 2)) + b"hi"
    for cut in range(1, 500, 5):
        reader = frames.Reader()
        first, rest = reader.read(stream[:cut])
        second, rest = reader.read(rest + stream[cut:])
        found = [*first, *second]
        assert [one.marks for one in found] == [(0,), (1,), (2,), ()]
        assert (found[-1].kind, found[-1].payload, rest) == ("ping", b"hi", b"")


def _servers_frame(payload: bytes) -> bytes:
    """Without a mask."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 2**16:
        return bytes((0x81, 126)) + size.to_bytes(2, "big") + payload
    return bytes((0x81, 127)) + size.to_bytes(8, "big") + payload
