"""The rules' version: who accepted which, and who is asked, on both databases."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import accounts, posting, rules, sessions, thanking
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.posting import Draft, Edit
from server.actions.settings import change_settings
from server.domain.errors import Invalid, RulesChanged, SignInRequired
from server.domain.settings import DEFAULTS
from server.domain.standing import Standing
from server.domain.viewer import GUEST, Role, Viewer
from tests.support.small_board import PASSWORD, SmallBoard, small_board

NOW = 1_800_000_000_000
LIMITS = Limits(enabled=False)


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        await board.add("Ada", Role.ADMIN)
        await board.add("Ann")
        yield board


async def change(board: SmallBoard, *, again: bool) -> None:
    ada = Viewer(1, "Ada", Role.ADMIN, session_id=1)
    values = {**DEFAULTS, "rules": "Be kind, and kinder."}
    await change_settings(board.db, ada, values, "1", accept_again=again)


async def seen(board: SmallBoard, token: str) -> Viewer:
    return await sessions.resume(board.db, token, now=NOW)


async def test_only_a_change_that_says_so_asks_everybody_else(board: SmallBoard) -> None:
    ann, ada = await board.sign_in("Ann", now=NOW), await board.sign_in("Ada", now=NOW)
    await change(board, again=False)
    assert not (await seen(board, ann.token)).standing.owes_rules
    await change(board, again=True)
    assert (await seen(board, ann.token)).standing.owes_rules
    assert not (await seen(board, ada.token)).standing.owes_rules


async def test_accepting_holds_until_the_rules_change_again(board: SmallBoard) -> None:
    ann = await board.sign_in("Ann", now=NOW)
    await change(board, again=True)
    viewer = await seen(board, ann.token)
    for version, accepts in (("0", True), ("1", False), ("2", True), ("x", True)):
        with pytest.raises(Invalid):
            await rules.accept_rules(board.db, viewer, version, accepts=accepts, now=NOW)
    with pytest.raises(SignInRequired):
        await rules.accept_rules(board.db, GUEST, "1", accepts=True, now=NOW)
    await rules.accept_rules(board.db, viewer, "1", accepts=True, now=NOW + 5)
    assert not (await seen(board, ann.token)).standing.owes_rules
    async with board.db.snapshot() as reader:
        row = await reader.one("SELECT rules_version, rules_accepted_at FROM members WHERE id = 2")
    assert row is not None
    assert tuple(row) == (1, NOW + 5)
    await change(board, again=True)
    assert (await seen(board, ann.token)).standing.owes_rules


async def test_who_joins_accepts_the_rules_of_the_day(board: SmallBoard) -> None:
    await change(board, again=True)
    draft = NewMember("Zoe", "zoe@example.org", PASSWORD, accepts_rules=True)
    zoe = await accounts.sign_up(board.db, board.passwords, draft, now=NOW, limits=LIMITS)
    assert not (await seen(board, zoe.token)).standing.owes_rules


async def test_no_write_gets_by(board: SmallBoard) -> None:
    late = Viewer(2, "Ann", Role.MEMBER, session_id=1, standing=Standing(owes_rules=True))
    with pytest.raises(RulesChanged):
        await posting.start_topic(board.db, late, 1, Draft("x", "y"), now=NOW, limits=LIMITS)
    with pytest.raises(RulesChanged):
        await posting.reply(board.db, late, 1, Draft("x"), now=NOW, limits=LIMITS)
    with pytest.raises(RulesChanged):
        await posting.edit(board.db, late, 1, Edit("x", 1), now=NOW)
    for thanks in (thanking.thank(board.db, late, 1, now=NOW), thanking.take_back(board.db, late, 1)):
        with pytest.raises(RulesChanged):
            await thanks
