"""What a board can demand of its moderators and administrators, on both databases."""

import pytest

from server.actions import accounts, sessions, two_step
from server.actions.members import change_role
from server.actions.settings import change_settings
from server.actions.two_step import Both
from server.domain.errors import Forbidden, Invalid
from server.domain.events import Kind
from server.domain.settings import DEFAULTS
from server.domain.viewer import Role, Viewer
from server.store import event_log, second_factors
from tests.support.authenticator import NO_LIMITS, set_up
from tests.support.small_board import PASSWORD, SmallBoard, small_board

NOW = 1_800_000_000_000


async def demand(board: SmallBoard, ada: Viewer, value: str) -> None:
    values = {**DEFAULTS, "staff_second_factor": value}
    async with board.db.snapshot() as reader:
        number = await reader.value("SELECT next_post FROM head")
    await change_settings(board.db, ada, values, str(number))


async def test_staff_are_members_until_they_have_what_the_board_demands(database_url: str) -> None:
    async with small_board(database_url) as board:
        await board.add("Ann")
        await board.add("Ada", Role.ADMIN)
        await demanding(board)


async def demanding(board: SmallBoard) -> None:
    ada = await board.sign_in("Ada", now=NOW)
    ann = await board.sign_in("Ann", now=NOW)
    await change_role(board.db, ada.viewer, ann.viewer.id or 0, Role.MODERATOR, now=NOW)
    with pytest.raises(Invalid) as refused:
        await demand(board, ada.viewer, "on")
    assert set(refused.value.fields) == {"staff_second_factor"}  # her own first
    app = await set_up(board.db, board.passwords, ada.viewer, NOW)
    await demand(board, ada.viewer, "on")
    async with board.db.snapshot() as reader:
        last = [logged.event for logged in await event_log.since(reader, 0, 100)][-2:]
    assert [(event.kind, event.object_id) for event in last] == [(Kind.MEMBER, 1), (Kind.SETTINGS, 0)]

    held = await sessions.resume(board.db, ann.token, now=NOW)
    assert (held.role, held.lacks_second_factor) == (Role.MEMBER, True)
    async with board.db.snapshot() as reader:
        assert await second_factors.role_that_counts(reader, 1) is Role.MEMBER
        assert await second_factors.role_that_counts(reader, ada.viewer.id or 0) is Role.ADMIN
        assert await second_factors.role_that_counts(reader, 99) is None
    assert (await board.sign_in("Ann", now=NOW)).viewer.lacks_second_factor

    await set_up(board.db, board.passwords, held, NOW)
    async with board.db.snapshot() as reader:
        assert await second_factors.role_that_counts(reader, 1) is Role.MODERATOR
    again = await accounts.sign_in(
        board.db, board.passwords, "Ada", PASSWORD, app.code(NOW), remember=False, now=NOW, limits=NO_LIMITS
    )
    assert (again.viewer.role, again.viewer.lacks_second_factor) == (Role.ADMIN, False)
    await two_step.switch_off(
        board.db,
        board.passwords,
        again.viewer,
        Both(PASSWORD, app.recovery_codes[0]),
        now=NOW,
        limits=NO_LIMITS,
    )
    now_held = await sessions.resume(board.db, again.token, now=NOW)
    assert (now_held.role, now_held.lacks_second_factor) == (Role.MEMBER, True)
    with pytest.raises(Forbidden):
        await demand(board, now_held, "")
