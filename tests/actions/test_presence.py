"""Choosing to be seen or not, and leases, on both databases."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions.presence import choose_presence, end_lease, renew_lease
from server.domain.errors import Invalid, NotFound, SignInRequired
from server.domain.events import Event, Kind
from server.domain.presence import Showing
from server.domain.viewer import GUEST, Audience, Role, Viewer
from server.store import event_log, presence
from tests.support.small_board import SmallBoard, small_board


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        yield board


async def names(board: SmallBoard, *ids: int) -> dict[int, str]:
    async with board.db.snapshot() as reader:
        return await presence.names(reader, ids)


async def test_who_becomes_invisible_has_no_name_and_open_sockets_are_told(board: SmallBoard) -> None:
    ann, bo = await board.add("Ann"), await board.add("Bo")
    assert await names(board, ann, bo, 99) == {ann: "Ann", bo: "Bo"}
    viewer = Viewer(ann, "Ann", Role.MEMBER)
    for choice, shown in (("invisible", {bo: "Bo"}), ("shown", {ann: "Ann", bo: "Bo"})):
        assert await choose_presence(board.db, viewer, choice) is Showing(choice)
        assert await names(board, ann, bo) == shown
        async with board.db.snapshot() as reader:
            last = (await event_log.since(reader, 0, 10))[-1].event
        assert last == Event(Kind.MEMBER, ann, Audience.PUBLIC, member_id=ann)


async def test_the_same_choice_again_is_no_news(board: SmallBoard) -> None:
    ann = await board.add("Ann")
    await choose_presence(board.db, Viewer(ann, "Ann", Role.MEMBER), "shown")
    async with board.db.snapshot() as reader:
        events = [entry.event.kind for entry in await event_log.since(reader, 0, 10)]
        assert events.count(Kind.MEMBER) == 1  # that she joined


async def test_guests_and_nonsense_are_refused(board: SmallBoard) -> None:
    ann = await board.add("Ann")
    with pytest.raises(SignInRequired):
        await choose_presence(board.db, GUEST, "invisible")
    with pytest.raises(NotFound):
        await choose_presence(board.db, Viewer(99, "Nobody", Role.MEMBER), "invisible")
    with pytest.raises(Invalid) as refused:
        await choose_presence(board.db, Viewer(ann, "Ann", Role.MEMBER), "everywhere")
    assert set(refused.value.fields) == {"presence"}


async def test_a_disabled_account_is_not_there(board: SmallBoard) -> None:
    ann = await board.add("Ann")
    async with board.db.begin() as writer:
        await writer.run("UPDATE members SET disabled_at = 1")
    assert await names(board, ann) == {}


async def test_leases_are_read_by_others_until_they_are_over(board: SmallBoard) -> None:
    async def read(but: str) -> dict[str, str]:
        async with board.db.snapshot() as reader:
            return await presence.leases(reader, but)

    for content in ("one", "another"):
        await renew_lease(board.db, "a", content, 60)
        await renew_lease(board.db, "b", "mine", 60)
        assert await read("b") == {"a": content}
    await renew_lease(board.db, "a", "late", -1)
    assert await read("b") == {}
    await renew_lease(board.db, "b", "mine", 60)  # sweeps up
    async with board.db.snapshot() as reader:
        assert await reader.all("SELECT process FROM presence_leases") == [("b",)]
    assert await read("a") == {"b": "mine"}
    await end_lease(board.db, "b")
    assert await read("a") == {}
