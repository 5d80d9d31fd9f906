"""A member's own settings, with and without JavaScript."""

import re

from server.web.settings import SECTIONS, routes
from tests.support.small_board import PROGRAM, small_board


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
            assert (await bo.get("/settings")).json() == {"presence": "shown"}
            answer = await bo.post("/settings/presence", json={"presence": "invisible"})
            assert (answer.status_code, answer.json()) == (200, {"presence": "invisible"})
            refused = await bo.post("/settings/presence", json={"presence": "x"})
            assert (refused.status_code, set(refused.json()["error"]["fields"])) == (422, {"presence"})


async def test_only_sections_are_said_to_be_saved(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            for section in SECTIONS:
                assert "Saved." in (await bo.get(f"/settings?saved={section}")).text
            assert "Saved." not in (await bo.get("/settings?saved=password")).text
