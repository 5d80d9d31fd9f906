"""Choosing how one reads, on both databases: kept with the account, known with every session."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import sessions
from server.actions.preferences import choose_preferences
from server.domain.clock import now_ms
from server.domain.errors import NotFound, SignInRequired
from server.domain.preferences import Hours, Preferences, TextSize, Theme
from server.domain.viewer import GUEST, Role, Viewer
from server.store import event_log, preferences
from tests.support.small_board import SmallBoard, small_board

DARK = Preferences(Theme.DARK, TextSize.LARGEST, "America/New_York", Hours.TWELVE, calm=True)
LIGHT = Preferences(Theme.LIGHT, TextSize.SMALL)


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        await board.add("Ann")
        await board.add("Bo")
        yield board


async def read_by(board: SmallBoard, token: str) -> Preferences:
    return (await sessions.resume(board.db, token, now=now_ms())).preferences


async def test_what_ann_chose_comes_with_each_of_her_sessions_and_with_nobody_elses(
    board: SmallBoard,
) -> None:
    phone, tablet, bos = [await board.sign_in(name) for name in ("Ann", "Ann", "Bo")]
    assert await read_by(board, phone.token) == Preferences()
    for chosen in (DARK, LIGHT, DARK):
        await choose_preferences(board.db, phone.viewer, chosen)
        for device in (phone, tablet, await board.sign_in("Ann")):
            assert await read_by(board, device.token) == chosen
        assert await read_by(board, bos.token) == Preferences()
    assert phone.viewer.id is not None
    async with board.db.snapshot() as reader:
        assert await preferences.of_member(reader, phone.viewer.id) == DARK
        assert await preferences.of_member(reader, 99) == Preferences()


async def test_it_is_nobody_elses_business(board: SmallBoard) -> None:
    """Who needs large print is health data: neither an event nor the audit says it."""
    ann = await board.sign_in("Ann")

    async def said() -> tuple[object, object]:
        async with board.db.snapshot() as reader:
            return await event_log.head(reader), await reader.value("SELECT COUNT(*) FROM audit")

    before = await said()
    await choose_preferences(board.db, ann.viewer, DARK)
    assert await said() == before


async def test_guests_and_accounts_that_are_gone_choose_nothing(board: SmallBoard) -> None:
    with pytest.raises(SignInRequired):
        await choose_preferences(board.db, GUEST, DARK)
    with pytest.raises(NotFound):
        await choose_preferences(board.db, Viewer(99, "Nobody", Role.MEMBER), DARK)
