"""The end of a letter: no more of its kind, with one press, by whoever has it, and back again."""

import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from html import unescape

import httpx
import pytest
import pytest_asyncio

from server.actions import mail, notices
from server.domain.clock import DAY, MINUTE, now_ms
from server.domain.letters import Letter
from server.domain.mail_choices import MailChoices
from server.domain.notices import NoticeKind
from server.domain.unsubscribing import Subscription, read_token, unsubscribe_token
from server.jobs.carriers import MailServer
from server.jobs.mail import MailRoom
from server.store import mail_choices, settings
from server.views.letters import LetterWriter
from server.web import settings as settings_pages
from server.web import unsubscribing
from tests.support.mail_server import PostOffice, html_of, text_of
from tests.support.small_board import PROGRAM, SmallBoard, small_board

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(sqlite_url, [*unsubscribing.routes, *settings_pages.routes]) as board:
        yield board


async def letter_to(board: SmallBoard, office: PostOffice, name: str) -> EmailMessage:
    number = await board.add(name)
    async with board.db.begin() as writer:
        await writer.run("UPDATE members SET email_confirmed_at = 1 WHERE id = :id", id=number)
        await notices.tell(
            writer, number, NoticeKind.ROLE_CHANGED, object_kind="member", object_id=number, now=now_ms()
        )
    room = MailRoom(board.db, MailServer(office.url), LetterWriter(board.origin), "board@example.org")
    await room.deliver_due(now=now_ms() + 11 * MINUTE)
    return await office.next_letter()


async def wanted(board: SmallBoard, member_id: int = 1) -> MailChoices:
    async with board.db.snapshot() as reader:
        return await mail_choices.of_member(reader, member_id)


def path_in(letter: EmailMessage) -> str:
    """The path of the address by which a mail program unsubscribes."""
    found = re.fullmatch(r"<http://[^/]+(/unsubscribe/[\w.-]+)>", str(letter["List-Unsubscribe"]))
    assert found
    return found[1]


async def test_a_mail_program_unsubscribes_with_one_click_from_wherever_it_is(
    board: SmallBoard, office: PostOffice
) -> None:
    letter = await letter_to(board, office, "Ann")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (
        f"\r\nList-Unsubscribe: <{board.origin}{path_in(letter)}>\r\n".encode() in office.raw[0]
    )  # not encoded
    for part in (text_of(letter), html_of(letter)):
        assert path_in(letter) in part
        assert "/settings/mail" in part
    elsewhere: list[dict[str, str]] = [
        {},
        {"Origin": "null"},
        {"Origin": "https://mail.example.com", "Sec-Fetch-Site": "cross-site"},
    ]
    for headers in elsewhere:
        transport = httpx.ASGITransport(board.app)
        async with httpx.AsyncClient(transport=transport, base_url=board.origin, headers=headers) as program:
            answer = await program.post(path_in(letter), data=ONE_CLICK)
        assert answer.status_code == 200, headers  # RFC 8058, 3.1: no redirect
        assert await wanted(board) == MailChoices(notices=False)
        async with board.db.begin() as writer:
            await mail_choices.put(writer, 1, MailChoices())


async def test_opening_the_link_changes_nothing_and_the_button_can_be_undone(
    board: SmallBoard, office: PostOffice
) -> None:
    path = path_in(await letter_to(board, office, "Ann"))
    async with board.visitor() as ann:
        page = (await ann.get(path)).text
        assert "You need not sign in" in page
        assert await wanted(board) == MailChoices()
        page = unescape((await ann.post(path)).text)
        assert "You won't get these letters any more" in page
        assert await wanted(board) == MailChoices(notices=False)
        assert "You won't get these letters any more" in unescape((await ann.get(path)).text)
        found = re.search(r'name="undo" value="([\w-]+)"', page)
        assert found
        again = await ann.post("/unsubscribe/undo", data={"undo": found[1]})
        assert "You will get these letters again" in again.text
        assert await wanted(board) == MailChoices()
        assert (await ann.post("/unsubscribe/undo", data={"undo": found[1]})).status_code == 404  # once


async def test_programs_get_the_same_as_json(board: SmallBoard, office: PostOffice) -> None:
    path = path_in(await letter_to(board, office, "Ann"))
    async with board.visitor(**PROGRAM) as program:
        assert (await program.post(path)).json() == {"letters": "notices", "wanted": False}
        assert (await program.post("/unsubscribe/undo", json={"undo": "x"})).status_code == 404


