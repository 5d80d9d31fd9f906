"""S3: how long a session lasts, remembered or not (ASVS 7.3.1-2)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import sessions
from server.domain.clock import DAY, HOUR
from tests.support.small_board import SmallBoard, small_board

NOW = 1_800_000_000_000


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        await board.add("Ann")
        yield board


async def is_signed_in(board: SmallBoard, token: str, now: int) -> bool:
    return (await sessions.resume(board.db, token, now=now)).is_member


async def test_a_session_ends_a_day_after_signing_in(board: SmallBoard) -> None:
    token = (await board.sign_in("Ann", now=NOW)).token
    assert await is_signed_in(board, token, NOW + 23 * HOUR)
    assert await is_signed_in(board, token, NOW + DAY - 1)
    assert not await is_signed_in(board, token, NOW + DAY)


async def test_a_remembered_one_ends_after_thirty_days_without_a_visit(board: SmallBoard) -> None:
    token = (await board.sign_in("Ann", remember=True, now=NOW)).token
    assert await is_signed_in(board, token, NOW + 30 * DAY - 1)
    assert not await is_signed_in(board, token, NOW + 60 * DAY - 1)


async def test_a_visit_gives_it_thirty_days_more_but_never_more_than_half_a_year(board: SmallBoard) -> None:
    token = (await board.sign_in("Ann", remember=True, now=NOW)).token
    for day in range(29, 180, 29):
        assert await is_signed_in(board, token, NOW + day * DAY), day
    assert await is_signed_in(board, token, NOW + 180 * DAY - 1)
    assert not await is_signed_in(board, token, NOW + 180 * DAY)


@pytest.mark.parametrize("column", ["expires_at", "ends_at"])
async def test_a_session_that_is_over_in_the_database_is_over(board: SmallBoard, column: str) -> None:
    token = (await board.sign_in("Ann", remember=True, now=NOW)).token
    assert await is_signed_in(board, token, NOW)
    async with board.db.begin() as writer:
        await writer.run(f"UPDATE sessions SET {column} = :now", now=NOW)
    assert not await is_signed_in(board, token, NOW)


async def test_a_visit_cannot_bring_an_ended_session_back(board: SmallBoard) -> None:
    signed_in = await board.sign_in("Ann", remember=True, now=NOW)
    await sessions.sign_out(board.db, signed_in.viewer, now=NOW)
    assert not await is_signed_in(board, signed_in.token, NOW + DAY)
    async with board.db.snapshot() as reader:
        assert await reader.all("SELECT id FROM sessions") == []


async def test_a_token_is_looked_up_by_its_hash(board: SmallBoard) -> None:
    """What an attacker can vary is hashed before anything compares it, so time tells nothing of a token."""
    token = (await board.sign_in("Ann", now=NOW)).token
    for wrong in (token[:-1], token + "A", token.swapcase(), ""):
        assert not await is_signed_in(board, wrong, NOW)
