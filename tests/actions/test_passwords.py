"""Password hashing."""

import asyncio

import pytest
from argon2.profiles import RFC_9106_LOW_MEMORY

from server.actions.passwords import RUNNING, WAITING, Passwords
from server.domain.errors import Overloaded
from tests.support.small_board import CHEAP


async def test_a_password_matches_its_hash_and_no_other() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash("seven quiet lanterns")
    assert await passwords.matches(stored, "seven quiet lanterns")
    assert not await passwords.matches(stored, "Seven quiet lanterns")
    assert not await passwords.matches(stored, "seven quiet lanterns ")
    passwords.close()


async def test_nobodys_hash_and_broken_ones_match_nothing() -> None:
    passwords = Passwords(CHEAP)
    for stored in (None, "", "x", "$argon2id$v=19$m=8,t=1,p=1$", "{SHA}xyz"):
        assert not await passwords.matches(stored, "")
        assert not await passwords.matches(stored, "password")
    passwords.close()


async def test_the_profile_is_rfc_9106s_for_little_memory() -> None:
    passwords = Passwords()
    assert (await passwords.hash("x")).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert (RFC_9106_LOW_MEMORY.hash_len, RFC_9106_LOW_MEMORY.salt_len) == (32, 16)
    passwords.close()


async def test_weaker_hashes_are_outdated_and_our_own_are_not() -> None:
    passwords, cheap = Passwords(), Passwords(CHEAP)
    assert passwords.is_outdated(await cheap.hash("x"))
    assert not passwords.is_outdated(await passwords.hash("x"))
    passwords.close()
    cheap.close()


async def test_a_caller_beyond_the_queue_is_told_at_once_and_the_queue_empties() -> None:
    passwords = Passwords(CHEAP)
    outcomes = await asyncio.gather(
        *(passwords.hash("x") for _ in range(RUNNING + WAITING + 9)), return_exceptions=True
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, Overloaded)]) == 9
    assert (await passwords.hash("x")).startswith("$argon2id")
    passwords.close()


async def test_callers_who_went_away_leave_their_place() -> None:
    passwords = Passwords(CHEAP)
    for _ in range(5):
        tasks = [asyncio.create_task(passwords.hash("x")) for _ in range(RUNNING + WAITING)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert not [outcome for outcome in outcomes if isinstance(outcome, Overloaded)]
    with pytest.raises(Overloaded):
        await asyncio.gather(*(passwords.hash("x") for _ in range(RUNNING + WAITING + 1)))
    passwords.close()
