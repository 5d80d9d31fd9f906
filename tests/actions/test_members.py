"""Making members and changing what they are, on both databases."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import members
from server.actions.members import NewMember
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.events import Event, Kind
from server.domain.viewer import Audience, Role, Viewer
from server.store import audit, event_log
from server.store import members as stored
from tests.support.small_board import PASSWORD, SmallBoard, small_board

NOW = 1_800_000_000_000
BOARD_ITSELF = Viewer(None, "", Role.ADMIN)


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        yield board


async def role_of(board: SmallBoard, member_id: int) -> Role | None:
    async with board.db.snapshot() as reader:
        account = await stored.by_id(reader, member_id)
    return account.role if account else None


def viewer_of(member_id: int, role: Role) -> Viewer:
    return Viewer(member_id, "", role, session_id=1)


async def test_whoever_runs_the_server_makes_members_of_any_role(board: SmallBoard) -> None:
    mod = await board.add("Molly", Role.MODERATOR)
    assert await role_of(board, mod) is Role.MODERATOR
    async with board.db.snapshot() as reader:
        events = [entry.event for entry in await event_log.since(reader, 0, 10)]
        assert [event.object_id for event in events if event.kind is Kind.MEMBER] == [mod]
        (entry,) = await audit.latest(reader, 10)
    assert (entry.actor_id, entry.act, entry.object_id, entry.reason) == (
        None,
        "add_member",
        mod,
        "moderator",
    )


async def test_a_known_address_is_told_to_whoever_runs_the_server(board: SmallBoard) -> None:
    await board.add("Ann")
    draft = NewMember("Bo", "ANN@example.org", PASSWORD)
    with pytest.raises(Invalid) as refused:
        await members.add_member(board.db, board.passwords, draft, Role.MEMBER, now=NOW)
    assert set(refused.value.fields) == {"email"}


async def test_an_administrator_makes_a_moderator_and_everyone_is_told(board: SmallBoard) -> None:
    admin, ann = await board.add("Ada", Role.ADMIN), await board.add("Ann")
    await members.change_role(board.db, viewer_of(admin, Role.ADMIN), ann, Role.MODERATOR, now=NOW)
    assert await role_of(board, ann) is Role.MODERATOR
    async with board.db.snapshot() as reader:
        *_, changed, told = [logged.event for logged in await event_log.since(reader, 0, 10)]
        entry = (await audit.latest(reader, 1))[0]
    assert changed == Event(Kind.MEMBER, ann, Audience.PUBLIC, member_id=ann)
    assert (told.kind, told.member_id) == (Kind.NOTICE, ann)
    assert (entry.actor_id, entry.act, entry.object_id, entry.reason) == (
        admin, "change_role", ann, "member to moderator",
    )  # fmt: skip


async def test_a_role_one_has_already_changes_nothing(board: SmallBoard) -> None:
    ann = await board.add("Ann")
    await members.change_role(board.db, BOARD_ITSELF, ann, Role.MEMBER, now=NOW)
    async with board.db.snapshot() as reader:
        events = [entry.event for entry in await event_log.since(reader, 0, 10)]
        assert [event.object_id for event in events if event.kind is Kind.MEMBER] == [ann]  # that she joined


@pytest.mark.parametrize("role", [Role.MEMBER, Role.MODERATOR])
async def test_nobody_else_changes_roles(board: SmallBoard, role: Role) -> None:
    bo, ann = await board.add("Bo", role), await board.add("Ann")
    with pytest.raises(Forbidden):
        await members.change_role(board.db, viewer_of(bo, role), ann, Role.MODERATOR, now=NOW)


async def test_one_who_was_administrator_a_moment_ago_is_not_any_more(board: SmallBoard) -> None:
    bo, ann = await board.add("Bo"), await board.add("Ann")
    with pytest.raises(Forbidden):
        await members.change_role(board.db, viewer_of(bo, Role.ADMIN), ann, Role.ADMIN, now=NOW)


async def test_nobody_changes_the_own_role_nor_that_of_nobody(board: SmallBoard) -> None:
    ada, ann = await board.add("Ada", Role.ADMIN), await board.add("Ann", Role.ADMIN)
    viewer = viewer_of(ada, Role.ADMIN)
    with pytest.raises(Forbidden):
        await members.change_role(board.db, viewer, ada, Role.MEMBER, now=NOW)
    with pytest.raises(NotFound):
        await members.change_role(board.db, viewer, 99, Role.MEMBER, now=NOW)
    with pytest.raises(Invalid):
        await members.change_role(board.db, viewer, ann, Role.GUEST, now=NOW)


async def test_the_last_administrator_stays(board: SmallBoard) -> None:
    ada = await board.add("Ada", Role.ADMIN)
    with pytest.raises(Invalid):
        await members.change_role(board.db, BOARD_ITSELF, ada, Role.MEMBER, now=NOW)


async def test_two_administrators_who_depose_each_other_at_once_leave_one(board: SmallBoard) -> None:
    ada, bea = await board.add("Ada", Role.ADMIN), await board.add("Bea", Role.ADMIN)
    await asyncio.gather(
        members.change_role(board.db, viewer_of(ada, Role.ADMIN), bea, Role.MEMBER, now=NOW),
        members.change_role(board.db, viewer_of(bea, Role.ADMIN), ada, Role.MEMBER, now=NOW),
        return_exceptions=True,
    )
    assert {await role_of(board, ada), await role_of(board, bea)} == {Role.ADMIN, Role.MEMBER}
