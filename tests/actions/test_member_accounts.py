"""What administrators do with others' accounts, on both databases."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from server.actions import accounts, member_accounts, sessions
from server.actions.limits import Limits
from server.actions.sessions import token_hash
from server.domain.clock import DAY
from server.domain.errors import Forbidden, Invalid, NotFound, SecondFactorRequired
from server.domain.events import Kind
from server.domain.viewer import GUEST, Role, Viewer
from server.store import audit, event_log, links, member_list, second_factors
from tests.support.small_board import PASSWORD, SmallBoard, small_board

NOW = 1_800_000_000_000
BOARD_ITSELF = Viewer(None, "", Role.ADMIN)


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    """Ada administers, Ann is a member."""
    async with small_board(database_url) as board:
        await board.add("Ada", Role.ADMIN)
        await board.add("Ann")
        yield board


ADA, ANN = 1, 2


def ada() -> Viewer:
    return Viewer(ADA, "Ada", Role.ADMIN, session_id=99)


async def events_after(board: SmallBoard, before: int) -> list[tuple[str, int]]:
    async with board.db.snapshot() as reader:
        logged = [one.event for one in await event_log.since(reader, before, 100)]
    return [(event.kind, event.object_id) for event in logged if event.kind is not Kind.LOG]


async def position(board: SmallBoard) -> int:
    async with board.db.snapshot() as reader:
        return (await event_log.head(reader)).seq


async def test_closing_ends_every_session_and_says_why(board: SmallBoard) -> None:
    here, there = await board.sign_in("Ann", now=NOW), await board.sign_in("Ann", now=NOW)
    before = await position(board)
    await member_accounts.close_account(board.db, ada(), ANN, "  asked   for it ", now=NOW)
    for one in (here, there):
        assert await sessions.resume(board.db, one.token, now=NOW) == GUEST
    with pytest.raises(Forbidden, match="closed"):
        await board.sign_in("Ann", now=NOW)
    ended = [("session", one.viewer.session_id) for one in (here, there)]
    assert await events_after(board, before) == [*ended, ("member", ANN)]
    async with board.db.snapshot() as reader:
        history = await audit.of_thing(reader, "member", ANN, 10)
    newest = next(one for one in history if one.act == "close_account")
    assert (newest.by, newest.act, newest.reason) == ("Ada", "close_account", "asked for it")
    again = await position(board)
    await member_accounts.close_account(board.db, ada(), ANN, "twice", now=NOW)
    assert await position(board) == again


async def test_a_reopened_account_signs_in_with_the_old_password(board: SmallBoard) -> None:
    await member_accounts.close_account(board.db, ada(), ANN, "a mistake", now=NOW)
    await member_accounts.reopen_account(board.db, ada(), ANN, now=NOW)
    assert (await board.sign_in("Ann", now=NOW)).viewer.id == ANN


async def test_the_last_administrator_stays(board: SmallBoard) -> None:
    with pytest.raises(Invalid, match="only administrator"):
        await member_accounts.close_account(board.db, BOARD_ITSELF, ADA, "x", now=NOW)
    await board.add("Alma", Role.ADMIN)
    await member_accounts.close_account(board.db, BOARD_ITSELF, ADA, "x", now=NOW)


Act = Callable[[SmallBoard, Viewer, int], Awaitable[object]]
ACTS: dict[str, Act] = {
    "close": lambda board, who, one: member_accounts.close_account(board.db, who, one, "x", now=NOW),
    "open": lambda board, who, one: member_accounts.reopen_account(board.db, who, one, now=NOW),
    "sign out": lambda board, who, one: member_accounts.sign_out_member(board.db, who, one, None, now=NOW),
    "reset link": lambda board, who, one: member_accounts.make_reset_link(board.db, who, one, now=NOW),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_nobody_else_does_it_and_no_administrator_to_himself(board: SmallBoard, act: Act) -> None:
    for somebody in (GUEST, Viewer(ANN, "Ann", Role.MEMBER), Viewer(ANN, "Ann", Role.MODERATOR)):
        with pytest.raises(Forbidden):
            await act(board, somebody, ADA)
    with pytest.raises(Forbidden, match="your own"):
        await act(board, ada(), ADA)
    with pytest.raises(NotFound):
        await act(board, ada(), 777)
    await act(board, ada(), ANN)


async def test_one_session_ends_and_the_others_stay(board: SmallBoard) -> None:
    here, there = await board.sign_in("Ann", now=NOW), await board.sign_in("Ann", now=NOW)
    await member_accounts.sign_out_member(board.db, ada(), ANN, here.viewer.session_id, now=NOW)
    assert await sessions.resume(board.db, here.token, now=NOW) == GUEST
    assert (await sessions.resume(board.db, there.token, now=NOW)).is_member
    own = await board.sign_in("Ada", now=NOW)
    with pytest.raises(NotFound):  # a session of somebody else's
        await member_accounts.sign_out_member(board.db, ada(), ANN, own.viewer.session_id, now=NOW)


async def test_a_reset_link_lasts_a_day_and_ends_the_one_before(board: SmallBoard) -> None:
    first = await member_accounts.make_reset_link(board.db, ada(), ANN, now=NOW)
    second = await member_accounts.make_reset_link(board.db, ada(), ANN, now=NOW)
    async with board.db.snapshot() as reader:
        assert not await links.is_open(reader, token_hash(first), links.RESET, NOW)
        assert await links.is_open(reader, token_hash(second), links.RESET, NOW + DAY - 1)
        assert not await links.is_open(reader, token_hash(second), links.RESET, NOW + DAY)
        rows = await reader.all("SELECT token_hash, member_id FROM links")
    assert [(bytes(row[0]), row[1]) for row in rows] == [(token_hash(second), ANN)]
    await member_accounts.close_account(board.db, ada(), ANN, "x", now=NOW)
    with pytest.raises(Invalid):
        await member_accounts.make_reset_link(board.db, ada(), ANN, now=NOW)


async def with_an_app(board: SmallBoard, member_id: int) -> None:
    async with board.db.begin() as writer:
        assert await second_factors.start(writer, member_id, "JBSWY3DPEHPK3PXP", b"salt", NOW)
        assert await second_factors.confirm(writer, member_id, "JBSWY3DPEHPK3PXP", NOW)
        await second_factors.replace_recovery_codes(writer, member_id, b"salt", [b"a", b"b"])


async def test_whoever_runs_the_server_lets_in_who_lost_phone_and_codes(board: SmallBoard) -> None:
    here = await board.sign_in("Ann", now=NOW)
    await with_an_app(board, ANN)
    with pytest.raises(SecondFactorRequired):
        await board.sign_in("Ann", now=NOW)  # the password alone is not enough
    with pytest.raises(Forbidden, match="runs the server"):
        await member_accounts.switch_second_factor_off(board.db, ada(), ANN, now=NOW)
    await member_accounts.switch_second_factor_off(board.db, BOARD_ITSELF, ANN, now=NOW)
    assert await sessions.resume(board.db, here.token, now=NOW) == GUEST
    assert (await board.sign_in("Ann", now=NOW)).viewer.id == ANN
    async with board.db.snapshot() as reader:
        assert await second_factors.recovery_codes_left(reader, ANN) == 0
        assert "second_factor_off" in [one.act for one in await audit.of_thing(reader, "member", ANN, 10)]
        letters = await reader.all("SELECT letter, member_id FROM outbox")
    assert ("second_factor_off", ANN) in letters
    with pytest.raises(Invalid, match="off for this account already"):
        await member_accounts.switch_second_factor_off(board.db, BOARD_ITSELF, ANN, now=NOW)
    with pytest.raises(NotFound):
        await member_accounts.switch_second_factor_off(board.db, BOARD_ITSELF, 777, now=NOW)


async def found(board: SmallBoard, search: str = "", show: str = "all") -> list[str]:
    async with board.db.snapshot() as reader:
        listed = await member_list.find(reader, search, show, limit=50, offset=0)
        assert await member_list.count(reader, search, show) == len(listed)
    return [one.username for one in listed]


async def test_members_are_found_by_a_part_of_their_name_or_address(board: SmallBoard) -> None:
    await board.add("Anne-Wolf")
    assert await found(board) == ["Anne-Wolf", "Ann", "Ada"]
    assert await found(board, "anne w") == ["Anne-Wolf"]
    assert await found(board, "ADA@EXAMPLE") == ["Ada"]
    for nobody in ("%", "_", "!", "' OR 1=1 --", "..."):
        assert await found(board, nobody) == [], nobody


async def test_members_are_narrowed_to_those_one_looks_after(board: SmallBoard) -> None:
    await board.add("Moira", Role.MODERATOR)
    await accounts.sign_in(
        board.db, board.passwords, "Ann", PASSWORD, remember=False, now=NOW, limits=Limits()
    )
    await member_accounts.close_account(board.db, ada(), ANN, "x", now=NOW)
    assert await found(board, show="moderator") == ["Moira"]
    assert await found(board, show="admin") == ["Ada"]
    assert await found(board, show="closed") == ["Ann"]
    assert await found(board, show="never") == ["Moira", "Ada"]
    assert await found(board, show="waiting") == []
