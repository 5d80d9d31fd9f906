"""S8, S2, S1 and S7 where a second factor is on (ASVS 6.3.3, 6.5.1-6.5.5, 6.6.3, 7.2.4).

Each starts from what mallory has: a dump, the password, a session of his own, a guess.
"""

import re
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from server.web import passkeys, second_step, settings
from tests.support.authenticator import App, set_up
from tests.support.small_board import PASSWORD, SmallBoard, small_board

ANN = {"login": "Ann", "password": PASSWORD}


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(sqlite_url, [*second_step.routes, *passkeys.routes, *settings.routes]) as board:
        await board.add("Ann")
        await board.add("Mallory")
        yield board


async def app_of_ann(board: SmallBoard) -> App:
    return await set_up(board.db, board.passwords, (await board.sign_in("Ann")).viewer)


def told(answer: httpx.Response, *typed: str) -> tuple[int, list[tuple[str, str]], str]:
    """An answer without what was typed and what depends on its length."""
    text = answer.text
    for value in typed:
        text = text.replace(value, "…")
    headers = [(name, value) for name, value in answer.headers.items() if name != "content-length"]
    return answer.status_code, sorted(headers), text


async def test_whether_a_second_factor_is_on_is_told_after_the_right_password_only(board: SmallBoard) -> None:
    """S7: with it, without it, and for nobody at all a wrong password has one answer."""
    await app_of_ann(board)
    for accept in ("text/html", "application/json"):
        for code in ({}, {"code": "123456"}, {"code": "aaaa-bbbb-cccc"}):
            answers = []
            for login in ("Ann", "Mallory", "Nobody"):
                async with board.visitor(Accept=accept) as client:
                    given = {"login": login, "password": "wrong horse"} | code
                    answers.append(told(await client.post("/login", data=given), login))
            assert answers[0][0] == 422
            assert answers[0] == answers[1] == answers[2]


async def test_an_unknown_name_costs_as_many_hashes_as_one_with_a_second_factor(board: SmallBoard) -> None:
    """S7: the time. A code, even one that would have to be hashed, is looked at after the password."""
    await app_of_ann(board)
    hashed: list[str] = []
    run = board.passwords._run

    async def counting(work):  # type: ignore[no-untyped-def]  # whatever it is that is hashed
        hashed.append("one")
        return await run(work)

    board.passwords._run = counting  # type: ignore[method-assign]  # counted, and run as ever
    costs = []
    for login in ("Ann", "Nobody"):
        async with board.visitor() as client:
            form = {"login": login, "password": "wrong horse", "code": "aaaa-bbbb-cccc"}
            await client.post("/login", data=form)
        costs.append(len(hashed))
        hashed.clear()
    assert costs == [1, 1]


async def test_what_a_dump_holds_signs_nobody_in(board: SmallBoard) -> None:
    """S1: neither a waiting sign-in's digest, nor a recovery code's; the app's secret wants the password."""
    app = await app_of_ann(board)
    async with board.visitor() as ann:
        await ann.post("/login", data=ANN)
        token = ann.cookies["step"]
    async with board.db.snapshot() as reader:
        dump = [
            str(row)
            for table in ("links", "recovery_codes", "second_factors", "passkeys")
            for row in await reader.all(f"SELECT * FROM {table}")  # one of four names
        ]
        hashes = [bytes(row[0]) for row in await reader.all("SELECT token_hash FROM links")]
    assert len(dump) == 12
    assert not any(secret in " ".join(dump) for secret in (token, *app.recovery_codes))
    async with board.visitor() as mallory:
        for stolen in (hashes[0].hex(), hashes[0].decode("latin-1").encode("unicode_escape").decode()):
            mallory.cookies.set("step", re.sub(r"[^\w]", "", stolen), domain="127.0.0.1", path="/login")
            answer = await mallory.post("/login/code", data={"code": app.next_code()})
            assert answer.status_code == 401


async def test_half_a_sign_in_is_no_session(board: SmallBoard) -> None:
    await app_of_ann(board)
    async with board.visitor() as mallory:
        await mallory.post("/login", data=ANN)
        step = mallory.cookies["step"]
        for cookie in (f"sid={step}", f"step={step}"):
            for path in ("/settings", "/settings/two-step"):
                answer = await mallory.get(path, headers={"Cookie": cookie})
                assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login")


async def test_the_session_one_came_with_dies_and_the_new_one_has_a_token_of_its_own(
    board: SmallBoard,
) -> None:
    """S2: mallory leaves his session, or his half of a sign-in, in ann's browser."""
    app = await app_of_ann(board)
    async with board.member("Mallory") as browser:
        planted = browser.cookies["sid"]
        await browser.post("/login", data=ANN)
        assert await board.is_signed_in(planted)  # the premise: half a sign-in changes nothing
        step = browser.cookies["step"]
        answer = await browser.post("/login/code", data={"code": app.next_code()})
        assert answer.status_code == 303
        assert browser.cookies["sid"] not in (planted, step)
        assert (await browser.get("/viewer")).json()["username"] == "Ann"
    assert not await board.is_signed_in(planted)


async def test_anns_code_does_not_finish_mallorys_sign_in(board: SmallBoard) -> None:
    """S2: a waiting sign-in that was planted takes its owner's codes only."""
    app = await app_of_ann(board)
    mallory = await set_up(board.db, board.passwords, (await board.sign_in("Mallory")).viewer)
    assert mallory.secret != app.secret
    async with board.visitor() as browser:
        await browser.post("/login", data=ANN | {"login": "Mallory"})
        for code in (app.next_code(), app.recovery_codes[0]):
            assert (await browser.post("/login/code", data={"code": code})).status_code == 422
        assert (await browser.get("/viewer")).json() == {"role": "guest"}


async def test_the_password_alone_makes_no_recovery_codes_and_switches_nothing_off(board: SmallBoard) -> None:
    """Or a stolen session with the password would be all three factors."""
    app = await app_of_ann(board)
    async with board.visitor() as ann:
        await ann.post("/login", data=ANN | {"code": app.next_code()})
        for act in ("codes", "off", "start"):
            answer = await ann.post(f"/settings/two-step/{act}", data={"current": PASSWORD})
            assert answer.status_code == 422, act
        answer = await ann.post("/settings/passkeys/options", data={"current": "wrong horse"})
        assert answer.status_code == 422


async def test_no_code_secret_or_challenge_is_in_the_audit(board: SmallBoard) -> None:
    """S41: every step is written down, by its name."""
    app = await app_of_ann(board)
    async with board.visitor() as ann:
        await ann.post("/login", data=ANN)
        await ann.post("/login/code", data={"code": "000000"})
        await ann.post("/login/code", data={"code": app.recovery_codes[0]})
        both = {"current": PASSWORD, "code": app.recovery_codes[1]}
        await ann.post("/settings/two-step/codes", data=both)
        await ann.post("/login/passkey", data={"credential": "{}"})
    async with board.db.snapshot() as reader:
        rows = await reader.all("SELECT act, actor_id, object_id, reason FROM audit ORDER BY id")
    assert [row[0] for row in rows][3:] == [
        "two_step_on",
        "second_factor_failed",
        "recovery_code_used",
        "sign_in",
        "recovery_code_used",
        "recovery_codes_made",
        "sign_in_failed",
    ]
    assert [row[1] for row in rows if row[0] == "second_factor_failed"] == [None]
    dump = str(rows)
    assert not any(secret in dump for secret in (app.secret, PASSWORD, "000000", *app.recovery_codes))
