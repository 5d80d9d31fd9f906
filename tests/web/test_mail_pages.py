"""Administrators see whether mail leaves, what is stuck and why, and do something about it."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio

from server.domain.clock import now_ms
from server.domain.viewer import Role
from server.jobs.carriers import MailServer
from server.jobs.mail import MailRoom
from server.store import audit
from server.views.letters import LetterWriter
from server.web import admin
from tests.support.mail_server import PostOffice, send_mail
from tests.support.servers import free_port
from tests.support.small_board import PROGRAM, SmallBoard, small_board


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(sqlite_url, admin.routes) as board:
        await board.add("Ada", Role.ADMIN)
        await board.add("Bo")
        yield board


async def fail_to_send(board: SmallBoard) -> None:
    nobody = MailServer(f"smtp://127.0.0.1:{free_port()}")
    await MailRoom(board.db, nobody, LetterWriter(board.origin), "board@example.org").deliver_due(
        now=now_ms()
    )


async def test_ada_tries_whether_mail_arrives(board: SmallBoard, office: PostOffice) -> None:
    async with board.member("Ada") as ada:
        page = (await ada.get("/admin/mail")).text
        assert "No mail server is configured" in page
        assert "None. Letters that a mail server did not take stand here" in page
        answer = await ada.post("/admin/mail/test")
        assert "A letter to you is on its way" in (await ada.get(answer.headers["location"])).text
        assert await send_mail(board, office) == ["ada@example.org"]
        told = (await ada.get("/admin/mail", headers=PROGRAM)).json()
    assert told == {"waiting": 0, "sent": 1, "failed": 0, "stuck": []}
    assert "arrives" in (await office.next_letter())["Subject"]


async def test_a_letter_that_is_stuck_is_shown_tried_again_and_discarded(
    board: SmallBoard, office: PostOffice
) -> None:
    async with board.member("Ada") as ada:
        for _ in range(2):
            await ada.post("/admin/mail/test")
        await fail_to_send(board)
        page = (await ada.get("/admin/mail")).text
        assert "Test letter for Ada" in page
        assert "tried 1 time" in page
        first, second = sorted(re.findall(r"/admin/mail/(\d+)/retry", page))
        answer = await ada.post(f"/admin/mail/{first}/retry")
        assert "tried again now" in (await ada.get(answer.headers["location"])).text
        answer = await ada.post(f"/admin/mail/{second}/discard", headers=PROGRAM)
        assert answer.json() == {"saved": "discarded"}
        assert await send_mail(board, office) == ["ada@example.org"]
        assert (await ada.post(f"/admin/mail/{second}/discard")).status_code == 404
        assert (await ada.post(f"/admin/mail/{first}/retry")).status_code == 404  # it is sent
    async with board.db.snapshot() as reader:
        acts = {entry.act for entry in await audit.latest(reader, 10)}
    assert {"mail_tested", "mail_tried_again", "mail_discarded"} <= acts


async def test_the_boards_mail_is_for_administrators_only(board: SmallBoard) -> None:
    async with board.member("Bo") as bo, board.visitor() as guest:
        for path in ("/admin/mail/test", "/admin/mail/1/retry", "/admin/mail/1/discard"):
            assert (await bo.post(path)).status_code == 403
            assert (await guest.post(path, headers=PROGRAM)).status_code == 401