async def test_it_ends_one_kind_of_letters_of_one_member_whoever_is_signed_in(
    board: SmallBoard, office: PostOffice
) -> None:
    path = path_in(await letter_to(board, office, "Ann"))
    await board.add("Bo")
    async with board.member("Bo") as bo:
        assert (await bo.post(path, headers={"Origin": "https://evil.example"})).status_code == 200
    assert await wanted(board, 1) == MailChoices(notices=False)
    assert await wanted(board, 2) == MailChoices()


async def test_a_made_up_token_ends_nothing(board: SmallBoard, office: PostOffice) -> None:
    path = path_in(await letter_to(board, office, "Ann"))
    bo = await board.add("Bo")
    others = path.replace("/1.", f"/{bo}.")
    kinds = path.replace(".notices.", ".answers.")
    cut, key = path[:-1], path.replace(".notices.", ".recover.")
    async with board.visitor() as guest:
        for made_up in (others, kinds, cut, key, f"{path}x", "/unsubscribe/x", "/unsubscribe/1.notices."):
            assert (await guest.get(made_up)).status_code == 404, made_up
            assert (await guest.post(made_up)).status_code == 404, made_up
    assert await wanted(board) == await wanted(board, bo) == MailChoices()


async def test_who_has_left_has_nothing_to_unsubscribe_from(board: SmallBoard, office: PostOffice) -> None:
    path = path_in(await letter_to(board, office, "Ann"))
    async with board.db.begin() as writer:
        await writer.run("UPDATE members SET disabled_at = 1 WHERE id = 1")
    async with board.visitor() as guest:
        assert (await guest.post(path)).status_code == 404


async def test_only_letters_that_one_can_do_without_have_such_an_end(
    board: SmallBoard, office: PostOffice
) -> None:
    ann = await board.add("Ann")
    async with board.db.begin() as writer:
        await mail.queue(writer, Letter.PASSWORD_CHANGED, ann, now=now_ms())
    room = MailRoom(board.db, MailServer(office.url), LetterWriter(board.origin), "board@example.org")
    await room.deliver_due(now=now_ms())
    letter = await office.next_letter()
    assert letter["List-Unsubscribe"] is None
    assert letter["List-Unsubscribe-Post"] is None
    assert "unsubscribe" not in letter.as_string()
    async with board.db.snapshot() as reader:
        key = await settings.form_key(reader)
    assert read_token(key, unsubscribe_token(key, Subscription(ann, Letter.PASSWORD_CHANGED))) is None


async def test_the_settings_say_what_comes_and_what_always_comes(board: SmallBoard) -> None:
    await board.add("Ann")
    async with board.member("Ann") as ann:
        page = unescape((await ann.get("/settings/mail")).text)
        assert "can't be switched off" in page
        ticked = set(re.findall(r'name="(\w+)" type="checkbox" value="1" checked', page))
        assert ticked == {"answers", "notices"}
        answer = await ann.post("/settings/mail/letters", data={"texts": "1", "notices": "1"})
        assert "Saved." in (await ann.get(answer.headers["location"])).text
        assert await wanted(board) == MailChoices(answers=False, texts=True)
        told = await ann.post("/settings/mail/letters", json={"answers": True}, headers=PROGRAM)
        assert told.json() == {"answers": True, "texts": False, "notices": False, "reports": True}
        assert (await ann.get("/settings/mail", headers=PROGRAM)).json() == {
            "email": "ann@example.org",
            "confirmed": False,
            "letters": {"answers": True, "texts": False, "notices": False, "reports": True},
        }


@pytest.mark.parametrize("later", [DAY])
async def test_undoing_is_for_a_day(board: SmallBoard, office: PostOffice, later: int) -> None:
    path = path_in(await letter_to(board, office, "Ann"))
    async with board.visitor() as ann:
        page = (await ann.post(path)).text
        found = re.search(r'name="undo" value="([\w-]+)"', page)
        assert found
        async with board.db.begin() as writer:
            await writer.run("UPDATE links SET expires_at = expires_at - :later", later=later)
        assert (await ann.post("/unsubscribe/undo", data={"undo": found[1]})).status_code == 404
    assert await wanted(board) == MailChoices(notices=False)
