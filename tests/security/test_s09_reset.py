"""S9: a link for a new password works once, for half an hour, and for nobody who has only the database."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from server.actions import mail
from server.domain.clock import MINUTE, now_ms
from server.domain.letters import Letter
from server.store import audit
from server.web import recovery
from tests.support.crawl import in_tables
from tests.support.mail_server import PostOffice, link_in, send_mail, text_of
from tests.support.small_board import PASSWORD, SmallBoard, small_board

NEW = "nine loud lanterns"


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(database_url, recovery.routes) as board:
        await board.add("Ann")
        yield board


async def link_for(board: SmallBoard, office: PostOffice, visitor: httpx.AsyncClient, login: str) -> str:
    """The link of the letter that comes to who has forgotten his login."""
    assert (await visitor.post("/forgot", data={"login": login})).status_code == 303
    await send_mail(board, office)
    return link_in(await office.next_letter())


async def test_name_and_password_are_recovered_by_either(board: SmallBoard, office: PostOffice) -> None:
    for login in ("ann@example.org", "ANN@example.org", "ann"):
        async with board.visitor() as ann:
            link = await link_for(board, office, ann, login)
            assert "Ann" in text_of(office.letters[-1])
            assert "Ann" in (await ann.get(link)).text
            answer = await ann.post(link, data={"password": NEW})
            assert (answer.status_code, answer.headers["location"]) == (303, "/login?done=reset")
            assert "Your new password is set" in (await ann.get(answer.headers["location"])).text
            assert (await ann.get("/viewer")).json() == {"role": "guest"}  # a link signs nobody in
            assert (await ann.post("/login", data={"login": "Ann", "password": NEW})).status_code == 303
        await send_mail(board, office)
        assert "was changed" in (await office.next_letter())["Subject"]


async def test_a_link_that_is_over_is_refused_where_it_is_used(board: SmallBoard, office: PostOffice) -> None:
    async with board.visitor() as ann:
        link = await link_for(board, office, ann, "Ann")
        async with board.db.begin() as writer:
            await writer.run("UPDATE links SET expires_at = :now", now=now_ms())
        answer = await ann.post(link, data={"password": NEW})  # straight, without the page before it
        assert answer.status_code == 404
        assert "half an hour" in answer.text
        assert (await ann.get(link)).status_code == 404
        assert (await ann.post("/login", data={"login": "Ann", "password": PASSWORD})).status_code == 303


async def test_a_link_lasts_half_an_hour_from_when_it_was_sent(board: SmallBoard, office: PostOffice) -> None:
    async with board.visitor() as ann:
        await link_for(board, office, ann, "Ann")
    async with board.db.snapshot() as reader:
        made, ends = await reader.one("SELECT created_at, expires_at FROM links") or (0, 0)
    assert ends - made == 30 * MINUTE


async def test_a_link_works_once_and_a_newer_one_ends_it(board: SmallBoard, office: PostOffice) -> None:
    async with board.visitor() as ann:
        old = await link_for(board, office, ann, "Ann")
        new = await link_for(board, office, ann, "Ann")
        assert old != new
        assert (await ann.post(old, data={"password": NEW})).status_code == 404
        assert (await ann.post(new, data={"password": NEW})).status_code == 303
        assert (await ann.post(new, data={"password": PASSWORD})).status_code == 404


async def test_a_password_that_is_refused_leaves_the_link_and_the_page(
    board: SmallBoard, office: PostOffice
) -> None:
    async with board.visitor() as ann:
        link = await link_for(board, office, ann, "Ann")
        answer = await ann.post(link, data={"password": "short"})
        assert answer.status_code == 422
        assert "short" not in answer.text.replace("shorter", "")
        assert "Ann" in answer.text
        assert (await ann.post(link, data={"password": NEW})).status_code == 303


async def test_a_new_password_ends_every_session(board: SmallBoard, office: PostOffice) -> None:
    sessions = [(await board.sign_in("Ann")).token for _ in range(3)]
    async with board.visitor() as ann:
        await ann.post(await link_for(board, office, ann, "Ann"), data={"password": NEW})
    assert [await board.is_signed_in(token) for token in sessions] == [False] * 3
    async with board.db.snapshot() as reader:
        acts = [entry.act for entry in await audit.latest(reader, 10)]
    assert {"recovery_asked", "password_reset", "other_sessions_ended"} <= set(acts)


async def test_a_dump_of_the_database_has_no_link_in_it(board: SmallBoard, office: PostOffice) -> None:
    async with board.visitor() as ann:
        await ann.post("/forgot", data={"login": "Ann"})
        assert await in_tables(board.db, "recover") >= {
            "outbox.letter"
        }  # the premise: the letter waits there
        assert await in_tables(board.db, "/reset/") == set()
        await send_mail(board, office)
        token = link_in(await office.next_letter()).rpartition("/")[2]
    assert len(token) == 43  # 256 bits
    assert await in_tables(board.db, token) == set()


async def test_a_closed_account_gets_no_letter_and_its_link_ends(
    board: SmallBoard, office: PostOffice
) -> None:
    async with board.visitor() as ann:
        link = await link_for(board, office, ann, "Ann")
        async with board.db.begin() as writer:
            await writer.run("UPDATE members SET disabled_at = 1")
        assert (await ann.post(link, data={"password": NEW})).status_code == 404
        await ann.post("/forgot", data={"login": "Ann"})
        await send_mail(board, office)
    assert len(office.letters) == 1


async def test_known_and_unknown_are_answered_alike_and_looked_up_by_neither(board: SmallBoard) -> None:
    answers = []
    for login in ("ann@example.org", "nobody@example.org", "Ann", "Nobody"):
        async with board.visitor() as mallory:
            answer = await mallory.post("/forgot", data={"login": login})
            answers.append((answer.status_code, answer.headers["location"], answer.text))
            shown = (await mallory.get(answer.headers["location"])).text
            assert "If we know this name or address" in shown
            answers.append((200, "", shown))
    assert answers[0::2] == [answers[0]] * 4
    assert answers[1::2] == [answers[1]] * 4
    async with board.db.snapshot() as reader:
        assert await reader.value("SELECT COUNT(*) FROM outbox") == 4  # the same work for each


async def test_nobody_is_flooded_with_letters(board: SmallBoard) -> None:
    async with board.visitor() as mallory:
        statuses = [(await mallory.post("/forgot", data={"login": "Ann"})).status_code for _ in range(5)]
        answer = await mallory.post("/forgot", data={"login": "Ann"})
        assert int(answer.headers["retry-after"]) > 0
        assert 'value="Ann"' in answer.text
        assert (await mallory.post("/forgot", data={"login": "nobody"})).status_code == 303
    assert statuses == [303, 303, 303, 429, 429]


async def test_links_lead_to_the_configured_address_whatever_the_request_says(
    sqlite_url: str, office: PostOffice
) -> None:
    async with small_board(sqlite_url, recovery.routes, public_url="https://forum.example.org") as board:
        await board.add("Ann")
        async with board.visitor(X_Forwarded_Host="evil.example") as mallory:
            await mallory.post("/forgot", data={"login": "Ann"})
        await send_mail(board, office)
        text = text_of(await office.next_letter())
    assert re.findall(r"https?://([^/\s]+)", text) == ["forum.example.org"]


async def test_a_letter_can_be_queued_for_nobody(board: SmallBoard, office: PostOffice) -> None:
    async with board.db.begin() as writer:
        await mail.queue(writer, Letter.RECOVER, address="nobody@example.org", now=now_ms())
    await send_mail(board, office)
    async with board.db.snapshot() as reader:
        assert await reader.value("SELECT COUNT(*) FROM outbox") == 0
    assert office.letters == []
