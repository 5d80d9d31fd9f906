"""Asking to leave takes the password and a week, and can be taken back."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio

from server.actions import departures
from server.domain.clock import DAY, now_ms
from server.domain.viewer import Role
from server.web import settings
from tests.support.mail_server import PostOffice, send_mail
from tests.support.small_board import PASSWORD, PROGRAM, SmallBoard, small_board

LEAVE = {"how": "anonymise", "leave_password": PASSWORD}


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url, settings.routes) as board:
        await board.add("Ada", Role.ADMIN)
        await board.add("Ann")
        yield board


async def test_ann_asks_to_leave_is_told_and_stays(board: SmallBoard, office: PostOffice) -> None:
    async with board.member("Ann") as ann:
        assert (await ann.post("/settings/data/leave", data=LEAVE)).status_code == 303
        page = (await ann.get("/settings/data")).text
        assert "You are leaving on" in page
        assert "I want to stay" in page
        assert await send_mail(board, office) == ["ann@example.org"]
        assert not await departures.depart_next(board.db, now=now_ms() + 6 * DAY)
        answer = await ann.post("/settings/data/stay")
        assert "You stay" in (await ann.get(answer.headers["location"])).text
        assert (await ann.get("/settings/data", headers=PROGRAM)).json()["leaving"] is None
    assert not await departures.depart_next(board.db, now=now_ms() + 8 * DAY)


async def test_after_a_week_the_account_is_nobodys(board: SmallBoard) -> None:
    async with board.member("Ann") as ann:
        await ann.post("/settings/data/leave", data=LEAVE)
        assert await departures.depart_next(board.db, now=now_ms() + 8 * DAY)
        assert (await ann.get("/viewer")).json() == {"role": "guest"}
        for login in ("Ann", "ann@example.org", "Former member"):
            answer = await ann.post("/login", data={"login": login, "password": PASSWORD})
            assert answer.status_code == 422
    await board.add("Ann")  # the name is free again
    async with board.member("Ann") as another:
        assert (await another.get("/viewer")).json()["username"] == "Ann"


async def test_what_is_wrong_is_said_and_nothing_happens(board: SmallBoard) -> None:
    async with board.member("Ann") as ann:
        for given, problem in (
            ({"leave_password": "wrong horse"}, "This is not your current password"),
            ({"how": ""}, "Please choose what becomes of your posts"),
        ):
            answer = await ann.post("/settings/data/leave", data=LEAVE | given)
            assert answer.status_code == 422
            assert problem in answer.text
        answer = await ann.post("/settings/data/leave", data=LEAVE | {"leave_password": "x"})
        assert re.search(r'value="anonymise" checked', answer.text)
        assert (await ann.post("/settings/data/stay")).status_code == 404


async def test_the_last_administrator_cannot_leave_the_board_alone(board: SmallBoard) -> None:
    async with board.member("Ada") as ada:
        answer = await ada.post("/settings/data/leave", data=LEAVE)
        assert answer.status_code == 403
        assert "only administrator" in answer.text
        await board.add("Eve", Role.ADMIN)
        assert (await ada.post("/settings/data/leave", data=LEAVE)).status_code == 303
    async with board.db.begin() as writer:
        await writer.run("UPDATE members SET role = 'member' WHERE username = 'Eve'")
    assert not await departures.depart_next(board.db, now=now_ms() + 8 * DAY)
