"""Redis is asked without anybody waiting for it, and found again when it was away."""

import asyncio

import pytest

from server.store import redis_link as redis_link_module
from server.store.redis_link import RedisAway, RedisLink, pauses, redis_link
from tests.support.forwarder import forwarder
from tests.support.valkey import Valkey
from tests.support.waiting import check, eventually

WITHIN = 10.0  # seconds to be found again


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is not a Redis that is away."""
    monkeypatch.setattr(redis_link_module, "COMMAND_WITHIN", 2.0)


async def until_available(link: RedisLink) -> None:
    await eventually(lambda: check(link.available), timeout=WITHIN)


async def test_a_command_is_answered(valkey_url: str) -> None:
    async with redis_link(valkey_url, "board") as link:
        await until_available(link)
        await link.run("SET", link.key("word"), "seven", "PX", 60_000)
        assert await link.run("GET", link.key("word")) == b"seven"
        assert await link.run("GET", link.key("other")) is None


async def test_boards_that_share_a_redis_use_different_keys(valkey_url: str) -> None:
    async with redis_link(valkey_url, "a board") as one, redis_link(valkey_url, "another board") as other:
        assert one.key("word") != other.key("word")


async def test_many_commands_at_once_are_all_answered(valkey_url: str) -> None:
    async with redis_link(valkey_url, "board") as link:
        await until_available(link)
        answers = await asyncio.gather(*[link.run("INCR", link.key("count")) for _ in range(50)])
        assert sorted(answers) == list(range(1, 51))  # type: ignore[type-var]  # they are numbers


async def test_after_one_command_without_an_answer_nobody_asks_until_redis_is_back(
    own_valkey: Valkey,
) -> None:
    async with redis_link(own_valkey.url, "board") as link:
        await until_available(link)
        own_valkey.freeze()
        try:
            with pytest.raises(RedisAway):
                await link.run("GET", "word")
            assert not link.available
            asking = asyncio.create_task(link.run("GET", "word"))
            await asyncio.sleep(0)  # one turn of the loop: it is refused without waiting for anything
            assert asking.done()
            assert isinstance(asking.exception(), RedisAway)
        finally:
            own_valkey.thaw()
        await until_available(link)
        assert await link.run("GET", "word") is None


async def test_a_server_starts_without_redis_and_finds_it_later(own_valkey: Valkey) -> None:
    own_valkey.kill()
    async with redis_link(own_valkey.url, "board") as link:
        with pytest.raises(RedisAway):
            await link.run("PING")
        own_valkey.start()
        await until_available(link)


async def test_redis_is_found_at_another_address(valkey_url: str, own_valkey: Valkey) -> None:
    async with (
        forwarder(own_valkey.url) as line,
        redis_link(f"redis://127.0.0.1:{line.port}", "board") as link,
    ):
        await until_available(link)
        own_valkey.freeze()  # the old one says nothing more, not even good-bye
        line.aim(valkey_url)
        with pytest.raises(RedisAway):
            await link.run("PING")
        await until_available(link)
        own_valkey.thaw()


async def test_a_wrong_password_is_said_once_and_without_the_password(
    own_valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    own_valkey.run("CONFIG", "SET", "requirepass", "right")
    url = own_valkey.url.replace("://", "://:wrong@")
    link = RedisLink(url, "board")
    for _ in range(3):
        assert not await link._is_back()
    assert not link.available
    await link.close()
    lines = [record.getMessage() for record in caplog.records if record.name == "server.store.redis_link"]
    assert len(lines) == 1
    assert "refuses the user or password" in lines[0]
    assert "wrong" not in lines[0]
    assert str(own_valkey.url.rpartition(":")[2]) not in lines[0]


async def test_what_is_published_is_heard_by_those_who_listen(valkey_url: str) -> None:
    heard: list[str] = []
    async with redis_link(valkey_url, "board") as link:
        await until_available(link)
        listening = asyncio.create_task(link.listen(link.key("news"), heard.append))
        await eventually(lambda: check(heard == [""]))
        await link.run("PUBLISH", link.key("news"), "hello")
        await eventually(lambda: check(heard == ["", "hello"]))
        listening.cancel()
        await asyncio.wait([listening])


async def test_whoever_listens_hears_that_redis_is_gone(own_valkey: Valkey) -> None:
    heard: list[str] = []
    async with redis_link(own_valkey.url, "board") as link:
        listening = asyncio.create_task(link.listen("news", heard.append))
        await eventually(lambda: check(heard == [""]))
        own_valkey.kill()
        with pytest.raises(RedisAway):
            await listening


def test_pauses_grow_and_are_random() -> None:
    attempts = pauses()
    found = [next(attempts) for _ in range(200)]
    assert max(found[:3]) <= 0.4
    assert max(found) <= 3.0
    assert max(found) > 1.5
    assert len(set(found)) == 200
