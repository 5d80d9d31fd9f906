"""Signing in and signing up, on both databases."""

import asyncio
from collections.abc import AsyncIterator

import argon2
import pytest
import pytest_asyncio

from server.actions import accounts, sessions
from server.actions.accounts import FAILURES_PER_NETWORK
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.actions.sessions import Origin, SignedIn
from server.domain.clock import HOUR, MINUTE
from server.domain.errors import Forbidden, Invalid, TooManyRequests
from server.domain.events import Event, Kind
from server.domain.viewer import Audience, Role
from server.store import audit, event_log
from tests.support.small_board import CHEAP, PASSWORD, SmallBoard, small_board

NOW = 1_800_000_000_000
HOME = Origin("203.0.113.9", "Firefox")


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        yield board


async def sign_up(board: SmallBoard, username: str, email: str = "", origin: Origin = HOME) -> SignedIn:
    draft = NewMember(
        username, email or f"{''.join(username.lower().split())}@example.org", PASSWORD, accepts_rules=True
    )
    return await accounts.sign_up(
        board.db, board.passwords, draft, now=NOW, limits=board.limits, origin=origin
    )


async def sign_in(
    board: SmallBoard, login: str, password: str = PASSWORD, now: int = NOW, origin: Origin = HOME
) -> SignedIn:
    return await accounts.sign_in(
        board.db,
        board.passwords,
        login,
        password,
        remember=False,
        now=now,
        limits=board.limits,
        origin=origin,
    )


async def events(board: SmallBoard) -> list[Event]:
    async with board.db.snapshot() as reader:
        logged = [one.event for one in await event_log.since(reader, 0, 100)]
    return [event for event in logged if event.kind is not Kind.ACCOUNT]  # a new session, for administrators


async def acts(board: SmallBoard) -> list[str]:
    async with board.db.snapshot() as reader:
        return [entry.act for entry in reversed(await audit.latest(reader, 100))]


async def test_signing_up_makes_a_member_who_is_signed_in(board: SmallBoard) -> None:
    ann = await sign_up(board, "  Ann   Smith")
    assert (ann.viewer.username, ann.viewer.role, ann.viewer.joined_at) == ("Ann Smith", Role.MEMBER, NOW)
    assert await sessions.resume(board.db, ann.token, now=NOW) == ann.viewer
    member_id = ann.viewer.id or 0
    assert await events(board) == [Event(Kind.MEMBER, member_id, Audience.PUBLIC, member_id=member_id)]
    assert await acts(board) == ["sign_up"]


async def test_a_name_is_taken_for_everybody_to_whom_it_looks_the_same(board: SmallBoard) -> None:
    await sign_up(board, "Ann Smith")
    for name in ("ann smith", "AnnSmith", "Ann.Smith", "Änn Smith"):
        with pytest.raises(Invalid) as refused:
            await sign_up(board, name, "bo@example.org")
        assert set(refused.value.fields) == {"username"}, name


async def test_a_name_that_two_people_ask_for_at_once_is_given_once(board: SmallBoard) -> None:
    outcomes = await asyncio.gather(
        *(sign_up(board, "Ann", f"ann{number}@example.org") for number in range(6)), return_exceptions=True
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, SignedIn)]) == 1
    refused = [outcome for outcome in outcomes if not isinstance(outcome, SignedIn)]
    assert all(isinstance(outcome, Invalid) and set(outcome.fields) == {"username"} for outcome in refused)


async def test_one_address_used_at_once_belongs_to_one_account(board: SmallBoard) -> None:
    names = ("Ann", "Bo", "Cleo", "Dan")
    await asyncio.gather(*(sign_up(board, name, "family@example.org") for name in names))
    async with board.db.snapshot() as reader:
        keys = await reader.all("SELECT email_key FROM members ORDER BY id")
    assert len([key for (key,) in keys if key == "family@example.org"]) == 1
    for name in names:
        assert (await sign_in(board, name)).viewer.username == name


async def test_every_problem_is_told_at_once(board: SmallBoard) -> None:
    draft = NewMember("evil.com", "nobody", "password")
    with pytest.raises(Invalid) as refused:
        await accounts.sign_up(board.db, board.passwords, draft, now=NOW, limits=board.limits)
    assert set(refused.value.fields) == {"username", "email", "password", "rules"}
    assert await events(board) == []


