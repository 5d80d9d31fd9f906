"""Another name: who may take which, how often, what stays the owner's, and what it does not touch."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import accounts, departures, renaming, sessions
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, NotFound, SignInRequired
from server.domain.leaving import Departure, Leaving
from server.domain.viewer import GUEST, Role, Viewer
from server.store import audit, former_names, integrity, leavers, members, outbox
from tests.support.crawl import in_tables
from tests.support.small_board import PASSWORD, SmallBoard, small_board

NOW = now_ms()
ADA, ANN, BO = 1, 2, 3


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        await board.add("Ada", Role.ADMIN)
        await board.add("Ann")
        await board.add("Bo")
        yield board


def ada() -> Viewer:
    return Viewer(ADA, "Ada", Role.ADMIN)


async def change(
    board: SmallBoard, name: str, *, who: int = ANN, now: int = NOW, current: str = PASSWORD
) -> None:
    viewer = Viewer(who, "", Role.MEMBER)
    await renaming.change_name(
        board.db, board.passwords, viewer, name, current, now=now, limits=Limits(enabled=False)
    )


async def names(board: SmallBoard) -> dict[int, str]:
    async with board.db.snapshot() as reader:
        return dict(await reader.all("SELECT id, username FROM members"))


async def test_ann_is_called_otherwise_and_stays_signed_in_everywhere(board: SmallBoard) -> None:
    here = await board.sign_in("Ann", now=NOW)
    await change(board, "  Annika   Blau ")
    assert (await names(board))[ANN] == "Annika Blau"
    viewer = await sessions.resume(board.db, here.token, now=NOW)
    assert (viewer.id, viewer.username) == (ANN, "Annika Blau")
    for login in ("Annika Blau", "ann", "ann@example.org"):  # her old name signs her in too
        assert (await board.sign_in(login, now=NOW)).viewer.id == ANN
    async with board.db.snapshot() as reader:
        letters = await outbox.any_due(reader, NOW + 1)
        history = await audit.of_thing(reader, "member", ANN, 20)
        assert await former_names.today(reader, "ANN") == "Annika Blau"
        assert [one.name for one in await former_names.of_member(reader, ANN)] == ["Ann"]
        assert await integrity.findings(reader) == []
    assert letters
    assert "name_changed" in [one.act for one in history]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Ann", "already"),
        ("B0", "taken"),  # looks like Bo
        ("Admin", "kept for the forum"),
        ("evil.com", "web or mail address"),
        ("x", "2 to 30"),
        (PASSWORD, "password"),
    ],
)
async def test_a_name_keeps_to_the_rules_of_names(board: SmallBoard, name: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        await change(board, name)
    assert says in refused.value.fields["username"]
    assert (await names(board))[ANN] == "Ann"


async def test_the_password_is_asked_for(board: SmallBoard) -> None:
    with pytest.raises(Invalid) as refused:
        await change(board, "Annika", current="wrong horse battery")
    assert refused.value.fields.keys() == {"current"}


async def test_who_waits_and_guests_change_nothing(board: SmallBoard) -> None:
    for viewer in (GUEST, Viewer(ANN, "Ann", Role.WAITING)):
        with pytest.raises((Forbidden, SignInRequired)):
            await renaming.change_name(
                board.db, board.passwords, viewer, "Annika", PASSWORD, now=NOW, limits=Limits()
            )


async def test_it_changes_once_in_thirty_days_but_administrators_need_not_wait(board: SmallBoard) -> None:
    await change(board, "Annika")
    with pytest.raises(Invalid, match="30 days"):
        await change(board, "Annabel", now=NOW + renaming.APART - 1)
    await renaming.rename_member(board.db, ada(), ANN, "Annabel", now=NOW + 1)
    await renaming.rename_member(board.db, ada(), ANN, "Anneli", now=NOW + 2)
    await change(board, "Annika", now=NOW + renaming.APART)  # back to one that was hers
    async with board.db.snapshot() as reader:
        former = {one.name for one in await former_names.of_member(reader, ANN)}
    assert former == {"Ann", "Annabel", "Anneli"}


async def test_a_former_name_is_nobody_elses(board: SmallBoard) -> None:
    await change(board, "Annika")
    for taken in ("Ann", "ANN", "A-n-n", "Annika"):
        with pytest.raises(Invalid) as refused:
            await change(board, taken, who=BO)
        assert "was somebody's" in refused.value.fields["username"]
        draft = NewMember(taken, "zoe@example.org", PASSWORD, accepts_rules=True)
        with pytest.raises(Invalid) as refused:
            await accounts.sign_up(board.db, board.passwords, draft, now=NOW, limits=Limits(enabled=False))
        assert "taken" in refused.value.fields["username"]


async def test_only_administrators_rename_others_and_never_themselves(board: SmallBoard) -> None:
    for viewer in (GUEST, Viewer(BO, "Bo", Role.MEMBER), Viewer(BO, "Bo", Role.MODERATOR)):
        with pytest.raises(Forbidden):
            await renaming.rename_member(board.db, viewer, ANN, "Annika", now=NOW)
    with pytest.raises(Forbidden, match="your own"):
        await renaming.rename_member(board.db, ada(), ADA, "Adele", now=NOW)
    with pytest.raises(NotFound):
        await renaming.rename_member(board.db, ada(), 777, "Adele", now=NOW)
    assert set((await names(board)).values()) == {"Ada", "Ann", "Bo"}


async def test_two_who_want_one_name_at_once_do_not_both_get_it(board: SmallBoard) -> None:
    done = await asyncio.gather(change(board, "Luna"), change(board, "Lun a", who=BO), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Invalid", "NoneType"]


async def test_who_leaves_leaves_no_former_name_behind(board: SmallBoard) -> None:
    """(R15)"""
    await renaming.rename_member(board.db, ada(), ANN, "Perpetua", now=NOW)
    await change(board, "Philippa")
    async with board.db.begin() as writer:
        await leavers.plan(writer, Departure(ANN, Leaving.ANONYMISE, NOW - 1))
    assert await in_tables(board.db, "Perpetua") > set()  # the premise
    while await departures.depart_next(board.db, now=NOW):
        pass
    for gone in ("Perpetua", "perpetua", "Philippa"):
        assert await in_tables(board.db, gone) == set()
    async with board.db.snapshot() as reader:
        assert await members.owner_of_name(reader, "Ann") is None
    with pytest.raises(NotFound):
        await renaming.rename_member(board.db, ada(), ANN, "Nobody Else", now=NOW)
    await change(board, "Perpetua", who=BO)  # it is free again
