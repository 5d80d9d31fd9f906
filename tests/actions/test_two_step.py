"""Two-step sign-in and the sign-ins that it asks for more, on both databases."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import accounts, housekeeping, second_step, sessions, two_step
from server.actions.password_change import change_password
from server.actions.second_factors import TRIES_FROM_NETWORK, TRIES_OF_APP
from server.actions.second_step import PENDING
from server.actions.sessions import Origin, SignedIn
from server.actions.two_step import SETTING_UP, TRIES, Both
from server.domain.clock import MINUTE
from server.domain.errors import Forbidden, Invalid, SecondFactorRequired, SignInRequired, TooManyRequests
from server.store import audit, second_factors
from tests.support.authenticator import NO_LIMITS, STEP, App, set_up
from tests.support.small_board import PASSWORD, SmallBoard, small_board

NOW = 1_800_000_000_000
HOME, AWAY = Origin("203.0.113.9", "Firefox"), Origin("198.51.100.7", "curl")


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url) as board:
        await board.add("Ann")
        yield board


async def sign_in(
    board: SmallBoard, code: str = "", *, now: int = NOW, origin: Origin = HOME, password: str = PASSWORD
) -> SignedIn:
    return await accounts.sign_in(
        board.db, board.passwords, "Ann", password, code,
        remember=False, now=now, limits=board.limits, origin=origin,
    )  # fmt: skip


async def first_step(board: SmallBoard, now: int = NOW) -> str:
    with pytest.raises(SecondFactorRequired) as waits:
        await sign_in(board, now=now)
    return waits.value.token


async def finish(
    board: SmallBoard, token: str, code: str, now: int = NOW, origin: Origin = HOME, *, remember: bool = False
) -> SignedIn:
    return await second_step.finish(
        board.db, board.passwords, token, code,
        remember=remember, now=now, limits=board.limits, origin=origin,
    )  # fmt: skip


async def lines(board: SmallBoard) -> list[tuple[str, str]]:
    async with board.db.snapshot() as reader:
        return [(entry.act, entry.reason) for entry in reversed(await audit.latest(reader, 100))]


async def refused(outcome: object) -> set[str]:
    """The fields that are wrong."""
    with pytest.raises(Invalid) as error:
        await outcome  # type: ignore[misc]  # any awaitable that is expected to fail
    return set(error.value.fields)


async def with_app(board: SmallBoard) -> tuple[SignedIn, App]:
    ann = await sign_in(board)
    return ann, await set_up(board.db, board.passwords, ann.viewer, NOW)


async def test_an_app_counts_when_its_first_code_was_right(board: SmallBoard) -> None:
    ann = await sign_in(board)
    there = await sign_in(board, origin=AWAY)
    secret = await two_step.start_setup(
        board.db, board.passwords, ann.viewer, PASSWORD, now=NOW, limits=board.limits
    )
    await sign_in(board)  # as before: nobody locks himself out by a picture that he did not scan
    app = App(secret)
    switched = await two_step.switch_on(
        board.db, board.passwords, ann.viewer, app.code(NOW), now=NOW, limits=board.limits
    )
    assert len(switched.codes) == 10
    for token in (ann.token, there.token):
        assert not (await sessions.resume(board.db, token, now=NOW)).is_member
    here = await sessions.resume(board.db, switched.signed_in.token, now=NOW)
    assert here == ann.viewer
    await first_step(board)
    assert "two_step_on" in [act for act, _ in await lines(board)]


async def test_setting_up_asks_for_the_password_and_is_over_after_an_hour(board: SmallBoard) -> None:
    ann = (await sign_in(board)).viewer

    async def start(password: str, now: int = NOW) -> str:
        return await two_step.start_setup(
            board.db, board.passwords, ann, password, now=now, limits=board.limits
        )

    async def switch_on(code: str, now: int = NOW) -> object:
        return await two_step.switch_on(board.db, board.passwords, ann, code, now=now, limits=board.limits)

    assert await refused(start("seven loud lanterns")) == {"current"}
    assert await refused(switch_on("123456")) == {"code"}
    app = App(await start(PASSWORD))
    late = NOW + SETTING_UP
    assert await refused(switch_on(app.code(late), late)) == {"code"}
    for _ in range(TRIES[0]):
        assert await refused(switch_on("x23456")) == {"code"}
    with pytest.raises(TooManyRequests):
        await switch_on(app.code(NOW))
    another = App(await start(PASSWORD, late))
    assert another.secret != app.secret
    await switch_on(another.code(late), late)
    assert await refused(start(PASSWORD)) == {"code"}  # it is on
    assert await refused(switch_on(another.code(late + STEP), late)) == {"code"}


async def test_a_code_is_asked_for_after_the_right_password_only(board: SmallBoard) -> None:
    _, app = await with_app(board)
    assert await refused(sign_in(board, password="wrong horse")) == {"password"}
    assert await refused(sign_in(board, app.code(NOW), password="wrong horse")) == {"password"}
    token = await first_step(board)
    assert not (await sessions.resume(board.db, token, now=NOW)).is_member  # it opens the second step only
    signed_in = await finish(board, token, app.code(NOW), remember=True)
    assert (signed_in.viewer.username, signed_in.remember) == ("Ann", True)
    assert (await lines(board))[-1] == ("sign_in", "code")


async def test_a_program_sends_the_code_along(board: SmallBoard) -> None:
    _, app = await with_app(board)
    assert await refused(sign_in(board, "000000")) == {"code"}
    assert (await sign_in(board, app.code(NOW))).viewer.username == "Ann"
    assert [act for act, _ in (await lines(board))[-2:]] == ["second_factor_failed", "sign_in"]


async def test_no_code_is_taken_twice_not_even_at_once(board: SmallBoard) -> None:
    _, app = await with_app(board)
    code = app.code(NOW)
    outcomes = await asyncio.gather(*(sign_in(board, code) for _ in range(5)), return_exceptions=True)
    assert len([one for one in outcomes if isinstance(one, SignedIn)]) == 1
    assert len([one for one in outcomes if isinstance(one, Invalid)]) == 4
    assert (await sign_in(board, app.code(NOW + STEP))).viewer.username == "Ann"


async def test_a_recovery_code_opens_once_and_is_counted_down(board: SmallBoard) -> None:
    _, app = await with_app(board)
    code = app.recovery_codes[3]
    outcomes = await asyncio.gather(
        *(sign_in(board, typed) for typed in (code, code.upper(), code.replace("-", " "))),
        return_exceptions=True,
    )
    assert len([one for one in outcomes if isinstance(one, SignedIn)]) == 1
    found = await lines(board)
    assert [one for one in found if one[0] == "recovery_code_used"] == [("recovery_code_used", "9 are left")]
    assert ("sign_in", "recovery code") in found
    async with board.db.snapshot() as reader:
        assert await second_factors.recovery_codes_left(reader, 1) == 9


async def test_the_second_step_is_over_after_ten_minutes_and_after_it_was_taken(board: SmallBoard) -> None:
    _, app = await with_app(board)
    token = await first_step(board)
    late = NOW + PENDING
    for code, now in ((app.code(late), late), ("", late)):
        with pytest.raises(SignInRequired):
            await finish(board, token, code, now)
    assert await refused(finish(board, token, "")) == {"code"}
    assert await refused(finish(board, token, "123 45")) == {"code"}
    await finish(board, token, app.code(NOW))
    for again in (token, "", "x" * 300):
        with pytest.raises(SignInRequired):
            await finish(board, again, app.code(NOW + STEP))
    async with board.db.snapshot() as reader:
        assert await reader.value("SELECT COUNT(*) FROM links") == 0


async def test_the_second_step_ends_with_the_sessions_when_the_password_changes(board: SmallBoard) -> None:
    ann, app = await with_app(board)
    ann = await sign_in(board, app.code(NOW))
    token = await first_step(board)
    await change_password(
        board.db, board.passwords, ann.viewer, PASSWORD, "nine loud lanterns", now=NOW, limits=board.limits
    )
    with pytest.raises(SignInRequired):
        await finish(board, token, app.code(NOW + STEP))


async def test_a_closed_account_is_not_entered_by_the_second_step(board: SmallBoard) -> None:
    _, app = await with_app(board)
    token = await first_step(board)
    async with board.db.begin() as writer:
        await writer.run("UPDATE members SET disabled_at = :now", now=NOW)
    with pytest.raises(Forbidden):
        await finish(board, token, app.code(NOW))


async def test_a_sign_in_that_waited_while_it_was_switched_off_begins_anew(board: SmallBoard) -> None:
    _, app = await with_app(board)
    ann = await sign_in(board, app.code(NOW))
    token = await first_step(board)
    await two_step.switch_off(
        board.db, board.passwords, ann.viewer, app.both(NOW + STEP), now=NOW, limits=board.limits
    )
    with pytest.raises(SignInRequired):
        await finish(board, token, app.recovery_codes[0])
    await sign_in(board)


async def test_guessing_is_stopped_and_the_owner_still_gets_in(board: SmallBoard) -> None:
    _, app = await with_app(board)
    most, seconds = TRIES_FROM_NETWORK
    for _ in range(most):
        assert await refused(sign_in(board, "000000", origin=AWAY)) == {"code"}
    with pytest.raises(TooManyRequests) as stopped:
        await sign_in(board, app.code(NOW), origin=AWAY)
    assert stopped.value.retry_after == seconds
    assert (await sign_in(board, app.code(NOW))).viewer.username == "Ann"
    later = NOW + 15 * MINUTE
    await sign_in(board, app.code(later), now=later, origin=AWAY)


async def test_guessing_from_everywhere_leaves_the_owner_his_recovery_codes(board: SmallBoard) -> None:
    _, app = await with_app(board)
    most, seconds = TRIES_OF_APP
    for number in range(most):
        assert await refused(sign_in(board, "000000", origin=Origin(f"192.0.2.{number}"))) == {"code"}
    with pytest.raises(TooManyRequests):
        await sign_in(board, app.code(NOW))
    assert (await sign_in(board, app.recovery_codes[0])).viewer.username == "Ann"
    later = NOW + seconds * 1000
    assert (await sign_in(board, app.code(later), now=later)).viewer.username == "Ann"


async def test_right_codes_are_never_counted_against_the_member(board: SmallBoard) -> None:
    _, app = await with_app(board)
    for number in range(15):
        at = NOW + number * STEP
        await sign_in(board, app.code(at), now=at)


async def test_new_recovery_codes_and_switching_off_take_the_password_and_a_code(board: SmallBoard) -> None:
    _, app = await with_app(board)
    ann = (await sign_in(board, app.code(NOW))).viewer
    for change in (two_step.renew_recovery_codes, two_step.switch_off):
        for given, wrong in (
            (Both("wrong horse", app.recovery_codes[0]), {"current"}),
            (Both(PASSWORD, ""), {"code"}),
            (Both(PASSWORD, "000000"), {"code"}),
        ):
            assert (
                await refused(change(board.db, board.passwords, ann, given, now=NOW, limits=NO_LIMITS))
                == wrong
            )
    codes = await two_step.renew_recovery_codes(
        board.db, board.passwords, ann, app.both(NOW + STEP), now=NOW, limits=board.limits
    )
    assert await refused(sign_in(board, app.recovery_codes[0])) == {"code"}
    await two_step.switch_off(
        board.db, board.passwords, ann, Both(PASSWORD, codes[0]), now=NOW, limits=board.limits
    )
    await sign_in(board)
    assert await refused(
        two_step.switch_off(
            board.db, board.passwords, ann, Both(PASSWORD, codes[1]), now=NOW, limits=NO_LIMITS
        )
    ) == {"code"}
    acts = [act for act, _ in await lines(board)]
    assert [act for act in acts if act in ("two_step_on", "recovery_codes_made", "two_step_off")] == [
        "two_step_on",
        "recovery_codes_made",
        "two_step_off",
    ]
    async with board.db.snapshot() as reader:
        assert await reader.value("SELECT COUNT(*) FROM recovery_codes") == 0


async def test_what_is_over_is_forgotten_by_and_by(board: SmallBoard) -> None:
    await with_app(board)
    await first_step(board)
    for now, left in ((NOW + PENDING - 1, 1), (NOW + PENDING, 0)):
        await housekeeping.tidy(board.db, now=now)
        async with board.db.snapshot() as reader:
            assert await reader.value("SELECT COUNT(*) FROM links") == left
