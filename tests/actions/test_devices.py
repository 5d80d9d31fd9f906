"""Where a member is signed in, ending it there, and a new password, on both databases."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import sessions
from server.actions.limits import Limits
from server.actions.password_change import change_password
from server.actions.reauthentication import TRIES
from server.domain.clock import now_ms
from server.domain.errors import Invalid, NotFound, SignInRequired, TooManyRequests
from server.domain.events import Kind
from server.domain.viewer import GUEST
from server.store import event_log
from server.store import sessions as rows
from tests.support.small_board import PASSWORD, SmallBoard, small_board

NEW = "nine loud lanterns"


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        await board.add("Ann")
        await board.add("Bo")
        yield board


async def ended(board: SmallBoard) -> list[int]:
    """The sessions of which the log says that they ended: by that their sockets are closed (S4)."""
    async with board.db.snapshot() as reader:
        events = await event_log.since(reader, 0, 100)
    return [one.event.object_id for one in events if one.event.kind is Kind.SESSION]


async def test_a_member_ends_one_device_and_no_other(board: SmallBoard) -> None:
    here, tablet, phone = [await board.sign_in("Ann") for _ in range(3)]
    assert tablet.viewer.session_id is not None
    await sessions.end_device(board.db, here.viewer, tablet.viewer.session_id, now=now_ms())
    assert [await board.is_signed_in(one.token) for one in (here, tablet, phone)] == [True, False, True]
    assert await ended(board) == [tablet.viewer.session_id]
    with pytest.raises(NotFound):  # a second time there is nothing to end
        await sessions.end_device(board.db, here.viewer, tablet.viewer.session_id, now=now_ms())


async def test_somebody_elses_session_is_as_absent_as_one_that_never_was(board: SmallBoard) -> None:
    ann, bo = await board.sign_in("Ann"), await board.sign_in("Bo")
    for number in (bo.viewer.session_id, 987_654):
        assert number is not None
        with pytest.raises(NotFound):
            await sessions.end_device(board.db, ann.viewer, number, now=now_ms())
        with pytest.raises(SignInRequired):
            await sessions.end_device(board.db, GUEST, number, now=now_ms())
    assert await board.is_signed_in(bo.token)
    assert await ended(board) == []


async def test_all_other_devices_are_ended_at_once(board: SmallBoard) -> None:
    here, *others = [await board.sign_in("Ann") for _ in range(4)]
    bo = await board.sign_in("Bo")
    assert await sessions.end_other_devices(board.db, here.viewer, now=now_ms()) == 3
    assert [await board.is_signed_in(one.token) for one in (here, bo)] == [True, True]
    assert not any([await board.is_signed_in(one.token) for one in others])
    assert sorted(await ended(board)) == sorted(one.viewer.session_id or 0 for one in others)
    assert await sessions.end_other_devices(board.db, here.viewer, now=now_ms()) == 0


async def test_the_list_has_what_is_valid_and_the_last_used_first(board: SmallBoard) -> None:
    early = now_ms() - 26 * 3600 * 1000
    over = await board.sign_in("Ann", now=early)
    kept = await board.sign_in("Ann", now=early, remember=True)
    here = await board.sign_in("Ann")
    member_id = here.viewer.id
    assert member_id is not None
    found = await board.db.read(lambda reader: rows.of_member(reader, member_id, now_ms()))
    assert [one.id for one in found] == [here.viewer.session_id, kept.viewer.session_id]
    assert [one.remember for one in found] == [False, True]
    assert found[1].created_at == early
    assert over.viewer.session_id not in {one.id for one in found}


async def test_a_new_password_ends_the_others_and_gives_this_one_a_new_token(board: SmallBoard) -> None:
    here, there = await board.sign_in("Ann", remember=True), await board.sign_in("Ann")
    renewed = await change_password(
        board.db, board.passwords, here.viewer, PASSWORD, NEW, now=now_ms(), limits=Limits()
    )
    assert renewed.viewer == here.viewer  # the session itself goes on, and its sockets with it
    assert renewed.remember
    assert [await board.is_signed_in(token) for token in (here.token, there.token, renewed.token)] == [
        False,
        False,
        True,
    ]
    assert await ended(board) == [there.viewer.session_id]
    with pytest.raises(Invalid):
        await board.sign_in("Ann")


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("not it at all", NEW, "current"),
        (PASSWORD, "short", "password"),
        (PASSWORD, "ann ann ann", "password"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_changes_nothing(
    board: SmallBoard, current: str, new: str, field: str
) -> None:
    here, there = await board.sign_in("Ann"), await board.sign_in("Ann")
    with pytest.raises(Invalid) as refused:
        await change_password(
            board.db, board.passwords, here.viewer, current, new, now=now_ms(), limits=Limits()
        )
    assert set(refused.value.fields) == {field}
    assert [await board.is_signed_in(one.token) for one in (here, there)] == [True, True]
    await board.sign_in("Ann")  # with the old one


async def test_who_has_a_strangers_session_cannot_try_passwords_for_ever(board: SmallBoard) -> None:
    ann, bo = await board.sign_in("Ann"), await board.sign_in("Bo")
    limits, now = Limits(), now_ms()
    for _ in range(TRIES[0]):
        with pytest.raises(Invalid):
            await change_password(board.db, board.passwords, ann.viewer, "x", NEW, now=now, limits=limits)
    with pytest.raises(TooManyRequests):
        await change_password(board.db, board.passwords, ann.viewer, PASSWORD, NEW, now=now, limits=limits)
    await change_password(board.db, board.passwords, bo.viewer, PASSWORD, NEW, now=now, limits=limits)


async def test_a_guest_has_no_password_to_change(board: SmallBoard) -> None:
    with pytest.raises(SignInRequired):
        await change_password(board.db, board.passwords, GUEST, "", NEW, now=now_ms(), limits=Limits())
