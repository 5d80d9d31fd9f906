"""The second step of signing in, as browsers without JavaScript and as programs take it."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest_asyncio

from server.actions import second_step as step
from server.domain.clock import now_ms
from server.web import passkeys, second_step
from tests.support.authenticator import App, set_up
from tests.support.forms import submit
from tests.support.small_board import PASSWORD, PROGRAM, SmallBoard, small_board

ANN = {"login": "Ann", "password": PASSWORD}


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(sqlite_url, [*second_step.routes, *passkeys.routes]) as board:
        await board.add("Ann")
        yield board


async def app_of_ann(board: SmallBoard) -> App:
    ann = await board.sign_in("Ann")
    return await set_up(board.db, board.passwords, ann.viewer)


async def who(client: httpx.AsyncClient) -> str:
    return str((await client.get("/viewer")).json().get("username", "a guest"))


async def test_ann_gives_her_password_and_then_her_code_and_comes_back_to_where_she_was(
    board: SmallBoard,
) -> None:
    app = await app_of_ann(board)
    async with board.visitor() as ann:
        first = await ann.post("/login", data=ANN | {"remember": "1", "next": "/topics/12?page=3"})
        assert first.status_code == 303
        assert "sid=" not in first.headers["set-cookie"]
        assert await who(ann) == "a guest"
        page = await ann.get(first.headers["location"])
        assert "authenticator app" in page.text
        assert ann.cookies["step"] not in page.text
        wrong = await submit(ann, page, "/login/code", code="000000")
        assert wrong.status_code == 422
        assert 'id="code-problem"' in wrong.text
        assert "000000" not in wrong.text
        answer = await submit(ann, wrong, "/login/code", code=f" {app.code()[:3]} {app.code()[3:]}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/topics/12?page=3")
        cookies = answer.headers.get_list("set-cookie")
        assert any(one.startswith("sid=") and "Max-Age" in one for one in cookies)  # remembered
        assert any(one.startswith('step=""') for one in cookies)
        assert await who(ann) == "Ann"


async def test_the_waiting_sign_in_is_a_cookie_for_its_own_pages_only(board: SmallBoard) -> None:
    await app_of_ann(board)
    async with board.visitor() as ann:
        cookie = (await ann.post("/login", data=ANN)).headers["set-cookie"].lower()
    assert all(part in cookie for part in ("path=/login;", "httponly", "samesite=strict", "max-age=600"))
    async with (
        small_board(board.config.database_url, second_step.routes, public_url="https://f.test") as there,
        there.visitor() as ann,
    ):
        cookie = (await ann.post("/login", data=ANN)).headers["set-cookie"]
    assert cookie.startswith("__Secure-step=")
    assert "; Secure" in cookie


async def test_a_recovery_code_has_a_form_of_its_own(board: SmallBoard) -> None:
    app = await app_of_ann(board)
    async with board.visitor() as ann:
        first = await ann.post("/login", data=ANN | {"next": "/latest"})
        page = await ann.get(first.headers["location"])
        other = page.text.partition('aside-line">')[2].partition('href="')[2].partition('"')[0]
        page = await ann.get(other.replace("&amp;", "&"))
        assert "Recovery code" in page.text
        again = await submit(ann, page, "/login/code", code="aaaa-bbbb-cccc")
        assert "Recovery code" in again.text  # it stays the form that was asked for
        answer = await submit(ann, again, "/login/code", code=app.recovery_codes[0].upper())
        assert answer.headers["location"] == "/latest"
        assert await who(ann) == "Ann"


async def test_who_took_too_long_is_told_so_kindly_and_begins_again(board: SmallBoard) -> None:
    app = await app_of_ann(board)
    async with board.visitor() as ann:
        await ann.post("/login", data=ANN)
        async with board.db.begin() as writer:
            await writer.run("UPDATE links SET expires_at = :then", then=now_ms() - 1)
        for answer in (
            await ann.get("/login/code?next=/latest"),
            await ann.post(
                "/login/code", data={"code": app.code(), "next": "/latest"}, headers={"Cookie": "step=x"}
            ),
        ):
            assert answer.status_code == 401
            assert "That took a little too long" in answer.text
            assert 'name="next" value="/latest"' in answer.text
        assert "step" not in ann.cookies
        answer = await ann.get("/login/code?next=/latest")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Flatest")


async def test_a_program_is_told_what_to_send_next_and_sends_it_in_one_request(board: SmallBoard) -> None:
    app = await app_of_ann(board)
    async with board.visitor(**PROGRAM) as program:
        asked = await program.post("/login", json=ANN)
        error = asked.json()["error"]
        assert (asked.status_code, error["code"], set(error["fields"])) == (401, "second_factor", {"code"})
        assert "/login/code" in error["message"]
        wrong = await program.post("/login", json=ANN | {"code": "000000"})
        assert (wrong.status_code, set(wrong.json()["error"]["fields"])) == (422, {"code"})
        right = await program.post("/login", json=ANN | {"code": app.code()})
        assert (right.status_code, right.json()["username"]) == (200, "Ann")


async def test_a_program_may_also_take_two_steps(board: SmallBoard) -> None:
    app = await app_of_ann(board)
    async with board.visitor(**PROGRAM) as program:
        for early in (await program.post("/login/code", json={"code": app.code()}),):
            assert (early.status_code, early.json()["error"]["code"]) == (401, "sign_in")
        await program.post("/login", json=ANN)
        for code, status in (("", 422), ("000000", 422), (app.next_code(), 200)):
            assert (await program.post("/login/code", json={"code": code})).status_code == status
        assert await who(program) == "Ann"


async def test_where_it_leads_is_never_another_site(board: SmallBoard) -> None:
    app = await app_of_ann(board)
    async with board.visitor() as ann:
        first = await ann.post("/login", data=ANN | {"next": "//evil.test"})
        assert parse_qs(urlsplit(first.headers["location"]).query)["next"] == ["/"]
        answer = await ann.post("/login/code", data={"code": app.code(), "next": "https://evil.test"})
        assert answer.headers["location"] == "/"


async def test_too_many_wrong_codes_are_told_when_to_come_back(board: SmallBoard) -> None:
    await app_of_ann(board)
    async with board.visitor() as mallory:
        await mallory.post("/login", data=ANN)
        for _ in range(10):
            assert (await mallory.post("/login/code", data={"code": "000000"})).status_code == 422
        answer = await mallory.post("/login/code", data={"code": "000000"})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert "15 minutes" in answer.text
    assert step.PENDING == 600_000
