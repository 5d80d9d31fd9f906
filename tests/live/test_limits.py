"""What ends a socket: silence, floods, standing still, too many of them, and the end of the server."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.domain.viewer import Role, Viewer
from server.live import session
from server.live.limits import SOCKETS_A_MEMBER
from tests.support.sockets import member_socket, refused
from tests.support.stage import WAYS, Stage, set_up
from tests.support.waiting import check, eventually

ANN = Viewer(id=7, username="Ann", role=Role.MEMBER, session_id=70)


@pytest_asyncio.fixture(params=WAYS.values(), ids=WAYS)
async def stage(sqlite_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with set_up(sqlite_url, ws=request.param) as stage:
        stage.viewers["ann"] = ANN
        stage.roles[7] = Role.MEMBER
        yield stage


async def test_no_hello_is_not_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "HELLO_WITHIN", 0.05)
    async with member_socket(stage.base_url) as socket:
        assert await socket.closed() == 4008


async def test_floods_are_cut(stage: Stage) -> None:
    async with member_socket(stage.base_url) as socket:
        await socket.hello([])
        for _ in range(21):
            await socket.say("typing", channel="topic:12")
        assert await socket.closed() == 4029
        assert socket.seen[-1]["code"] == "rate"


async def test_subscriptions_do_not_pile_up(stage: Stage) -> None:
    stage.gate = asyncio.Event()
    await stage.write(1, "one")
    async with member_socket(stage.base_url) as socket:
        await socket.say("hello", channels=["topic:12"], epoch=await stage.epoch(), position=0)
        await stage.at_gate.wait()
        for _ in range(9):
            await socket.say("subscribe", channels=["topic:12"])
        assert await socket.closed() == 4029
        stage.gate.set()


async def test_a_member_has_twenty_sockets(stage: Stage) -> None:
    async with asyncio.TaskGroup() as group:
        opened, enough = asyncio.Semaphore(0), asyncio.Event()

        async def another() -> None:
            async with member_socket(stage.base_url, cookie="who=ann") as socket:
                await socket.hello([])
                opened.release()
                await enough.wait()

        for _ in range(SOCKETS_A_MEMBER):
            group.create_task(another())
        for _ in range(SOCKETS_A_MEMBER):
            await opened.acquire()
        async with member_socket(stage.base_url, cookie="who=ann") as socket:
            assert await socket.closed() == 4504
        enough.set()
    await eventually(lambda: check(len(stage.live.hub) == 0))
    async with member_socket(stage.base_url, cookie="who=ann") as socket:
        await socket.hello([])


async def test_a_process_that_is_full_says_so(stage: Stage) -> None:
    stage.live.places._most = 1
    async with member_socket(stage.base_url) as first, member_socket(stage.base_url) as second:
        assert await second.closed() == 4013
        await first.hello(["topic:12"])


async def test_stopping_closes_sockets_and_the_relay(stage: Stage) -> None:
    async with member_socket(stage.base_url) as socket, member_socket(stage.base_url) as silent:
        await socket.hello(["topic:12"])
        assert len(stage.live.hub) == 2
        await stage.room.aclose()
        assert (await socket.closed(), await silent.closed()) == (4000, 4000)
        assert len(stage.live.hub) == 0
        assert stage.db.listeners == []
        assert await refused(stage.base_url, [("Origin", stage.base_url)]) == 503
