"""What all processes of a board count together."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.store import redis_link as redis_link_module
from server.store.redis_link import RedisLink, redis_link
from server.store.shared_counts import SharedCounts
from tests.support.valkey import Valkey
from tests.support.waiting import check, eventually

MINUTE = 60_000  # milliseconds


@pytest_asyncio.fixture
async def link(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RedisLink]:
    monkeypatch.setattr(redis_link_module, "COMMAND_WITHIN", 10.0)  # a busy machine is no dead Redis
    async with redis_link(valkey_url, "board") as found:
        await eventually(lambda: check(found.available))
        yield found


async def test_acts_of_two_processes_add_up(link: RedisLink, valkey_url: str) -> None:
    async with redis_link(valkey_url, "board") as second:
        await eventually(lambda: check(second.available))
        one, other = SharedCounts(link), SharedCounts(second)
        assert await one.take("post 7", 3, MINUTE) == 0
        assert await other.take("post 7", 3, MINUTE) == 0
        assert await one.take("post 7", 3, MINUTE) == 0
        assert 0 < await other.take("post 7", 3, MINUTE) <= MINUTE
        assert await other.take("post 8", 3, MINUTE) == 0


async def test_of_many_at_once_no_more_pass_than_may(link: RedisLink) -> None:
    counts = SharedCounts(link)
    waits = await asyncio.gather(*[counts.take("post 7", 5, MINUTE) for _ in range(40)])
    assert waits.count(0) == 5


async def test_an_act_counts_no_longer_than_the_limit_says(link: RedisLink) -> None:
    counts = SharedCounts(link)
    assert await counts.take("post 7", 1, 300) == 0
    assert await counts.take("post 7", 1, 300) > 0

    async def passes() -> None:
        check(await counts.take("post 7", 1, 300) == 0)

    await eventually(passes)


async def test_an_act_can_be_taken_back(link: RedisLink) -> None:
    counts = SharedCounts(link)
    assert await counts.take("sign-in", 1, MINUTE) == 0
    await counts.take_back("sign-in")
    assert await counts.take("sign-in", 1, MINUTE) == 0


async def test_neither_addresses_nor_names_stand_in_redis_and_nothing_stays(
    link: RedisLink, valkey_url: str
) -> None:
    await SharedCounts(link).take("sign-in to account 203.0.113.9 ann@example.org", 10, MINUTE)
    keys = await link.run("KEYS", "*")
    assert isinstance(keys, list)
    assert len(keys) == 1
    key = keys[0]
    assert isinstance(key, bytes)
    assert b"203.0" not in key
    assert b"ann" not in key
    assert await link.run("ZCARD", key.decode()) == 1
    left = await link.run("PTTL", key.decode())
    assert isinstance(left, int)
    assert 0 < left <= MINUTE


async def test_without_redis_nothing_is_counted_and_nothing_refused(own_valkey: Valkey) -> None:
    async with redis_link(own_valkey.url, "board") as link:
        await eventually(lambda: check(link.available))
        counts = SharedCounts(link)
        assert await counts.take("post 7", 1, MINUTE) == 0
        assert await counts.take("post 7", 1, MINUTE) > 0
        own_valkey.kill()
        assert await counts.take("post 7", 1, MINUTE) == 0
        await counts.take_back("post 7")
