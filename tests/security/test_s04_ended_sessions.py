"""S4: a session that was ended is over everywhere: its cookie, its sockets, its open tabs (ASVS 7.4)."""

import re
from collections.abc import Awaitable, Callable

import httpx
from playwright.async_api import expect

from tests.support.people_in_browsers import People, composer, is_live
from tests.support.sockets import member_socket
from tests.support.whole_board import PASSWORD, WholeBoard, board

__all__ = ["board"]

NEW = "nine loud lanterns"


Ask = Callable[[httpx.AsyncClient], Awaitable[object]]


async def only_the_tablets_socket_ends(board: WholeBoard, end_tablet: Ask, by: str) -> None:
    """Bo is signed in here and on a tablet; somebody ends the tablet's session."""
    async with board.browser(by) as somebody, board.browser(json=True) as tablet:
        await tablet.post("/login", json={"login": "bo", "password": PASSWORD})
        cookie = f"{board.config.cookie_name}={tablet.cookies[board.config.cookie_name]}"
        async with (
            member_socket(board.base_url, cookie=cookie) as there,
            member_socket(board.base_url, cookie=board.cookie("bo")) as here,
        ):
            for socket in (there, here):
                await socket.hello(["board"])
            await end_tablet(somebody)
            assert await there.closed(within=2.0) == 4501
            await here.say("subscribe", channels=["board"], position=0)
            assert (await here.next("changes"))["channel"] == "board"
        assert (await tablet.get("/viewer")).json() == {"role": "guest"}


async def test_a_socket_of_a_device_that_its_owner_ends_is_closed(board: WholeBoard) -> None:
    async def end(bo: httpx.AsyncClient) -> None:
        page = (await bo.get("/settings")).text
        (action,) = re.findall(r'action="(/settings/devices/\d+/end)"', page)
        assert (await bo.post(action)).status_code == 303

    await only_the_tablets_socket_ends(board, end, by="bo")


async def test_a_socket_of_a_session_that_an_administrator_ends_is_closed(board: WholeBoard) -> None:
    number = board.viewer("bo").id

    async def end(ada: httpx.AsyncClient) -> None:
        page = (await ada.get(f"/admin/members/{number}")).text
        newest = max(int(one) for one in re.findall(r"/sessions/(\d+)/end", page))
        assert (await ada.post(f"/admin/members/{number}/sessions/{newest}/end")).status_code == 303

    await only_the_tablets_socket_ends(board, end, by="ada")


async def test_open_tabs_of_an_ended_device_turn_to_a_guests_and_keep_the_draft(people: People) -> None:
    started = await people.board.topic("Tablets", "Who has mine?")
    path = f"/topics/{started.topic_id}"
    await people.sign_in_again("bo")
    tablet = await people.visit("bo", path)
    await composer(tablet).fill("It lay on the")
    await people.sign_in_again("bo")
    phone = await people.visit("bo", "/settings", live=False)
    before = await tablet.context.cookies()
    await phone.get_by_role("button", name="Sign out everywhere else").click()
    await expect(phone.get_by_role("status").filter(has_text="nowhere else")).to_be_visible()
    await expect(tablet.get_by_role("link", name="Sign in").first).to_be_visible()
    await expect(composer(tablet)).to_have_count(0)
    await is_live(tablet)
    assert before  # the cookie is there still, and worth nothing
    await people.sign_in_again("bo")
    await tablet.context.clear_cookies()
    await tablet.context.add_cookies([people.signed_in("bo")["cookies"][0]])  # type: ignore[list-item]  # the same names
    await tablet.reload()
    await expect(composer(tablet)).to_have_value("It lay on the")


async def test_a_new_password_leaves_the_page_that_set_it_as_it_was(people: People) -> None:
    await people.sign_in_again("cleo")
    page = await people.visit("cleo", "/settings", live=False)
    await page.get_by_label("Your current password").fill(PASSWORD)
    await page.get_by_label("Your new password").fill(NEW)
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_role("status").filter(has_text="Your password is changed")).to_be_visible()
    await page.goto("/")
    await is_live(page)
    await expect(page.get_by_role("link", name="cleo", exact=True)).to_be_visible()


async def test_sockets_of_a_closed_account_are_closed(board: WholeBoard) -> None:
    number = board.viewer("bo").id
    async with board.browser("ada") as ada:
        async with member_socket(board.base_url, cookie=board.cookie("bo")) as socket:
            await socket.hello(["board", f"member:{number}"])
            done = await ada.post(f"/admin/members/{number}/close", data={"reason": "asked for it"})
            assert done.status_code == 303
            assert await socket.closed(within=2.0) in (4501, 4503)
        async with board.browser("bo", json=True) as bo:
            assert (await bo.get("/viewer")).json() == {"role": "guest"}
