"""S37: a form sets what it names and nothing else (ASVS 15.3.3)."""

import pytest

from server.domain.clock import now_ms
from server.domain.viewer import Role
from server.store import members
from tests.support.sign_ups import opened
from tests.support.small_board import PASSWORD, small_board

ANN = {"username": "Ann", "email": "ann@example.org", "password": PASSWORD, "rules": "on"}
MORE = {
    "id": "77",
    "role": "admin",
    "password_hash": "x",
    "email_confirmed_at": "1",
    "created_at": "1",
    "posts": "5000",
    "disabled_at": "1",
    "personal_text": "I am the administrator",
    "is_admin": "on",
}


@pytest.mark.parametrize("as_json", [False, True])
async def test_signing_up_with_more_fields_sets_none_of_them(database_url: str, as_json: bool) -> None:
    async with small_board(database_url) as board, board.visitor() as mallory:
        body = ANN | MORE | await opened(board.db)
        answer = await (mallory.post("/signup", json=body) if as_json else mallory.post("/signup", data=body))
        assert answer.status_code == 303
        async with board.db.snapshot() as reader:
            account = await members.by_username(reader, "Ann")
            row = await reader.one("SELECT posts, personal_text, email_confirmed_at, created_at FROM members")
    assert account is not None
    assert (account.id, account.role, account.disabled) == (1, Role.MEMBER, False)
    assert row is not None
    assert (row[0], row[1], row[2]) == (0, "", None)
    assert now_ms() - row[3] < 60_000


async def test_signing_in_with_a_role_gives_none(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board, board.visitor() as ann:
        await board.add("Ann")
        await ann.post("/login", data={"login": "Ann", "password": PASSWORD, "role": "admin", "id": "2"})
        assert (await ann.get("/viewer")).json()["role"] == "member"


async def test_a_query_is_no_form(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board, board.visitor() as ann:
        await board.add("Ann")
        assert (await ann.post("/login", params={"login": "Ann", "password": PASSWORD})).status_code == 422
