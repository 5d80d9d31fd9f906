"""S8: guessing passwords is slow, and locks nobody out of his own (ASVS 6.1.1, 6.3.1)."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from server.actions import accounts
from server.actions.accounts import FAILURES_PER_ACCOUNT
from server.actions.limits import Limits
from server.domain import known_devices
from server.domain.clock import HOUR, MINUTE, SECOND
from server.domain.errors import Invalid, TooManyRequests
from tests.support.small_board import PASSWORD, SmallBoard, small_board

KEY = b"the board's own key"
NONCE = "0123456789abcdef"


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(sqlite_url) as board:
        await board.add("Ann")
        await board.add("Bo")
        yield board


async def sign_in(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> int:
    answer = await client.post("/login", data={"login": name, "password": password})
    return answer.status_code


async def guess(client: httpx.AsyncClient, name: str) -> None:
    for _ in range(FAILURES_PER_ACCOUNT[0][0]):
        assert await sign_in(client, name, "wrong horse battery") == 422


async def test_ten_guesses_close_the_door_from_their_network(board: SmallBoard) -> None:
    async with board.visitor() as mallory, board.visitor() as stranger:
        await guess(mallory, "Ann")
        assert await sign_in(mallory, "Ann") == 429
        assert await sign_in(stranger, "Ann") == 429  # from the same network, and a browser nobody knows


async def test_each_further_ten_guesses_take_eight_times_as_long(board: SmallBoard) -> None:
    limits, now = Limits(), 1_800_000_000_000
    guessed: list[int] = []
    while len(guessed) < 31:
        try:
            await accounts.sign_in(
                board.db, board.passwords, "Ann", "wrong horse", remember=False, now=now, limits=limits
            )
        except Invalid:
            guessed.append(now)
            now += SECOND
        except TooManyRequests as refused:
            now += refused.retry_after * SECOND
    taken = [guessed[number] - guessed[0] for number in (10, 20, 30)]
    assert taken[0] >= 15 * MINUTE
    assert taken[1] >= 2 * HOUR
    assert taken[2] >= 16 * HOUR


async def test_the_owner_gets_in_by_a_browser_in_which_she_did_before(board: SmallBoard) -> None:
    async with board.visitor() as tablet, board.visitor() as mallory:
        assert await sign_in(tablet, "Ann") == 303
        await tablet.post("/logout")
        await guess(mallory, "Ann")
        assert await sign_in(mallory, "Ann") == 429
        assert await sign_in(tablet, "Ann") == 303


async def test_a_known_browser_has_ten_guesses_too(board: SmallBoard) -> None:
    async with board.visitor() as tablet:
        assert await sign_in(tablet, "Ann") == 303
        await tablet.post("/logout")
        await guess(tablet, "Ann")
        assert await sign_in(tablet, "Ann") == 429


async def test_a_browser_that_is_known_for_one_is_a_stranger_to_another(board: SmallBoard) -> None:
    async with board.visitor() as tablet, board.visitor() as mallory:
        assert await sign_in(tablet, "Bo") == 303
        await tablet.post("/logout")
        await guess(mallory, "Ann")
        assert await sign_in(tablet, "Ann") == 429


async def test_a_family_shares_a_browser(board: SmallBoard) -> None:
    async with board.visitor() as tablet, board.visitor() as mallory:
        for name in ("Ann", "Bo"):
            assert await sign_in(tablet, name) == 303
            await tablet.post("/logout")
        await guess(mallory, "Ann")
        assert await sign_in(tablet, "Ann") == 303


def test_a_mark_is_for_one_member_and_nobody_makes_one() -> None:
    made = known_devices.mark(KEY, 7, NONCE)
    assert known_devices.known_by(KEY, 7, made) == NONCE
    assert known_devices.known_by(KEY, 8, made) is None
    assert known_devices.known_by(b"another key", 7, made) is None
    for wrong in ("", ".", "x" * 80, made[:-1], made[::-1], f"{made}é", f"1{made[1:]}"):
        assert known_devices.known_by(KEY, 7, wrong) is None


def test_a_browser_carries_four_marks_at_most() -> None:
    carried = ""
    for number in range(6):
        carried = known_devices.carry(known_devices.mark(KEY, number, NONCE), carried)
    assert [known_devices.known_by(KEY, number, carried) for number in range(6)] == [None, None, *[NONCE] * 4]
    assert known_devices.carry("made", "<script>.x") == "made"
