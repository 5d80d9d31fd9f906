"""A name is changed by a plain form or by a program, and the old one leads to the new one."""

from server.domain.viewer import Role
from server.web import board as board_pages
from server.web.admin import routes as admin_routes
from server.web.settings import routes
from tests.support.small_board import PASSWORD, PROGRAM, SmallBoard, small_board

ROUTES = [*routes, *admin_routes, *board_pages.routes]


async def test_bo_changes_his_name_by_a_plain_form_and_the_old_address_leads_on(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            assert 'href="/settings/name"' in (await bo.get("/settings")).text
            wrong = await bo.post("/settings/name", data={"username": "Bela Blau", "current": "wrong"})
            assert wrong.status_code == 422
            assert 'value="Bela Blau"' in wrong.text
            assert "This is not your current password." in wrong.text
            given = {"username": "Bela Blau", "current": PASSWORD}
            answer = await bo.post("/settings/name", data=given)
            assert (answer.status_code, answer.headers["location"]) == (303, "/settings?saved=name#name")
            page = (await bo.get(answer.headers["location"])).text
            assert "You are called Bela Blau now." in page
            again = (await bo.get("/settings/name")).text
            assert "You can change it again from" in again
            assert '<form class="sheet"' not in again
            assert "until" in again
            refused = await bo.post("/settings/name", data={**given, "username": "Bertram"})
            assert refused.status_code == 422
        async with board.visitor() as guest:
            moved = await guest.get("/members/Bo")
            assert (moved.status_code, moved.headers["location"]) == (302, "/members/Bela%20Blau")
            assert "Bela Blau" in (await guest.get(moved.headers["location"])).text
            card = await guest.get("/members/bo/card")
            assert card.headers["location"] == "/members/Bela%20Blau/card"
            assert (await guest.get("/members/Nobody")).status_code == 404


async def test_a_program_reads_and_changes_the_same(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            bo.headers.update(PROGRAM)
            told = (await bo.get("/settings/name")).json()
            assert told == {"username": "Bo", "former": [], "next_at": None}
            refused = await bo.post("/settings/name", json={"username": "x", "current": PASSWORD})
            assert (refused.status_code, set(refused.json()["error"]["fields"])) == (422, {"username"})
            done = await bo.post("/settings/name", json={"username": " Bela ", "current": PASSWORD})
            assert (done.status_code, done.json()) == (200, {"username": "Bela"})
            told = (await bo.get("/settings/name")).json()
            assert (told["username"], told["former"]) == ("Bela", ["Bo"])
            assert told["next_at"].endswith("Z")


async def test_an_administrator_renames_a_member_and_nobody_else_does(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board:
        await board.add("Ada", Role.ADMIN)
        await board.add("Moira", Role.MODERATOR)
        bo = await board.add("Bo")
        address = f"/admin/members/{bo}"
        await refused_to(board, "Moira", f"{address}/name", 403)
        async with board.member("Ada") as ada:
            taken = await ada.post(f"{address}/name", data={"username": "Moïra"})
            assert taken.status_code == 422
            assert 'value="Moïra"' in taken.text
            done = await ada.post(f"{address}/name", data={"username": "Bela"})
            page = (await ada.get(done.headers["location"])).text
            for words in ("The new name shows everywhere at once", "Called before", "Name changed"):
                assert words in page
            told = (await ada.get(address, headers=PROGRAM)).json()
            assert (told["member"]["username"], told["former_names"]) == ("Bela", ["Bo"])


async def refused_to(board: SmallBoard, name: str, path: str, status: int) -> None:
    async with board.member(name) as client:
        assert (await client.post(path, data={"username": "Bela"})).status_code == status
