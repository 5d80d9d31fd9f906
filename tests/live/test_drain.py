"""The server's end: news first, then the close, and it is gone within twelve seconds whatever readers do."""

import asyncio
import contextlib
import signal
from pathlib import Path

import pytest

from server.live.drain import BACK_A_SECOND, BACK_SOONEST, retry_within
from tests.support.raw_socket import raw_socket
from tests.support.servers import serving_process
from tests.support.sockets import member_socket, refused
from tests.support.stage import set_up

EXITS_WITHIN = 12  # seconds, as promised


def test_the_more_readers_the_wider_they_are_spread() -> None:
    few, many = retry_within(3), retry_within(10_000)
    assert few[0] == many[0] == BACK_SOONEST
    assert few[1] < many[1]
    low, high = many
    assert 10_000 / (high - low) <= BACK_A_SECOND


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_everyone_is_told_when_to_come_back_and_nobody_holds_the_server_up(
    tmp_path: Path, workers: str
) -> None:
    async with (
        serving_process("--workers", workers, data_dir=tmp_path) as server,
        contextlib.AsyncExitStack() as sockets,
    ):
        readers = [await sockets.enter_async_context(member_socket(server.base_url)) for _ in range(6)]
        for reader in readers:
            await reader.hello(["board"])
        await sockets.enter_async_context(member_socket(server.base_url))  # says nothing
        deaf = await sockets.enter_async_context(raw_socket(server.base_url))  # and never reads
        await deaf.hello(["board"])
        server.process.send_signal(signal.SIGTERM)
        for reader in readers:
            low, high = (await reader.next("draining"))["retry"]
            assert BACK_SOONEST <= low < high
            assert await reader.closed() == 4000
        async with asyncio.timeout(EXITS_WITHIN):
            await server.process.wait()
        assert "Traceback" not in server.output


async def test_who_comes_while_it_ends_is_sent_away(sqlite_url: str) -> None:
    async with set_up(sqlite_url) as stage:
        assert await refused(stage.base_url, [("Origin", stage.base_url)]) == 101
        await stage.room.aclose()
        assert await refused(stage.base_url, [("Origin", stage.base_url)]) == 503
