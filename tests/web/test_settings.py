"""A member's own settings, with and without JavaScript."""

import re

from server.web.settings import routes
from server.web.settings.account import SAVED
from tests.support.small_board import PASSWORD, PROGRAM, SmallBoard, small_board

TABLET = "Mozilla/5.0 (Android 16; Tablet; rv:147.0) Gecko/147.0 Firefox/147.0"
NEW = "nine loud lanterns"


def chosen(html: str) -> list[str]:
    return re.findall(r'type="radio" value="(\w+)" checked', html)


async def test_bo_becomes_invisible_and_visible_again_by_a_plain_form(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            page = await bo.get("/settings")
            assert chosen(page.text) == ["shown"]
            assert 'action="/settings/presence"' in page.text
            assert 'href="/settings"' in page.text  # from the top of every page
            for choice in ("invisible", "shown"):
                answer = await bo.post("/settings/presence", data={"presence": choice})
                assert answer.status_code == 303
                page = await bo.get(answer.headers["location"])
                assert chosen(page.text) == [choice]
                assert "Saved." in page.text


async def test_a_choice_that_is_none_comes_back_with_a_sentence(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            answer = await bo.post("/settings/presence", data={"presence": "<b>"})
            assert answer.status_code == 422
            assert "Please choose one of the two." in answer.text
            assert chosen(answer.text) == ["shown"]


async def test_a_program_reads_and_sets_the_same(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            bo.headers.update(PROGRAM)
            assert (await bo.get("/settings")).json()["presence"] == "shown"
            answer = await bo.post("/settings/presence", json={"presence": "invisible"})
            assert (answer.status_code, answer.json()) == (200, {"presence": "invisible"})
            refused = await bo.post("/settings/presence", json={"presence": "x"})
            assert (refused.status_code, set(refused.json()["error"]["fields"])) == (422, {"presence"})


async def test_only_sections_are_said_to_be_saved(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            for section in SAVED:
                assert 'class="saved"' in (await bo.get(f"/settings?saved={section}")).text
            assert 'class="saved"' not in (await bo.get("/settings?saved=avatar")).text


async def sign_in_from(board: SmallBoard, user_agent: str) -> str:
    """A token of Bo's from another device."""
    async with board.visitor(User_Agent=user_agent) as other:
        await other.post("/login", data={"login": "Bo", "password": PASSWORD})
        return other.cookies[board.config.cookie_name]


async def test_bo_sees_where_he_is_signed_in_and_ends_it_there_by_plain_forms(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        tokens = [await sign_in_from(board, name) for name in (TABLET, "<b>curl</b>")]
        async with board.member("Bo") as bo:
            page = (await bo.get("/settings")).text
            assert page.count('class="device"') == 3
            assert page.count("This device") == 1
            assert "Firefox on Android" in page
            assert "<b>curl</b>" not in page
            ends = re.findall(r'action="(/settings/devices/\d+/end)"', page)
            assert len(ends) == 2  # the one in use ends by signing out
            answer = await bo.post(ends[1])
            page = (await bo.get(answer.headers["location"])).text
            assert "That device is signed out." in page
            assert page.count('class="device"') == 2
            assert [await board.is_signed_in(token) for token in tokens].count(True) == 1
            assert (await bo.post(ends[1])).status_code == 404
            answer = await bo.post("/settings/devices/end")
            page = (await bo.get(answer.headers["location"])).text
            assert page.count('class="device"') == 1
            assert "Sign out everywhere else" not in page
            assert not any([await board.is_signed_in(token) for token in tokens])


async def test_a_program_sees_and_ends_the_same_devices(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        await sign_in_from(board, TABLET)
        async with board.member("Bo") as bo:
            bo.headers.update(PROGRAM)
            here, tablet = sorted(
                (await bo.get("/settings")).json()["devices"], key=lambda one: not one["here"]
            )
            assert (here["here"], tablet["here"]) == (True, False)
            assert tablet["device"] == "Firefox on Android"
            told = (await bo.post(f"/settings/devices/{tablet['id']}/end")).json()
            assert told["devices"] == [here]
            assert (await bo.post("/settings/devices/end")).json() == told
            missing = await bo.post("/settings/devices/9999/end")
            assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")


async def test_bo_changes_his_password_and_stays_signed_in_here_only(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        tablet = await sign_in_from(board, TABLET)
        async with board.member("Bo") as bo:
            before = bo.cookies[board.config.cookie_name]
            answer = await bo.post("/settings/password", data={"current": PASSWORD, "password": NEW})
            assert answer.status_code == 303
            assert bo.cookies[board.config.cookie_name] != before  # a copied cookie is worth nothing now
            page = await bo.get(answer.headers["location"])
            assert "Your password is changed" in page.text
            assert [await board.is_signed_in(token) for token in (before, tablet)] == [False, False]
            async with board.visitor() as later:
                for password, status in ((PASSWORD, 422), (NEW, 303)):
                    form = {"login": "Bo", "password": password}
                    assert (await later.post("/login", data=form)).status_code == status


async def test_a_wrong_password_comes_back_with_a_sentence_and_without_what_was_typed(
    sqlite_url: str,
) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            for form, sentence in (
                ({"current": "seven quit lanterns", "password": NEW}, "This is not your current password."),
                ({"current": PASSWORD, "password": "1234567"}, "Please use at least 8 characters"),
            ):
                answer = await bo.post("/settings/password", data=form)
                assert answer.status_code == 422
                assert sentence in answer.text
                assert answer.text.count('aria-invalid="true"') == 1
                assert not any(typed in answer.text for typed in form.values())
                assert chosen(answer.text) == ["shown"]  # the other sections are as they were
                refused = await bo.post("/settings/password", json=form, headers=PROGRAM)
                assert refused.status_code == 422
                assert len(refused.json()["error"]["fields"]) == 1


async def test_a_guest_is_led_to_sign_in_by_every_section(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board, board.visitor() as guest:
        for path in ("/settings/devices/end", "/settings/devices/1/end", "/settings/password"):
            answer = await guest.post(path)
            assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login")
            assert (await guest.post(path, headers=PROGRAM)).status_code == 401
