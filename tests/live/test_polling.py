"""`GET /live`: the same messages for a browser that cannot keep a socket open."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.domain.channels import Channel, Thing
from server.domain.viewer import Audience, Role, Viewer
from tests.support.plain_http import plain_client
from tests.support.sockets import member_socket
from tests.support.stage import Stage, set_up

ANN = Viewer(id=7, username="Ann", role=Role.MEMBER, session_id=70)


@pytest_asyncio.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    async with set_up(sqlite_url) as stage:
        stage.audiences[Channel(Thing.CATEGORY, 3)] = Audience.MEMBERS
        stage.viewers["ann"] = ANN
        yield stage


async def test_polling_gives_the_same_messages(stage: Stage) -> None:
    await stage.write(1, "one")
    last = await stage.write(2, "two")
    epoch = await stage.epoch()
    async with member_socket(stage.base_url) as socket:
        await socket.hello(["topic:12", "category:3"], epoch, 1)
        await socket.next("changes")
        query = {"epoch": epoch, "position": "1", "channels": "topic:12 category:3"}
        async with plain_client(stage.base_url) as client:
            polled = (await client.get("/poll", params=query)).json()
            assert polled[0].pop("now") >= socket.seen[0].pop("now")
            assert polled == socket.seen
            assert polled[1]["position"] == last
            far = (await client.get("/poll", params=query | {"position": str(2**53 - 1)})).json()
            assert far[1] == {"type": "reset", "reason": "ahead"}
            only_ready = (await client.get("/poll", params={"channels": "topic:12,category:3"})).json()
            assert [one["type"] for one in only_ready] == ["ready"]
            member = await client.get("/poll", params=query, headers={"Cookie": "who=ann"})
            assert (member.json()[0]["denied"], member.json()[0]["viewer"]) == ([], 7)


@pytest.mark.parametrize(
    "query", ["channels=" + "x" * 49, "position=-1", "position=1e3", "epoch=" + "e" * 65]
)
async def test_a_wrong_query_names_the_field(stage: Stage, query: str) -> None:
    async with plain_client(stage.base_url) as client:
        answer = await client.get(f"/poll?{query}")
    assert answer.status_code == 422
    assert list(answer.json()) == [query.partition("=")[0]]
