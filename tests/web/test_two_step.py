"""The settings page of two-step sign-in, without JavaScript and for programs; and what staff are led to."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from server.domain.viewer import Role
from server.web import admin, passkeys, second_step, settings
from tests.support.authenticator import App, set_up
from tests.support.forms import submit
from tests.support.small_board import PASSWORD, PROGRAM, SmallBoard, small_board

PATH = "/settings/two-step"


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    routes = [*second_step.routes, *passkeys.routes, *settings.routes, *admin.routes]
    async with small_board(sqlite_url, routes) as board:
        await board.add("Ann")
        yield board


def codes_on(page: httpx.Response) -> list[str]:
    return re.findall(r"<code>(\w{4}-\w{4}-\w{4})</code>", page.text)


async def switched_on(ann: httpx.AsyncClient) -> tuple[App, httpx.Response]:
    """Through the forms, as a person does it."""
    page = await ann.get(PATH)
    answer = await submit(ann, page, f"{PATH}/start", current=PASSWORD)
    page = await ann.get(answer.headers["location"])
    secret = re.findall(r"<code>([A-Z2-7 ]+)</code>", page.text)[0].replace(" ", "")
    assert 'src="data:image/svg+xml' in page.text
    assert f"secret={secret}" in page.text  # for who reads this on the phone with the app
    app = App(secret)
    wrong = await submit(ann, page, f"{PATH}/on", code="000000")
    assert (wrong.status_code, 'id="code-problem"' in wrong.text) == (422, True)
    assert f"secret={secret}" in wrong.text  # the picture is still there
    return app, await submit(ann, wrong, f"{PATH}/on", code=app.next_code())


async def test_ann_sets_it_up_keeps_her_codes_and_switches_it_off_by_plain_forms(board: SmallBoard) -> None:
    async with board.member("Ann") as ann:
        before = ann.cookies[board.config.cookie_name]
        app, page = await switched_on(ann)
        codes = codes_on(page)
        assert len(codes) == 10
        assert page.headers["cache-control"] == "no-store"
        assert ann.cookies[board.config.cookie_name] != before
        page = await ann.get(PATH)
        assert codes_on(page) == []  # shown once
        assert app.secret not in page.text
        assert "10 of 10 recovery codes are left" in page.text
        for typed, field in (
            ({"current": "no", "code": ""}, "current"),
            ({"current": PASSWORD, "code": ""}, "code"),
        ):
            answer = await submit(ann, page, f"{PATH}/codes", **typed)
            assert (answer.status_code, f'id="{field}-problem"' in answer.text) == (422, True)
        page = await submit(ann, page, f"{PATH}/codes", current=PASSWORD, code=codes[0])
        new = codes_on(page)
        assert len(new) == 10
        assert not set(new) & set(codes)
        off = await ann.post(f"{PATH}/off", data={"current": PASSWORD, "code": new[0]})
        page = await ann.get(off.headers["location"])
        assert "Two-step sign-in is off." in page.text


async def test_few_recovery_codes_are_said_loudly(board: SmallBoard) -> None:
    async with board.member("Ann") as ann:
        await switched_on(ann)
        for left, words in (
            (3, "Only 3 recovery codes are left"),
            (1, "Only 1 recovery code is left"),
            (0, "no recovery code left"),
        ):
            async with board.db.begin() as writer:
                await writer.run(
                    "DELETE FROM recovery_codes WHERE code_hash NOT IN"
                    " (SELECT code_hash FROM recovery_codes LIMIT :left)",
                    left=left,
                )
            assert words in (await ann.get(PATH)).text


async def test_a_program_does_the_same_with_json(board: SmallBoard) -> None:
    async with board.member("Ann") as ann:
        ann.headers.update(PROGRAM)
        assert (await ann.get(PATH)).json() == {"two_step": "off", "recovery_codes_left": 0, "passkeys": []}
        started = (await ann.post(f"{PATH}/start", json={"current": PASSWORD})).json()
        app = App(started["secret"])
        assert started["address"].startswith("otpauth://totp/Fireside:Ann?secret=")
        codes = (await ann.post(f"{PATH}/on", json={"code": app.next_code()})).json()["recovery_codes"]
        assert (await ann.get(PATH)).json()["recovery_codes_left"] == len(codes) == 10
        assert "secret" not in (await ann.get(PATH)).json()
        both = {"current": PASSWORD, "code": codes[0]}
        new = (await ann.post(f"{PATH}/codes", json=both)).json()["recovery_codes"]
        refused = await ann.post(f"{PATH}/off", json=both)
        assert (refused.status_code, set(refused.json()["error"]["fields"])) == (422, {"code"})
        off = await ann.post(f"{PATH}/off", json=both | {"code": new[0]})
        assert off.json()["two_step"] == "off"


async def test_a_guest_is_led_to_sign_in(board: SmallBoard) -> None:
    async with board.visitor() as guest:
        for path in ("start", "on", "codes", "off"):
            answer = await guest.post(f"{PATH}/{path}")
            assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login")


async def test_staff_are_led_to_it_before_any_page_of_theirs(board: SmallBoard) -> None:
    await board.add("Ada", Role.ADMIN)
    await board.add("Bert", Role.ADMIN)
    ada_signed_in = await board.sign_in("Ada")
    async with board.member("Bert") as bert:
        page = await bert.get("/admin/settings")
        assert page.status_code == 200  # the premise
        refused = await submit(bert, page, "/admin/settings", staff_second_factor="1")
        assert refused.status_code == 422
        assert "for yourself first" in refused.text
        await set_up(board.db, board.passwords, ada_signed_in.viewer)
        async with board.db.begin() as writer:
            await writer.run("INSERT INTO settings (name, value) VALUES ('staff_second_factor', 'on')")
        for path in ("/admin", "/admin/settings"):
            answer = await bert.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, PATH)
        told = await bert.post("/admin/settings", json={}, headers=PROGRAM)
        assert (told.status_code, told.json()["error"]["code"]) == (403, "second_factor_demanded")
        page = await bert.get("/settings")
        assert "Your rights as one of them wait" in page.text
        assert "/admin" not in page.text
        await switched_on(bert)
        page = await bert.get("/admin/settings")
        assert page.status_code == 200
        assert "Your rights as one of them wait" not in page.text
        assert 'name="staff_second_factor" type="checkbox" value="1" checked' in page.text
