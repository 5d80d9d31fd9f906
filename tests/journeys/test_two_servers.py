"""Two servers behind one address: whoever is led to one meets everything that happens on the other."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from server.domain.clock import now_ms
from server.domain.events import Event, Kind
from server.domain.viewer import Audience
from server.store.database import Database
from tests.support.databases import fresh
from tests.support.plain_http import plain_client
from tests.support.postgresql import PostgreSQL
from tests.support.servers import serving_process
from tests.support.small_board import BROWSER, PASSWORD, PROGRAM
from tests.support.sockets import Socket, member_socket
from tests.support.two_servers import TwoServers, two_servers
from tests.support.waiting import check, eventually

SOON = 2.0  # seconds in which a lost right reaches every socket (S4)


@pytest_asyncio.fixture(scope="module")
async def database(postgresql_server: PostgreSQL, postgresql_template: str) -> AsyncIterator[str]:
    async with fresh(postgresql_server, postgresql_template) as url:
        yield url


@pytest_asyncio.fixture(scope="module")
async def board(
    database: str, valkey_server: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TwoServers]:
    async with two_servers(database, tmp_path_factory.mktemp("two"), valkey_server) as found:
        for server in (0, 1):
            async with found.browser(server=server) as client:

                async def heard(client: httpx.AsyncClient = client) -> None:
                    checks = (await client.get("/healthz")).json()["checks"]
                    check(checks["wakeups"] == {"status": "ok", "text": "arrive"})

                await eventually(heard)
        yield found


async def shows(socket: Socket, post: int) -> None:
    """Waits until the socket was told the post."""
    while not any(patch["target"] == f"post-{post}" for patch in (await socket.next("changes"))["patches"]):
        pass


async def test_a_reply_on_one_server_shows_on_the_other(board: TwoServers) -> None:
    channel = f"topic:{board.topic_id}"
    async with board.socket(server=0) as guest, board.socket("ann", server=1) as ann:
        await guest.hello([channel])
        await ann.hello([channel])
        for server in (0, 1):
            post = await board.reply("Always after.", server=server)
            await asyncio.gather(shows(guest, post), shows(ann, post))


async def test_a_page_of_one_server_is_resumed_exactly_by_the_other(board: TwoServers) -> None:
    address = f"/topics/{board.topic_id}/how-do-you-sleep"
    async with board.browser(server=0) as one, board.socket(server=1) as socket:
        page = (await one.get(address)).json()
        posts = [await board.reply(f"Reply {server}.", who="cleo", server=server) for server in (0, 1, 0)]
        ready = await socket.hello([f"topic:{board.topic_id}"], page["epoch"], page["position"])
        assert ready["epoch"] == page["epoch"]
        told: list[str] = []
        while f"post-{posts[-1]}" not in told:
            told += [patch["target"] for patch in (await socket.next("changes"))["patches"]]
        assert [target for target in told if target.startswith("post-")] == [f"post-{post}" for post in posts]
        assert "reset" not in socket.kinds()


async def test_whoever_posts_finds_it_wherever_the_balancer_leads(board: TwoServers) -> None:
    post = await board.reply("Mine.", who="ann", server=0)
    html = {"Accept": "text/html"}
    async with board.browser("ann", server=1) as ann:
        assert "Mine." in (await ann.get(f"/posts/{post}", headers=html, follow_redirects=True)).text
    positions = set()
    for _ in range(4):  # each on a connection of its own, and so on the next server
        async with board.browser("ann") as ann:
            page = (await ann.get(f"/topics/{board.topic_id}/how-do-you-sleep")).json()
        assert "Mine." in str(page["posts"])
        positions.add((page["epoch"], page["position"]))
    assert len(positions) == 1


async def test_signing_out_on_one_server_ends_the_sockets_of_the_other(board: TwoServers) -> None:
    async with board.browser(server=0) as browser, board.browser("ann", server=1) as elsewhere:
        answer = await browser.post("/login", json={"login": "ann", "password": PASSWORD})
        cookie = f"sid={browser.cookies['sid']}"
        async with member_socket(board.url(1), cookie, board.origin) as socket:
            assert (await socket.hello(["board"]))["viewer"] is not None
            assert answer.status_code == 200
            await browser.post("/logout")
            assert await socket.closed(within=SOON) == 4501
        gone = await elsewhere.get("/viewer", headers={"Cookie": cookie})
        assert gone.json()["role"] == "guest"


async def test_an_account_that_is_closed_on_one_server_is_closed_on_the_other(
    board: TwoServers, database: str
) -> None:
    bo = board.people["bo"].id
    async with board.socket("bo", server=1) as socket, Database.open(database) as db:
        await socket.hello(["board"])
        await _set_disabled(db, bo, now_ms())
        assert await socket.closed(within=SOON) == 4503
        await _set_disabled(db, bo, None)


async def _set_disabled(db: Database, member: int | None, at: int | None) -> None:
    assert member is not None
    async with db.begin() as writer:
        await writer.run("UPDATE members SET disabled_at = :at WHERE id = :id", at=at, id=member)
        writer.append(Event(Kind.MEMBER, member, Audience.STAFF, member_id=member))


async def test_a_limit_holds_for_both_servers_together(board: TwoServers) -> None:
    """Each for itself would let ten pass, so twenty. (On a busy machine Redis may be too late for some.)"""
    wrong = {"login": "moira", "password": "seven loud lanterns"}
    statuses = []
    for attempt in range(20):
        async with board.browser(server=attempt % 2) as guest:
            statuses.append((await guest.post("/login", json=wrong)).status_code)
    assert statuses[:10] == [422] * 10
    assert statuses[-1] == 429
    assert statuses.count(429) >= 5


async def test_without_redis_everything_arrives_all_the_same(postgresql_url: str, tmp_path: Path) -> None:
    async with two_servers(postgresql_url, tmp_path) as board:
        cookie = board.cookie("ann")
        async with board.socket(server=1) as guest, board.socket("ann", server=1) as ann:
            await guest.hello([f"topic:{board.topic_id}"])
            await ann.hello(["board"])
            await shows(guest, await board.reply("Always after.", server=0))
            async with board.browser(server=0) as browser:
                await browser.post("/logout", headers={"Cookie": cookie})
            assert await ann.closed(within=SOON) == 4501


async def test_two_processes_on_one_file_tell_each_other(tmp_path: Path) -> None:
    async with (
        serving_process("--workers", "2", data_dir=tmp_path) as served,
        plain_client(served.base_url, headers=BROWSER | PROGRAM) as greta,
        contextlib.AsyncExitStack() as stack,
    ):
        link = next(word for word in served.output.split() if "/setup/" in word)
        draft = {"username": "Greta", "email": "g@example.org", "password": PASSWORD}
        assert (await greta.post(link, json=draft)).is_success
        sockets = [await stack.enter_async_context(member_socket(served.base_url)) for _ in range(12)]
        for socket in sockets:
            await socket.hello(["topic:1"])
        answer = await greta.post("/topics/1/posts", json={"body": "Hello, all of you."})
        await asyncio.gather(*[shows(socket, answer.json()["post"]["id"]) for socket in sockets])
        who = await asyncio.gather(*[greta.get("/viewer") for _ in range(8)])
        assert {one.json()["username"] for one in who} == {"Greta"}