async def test_signing_in_ends_the_session_one_came_with(board: SmallBoard) -> None:
    before = await sign_up(board, "Ann")
    after = await sign_in(board, "Ann", origin=Origin(viewer=before.viewer))
    assert not (await sessions.resume(board.db, before.token, now=NOW)).is_member
    assert (await sessions.resume(board.db, after.token, now=NOW)).is_member
    assert (await events(board))[-1] == Event(
        Kind.SESSION, before.viewer.session_id or 0, Audience.STAFF, member_id=before.viewer.id
    )


async def test_signing_out_is_told_to_the_members_sockets_once(board: SmallBoard) -> None:
    ann = await sign_up(board, "Ann")
    for _ in range(2):
        await sessions.sign_out(board.db, ann.viewer, now=NOW)
    assert not (await sessions.resume(board.db, ann.token, now=NOW)).is_member
    ended = Event(Kind.SESSION, ann.viewer.session_id or 0, Audience.STAFF, member_id=ann.viewer.id)
    assert (await events(board))[1:] == [ended]
    assert await acts(board) == ["sign_up", "sign_out"]


async def test_a_closed_account_is_told_only_to_who_knows_its_password(board: SmallBoard) -> None:
    ann = await sign_up(board, "Ann")
    async with board.db.begin() as writer:
        await writer.run("UPDATE members SET disabled_at = :now", now=NOW)
    assert not (await sessions.resume(board.db, ann.token, now=NOW)).is_member
    with pytest.raises(Forbidden):
        await sign_in(board, "Ann")
    with pytest.raises(Invalid):
        await sign_in(board, "Ann", "wrong horse")


async def test_ten_wrong_passwords_close_the_door_from_there_for_a_while(board: SmallBoard) -> None:
    await sign_up(board, "Ann")
    for _ in range(10):
        with pytest.raises(Invalid):
            await sign_in(board, "Ann", "wrong horse")
    with pytest.raises(TooManyRequests) as refused:
        await sign_in(board, "ANN")
    assert refused.value.retry_after == 15 * 60
    assert (await sign_in(board, "Ann", origin=Origin("198.51.100.7"))).viewer.username == "Ann"
    assert (await sign_in(board, "Ann", now=NOW + 15 * MINUTE)).viewer.username == "Ann"


async def test_one_network_cannot_try_many_accounts(board: SmallBoard) -> None:
    most, _seconds = FAILURES_PER_NETWORK
    for number in range(most):
        with pytest.raises(Invalid):
            await sign_in(board, f"Ann {number}")
    with pytest.raises(TooManyRequests):
        await sign_in(board, "Bo")
    with pytest.raises(Invalid):
        await sign_in(board, "Bo", now=NOW + HOUR)


async def test_many_attempts_at_once_are_not_more_than_ten(board: SmallBoard) -> None:
    await sign_up(board, "Ann")
    outcomes = await asyncio.gather(
        *(sign_in(board, "Ann", "wrong horse") for _ in range(30)), return_exceptions=True
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, Invalid)]) == 10
    assert len([outcome for outcome in outcomes if isinstance(outcome, TooManyRequests)]) == 20


async def test_signing_in_is_never_counted_against_the_member(board: SmallBoard) -> None:
    await sign_up(board, "Ann")
    for _ in range(15):
        await sign_in(board, "Ann")


async def test_an_old_hash_is_made_anew_at_the_next_sign_in(board: SmallBoard) -> None:
    await sign_up(board, "Ann")
    stronger = Passwords(
        argon2.Parameters(argon2.Type.ID, 19, 16, 32, time_cost=2, memory_cost=16, parallelism=1)
    )
    for _ in range(2):
        await accounts.sign_in(
            board.db, stronger, "Ann", PASSWORD, remember=False, now=NOW, limits=board.limits, origin=HOME
        )
    stronger.close()
    async with board.db.snapshot() as reader:
        stored = await reader.value("SELECT password_hash FROM members")
    assert "m=16,t=2,p=1" in str(stored)
    assert Passwords(CHEAP).is_outdated(str(stored))


async def test_a_password_changed_while_it_was_checked_lets_nobody_in(board: SmallBoard) -> None:
    await sign_up(board, "Ann")

    class Slow(Passwords):
        async def matches(self, stored: str | None, password: str) -> bool:
            right = await super().matches(stored, password)
            async with board.db.begin() as writer:
                await writer.run("UPDATE members SET password_hash = 'another'")
            return right

    slow = Slow(CHEAP)
    with pytest.raises(Invalid):
        await accounts.sign_in(board.db, slow, "Ann", PASSWORD, remember=False, now=NOW, limits=Limits())
    slow.close()
