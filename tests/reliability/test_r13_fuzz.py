"""R13: every field with every JSON type, 20,000 messages of all sorts: sockets end, the server goes on."""

import asyncio
import contextlib
import itertools
import json
import logging
import random
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
import pytest_asyncio
import websockets

from tests.support.sockets import Socket, member_socket
from tests.support.stage import Stage, set_up
from tests.support.waiting import check, eventually

MESSAGES = 20_000
A_SOCKET = 50  # messages
AT_ONCE = 16  # sockets
MAY_END_WITH = {4507, 1007, 1009, 4029}
GOODBYE = '{"type":"goodbye"}'  # no such message, so the server has read everything when it answers

TYPES: list[object] = [
    "hello",
    "subscribe",
    "unsubscribe",
    "typing",
    "changes",
    "__class__",
    "",
    None,
    7,
    ["hello"],
    {},
]
FIELDS = ["type", "channels", "channel", "epoch", "position", "__proto__", ""]
VALUES: list[object] = [
    None, True, False, 0, -1, 1, 1.5, 2**53 - 1, 2**53, -(2**63), 10**400, 1e308, "", "x", "x" * 7000, "\0",
    "topic:12", [], ["topic:12"], ["topic:12"] * 31, [None], [[]], [{}], ["\ud800"], {}, {"a": {"b": [1]}},
]  # fmt: skip
NO_UTF8 = b"\x00\xff"  # sent as text
RAW: list[str | bytes] = [
    "", " ", "null", "[]", "{", "[" * 8000, '{"a":' * 1300, "1" * 8000, "-" * 8000, "NaN", "\ufeff{}",
    "\0" * 100, '"\\ud800"', "{" + '"a":1,' * 1000 + '"b":2}', "🔥" * 2000, "x" * 9000,
    b"", b"\xff", b'{"type":"hello"}', NO_UTF8,
]  # fmt: skip
TOO_LARGE = "x" * 70_000
SENSIBLE = [
    '{"type":"subscribe","channels":["topic:12"]}',
    '{"type":"subscribe","channels":["topic:12","topic:7","nonsense"],"position":0}',
    '{"type":"unsubscribe","channels":["topic:12"]}',
    '{"type":"typing","channel":"topic:12"}',
]


@pytest_asyncio.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    async with set_up(sqlite_url, limits=False, ws_max_size=65_536) as stage:
        yield stage


def matrix() -> Iterator[str]:
    """Every field of every message with every value."""
    for kind, field, value in itertools.product(TYPES[:4], FIELDS, VALUES):
        yield json.dumps({"type": kind, "channels": ["topic:12"]} | {field: value})


def noise(chance: random.Random) -> str | bytes:
    """Anything; mostly what a browser could say, so that sockets live long enough to take more of it."""
    sort = chance.random()
    if sort < 0.93:
        return chance.choice(SENSIBLE)
    if sort < 0.96:
        return chance.choice(RAW)
    fields = {chance.choice(FIELDS): chance.choice(VALUES) for _ in range(chance.randrange(4))}
    return json.dumps({"type": chance.choice(TYPES)} | fields)


class Attack:
    """Opens sockets, sends, and notes how each of them ended."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.sent = 0
        self.codes: set[int] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def run(self, *batches: Sequence[str | bytes]) -> None:
        async with asyncio.TaskGroup() as group:
            for batch in batches:
                await self._room.acquire()
                group.create_task(self._one(batch)).add_done_callback(lambda _: self._room.release())

    async def _one(self, batch: Sequence[str | bytes]) -> None:
        async with member_socket(self.stage.base_url) as socket:
            if batch[0] in SENSIBLE:
                await socket.hello(["topic:12"])
            for frame in batch:
                await self._send(socket, frame)
                self.sent += socket.connection.close_code is None
            await socket.send(GOODBYE)
            self.codes.add(await socket.closed())

    async def _send(self, socket: Socket, frame: str | bytes) -> None:
        if frame != NO_UTF8:
            await socket.send(frame)
            return
        with contextlib.suppress(websockets.ConnectionClosed):
            await socket.connection.send(frame, text=True)
            # When another frame comes with this one, uvicorn stumbles and cuts without a code.
            await socket.connection.wait_closed()


@pytest.fixture
def failures(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Errors that were logged and tasks that died, empty at the end."""
    found: list[str] = []
    caplog.set_level(logging.ERROR)
    loop = asyncio.get_event_loop_policy().get_event_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: found.append(str(context)))
    yield found
    loop.set_exception_handler(before)
    # uvicorn reports text that is no UTF-8 as an error of its own, and closes with 1007.
    found += [
        record.getMessage()
        for record in caplog.records
        if not record.getMessage().startswith("Invalid UTF-8")
    ]
    assert found == []


async def unharmed(stage: Stage, healthy: Socket) -> None:
    """The socket that behaved still gets its changes, and nobody else is left."""
    await stage.write(1, "still here")
    changes = await healthy.next("changes")
    assert changes["patches"][0]["html"] == "still here"
    await eventually(lambda: check(len(stage.live.hub) == 1))
    assert stage.live.relay.is_running


async def test_every_field_with_every_type(stage: Stage, failures: list[str]) -> None:
    attack = Attack(stage)
    async with member_socket(stage.base_url) as healthy:
        await healthy.hello(["topic:12"])
        await attack.run(*([frame] for frame in matrix()))
        await attack.run(*([frame] for frame in [*RAW, TOO_LARGE]))
        await unharmed(stage, healthy)
    assert attack.codes <= MAY_END_WITH
    assert 4507 in attack.codes
    assert failures == []


async def test_twenty_thousand_messages_of_all_sorts(stage: Stage, failures: list[str]) -> None:
    chance = random.Random(13)
    attack = Attack(stage)
    async with member_socket(stage.base_url) as healthy:
        await healthy.hello(["topic:12"])
        while attack.sent < MESSAGES:
            await attack.run(
                *([SENSIBLE[0], *(noise(chance) for _ in range(A_SOCKET - 1))] for _ in range(40))
            )
        await unharmed(stage, healthy)
    assert attack.codes <= MAY_END_WITH
    assert failures == []
