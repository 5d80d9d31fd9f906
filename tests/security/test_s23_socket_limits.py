"""S23: a socket, a member and an address may ask for so much, and no more (ASVS 15.2.2, 13.1.2).

Floods, silence and the sockets of one member are in tests/live/test_limits.py too, for both ways to push.
"""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.domain.viewer import GUEST, Role, Viewer
from server.live.limits import (
    HANDSHAKES_AT_ONCE,
    MESSAGES_AT_ONCE,
    SOCKETS_A_MEMBER,
    SOCKETS_AN_ADDRESS,
    Handshakes,
    Places,
    network_of,
)
from server.live.protocol import MAX_CHANNELS, MAX_MESSAGE
from tests.support.sockets import member_socket
from tests.support.stage import WAYS, Stage, set_up

ANN = Viewer(7, "Ann", Role.MEMBER)


@pytest_asyncio.fixture(params=WAYS.values(), ids=WAYS)
async def stage(sqlite_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with set_up(sqlite_url, ws=request.param) as stage:
        yield stage


async def test_a_message_that_is_too_large_ends_its_socket(stage: Stage) -> None:
    for size, codes in ((MAX_MESSAGE + 1, {4507}), (64 * MAX_MESSAGE, {1009, 4507})):
        async with member_socket(stage.base_url) as socket:
            await socket.hello([])
            await socket.send(json.dumps({"type": "typing", "channel": "x" * size}))
            assert await socket.closed() in codes


async def test_a_socket_that_says_too_much_at_once_is_cut(stage: Stage) -> None:
    async with member_socket(stage.base_url) as socket:
        await socket.hello([])
        for _ in range(MESSAGES_AT_ONCE + 1):
            await socket.say("unsubscribe", channels=[])
        assert await socket.closed() == 4029


async def test_a_socket_follows_thirty_channels_at_most(stage: Stage) -> None:
    async with member_socket(stage.base_url) as socket:
        await socket.say("hello", channels=[f"topic:{number}" for number in range(1, MAX_CHANNELS + 2)])
        assert await socket.closed() == 4507


def test_a_member_and_an_address_have_so_many_sockets() -> None:
    places = Places(10_000)
    assert [places.take(ANN, f"10.0.0.{number}") for number in range(SOCKETS_A_MEMBER)].count(None) == 20
    refused = places.take(ANN, "10.0.1.1")
    assert refused is not None
    assert refused.code == 4504
    for _ in range(SOCKETS_AN_ADDRESS):
        assert places.take(GUEST, "10.0.2.1") is None
    refused = places.take(GUEST, "10.0.2.1")
    assert refused is not None
    assert refused.code == 4504
    places.give_back(GUEST, "10.0.2.1")
    assert places.take(GUEST, "10.0.2.1") is None


def test_an_address_connects_so_often() -> None:
    now = 0.0
    handshakes = Handshakes(lambda: now)
    assert [handshakes.take("10.0.0.1") for _ in range(HANDSHAKES_AT_ONCE + 1)].count(
        True
    ) == HANDSHAKES_AT_ONCE
    assert handshakes.take("10.0.0.2")
    now = 1.0
    assert [handshakes.take("10.0.0.1") for _ in range(20)].count(True) == 10


def test_a_subscriber_of_ipv6_is_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
