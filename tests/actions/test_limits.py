"""Limits against floods."""

from functools import partial

import pytest

from server.actions.limits import Limits
from server.domain.clock import MINUTE, SECOND
from server.domain.errors import TooManyRequests
from server.store.redis_link import RedisLink, redis_link
from server.store.shared_counts import SharedCounts
from tests.support.valkey import Valkey
from tests.support.waiting import check, eventually

NOW = 1_800_000_000_000


async def test_the_act_after_the_last_allowed_one_is_refused_until_the_first_is_old() -> None:
    limits = Limits()
    for second in range(3):
        await limits.check("post", "ann", 3, 60, NOW + second * SECOND)
    with pytest.raises(TooManyRequests) as refused:
        await limits.check("post", "ann", 3, 60, NOW + 10 * SECOND)
    assert refused.value.retry_after == 50
    await limits.check("post", "ann", 3, 60, NOW + MINUTE)
    with pytest.raises(TooManyRequests):
        await limits.check("post", "ann", 3, 60, NOW + MINUTE)


async def test_what_was_refused_does_not_count() -> None:
    limits = Limits()
    await limits.check("post", "ann", 1, 60, NOW)
    for second in range(1, 60):
        with pytest.raises(TooManyRequests):
            await limits.check("post", "ann", 1, 60, NOW + second * SECOND)
    await limits.check("post", "ann", 1, 60, NOW + MINUTE)


async def test_names_and_keys_are_counted_apart() -> None:
    limits = Limits()
    await limits.check("post", "ann", 1, 60, NOW)
    await limits.check("post", "bo", 1, 60, NOW)
    await limits.check("topic", "ann", 1, 60, NOW)


async def test_an_act_can_be_forgiven() -> None:
    limits = Limits()
    await limits.check("sign-in", "ann", 1, 60, NOW)
    await limits.forgive("sign-in", "ann")
    await limits.check("sign-in", "ann", 1, 60, NOW)
    await limits.forgive("sign-in", "nobody")


async def test_counters_are_bounded_and_the_longest_unused_goes_first() -> None:
    limits = Limits(max_keys=2)
    await limits.check("post", "ann", 1, 60, NOW)
    await limits.check("post", "bo", 1, 60, NOW)
    with pytest.raises(TooManyRequests):
        await limits.check("post", "ann", 1, 60, NOW)  # ann was used just now
    await limits.check("post", "cleo", 1, 60, NOW)
    await limits.check("post", "bo", 1, 60, NOW)  # forgotten
    with pytest.raises(TooManyRequests):
        await limits.check("post", "cleo", 1, 60, NOW)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "a moment"),
        (45, "45 seconds"),
        (60, "a minute"),
        (61, "2 minutes"),
        (3600, "an hour"),
        (7000, "2 hours"),
    ],
)
async def test_the_sentence_says_how_long_to_wait(seconds: int, words: str) -> None:
    limits = Limits()
    await limits.check("post", "ann", 1, seconds, NOW)
    with pytest.raises(TooManyRequests, match=f"wait {words} and"):
        await limits.check("post", "ann", 1, seconds, NOW)


async def test_limits_that_are_off_refuse_nothing() -> None:
    limits = Limits(enabled=False)
    for _ in range(100):
        await limits.check("post", "ann", 1, 60, NOW)


async def test_processes_that_share_a_redis_share_their_limits(valkey_url: str) -> None:
    async with redis_link(valkey_url, "board") as one, redis_link(valkey_url, "board") as other:
        for link in (one, other):
            await eventually(partial(_is_available, link))
        here, there = Limits(SharedCounts(one)), Limits(SharedCounts(other))
        await here.check("post", "ann", 2, 60, NOW)
        await there.check("post", "ann", 2, 60, NOW)
        for limits in (here, there):
            with pytest.raises(TooManyRequests) as refused:
                await limits.check("post", "ann", 2, 60, NOW)
            assert 0 < refused.value.retry_after <= 60
        await here.forgive("post", "ann")
        await there.check("post", "ann", 2, 60, NOW)


async def test_without_redis_each_process_goes_on_counting_for_itself(own_valkey: Valkey) -> None:
    async with redis_link(own_valkey.url, "board") as link:
        await eventually(partial(_is_available, link))
        limits = Limits(SharedCounts(link))
        await limits.check("post", "ann", 2, 60, NOW)
        own_valkey.kill()
        await limits.check("post", "ann", 2, 60, NOW)
        with pytest.raises(TooManyRequests):
            await limits.check("post", "ann", 2, 60, NOW)


def _is_available(link: RedisLink) -> None:
    check(link.available)
