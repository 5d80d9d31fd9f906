"""A member's profile as he makes it, as others see it, and what administrators ask for; with plain forms."""

import re

import httpx

from server.domain.viewer import Role
from server.web.admin import routes as admin_routes
from server.web.avatars import routes as avatar_routes
from server.web.board import routes as board_routes
from server.web.settings import routes as settings_routes
from tests.support.forms import submit
from tests.support.pictures import phone_photo
from tests.support.small_board import PROGRAM, SmallBoard, small_board
from tests.support.whole_board import WholeBoard

ROUTES = [*settings_routes, *admin_routes, *avatar_routes, *board_routes]
YEAR = {"label": "Year of diagnosis", "kind": "year", "visibility": "members"}


async def send_picture(client: httpx.AsyncClient, data: bytes, **headers: str) -> httpx.Response:
    files = {"picture": ("me & <b>.jpg", data, "image/jpeg")}
    return await client.post("/settings/profile/picture", files=files, headers=headers)


async def ask(board: SmallBoard, **changed: str) -> int:
    async with board.member("Ada") as ada:
        answer = await ada.post("/admin/fields", data=YEAR | changed, headers=PROGRAM)
        return int(answer.json()["fields"][-1]["id"])


async def test_bo_says_who_he_is_and_everybody_reads_what_is_for_them(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board:
        await board.add("Bo")
        await board.add("Ada", Role.ADMIN)
        number = await ask(board)
        async with board.member("Bo") as bo, board.visitor() as guest:
            page = await bo.get("/settings/profile")
            assert "Members can see it, guests cannot." in page.text
            typed = {"personal_text": "Tea <first>", "about": "I *garden*.", f"field_{number}": "2019"}
            answer = await submit(bo, page, "/settings/profile", **typed)
            assert answer.status_code == 303
            page = await bo.get(answer.headers["location"])
            assert 'class="saved"' in page.text
            assert all(value in page.text for value in ("Tea &lt;first&gt;", "I *garden*.", 'value="2019"'))
            for path in ("/members/Bo", "/members/Bo/card"):
                seen, public = (await bo.get(path)).text, (await guest.get(path)).text
                assert "Tea &lt;first&gt;" in seen
                assert "Tea &lt;first&gt;" in public
                assert ("2019" in seen, "2019" in public) == (True, False)
                assert ("Year of diagnosis" in seen, "Year of diagnosis" in public) == (True, False)
            assert "<em>garden</em>" in (await guest.get("/members/Bo")).text


async def test_what_is_wrong_comes_back_beside_its_field_with_all_that_was_typed(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board:
        await board.add("Bo")
        await board.add("Ada", Role.ADMIN)
        name = f"field_{await ask(board)}"
        typed = {"personal_text": "x" * 201, "about": "Still here", name: "soon"}
        async with board.member("Bo") as bo:
            answer = await bo.post("/settings/profile", data=typed)
            assert answer.status_code == 422
            assert answer.text.count('aria-invalid="true"') == 2
            assert all(value in answer.text for value in typed.values())
            assert f'id="{name}-problem"' in answer.text
            refused = await bo.post("/settings/profile", json=typed, headers=PROGRAM)
            assert refused.json()["error"]["fields"].keys() == {"personal_text", name}


async def test_a_picture_stands_where_the_initials_stood_until_it_goes(
    sqlite_board: WholeBoard,
) -> None:
    board = sqlite_board
    posted = await board.topic("Dentist", "Before a count?", by="bo")
    places = [f"/topics/{posted.topic_id}/dentist", "/members/bo", "/members/bo/card"]
    async with board.browser("bo") as bo, board.browser() as guest:
        answer = await send_picture(bo, phone_photo())
        assert answer.status_code == 303
        assert "Your picture stands beside your posts now" in (await bo.get(answer.headers["location"])).text
        file = ""
        for place in places:
            seen = (await guest.get(place)).text
            (file,) = set(re.findall(r'src="(/avatars/[^"]+)"', seen))
            assert 'alt=""' in seen
            picture = await guest.get(file)
            assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
        told = (await guest.get("/members/bo", headers=PROGRAM)).json()["member"]
        assert (await guest.get(told["picture"])).status_code == 200
        answer = await bo.post("/settings/profile/picture/remove")
        assert "Your picture is gone" in (await bo.get(answer.headers["location"])).text
        for place in places:
            assert "/avatars/" not in (await guest.get(place)).text
        assert (await guest.get(file)).status_code == 404


async def test_what_is_no_picture_comes_back_with_a_sentence(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            for data, sentence in ((b"", "choose a picture first"), (b"GIF89a", "JPEG, PNG, WebP or GIF")):
                answer = await send_picture(bo, data)
                assert answer.status_code == 422
                assert sentence in answer.text
                assert 'id="picture-problem"' in answer.text
                refused = await send_picture(bo, data, Accept="application/json")
                assert refused.json()["error"]["fields"].keys() == {"picture"}


async def test_a_program_does_the_same(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board:
        await board.add("Bo")
        await board.add("Ada", Role.ADMIN)
        number = await ask(board, kind="choice", choices="North\nSouth", visibility="staff")
        async with board.member("Bo") as bo:
            bo.headers.update(PROGRAM)
            empty = (await bo.get("/settings/profile")).json()
            field = {
                "name": f"field_{number}",
                "label": "Year of diagnosis",
                "kind": "choice",
                "visibility": "staff",
                "choices": ["North", "South"],
                "value": "",
            }
            assert empty == {"picture": None, "personal_text": "", "about": "", "fields": [field]}
            answer = await bo.post("/settings/profile", json={"about": "Hi", f"field_{number}": "North"})
            assert answer.json()["about"] == "Hi"
            assert answer.json()["fields"][0]["value"] == "North"
            assert (await send_picture(bo, phone_photo())).json()["picture"].startswith("/avatars/")
            assert (await bo.post("/settings/profile/picture/remove")).json()["picture"] is None
            assert (await bo.get("/members/Bo")).json()["member"]["fields"] == []  # it is for staff


async def test_ada_makes_orders_changes_and_archives_fields_by_plain_forms(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board:
        await board.add("Ada", Role.ADMIN)
        async with board.member("Ada") as ada:
            page = await ada.get("/admin/fields")
            refused = await submit(ada, page, "/admin/fields", label="", kind="choice", visibility="members")
            assert refused.status_code == 422
            assert refused.text.count('aria-invalid="true"') == 2
            for label in ("First", "Second"):
                new = {"label": label, "kind": "short", "visibility": "members"}
                answer = await submit(ada, page, "/admin/fields", **new)
                page = await ada.get(answer.headers["location"])
            assert 'class="saved"' in page.text
            first, second = re.findall(r'action="/admin/fields/(\d+)/archive"', page.text)
            assert f'action="/admin/fields/{first}/up"' not in page.text
            await submit(ada, page, f"/admin/fields/{second}/up")
            page = await ada.get("/admin/fields")
            assert page.text.index("Second") < page.text.index("First")
            form = await ada.get(f"/admin/fields/{first}")
            renamed = {"label": "Third", "visibility": "everyone"}
            assert (await submit(ada, form, f"/admin/fields/{first}", **renamed)).status_code == 303
            wrong = await submit(ada, form, f"/admin/fields/{first}", label="", visibility="everyone")
            assert wrong.status_code == 422
            assert "Please say what is asked for" in wrong.text
            await submit(ada, await ada.get("/admin/fields"), f"/admin/fields/{first}/archive")
            page = await ada.get("/admin/fields")
            assert f'action="/admin/fields/{first}/restore"' in page.text
            await submit(ada, page, f"/admin/fields/{first}/restore")
            told = (await ada.get("/admin/fields", headers=PROGRAM)).json()["fields"]
            assert [(one["label"], one["archived"]) for one in told] == [("Second", False), ("Third", False)]
            for path in ("", "/archive", "/restore", "/up"):
                assert (await ada.post(f"/admin/fields/999{path}", data=YEAR)).status_code == 404
            assert (await ada.get("/admin/fields/999")).status_code == 404


async def test_only_administrators_ask(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board:
        await board.add("Moira", Role.MODERATOR)
        await board.add("Ada", Role.ADMIN)
        number = await ask(board)
        paths = [f"/admin/fields/{number}{act}" for act in ("", "/archive", "/restore", "/up")]
        async with board.member("Moira") as moira, board.visitor(**PROGRAM) as guest:
            for path in ("/admin/fields", *paths):
                assert (await moira.post(path, data=YEAR)).status_code == 403
                assert (await guest.post(path, data=YEAR)).status_code == 401
            assert (await moira.get(paths[0])).status_code == 403
