"""The account pages: what a form answers, what a program gets."""

from collections.abc import AsyncIterator

import pytest_asyncio

from server.actions.setup import setup_link
from server.domain.clock import now_ms
from server.domain.viewer import Role
from tests.support.sign_ups import opened
from tests.support.small_board import PASSWORD, PROGRAM, SmallBoard, small_board

ANN = {"username": "Ann", "email": "ann@example.org", "password": PASSWORD, "rules": "on"}


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(sqlite_url) as board:
        yield board


async def test_ann_signs_up_and_comes_back_to_where_she_was(board: SmallBoard) -> None:
    async with board.visitor() as ann:
        answer = await ann.post("/signup", data=ANN | {"next": "/topics/12?page=3"} | await opened(board.db))
        assert (answer.status_code, answer.headers["location"]) == (303, "/topics/12?page=3")
        assert (await ann.get("/viewer")).json() == {
            "id": 1,
            "username": "Ann",
            "role": "member",
            "unread": 0,
        }


async def test_a_sign_up_form_comes_back_filled_with_a_sentence_beside_each_field(board: SmallBoard) -> None:
    async with board.visitor() as ann:
        wrong = {"username": "A", "email": "ann.example.org", "password": "short4me", "rules": ""}
        answer = await ann.post("/signup", data=wrong | {"password": "1234567"} | await opened(board.db))
    assert answer.status_code == 422
    assert 'value="ann.example.org"' in answer.text
    assert "1234567" not in answer.text
    for name in ("username", "email", "password", "rules"):
        assert f'id="{name}-problem"' in answer.text


async def test_a_program_gets_the_same_sentences_by_field(board: SmallBoard) -> None:
    async with board.visitor(Accept="application/json") as program:
        answer = await program.post("/signup", json={"username": "Ann", "email": "", "password": PASSWORD})
    error = answer.json()["error"]
    assert answer.status_code == 422
    assert error["code"] == "invalid"
    assert set(error["fields"]) == {"email", "rules"}


async def test_a_program_signs_up_in_and_out_with_json(board: SmallBoard) -> None:
    async with board.visitor(Accept="application/json") as program:
        made = await program.post("/signup", json=ANN | {"rules": True})
        assert (made.status_code, made.json()["username"]) == (201, "Ann")
        gone = await program.post("/logout")
        assert (gone.status_code, gone.json()) == (200, {"role": "guest"})
        back = await program.post("/login", json={"login": "ann@example.org", "password": PASSWORD})
        assert (back.status_code, back.json()["role"]) == (200, "member")


async def test_one_signs_in_by_name_in_any_case_or_by_address(board: SmallBoard) -> None:
    await board.add("Ann")
    for login in ("Ann", "ANN", " ann ", "Ann@Example.org"):
        async with board.visitor() as ann:
            answer = await ann.post("/login", data={"login": login, "password": PASSWORD})
            assert answer.status_code == 303, login


async def test_a_wrong_password_brings_the_form_back_with_the_name(board: SmallBoard) -> None:
    await board.add("Ann")
    async with board.visitor() as ann:
        answer = await ann.post("/login", data={"login": "Ann", "password": "wrong horse", "next": "/latest"})
    assert answer.status_code == 422
    assert 'value="Ann"' in answer.text
    assert 'value="/latest"' in answer.text
    assert "wrong horse" not in answer.text


async def test_signing_out_ends_the_session_and_clears_what_the_browser_kept(board: SmallBoard) -> None:
    await board.add("Ann")
    async with board.member("Ann") as ann:
        token = ann.cookies["sid"]
        assert await board.is_signed_in(token)
        answer = await ann.post("/logout")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert answer.headers["clear-site-data"] == '"cache"'
        assert 'sid=""' in answer.headers["set-cookie"]
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert not await board.is_signed_in(token)


async def test_the_sign_in_page_sends_a_member_on(board: SmallBoard) -> None:
    await board.add("Ann")
    async with board.member("Ann") as ann:
        for path in ("/login", "/signup"):
            answer = await ann.get(path, params={"next": "/topics/12"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/topics/12")


async def test_too_many_wrong_passwords_are_told_when_to_come_back(board: SmallBoard) -> None:
    await board.add("Ann")
    wrong = {"login": "Ann", "password": "wrong horse"}
    async with board.visitor() as mallory:
        for _ in range(10):
            assert (await mallory.post("/login", data=wrong)).status_code == 422
        refused = await mallory.post("/login", data=wrong | {"password": PASSWORD})
        assert refused.status_code == 429
        assert 890 <= int(refused.headers["retry-after"]) <= 900
        assert "15 minutes" in refused.text
        as_json = await mallory.post("/login", json=wrong, headers=PROGRAM)
        assert (as_json.status_code, as_json.json()["error"]["code"]) == (429, "rate")


async def test_limits_can_be_off_for_load_tests(sqlite_url: str) -> None:
    async with small_board(sqlite_url, limits=False) as board, board.visitor() as many:
        for _ in range(12):
            assert (await many.post("/login", data={"login": "Ann", "password": "x"})).status_code == 422


async def test_the_setup_link_makes_the_first_administrator_once(board: SmallBoard) -> None:
    token = await setup_link(board.db, now=now_ms())
    async with board.visitor() as owner:
        assert (await owner.get(f"/setup/{token}")).status_code == 200
        bad = await owner.post(f"/setup/{token}", data=ANN | {"password": "short"})
        assert bad.status_code == 422
        made = await owner.post(f"/setup/{token}", data=ANN)
        assert (made.status_code, made.headers["location"]) == (303, "/")
        assert (await owner.get("/viewer")).json()["role"] == Role.ADMIN.value
        assert (await owner.get(f"/setup/{token}")).status_code == 404
        assert (await owner.post(f"/setup/{token}", data=ANN | {"username": "Bo"})).status_code == 404


async def test_a_guest_is_told_he_is_one_and_gets_no_cookie(board: SmallBoard) -> None:
    async with board.visitor() as guest:
        answer = await guest.get("/viewer")
    assert answer.json() == {"role": "guest"}
    assert "set-cookie" not in answer.headers


async def test_the_viewers_own_style_sheet_may_be_kept_for_an_hour(board: SmallBoard) -> None:
    async with board.visitor() as guest:
        answer = await guest.get("/viewers/7.css")
        assert answer.headers["content-type"].startswith("text/css")
        assert "max-age=3600" in answer.headers["cache-control"]
        assert '[data-author="7"]' in answer.text
        for number in ("0", "x", "9" * 5000):
            assert (await guest.get(f"/viewers/{number}.css")).status_code == 404


async def test_every_page_of_an_account_is_private(board: SmallBoard) -> None:
    async with board.visitor() as guest:
        for path in ("/login", "/signup"):
            assert (await guest.get(path)).headers["cache-control"] == "private, no-cache"
