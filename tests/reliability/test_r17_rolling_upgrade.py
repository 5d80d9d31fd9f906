"""R17: old pages meet a new server, and the schema changes under open sockets; nobody loses the place.

`python -m tests.reliability.r17` does it with a really older version, and in a browser.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
import sqlalchemy as sa

from server.domain.channels import Channel
from server.store.migrations import in_transaction
from tests.support.model_client import ModelClient
from tests.support.model_line import Place, fetch
from tests.support.plain_http import plain_client
from tests.support.servers import running_server
from tests.support.sockets import Socket, member_socket
from tests.support.waiting import check, eventually
from tests.support.whole_board import WholeBoard

pytestmark = pytest.mark.slow

# What a later version may add: columns of tables that are read and written all the time, and a table.
ADDITIONS = (
    "ALTER TABLE posts ADD COLUMN later TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE topics ADD COLUMN later BIGINT DEFAULT 0 NOT NULL",
    "ALTER TABLE events ADD COLUMN later BIGINT",
    "ALTER TABLE members ADD COLUMN later TEXT",
    "CREATE TABLE later (id BIGINT PRIMARY KEY, content TEXT)",
    "CREATE INDEX ix_posts_later ON posts (later)",
)


def add(connection: sa.Connection) -> None:
    for statement in ADDITIONS:
        connection.exec_driver_sql(statement)


@pytest_asyncio.fixture
async def readers(board: WholeBoard) -> AsyncIterator[list[ModelClient]]:
    """Three guests and ann on a topic, connected."""
    topic = (await board.topic("How do you sleep?", "Tell me.")).topic_id
    port = urlsplit(board.base_url).port or 0
    cookies = ["", "", "", board.cookie("ann")]
    found = [ModelClient(Place(port, topic, cookie=cookie)) for cookie in cookies]
    for one in found:
        await one.load()
        one.start()
    await eventually(lambda: check(all(one.ready_at for one in found)))
    yield found
    for one in found:
        one.stop()


async def test_the_schema_grows_under_open_sockets_and_a_second_server_takes_over(
    board: WholeBoard, readers: list[ModelClient]
) -> None:
    topic = readers[0].place.topic_id
    epoch = readers[0].epoch

    async def write(count: int) -> list[int]:
        return [(await board.reply(topic, f"Reply {number}.")).post_id for number in range(count)]

    upgrading = asyncio.create_task(asyncio.to_thread(in_transaction, board.config.database_url, add))
    written = await write(5)
    await upgrading
    written += await write(5)  # with statements that were prepared before
    await eventually(lambda: check(all(set(written) <= set(one.posts) for one in readers)))
    assert all(one.tally.opened == 1 for one in readers)  # the same sockets
    async with board.browser("bo", json=True) as bo:
        assert (await bo.post(f"/topics/{topic}/posts", json={"body": "By a page."})).status_code == 201

    async with running_server(board.config) as second:
        port = urlsplit(second.base_url).port or 0
        for one in readers:  # as a balancer does with those who come back
            one.place = Place(port, topic, cookie=one.place.cookie)
            one.drop()
        missed = await write(2)
        await eventually(lambda: check(all(one.ready_at for one in readers)), timeout=15.0)
        await eventually(lambda: check(all(set(missed) <= set(one.posts) for one in readers)))
        for one in readers:
            fresh = await fetch(one.place, 10.0)
            assert one.posts == {post["id"]: post["version"] for post in fresh["posts"]}
            assert (one.tally.resets, one.tally.loads, one.epoch) == (0, 1, epoch)
            assert fresh["epoch"] == epoch
            one.stop()


async def test_a_page_that_says_less_is_understood(sqlite_board: WholeBoard) -> None:
    """An older page knows of no epoch in `subscribe`, and a program says no position at all."""
    board = sqlite_board
    topic = (await board.topic("How do you sleep?", "Tell me.")).topic_id
    async with member_socket(board.base_url) as plain, member_socket(board.base_url) as old:
        await plain.hello([f"topic:{topic}"])
        ready = await old.hello([])
        await old.say("subscribe", channels=[f"topic:{topic}"], position=ready["position"])
        await board.reply(topic, "Warm feet help.")
        for socket in (plain, old):
            await hears(socket, "Warm feet")


async def hears(socket: Socket, words: str) -> None:
    """Waits for a message that says them."""
    while words not in json.dumps(await socket.next("changes")):
        pass


async def test_channels_that_a_newer_page_knows_are_denied_and_harm_nothing(
    sqlite_board: WholeBoard,
) -> None:
    board, newer = sqlite_board, ["poll:7", "topic:1:owls", "weather"]
    assert all(Channel.parse(name) is None for name in newer)  # the premise
    topic = (await board.topic("How do you sleep?", "Tell me.")).topic_id
    async with member_socket(board.base_url) as page:
        ready = await page.hello([*newer, f"topic:{topic}"])
        assert (ready["channels"], ready["denied"]) == ([f"topic:{topic}"], newer)
        await board.reply(topic, "Warm feet help.")
        await hears(page, "Warm feet")


async def test_a_page_of_another_version_gets_its_scripts_and_does_not_keep_them(
    sqlite_board: WholeBoard,
) -> None:
    async with plain_client(sqlite_board.base_url) as client:
        for path in ("app.js", "live/connection.js", "styles/app.css"):
            answer = await client.get(f"/static/0123456789abcdef/{path}")
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
