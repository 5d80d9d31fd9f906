"""S22: a message is one of four, with known fields of known types; everything else ends its socket only."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.sockets import member_socket
from tests.support.stage import Stage, set_up

HELLO = {"type": "hello", "channels": ["topic:12"]}

WRONG: dict[str, str | bytes] = {
    "an array as type": json.dumps(HELLO | {"type": ["hello"]}),
    "an attribute as type": json.dumps({"type": "__init__"}),
    "a method as type": json.dumps({"type": "push", "channels": []}),
    "a server's message": json.dumps({"type": "changes", "channel": "topic:12", "patches": []}),
    "an unknown field": json.dumps(HELLO | {"admin": True}),
    "a prototype": json.dumps(HELLO | {"__proto__": {"role": "admin"}}),
    "a class": json.dumps(HELLO | {"__class__": "Viewer"}),
    "a field twice": '{"type":"hello","channels":[],"channels":["topic:12"]}',
    "a position that is true": json.dumps(HELLO | {"position": True}),
    "a position that is text": json.dumps(HELLO | {"position": "1"}),
    "channels that are text": json.dumps(HELLO | {"channels": "topic:12"}),
    "a channel that is an object": json.dumps(HELLO | {"channels": [{"thing": "topic"}]}),
    "too many channels": json.dumps(HELLO | {"channels": [f"topic:{n}" for n in range(1, 32)]}),
    "a long channel": json.dumps(HELLO | {"channels": ["topic:" + "1" * 50]}),
    "more than eight kilobytes": json.dumps(HELLO | {"epoch": "e" * 9000}),
    "an array": json.dumps([HELLO]),
    "no JSON": "hello",
    "nothing": "",
    "bytes": json.dumps(HELLO).encode(),
    "something before hello": json.dumps({"type": "typing", "channel": "topic:12"}),
}


@pytest_asyncio.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    async with set_up(sqlite_url) as stage:
        yield stage


@pytest.mark.parametrize("frame", WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_message_ends_its_socket_with_a_reason(stage: Stage, frame: str | bytes) -> None:
    async with member_socket(stage.base_url) as other, member_socket(stage.base_url) as socket:
        await other.hello(["topic:12"])
        await socket.send(frame)
        assert await socket.closed() == 4507
        assert [message["type"] for message in socket.seen] == ["error"]
        assert socket.seen[0]["code"] in ("invalid", "unknown")
        await stage.write(1, "still here")
        assert (await other.next("changes"))["patches"][0]["html"] == "still here"


async def test_a_second_hello_is_one_too_many(stage: Stage) -> None:
    async with member_socket(stage.base_url) as socket:
        await socket.hello(["topic:12"])
        await socket.send(json.dumps(HELLO))
        assert await socket.closed() == 4507


async def test_the_same_message_without_the_mistake_is_fine(stage: Stage) -> None:
    async with member_socket(stage.base_url) as socket:
        await socket.send(json.dumps(HELLO))
        assert (await socket.next("ready"))["channels"] == ["topic:12"]
