"""The one-time link that makes the first administrator, on both databases."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import sessions, setup
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.actions.sessions import SignedIn
from server.domain.clock import DAY
from server.domain.errors import Invalid, NotFound
from server.domain.viewer import Role
from server.store import audit
from tests.support.small_board import CHEAP, PASSWORD, SmallBoard, small_board

NOW = 1_800_000_000_000


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        yield board


async def link(board: SmallBoard, now: int = NOW) -> str:
    token = await setup.setup_link(board.db, now=now)
    assert token is not None
    return token


async def use(board: SmallBoard, token: str, username: str = "Ada", now: int = NOW) -> SignedIn:
    draft = NewMember(username, f"{username.lower()}@example.org", PASSWORD)
    return await setup.make_first_administrator(
        board.db, board.passwords, token, draft, device="Firefox", now=now
    )


async def test_the_link_makes_an_administrator_who_is_signed_in(board: SmallBoard) -> None:
    ada = await use(board, await link(board))
    assert ada.viewer.role is Role.ADMIN
    assert await sessions.resume(board.db, ada.token, now=NOW) == ada.viewer
    async with board.db.snapshot() as reader:
        assert [entry.act for entry in await audit.latest(reader, 10)] == ["first_administrator"]


async def test_the_link_works_once_even_for_two_at_once(board: SmallBoard) -> None:
    token = await link(board)
    names = ("Ada", "Bea", "Cleo")
    outcomes = await asyncio.gather(*(use(board, token, name) for name in names), return_exceptions=True)
    assert len([outcome for outcome in outcomes if isinstance(outcome, SignedIn)]) == 1
    assert len([outcome for outcome in outcomes if isinstance(outcome, NotFound)]) == 2


async def test_a_mistake_in_the_form_does_not_use_the_link_up(board: SmallBoard) -> None:
    token = await link(board)
    with pytest.raises(Invalid):
        await use(board, token, "A")
    assert (await use(board, token)).viewer.username == "Ada"


async def test_a_new_link_ends_the_one_before(board: SmallBoard) -> None:
    first, second = await link(board), await link(board)
    with pytest.raises(NotFound):
        await use(board, first)
    await use(board, second)


async def test_a_link_ends_after_a_day_also_for_a_form_that_was_open(board: SmallBoard) -> None:
    token = await link(board)
    await setup.check_setup_link(board.db, token, now=NOW + DAY - 1)
    with pytest.raises(NotFound):
        await setup.check_setup_link(board.db, token, now=NOW + DAY)
    with pytest.raises(NotFound):
        await use(board, token, now=NOW + DAY)


async def test_there_is_no_link_once_there_is_an_administrator(board: SmallBoard) -> None:
    token = await link(board)
    await board.add("Ada", Role.ADMIN)
    assert await setup.setup_link(board.db, now=NOW) is None
    with pytest.raises(NotFound):
        await use(board, token, "Bea")


async def test_an_administrator_who_appears_while_the_form_is_worked_on_ends_the_link(
    board: SmallBoard,
) -> None:
    class Slow(Passwords):
        async def hash(self, password: str) -> str:
            await board.add("Ada", Role.ADMIN)
            return await super().hash(password)

    slow = Slow(CHEAP)
    draft = NewMember("Bea", "bea@example.org", PASSWORD)
    with pytest.raises(NotFound):
        await setup.make_first_administrator(board.db, slow, await link(board), draft, device="", now=NOW)
    slow.close()


async def test_members_and_moderators_do_not_count_as_one(board: SmallBoard) -> None:
    await board.add("Ann")
    await board.add("Molly", Role.MODERATOR)
    assert await setup.has_no_way_in(board.db, now=NOW)
    await link(board)
    assert not await setup.has_no_way_in(board.db, now=NOW)
    assert await setup.has_no_way_in(board.db, now=NOW + DAY)
