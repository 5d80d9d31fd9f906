"""Two processes serve one board: their readers see each other, and who was with one that is gone is gone."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.config import Config
from server.live.company.leases import GONE_WITHIN, LASTS
from tests.support.servers import answers, free_port, running_server, serving_process, stop
from tests.support.short_lease import LASTS as SHORT
from tests.support.sockets import Message, Socket, member_socket

TOPIC = "topic:1"  # the first start's
SOCKETS = 6  # of which it is unlikely that all come to the same of two processes


@asynccontextmanager
async def other_process(
    config: Config, folder: Path
) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    port, log = free_port(), folder / "other.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.short_lease",
            str(port), config.database_url, config.redis_url,
            stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        await answers(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}", process
    finally:
        await stop(process)


async def told(socket: Socket, guests: int, within: float) -> Message:
    """Waits until the socket is told of so many guests."""
    async with asyncio.timeout(within):
        while True:
            message = await socket.next("here")
            if message["guests"] == guests:
                return message


@pytest.fixture(params=["sqlite", "postgresql", "valkey"])
def config(request: pytest.FixtureRequest) -> Config:
    """A board of several processes; `valkey` is one on SQLite that has a Redis too."""
    redis_url = request.getfixturevalue("valkey_url") if request.param == "valkey" else ""
    database = "sqlite" if request.param == "valkey" else request.param
    url = request.getfixturevalue(f"{database}_url")
    return Config(url, redis_url=redis_url, web_workers=2, limits=False)


async def test_who_reads_with_a_process_that_is_killed_is_gone_when_its_lease_is_over(
    config: Config, tmp_path: Path
) -> None:
    async with (
        running_server(config) as living,
        other_process(config, tmp_path) as (url, dying),
        member_socket(living.base_url) as reader,
        member_socket(url) as lost,
    ):
        await reader.hello([TOPIC])
        await lost.hello([TOPIC])
        await told(reader, 2, within=20)
        await told(lost, 2, within=20)
        dying.send_signal(signal.SIGKILL)
        await dying.wait()
        await told(reader, 1, within=SHORT + GONE_WITHIN - LASTS)


async def test_who_reads_with_a_process_that_ends_is_gone_at_once(sqlite_url: str) -> None:
    config = Config(sqlite_url, web_workers=2, limits=False)
    async with running_server(config) as staying, member_socket(staying.base_url) as reader:
        await reader.hello([TOPIC])
        async with running_server(config) as ending, member_socket(ending.base_url) as leaving:
            await leaving.hello([TOPIC])
            await told(reader, 2, within=20)
        await told(reader, 1, within=5)


async def test_workers_of_one_server_see_each_others_readers(tmp_path: Path) -> None:
    async with (
        serving_process("--workers", "2", data_dir=tmp_path) as served,
        contextlib.AsyncExitStack() as stack,
    ):
        sockets = [await stack.enter_async_context(member_socket(served.base_url)) for _ in range(SOCKETS)]
        for socket in sockets:
            await socket.hello([TOPIC])
        for socket in sockets:
            assert (await told(socket, SOCKETS, within=30))["unnamed"] == 0
