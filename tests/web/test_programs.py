"""Tokens for programs, as their owner makes, sees and ends them: by plain forms."""

import re

from server.actions.tokens import LIVES, MOST, PREFIX
from server.domain.clock import now_ms
from server.domain.viewer import Role
from server.store import audit, tokens
from server.web.settings import routes
from tests.support.small_board import PASSWORD, PROGRAM, SmallBoard, small_board

FORM = {"name": "nightly copy", "scope": "read", "days": "90", "current": PASSWORD}
NEW = "nine loud lanterns"


def secret_on(html: str) -> str:
    found = re.search(r'class="secret"><code>([\w-]+)</code>', html)
    assert found is not None
    return found[1]


async def is_signed_in(board: SmallBoard, secret: str) -> bool:
    async with board.visitor(Authorization=f"Bearer {secret}") as program:
        return (await program.get("/viewer", headers=PROGRAM)).status_code == 200


async def test_bo_makes_a_token_sees_it_once_and_ends_it(database_url: str) -> None:
    async with small_board(database_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            assert "No program signs in as you." in (await bo.get("/settings/programs")).text
            answer = await bo.post("/settings/programs", data=FORM)
            assert answer.status_code == 201
            assert answer.headers["cache-control"] == "no-store"
            secret = secret_on(answer.text)
            assert secret.startswith(PREFIX)
            assert len(secret) == len(PREFIX) + 43  # 256 bits
            assert await is_signed_in(board, secret)
            page = (await bo.get("/settings/programs")).text
            assert secret not in page
            for words in ("nightly copy", '<span class="tag">read</span>', "not used yet", "ends on"):
                assert words in page, words
            (end,) = re.findall(r'action="(/settings/programs/\d+/end)"', page)
            assert (await bo.get("/settings")).text.count('class="device"') == 1  # a token is no device
            answer = await bo.post(end)
            assert answer.status_code == 303
            page = (await bo.get(answer.headers["location"])).text
            assert "That token is worth nothing any more." in page
            assert not await is_signed_in(board, secret)
            assert (await bo.post(end)).status_code == 404
        async with board.db.snapshot() as reader:
            acts = [(one.act, one.object_kind, one.reason) for one in await audit.latest(reader, 2)]
        assert acts == [("token_ended", "session", ""), ("token_made", "session", "read")]


async def test_nobody_ends_or_sees_another_members_token(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Ann")
        await board.add("Bo")
        async with board.member("Bo") as bo, board.member("Ann") as ann, board.visitor() as guest:
            secret = secret_on((await bo.post("/settings/programs", data=FORM)).text)
            (end,) = re.findall(
                r'action="(/settings/programs/\d+/end)"', (await bo.get("/settings/programs")).text
            )
            assert "nightly copy" not in (await ann.get("/settings/programs")).text
            assert (await ann.post(end)).status_code == 404
            assert (await guest.post(end)).headers["location"].startswith("/login")
            assert await is_signed_in(board, secret)


async def test_what_is_wrong_is_said_beside_its_field_and_the_password_is_not_repeated(
    sqlite_url: str,
) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            for wrong, sentence in (
                ({"name": " \t"}, "Please give it a name"),
                ({"name": "x" * 61}, "Please give it a name"),
                ({"scope": "admin"}, "Please choose one of these."),
                ({"scope": "moderate"}, "Only moderators can make a token that moderates."),
                ({"days": "3650"}, "Please choose one of these."),
                ({"current": "seven quit lanterns"}, "This is not your current password."),
            ):
                answer = await bo.post("/settings/programs", data=FORM | wrong)
                assert answer.status_code == 422, wrong
                assert answer.text.count(sentence) == 1, wrong
                assert PASSWORD not in answer.text
                assert "seven quit lanterns" not in answer.text
                refused = await bo.post("/settings/programs", json=FORM | wrong, headers=PROGRAM)
                assert refused.json()["error"]["fields"].keys() == wrong.keys()
            assert "No program signs in as you." in (await bo.get("/settings/programs")).text


async def test_the_same_form_sent_twice_makes_one(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            assert (await bo.post("/settings/programs", data=FORM)).status_code == 201
            again = await bo.post("/settings/programs", data=FORM | {"name": "Nightly  Copy"})
            assert again.status_code == 422
            assert "You have a token of this name already." in again.text


async def test_a_member_has_twenty_at_most_and_moderators_may_let_theirs_moderate(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Mo", Role.MODERATOR)
        async with board.member("Mo") as mo:
            for number in range(MOST):
                form = FORM | {"name": f"script {number}", "scope": "moderate"}
                assert (await mo.post("/settings/programs", data=form)).status_code == 201
            answer = await mo.post("/settings/programs", data=FORM)
            assert answer.status_code == 422
            assert "You have 20 tokens, which is the most." in answer.text
            page = (await mo.get("/settings/programs")).text
            assert page.count('class="device"') == MOST
            assert 'name="current"' not in page  # there is nothing to fill in


async def test_a_token_ends_when_it_was_chosen_to(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        number = await board.add("Bo")
        async with board.member("Bo") as bo:
            before = now_ms()
            for days in LIVES:
                await bo.post("/settings/programs", data=FORM | {"name": days, "days": days})
        async with board.db.snapshot() as reader:
            for one in await tokens.of_member(reader, number, now_ms()):
                assert before + LIVES[one.name] <= one.ends_at <= now_ms() + LIVES[one.name]
            assert await tokens.of_member(reader, number, before + LIVES["365"] + 60_000) == []


async def test_a_new_password_ends_all_tokens_and_the_page_said_so(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            page = await bo.post("/settings/programs", data=FORM)
            assert "All of them end when you change your password" in page.text
            secret = secret_on(page.text)
            await bo.post("/settings/password", data={"current": PASSWORD, "password": NEW})
            assert not await is_signed_in(board, secret)
            assert "No program signs in as you." in (await bo.get("/settings/programs")).text


async def test_a_token_makes_no_token(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            secret = secret_on((await bo.post("/settings/programs", data=FORM | {"scope": "write"})).text)
        async with board.visitor(Authorization=f"Bearer {secret}") as program:
            answer = await program.post("/settings/programs", data=FORM | {"name": "child"})
            assert answer.status_code == 403
            assert "No token is for this" in answer.text
