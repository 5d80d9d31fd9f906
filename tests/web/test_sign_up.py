"""Joining by forms: the policy's pages, invitations, the traps, and the moderators' queue."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from server.actions.settings import change_joining
from server.domain.clock import DAY, SECOND, now_ms
from server.domain.viewer import Role, Viewer
from server.web import confirmation, sign_up
from server.web.admin import routes as admin_routes
from server.web.board import routes as board_routes
from server.web.moderation import routes as moderation_routes
from server.web.settings import routes as settings_routes
from tests.support.mail_server import PostOffice, link_in, send_mail, text_of
from tests.support.sign_ups import opened
from tests.support.small_board import PASSWORD, PROGRAM, SmallBoard, small_board

ZOE = {"username": "Zoe", "email": "zoe@example.org", "password": PASSWORD, "rules": "on"}
ROUTES = [*admin_routes, *moderation_routes, *settings_routes, *board_routes]


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(sqlite_url, ROUTES) as board:
        await board.add("Ada", Role.ADMIN)
        await board.add("Moira", Role.MODERATOR)
        yield board


async def policy(board: SmallBoard, chosen: str) -> None:
    await change_joining(board.db, Viewer(1, "Ada", Role.ADMIN), chosen, "20", now=now_ms())


async def join(board: SmallBoard, zoe: httpx.AsyncClient, **more: str) -> httpx.Response:
    return await zoe.post("/signup", data=ZOE | await opened(board.db) | more)


def sentence(answer: httpx.Response) -> str:
    found = re.search(r'role="alert">\s*<p>.*?</svg>([^<]*)</p>', answer.text)
    return found[1] if found else ""


async def test_who_waits_is_told_so_and_reads_as_a_guest(board: SmallBoard) -> None:
    await policy(board, "approval")
    async with board.visitor() as zoe:
        answer = await join(board, zoe, next="/latest")
        assert (answer.status_code, answer.headers["location"]) == (303, "/waiting")
        page = (await zoe.get("/waiting")).text
        assert "A moderator looks at your account now" in page
        assert "You will hear by mail" in page
        assert (await zoe.get("/viewer")).json()["role"] == "waiting"
        assert (await zoe.get("/rules")).status_code == 200
        refused = await zoe.get("/settings")
        assert refused.status_code == 403
        assert "A moderator looks at your account first" in refused.text
        assert (await zoe.get("/members/Zoe")).status_code == 404


async def test_a_moderator_sees_who_waits_and_lets_her_in(board: SmallBoard) -> None:
    await policy(board, "approval")
    async with board.visitor() as zoe, board.member("Moira") as moira:
        await join(board, zoe)
        page = (await moira.get("/moderation/members")).text
        assert "Zoe" in page
        assert "an address at example.org" in page
        assert "zoe@" not in page
        answer = await moira.post("/moderation/members/3/approve")
        assert (answer.status_code, answer.headers["location"]) == (303, "/moderation/members?saved=approved")
        page = (await moira.get(answer.headers["location"])).text
        assert "Approved." in page
        assert "Zoe" not in page
        assert (await zoe.get("/viewer")).json()["role"] == "member"
        assert (await zoe.get("/waiting")).headers["location"] == "/"
        late = await moira.post("/moderation/members/3/approve")
        assert (late.status_code, "answered already" in late.text) == (404, True)


async def test_declining_asks_for_the_reason_and_keeps_what_was_typed(board: SmallBoard) -> None:
    await policy(board, "approval")
    async with board.visitor() as zoe, board.member("Moira") as moira:
        await join(board, zoe)
        assert "Decline Zoe" in (await moira.get("/moderation/members/3/decline")).text
        long = "x" * 201
        refused = await moira.post("/moderation/members/3/decline", data={"reason": long})
        assert refused.status_code == 422
        assert f'value="{long}"' in refused.text
        done = await moira.post("/moderation/members/3/decline", data={"reason": "sells lamps"})
        assert done.status_code == 303
        assert (await zoe.get("/viewer")).json() == {"role": "guest"}
        back = await zoe.post("/login", data={"login": "Zoe", "password": PASSWORD})
        assert (back.status_code, "This account is closed." in back.text) == (403, True)


async def test_a_program_moderates_the_queue_too(board: SmallBoard) -> None:
    await policy(board, "approval")
    async with board.visitor() as zoe, board.member("Moira") as moira:
        await join(board, zoe)
        moira.headers.update(PROGRAM)
        told = (await moira.get("/moderation/members")).json()
        assert (told["total"], told["members"][0]["username"]) == (1, "Zoe")
        assert set(told["members"][0]) == {"id", "username", "mail_domain", "asked_at"}
        assert (await moira.post("/moderation/members/3/decline", json={})).status_code == 422
        assert (await moira.post("/moderation/members/3/approve")).json() == {"approved": True}


@pytest.mark.parametrize("chosen", ["invitation", "closed"])
async def test_a_closed_door_says_so_kindly(board: SmallBoard, chosen: str) -> None:
    await policy(board, chosen)
    async with board.visitor() as zoe:
        page = await zoe.get("/signup")
        assert page.status_code == 200
        assert "<form" not in page.text.partition("<main")[2]
        assert (await join(board, zoe)).status_code == 403
        refused = await zoe.post("/signup", json=ZOE, headers=PROGRAM)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")


async def test_an_invitation_is_made_shown_once_used_and_ended(board: SmallBoard) -> None:
    await policy(board, "invitation")
    async with board.member("Ada") as ada, board.visitor() as zoe, board.visitor() as late:
        form = {"note": "<b>clinic</b>", "places": "1", "days": "7"}
        made = await ada.post("/admin/invitations", data=form)
        assert made.status_code == 201
        link = re.search(r'value="(http[^"]*/signup\?invitation=[\w-]{43})"', made.text)
        assert link is not None
        assert link[1].startswith(board.config.address)
        assert link[1] not in (await ada.get("/admin/invitations")).text
        page = (await zoe.get(link[1])).text
        token = link[1].partition("=")[2]
        assert f'name="invitation" value="{token}"' in page
        assert (await join(board, zoe, invitation=token)).status_code == 303
        assert "can&#39;t be used" in (await late.get(link[1])).text
        listed = (await ada.get("/admin/invitations")).text
        assert "&lt;b&gt;clinic&lt;/b&gt;" in listed
        assert "1 of 1 place taken" in listed
        assert '<a href="/admin/members/3">Zoe</a>' in listed
        another = await ada.post("/admin/invitations", json=form, headers=PROGRAM)
        assert another.status_code == 201
        assert (await ada.post("/admin/invitations/2/end")).status_code == 303
        assert "can&#39;t be used" in (await late.get(another.json()["url"])).text
        assert (await ada.post("/admin/invitations/77/end")).status_code == 404


async def test_wrong_numbers_come_back_beside_their_fields(board: SmallBoard) -> None:
    async with board.member("Ada") as ada:
        form = {"note": "kept", "places": "none", "days": "900"}
        answer = await ada.post("/admin/invitations", data=form)
        assert answer.status_code == 422
        assert 'value="kept"' in answer.text
        assert answer.text.count('class="problem"') == 2
        wrong = {"sign_up": "everybody", "sign_ups_an_hour": "many"}
        answer = await ada.post("/admin/sign-up", data=wrong)
        assert answer.status_code == 422
        assert 'value="many"' in answer.text
        saved = await ada.post("/admin/sign-up", data={"sign_up": "approval", "sign_ups_an_hour": "7"})
        page = (await ada.get(saved.headers["location"])).text
        assert "Saved." in page
        assert re.findall(r'value="(\w+)" checked', page) == ["approval"]


async def test_every_trap_gives_the_same_form_back_filled(board: SmallBoard) -> None:
    forms = {
        "a time of its own": {"form_time": f"{now_ms() - DAY // 2}.00"},
        "too old": await opened(board.db, DAY + SECOND),
        "the hidden field": await opened(board.db) | {"website": "https://lamps.example"},
    }
    shapes = {}
    async with board.visitor() as robot:
        for name, form in forms.items():
            answer = await robot.post("/signup", data=ZOE | {"next": "/latest"} | form)
            assert answer.status_code == 422, name
            for typed in ('value="Zoe"', 'value="zoe@example.org"', 'value="/latest"', " checked"):
                assert typed in answer.text, f"{name}: {typed}"
            assert PASSWORD not in answer.text
            assert "lamps" not in answer.text
            shapes[name] = re.sub(r'name="form_time" value="[^"]*"', "…", answer.text)
            assert "send it once more" in sentence(answer)
        assert len(set(shapes.values())) == 1, "nobody learns which trap it was"
        assert (await robot.get("/viewer")).json() == {"role": "guest"}


async def test_a_person_who_fell_into_a_trap_gets_in_by_sending_it_once_more(board: SmallBoard) -> None:
    for form in (await opened(board.db) | {"website": "x"}, await opened(board.db, DAY + SECOND)):
        async with board.visitor() as zoe:
            answer = await zoe.post("/signup", data=ZOE | {"invitation": "abc"} | form)
            stamp = re.search(r'name="form_time" value="([^"]+)"', answer.text)
            assert stamp is not None
            assert 'name="invitation" value="abc"' in answer.text
            again = await zoe.post("/signup", data=ZOE | {"form_time": stamp[1], "website": ""})
            assert again.status_code == 303
        async with board.db.begin() as writer:
            await writer.run("UPDATE members SET name_key = 'x' || id WHERE username = 'Zoe'")


async def test_a_form_that_comes_at_once_is_kept_waiting_and_taken(
    board: SmallBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(sign_up.asyncio, "sleep", note)  # type: ignore[attr-defined]  # its own import
    async with board.visitor() as robot:
        answer = await robot.post("/signup", data=ZOE | await opened(board.db, 0))
    assert answer.status_code == 303
    assert 1.5 < waited[0] <= 2.0


async def test_a_program_that_never_saw_the_form_may_join(board: SmallBoard) -> None:
    async with board.visitor() as program:
        assert (await program.post("/signup", data=ZOE)).status_code == 303


async def test_the_trap_is_out_of_everybodys_way(board: SmallBoard) -> None:
    async with board.visitor() as guest:
        page = (await guest.get("/signup")).text
    around = page[page.index('class="out-of-sight"') :].partition("</div>")[0]
    for word in ('aria-hidden="true"', 'tabindex="-1"', 'autocomplete="off"', "<label"):
        assert word in around
    assert "display" not in around


async def test_a_burst_waits_by_itself(board: SmallBoard) -> None:
    await change_joining(board.db, Viewer(1, "Ada", Role.ADMIN), "open", "1", now=now_ms())
    places = []
    for name in ("Zoe", "Yan"):
        async with board.visitor() as somebody:
            form = {"username": name, "email": f"{name}@example.org"}
            places.append((await join(board, somebody, **form)).headers["location"])
    assert places == ["/", "/waiting"]


async def test_with_a_mail_server_nobody_writes_before_he_confirmed(
    sqlite_url: str, office: PostOffice
) -> None:
    routes = [*ROUTES, *confirmation.routes]
    async with small_board(sqlite_url, routes, smtp_url=office.url) as board, board.visitor() as zoe:
        await board.add("Moira", Role.MODERATOR)
        assert (await zoe.post("/signup", data=ZOE)).headers["location"] == "/waiting"
        assert "We have sent a letter to" in (await zoe.get("/waiting")).text
        assert (await zoe.get("/settings")).status_code == 403
        assert (await zoe.get("/settings/mail")).status_code == 200
        async with board.member("Moira") as moira:
            assert (
                "Zoe" not in (await moira.get("/moderation/members")).text
            )  # nobody else has to do anything
            assert (await moira.post("/moderation/members/2/approve")).status_code == 404
        await send_mail(board, office)
        assert (await zoe.post(link_in(await office.next_letter()))).status_code == 303
        assert (await zoe.get("/viewer")).json()["role"] == "member"


async def test_approval_is_asked_for_beside_confirmation(sqlite_url: str, office: PostOffice) -> None:
    routes = [*ROUTES, *confirmation.routes]
    async with small_board(sqlite_url, routes, smtp_url=office.url) as board, board.visitor() as zoe:
        await board.add("Ada", Role.ADMIN)
        await board.add("Moira", Role.MODERATOR)
        await policy(board, "approval")
        await zoe.post("/signup", data=ZOE)
        assert "A moderator looks" in (await zoe.get("/waiting")).text
        await send_mail(board, office)
        await zoe.post(link_in(await office.next_letter()))
        assert (await zoe.get("/viewer")).json()["role"] == "waiting"
        async with board.member("Moira") as moira:
            assert (await moira.post("/moderation/members/3/approve")).status_code == 303
        assert (await zoe.get("/viewer")).json()["role"] == "member"
        await send_mail(board, office)
        assert (await office.next_letter())["Subject"] == "Welcome to Fireside"


async def test_who_is_declined_hears_of_it(board: SmallBoard, office: PostOffice) -> None:
    await policy(board, "approval")
    async with board.visitor() as zoe, board.member("Moira") as moira:
        await join(board, zoe)
        await moira.post("/moderation/members/3/decline", data={"reason": "sells lamps"})
    await send_mail(board, office)
    (letter,) = office.letters
    assert letter["Subject"] == "Your request to join Fireside"
    assert "lamps" not in text_of(letter)
