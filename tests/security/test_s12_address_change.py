"""S12: an address changes for who has the password and reads the new address; the old one is told."""

from collections.abc import AsyncIterator

import pytest_asyncio

from server.domain.clock import now_ms
from server.store import members
from server.web import confirmation, settings
from tests.support.mail_server import PostOffice, link_in, send_mail
from tests.support.small_board import PASSWORD, PROGRAM, SmallBoard, small_board

NEW = {"email": "ann@new.example", "current": PASSWORD}


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url, [*settings.routes, *confirmation.routes]) as board:
        await board.add("Ann")
        yield board


async def confirm_address(board: SmallBoard, username: str) -> None:
    async with board.db.begin() as writer:
        account = await members.by_username(writer, username)
        assert account is not None
        await members.confirm_email(writer, account.id, now_ms())


async def signs_in(board: SmallBoard, login: str) -> bool:
    async with board.visitor() as visitor:
        answer = await visitor.post("/login", data={"login": login, "password": PASSWORD})
        return answer.status_code == 303


async def test_both_addresses_get_a_letter_and_only_the_new_ones_link_changes_anything(
    board: SmallBoard, office: PostOffice
) -> None:
    await confirm_address(board, "Ann")
    async with board.member("Ann") as ann:
        answer = await ann.post("/settings/mail/address", data=NEW)
        assert answer.headers["location"] == "/settings/mail?saved=changing"
        assert await send_mail(board, office) == ["ann@example.org", "ann@new.example"]
        assert "ann@example.org" in (await ann.get("/settings/mail")).text
        to_new = next(letter for letter in office.letters if letter["To"] == "ann@new.example")
        link = link_in(to_new)
        assert "ann@new.example" in (await ann.get(link)).text
        assert not await signs_in(board, "ann@new.example")  # looking at the page changed nothing
        answer = await ann.post(link)
        assert answer.headers["location"] == "/settings/mail?saved=confirmed"
        shown = (await ann.get(answer.headers["location"])).text
        assert "ann@new.example" in shown
        assert "your address is confirmed" in shown
        assert (await ann.post(link)).status_code == 404  # it works once
    assert await signs_in(board, "ann@new.example")
    assert not await signs_in(board, "ann@example.org")


async def test_without_the_password_nothing_is_sent(board: SmallBoard, office: PostOffice) -> None:
    async with board.member("Ann") as ann:
        answer = await ann.post("/settings/mail/address", data=NEW | {"current": "wrong horse"})
        assert answer.status_code == 422
        assert "This is not your current password" in answer.text
        assert 'value="ann@new.example"' in answer.text
        assert "wrong horse" not in answer.text
        for bad in ("", "nobody", "ann@example.org"):
            answer = await ann.post("/settings/mail/address", data=NEW | {"email": bad})
            assert answer.status_code == 422
    assert await send_mail(board, office) == []


async def test_an_address_that_is_another_members_stays_his(board: SmallBoard, office: PostOffice) -> None:
    await board.add("Bo")
    await confirm_address(board, "Bo")
    async with board.member("Ann") as ann:
        answer = await ann.post("/settings/mail/address", data=NEW | {"email": "bo@example.org"})
        assert answer.headers["location"] == "/settings/mail?saved=changing"  # as for any address (S7)
    assert await send_mail(board, office) == ["bo@example.org"]
    assert "already" in office.letters[0]["Subject"]


async def test_who_confirms_an_address_has_it_before_who_only_gave_it(
    board: SmallBoard, office: PostOffice
) -> None:
    form = {"username": "Cleo", "email": "ann@example.org", "password": PASSWORD, "rules": "on"}
    async with board.visitor() as cleo:
        assert (await cleo.post("/signup", data=form)).status_code == 303
        assert await send_mail(board, office) == ["ann@example.org"]
        assert "Cleo" in (await cleo.get(link_in(office.letters[0]))).text
        assert (await cleo.post(link_in(office.letters[0]))).status_code == 303
        assert (await cleo.get("/viewer")).json()["username"] == "Cleo"
    async with board.db.snapshot() as reader:
        owner = await members.by_email(reader, "ann@example.org")
    assert owner is not None
    assert owner.username == "Cleo"
    assert await signs_in(board, "Ann")  # by her name


async def test_joining_with_a_confirmed_address_tells_its_owner(
    board: SmallBoard, office: PostOffice
) -> None:
    await confirm_address(board, "Ann")
    form = {"username": "Cleo", "email": "Ann@example.org", "password": PASSWORD, "rules": "on"}
    async with board.visitor() as cleo:
        assert (await cleo.post("/signup", data=form)).status_code == 303
    assert await send_mail(board, office) == ["ann@example.org"]
    assert office.letters[0]["Subject"] == "You are a member of Fireside already"
    assert await signs_in(board, "ann@example.org")


async def test_the_letter_can_be_asked_for_again_but_not_for_ever(
    board: SmallBoard, office: PostOffice
) -> None:
    async with board.member("Ann") as ann:
        assert "not confirmed yet" in (await ann.get("/settings/mail")).text
        for _ in range(3):
            answer = await ann.post("/settings/mail/confirmation")
            assert answer.headers["location"] == "/settings/mail?saved=sent"
        answer = await ann.post("/settings/mail/confirmation")
        assert (answer.status_code, answer.headers["retry-after"].isdigit()) == (429, True)
        assert await send_mail(board, office) == ["ann@example.org"] * 3
        old, _, newest = map(link_in, office.letters)
        assert (await ann.post(old)).status_code == 404
        assert (await ann.post(newest)).status_code == 303
        assert (await ann.get("/settings/mail", headers=PROGRAM)).json() == {
            "email": "ann@example.org",
            "confirmed": True,
            "letters": {"answers": True, "texts": False, "notices": True, "reports": True},
        }
        await ann.post("/settings/mail/confirmation")
    assert await send_mail(board, office) == []


async def test_a_confirmation_of_an_address_that_was_changed_since_is_over(
    board: SmallBoard, office: PostOffice
) -> None:
    async with board.member("Ann") as ann:
        await ann.post("/settings/mail/confirmation")
        await send_mail(board, office)
        first = link_in(office.letters[0])
        await ann.post("/settings/mail/address", data=NEW)
        await send_mail(board, office)
        assert (await ann.post(link_in(office.letters[1]))).status_code == 303
        assert (await ann.post(first)).status_code == 404
        assert (await ann.get("/settings/mail", headers=PROGRAM)).json()["email"] == "ann@new.example"
