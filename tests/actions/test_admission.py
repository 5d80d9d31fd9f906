"""Who becomes a member: the policy, the queue, invitations, on both databases."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import accounts, admission, invitations, sessions
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.sessions import SignedIn
from server.actions.settings import change_joining
from server.domain.channels import MODERATION
from server.domain.clock import DAY, HOUR
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.events import Event, Kind
from server.domain.viewer import GUEST, Audience, Role, Viewer
from server.store import applicants, audit, event_log, profiles
from server.store import invitations as stored
from tests.support.small_board import PASSWORD, SmallBoard, small_board

NOW = 1_800_000_000_000
LIMITS = Limits(enabled=False)


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        await board.add("Ada", Role.ADMIN)
        yield board


def ada() -> Viewer:
    return Viewer(1, "Ada", Role.ADMIN, session_id=1)


def mod() -> Viewer:
    return Viewer(1, "Moira", Role.MODERATOR, session_id=1)


async def policy(board: SmallBoard, chosen: str, an_hour: str = "20") -> None:
    await change_joining(board.db, ada(), chosen, an_hour, now=NOW)


async def join(
    board: SmallBoard, name: str, invitation: str = "", now: int = NOW, limits: Limits = LIMITS
) -> SignedIn:
    draft = NewMember(name, f"{name.lower()}@example.org", PASSWORD, accepts_rules=True)
    return await accounts.sign_up(
        board.db, board.passwords, draft, now=now, limits=limits, invitation=invitation
    )


async def waiting(board: SmallBoard) -> list[str]:
    async with board.db.snapshot() as reader:
        return [one.username for one in await applicants.waiting(reader, 100)]


async def acts(board: SmallBoard) -> list[tuple[str, str]]:
    async with board.db.snapshot() as reader:
        return [(entry.act, entry.reason) for entry in reversed(await audit.latest(reader, 100))]


async def test_under_approval_one_waits_until_a_moderator_has_looked(board: SmallBoard) -> None:
    await policy(board, "approval")
    zoe = await join(board, "Zoe")
    assert zoe.viewer.role is Role.WAITING
    assert (await sessions.resume(board.db, zoe.token, now=NOW)).is_waiting
    assert await waiting(board) == ["Zoe"]
    await admission.approve(board.db, mod(), zoe.viewer.id or 0, now=NOW)
    assert (await sessions.resume(board.db, zoe.token, now=NOW)).role is Role.MEMBER
    assert await waiting(board) == []
    assert (await acts(board))[-1] == ("approve", "")
    with pytest.raises(NotFound, match="answered already"):
        await admission.approve(board.db, mod(), zoe.viewer.id or 0, now=NOW)


async def test_nobody_but_staff_is_told_of_who_waits(board: SmallBoard) -> None:
    await policy(board, "approval")
    zoe = (await join(board, "Zoe")).viewer.id or 0
    async with board.db.snapshot() as reader:
        of_members = [
            one.event for one in await event_log.since(reader, 0, 100) if one.event.kind is Kind.MEMBER
        ]
        assert of_members[-1] == Event(Kind.MEMBER, zoe, Audience.STAFF, member_id=zoe)
        assert await profiles.find(reader, zoe, Audience.STAFF) is None
        told = await event_log.on_channel(reader, MODERATION, 0, 100)
    assert [one.event.object_id for one in told if one.event.kind is Kind.MEMBER] == [zoe]


async def test_a_declined_one_is_signed_out_and_the_reason_is_written_down(board: SmallBoard) -> None:
    await policy(board, "approval")
    zoe = await join(board, "Zoe")
    with pytest.raises(Invalid):
        await admission.decline(board.db, mod(), zoe.viewer.id or 0, "  ", now=NOW)
    await admission.decline(board.db, mod(), zoe.viewer.id or 0, "sells lamps", now=NOW)
    assert await sessions.resume(board.db, zoe.token, now=NOW) == GUEST
    assert await waiting(board) == []
    assert ("decline", "sells lamps") in await acts(board)


async def test_only_staff_decide(board: SmallBoard) -> None:
    await policy(board, "approval")
    zoe = await join(board, "Zoe")
    for somebody in (GUEST, zoe.viewer, Viewer(1, "Ann", Role.MEMBER)):
        with pytest.raises(Forbidden):
            await admission.approve(board.db, somebody, zoe.viewer.id or 0, now=NOW)
        with pytest.raises(Forbidden):
            await admission.decline(board.db, somebody, zoe.viewer.id or 0, "no", now=NOW)


async def test_a_burst_meets_a_queue_under_the_open_policy(board: SmallBoard) -> None:
    await policy(board, "open", "3")
    limits = Limits()
    for name in ("Ann", "Bo", "Cleo"):
        assert (await join(board, name, limits=limits)).viewer.role is Role.MEMBER
    assert (await join(board, "Dan", limits=limits)).viewer.role is Role.WAITING
    assert (await join(board, "Eve", now=NOW + HOUR, limits=limits)).viewer.role is Role.MEMBER
    for name in ("Fay", "Gus", "Hal", "Ida"):  # a load test, without limits
        assert (await join(board, name, now=NOW + HOUR)).viewer.role is Role.MEMBER


async def test_a_closed_board_takes_nobody_not_even_by_invitation(board: SmallBoard) -> None:
    token = await invitations.invite(board.db, ada(), "", "1", "1", now=NOW)
    await policy(board, "closed")
    for invitation in ("", token):
        with pytest.raises(Forbidden, match="at the moment"):
            await join(board, "Zoe", invitation)


async def test_an_invitation_opens_the_door_as_often_as_it_says(board: SmallBoard) -> None:
    await policy(board, "invitation")
    token = await invitations.invite(board.db, ada(), " for the clinic ", "2", "7", now=NOW)
    with pytest.raises(Forbidden, match="by invitation"):
        await join(board, "Zoe")
    for name in ("Ann", "Bo"):
        assert (await join(board, name, token)).viewer.role is Role.MEMBER
    with pytest.raises(Forbidden, match="can't be used"):
        await join(board, "Cleo", token)
    async with board.db.snapshot() as reader:
        (made,) = await stored.newest(reader, 10)
    assert (made.note, made.made_by, made.used, made.places) == ("for the clinic", "Ada", 2, 2)
    assert [name for _, name in made.members] == ["Ann", "Bo"]


async def test_the_last_place_is_taken_once_by_many_at_once(board: SmallBoard) -> None:
    await policy(board, "invitation")
    token = await invitations.invite(board.db, ada(), "", "1", "7", now=NOW)
    names = ("Ann", "Bo", "Cleo", "Dan")
    found = await asyncio.gather(*(join(board, name, token) for name in names), return_exceptions=True)
    assert len([one for one in found if isinstance(one, SignedIn)]) == 1
    assert len([one for one in found if isinstance(one, Forbidden)]) == 3


async def test_an_invitation_is_over_when_its_days_are_or_somebody_ends_it(board: SmallBoard) -> None:
    await policy(board, "invitation")
    short = await invitations.invite(board.db, ada(), "", "5", "1", now=NOW)
    ended = await invitations.invite(board.db, ada(), "", "5", "7", now=NOW)
    await invitations.end_invitation(board.db, ada(), 2, now=NOW)
    for token, at in ((short, NOW + DAY), (ended, NOW), ("never made", NOW)):
        with pytest.raises(Forbidden, match="can't be used"):
            await join(board, "Zoe", token, now=at)
    with pytest.raises(NotFound):
        await invitations.end_invitation(board.db, ada(), 77, now=NOW)


async def test_somebody_invited_need_not_wait(board: SmallBoard) -> None:
    await policy(board, "approval")
    token = await invitations.invite(board.db, ada(), "", "1", "7", now=NOW)
    assert (await join(board, "Ann", token)).viewer.role is Role.MEMBER


async def test_a_name_that_is_refused_takes_no_place(board: SmallBoard) -> None:
    await policy(board, "invitation")
    token = await invitations.invite(board.db, ada(), "", "1", "7", now=NOW)
    with pytest.raises(Invalid):
        await join(board, "Ada", token)
    assert (await join(board, "Ann", token)).viewer.role is Role.MEMBER


async def test_the_database_keeps_the_tokens_hash_only(board: SmallBoard) -> None:
    token = await invitations.invite(board.db, ada(), "", "1", "7", now=NOW)
    async with board.db.snapshot() as reader:
        rows = await reader.all("SELECT * FROM invitations")
    assert token.encode() not in str(rows).encode()
    assert sessions.token_hash(token) in rows[0]


@pytest.mark.parametrize(
    ("places", "days"), [("0", "7"), ("501", "7"), ("x", "7"), ("1", "0"), ("1", "366"), ("", "")]
)
async def test_numbers_that_make_no_sense_are_told(board: SmallBoard, places: str, days: str) -> None:
    with pytest.raises(Invalid):
        await invitations.invite(board.db, ada(), "", places, days, now=NOW)
    for somebody in (GUEST, mod()):
        with pytest.raises(Forbidden):
            await invitations.invite(board.db, somebody, "", "1", "1", now=NOW)


async def test_only_an_administrator_sets_who_may_join(board: SmallBoard) -> None:
    with pytest.raises(Forbidden):
        await change_joining(board.db, mod(), "closed", "20", now=NOW)
    for chosen, an_hour in (("everybody", "20"), ("open", "0"), ("open", "²"), ("open", "-1")):
        with pytest.raises(Invalid):
            await change_joining(board.db, ada(), chosen, an_hour, now=NOW)
    assert (await join(board, "Ann")).viewer.role is Role.MEMBER
