"""The members' list and a member's page, for administrators and nobody else."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.domain.viewer import Role
from server.web.admin import routes as admin_routes
from server.web.moderation import routes as moderation_routes
from tests.support.small_board import PASSWORD, PROGRAM, SmallBoard, small_board

ADA, MOIRA, BO = 1, 2, 3
WRITES = ("role", "close", "open", "sign-out", "sessions/1/end", "reset-link")


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(sqlite_url, [*admin_routes, *moderation_routes]) as board:
        await board.add("Ada", Role.ADMIN)
        await board.add("Moira", Role.MODERATOR)
        await board.add("Bo")
        yield board


async def test_members_are_searched_and_narrowed(board: SmallBoard) -> None:
    async with board.member("Ada") as ada:
        page = (await ada.get("/admin/members")).text
        for name in ("Ada", "Moira", "Bo", "bo@example.org"):
            assert name in page
        found = (await ada.get("/admin/members?search=BO@")).text
        assert (">Bo</a>" in found, ">Moira</a>" in found) == (True, False)
        mods = (await ada.get("/admin/members?show=moderator", headers=PROGRAM)).json()
        assert [one["username"] for one in mods["members"]] == ["Moira"]
        never = (await ada.get("/admin/members?show=never", headers=PROGRAM)).json()
        assert [one["username"] for one in never["members"]] == ["Bo", "Moira"]
        assert "Nobody is found." in (await ada.get("/admin/members?search=zzz")).text
        for odd in ("show=x", "search=%25", "page=9999", "search=%00"):
            assert (await ada.get(f"/admin/members?{odd}")).status_code == 200
        assert (await ada.get("/admin/members?page=x")).status_code == 404


async def test_a_list_has_pages(board: SmallBoard) -> None:
    for number in range(60):
        await board.add(f"Number{number}")
    async with board.member("Ada") as ada:
        first = (await ada.get("/admin/members?show=all&search=number")).text
        assert first.count('class="person-row"') == 50
        assert "/admin/members?search=number&amp;show=all&amp;page=2" in first
        second = (await ada.get("/admin/members?search=number&show=all&page=2")).text
        assert second.count('class="person-row"') == 10


async def test_a_members_page_tells_who_he_is_where_and_what_happened(board: SmallBoard) -> None:
    async with board.visitor(User_Agent="Mozilla/5.0 (Android 14; Tablet; rv:140.0) Firefox/140.0") as bo:
        await bo.post("/login", data={"login": "Bo", "password": PASSWORD})
        async with board.member("Ada") as ada:
            page = (await ada.get(f"/admin/members/{BO}")).text
            for word in ("bo@example.org", "Firefox on Android", "Signed in", "Account made by"):
                assert word in page
            told = (await ada.get(f"/admin/members/{BO}", headers=PROGRAM)).json()
            assert told["devices"][0]["device"] == "Firefox on Android"
            assert told["history"][0]["act"] == "sign_in"
            assert (await ada.get("/admin/members/777")).status_code == 404


async def test_a_role_is_changed_by_a_plain_form(board: SmallBoard) -> None:
    async with board.member("Ada") as ada:
        answer = await ada.post(f"/admin/members/{BO}/role", data={"role": "moderator"})
        assert answer.status_code == 303
        page = (await ada.get(answer.headers["location"])).text
        assert re.findall(r'value="(\w+)" checked', page) == ["moderator"]
        assert "member to moderator" in page
        for wrong in ("guest", "waiting", "king", ""):
            refused = await ada.post(f"/admin/members/{BO}/role", data={"role": wrong})
            assert refused.status_code == 422, wrong
        own = await ada.post(f"/admin/members/{ADA}/role", data={"role": "member"})
        assert (own.status_code, "your own role" in own.text) == (403, True)


async def test_an_account_is_closed_with_a_reason_and_opened_again(board: SmallBoard) -> None:
    async with board.member("Ada") as ada, board.member("Bo") as bo:
        refused = await ada.post(f"/admin/members/{BO}/close", data={"reason": " "})
        assert (refused.status_code, "Please say why" in refused.text) == (422, True)
        long = "y" * 201
        refused = await ada.post(f"/admin/members/{BO}/close", data={"reason": long})
        assert f'value="{long}"' in refused.text
        closed = await ada.post(f"/admin/members/{BO}/close", data={"reason": "asked for it"})
        page = (await ada.get(closed.headers["location"])).text
        assert "This account is closed." in page
        assert "asked for it" in page
        assert (await bo.get("/viewer")).json() == {"role": "guest"}
        opened = await ada.post(f"/admin/members/{BO}/open")
        assert "This account is open again." in (await ada.get(opened.headers["location"])).text


async def test_sessions_end_one_by_one_or_all(board: SmallBoard) -> None:
    async with board.member("Ada") as ada, board.member("Bo") as here, board.member("Bo") as there:
        page = (await ada.get(f"/admin/members/{BO}")).text
        ends = re.findall(rf'action="(/admin/members/{BO}/sessions/\d+/end)"', page)
        assert len(ends) == 2
        assert (await ada.post(ends[0])).status_code == 303
        left = [(await one.get("/viewer")).json()["role"] for one in (here, there)]
        assert sorted(left) == ["guest", "member"]
        assert (await ada.post(ends[0])).status_code == 404
        assert (await ada.post(f"/admin/members/{BO}/sign-out")).status_code == 303
        for one in (here, there):
            assert (await one.get("/viewer")).json()["role"] == "guest"


async def test_a_reset_link_is_shown_once(board: SmallBoard) -> None:
    async with board.member("Ada") as ada:
        made = await ada.post(f"/admin/members/{BO}/reset-link")
        assert made.status_code == 201
        link = re.search(r'value="([^"]*/reset/[\w-]{43})"', made.text)
        assert link is not None
        assert link[1].startswith(board.config.address)
        assert link[1] not in (await ada.get(f"/admin/members/{BO}")).text
        await ada.post(f"/admin/members/{BO}/close", data={"reason": "x"})
        refused = await ada.post(f"/admin/members/{BO}/reset-link")
        assert (refused.status_code, "Please open it first" in refused.text) == (422, True)


@pytest.mark.parametrize("name", [None, "Bo", "Moira"])
async def test_nobody_else_gets_in(board: SmallBoard, name: str | None) -> None:
    context = board.visitor() if name is None else board.member(name)
    async with context as client:
        client.headers.update(PROGRAM)
        status = 401 if name is None else 403
        assert (await client.get(f"/admin/members/{BO}")).status_code == status
        for write in WRITES:
            answer = await client.post(f"/admin/members/{BO}/{write}", json={"role": "admin", "reason": "x"})
            assert answer.status_code == status, write
        queue = {None: 401, "Bo": 403, "Moira": 404}[name]
        for write in ("approve", "decline"):
            answer = await client.post(f"/moderation/members/{BO}/{write}", json={"reason": "x"})
            assert answer.status_code == queue, write
        assert (await client.post("/admin/invitations/1/end")).status_code == status


async def test_ones_own_page_offers_nothing_that_is_refused(board: SmallBoard) -> None:
    async with board.member("Ada") as ada:
        page = (await ada.get(f"/admin/members/{ADA}")).text
        assert f'action="/admin/members/{ADA}/' not in page
        for write in ("close", "open", "sign-out", "sessions/1/end", "reset-link"):
            refused = await ada.post(f"/admin/members/{ADA}/{write}", data={"reason": "x"})
            assert (refused.status_code, "your own account" in refused.text) == (403, True), write
