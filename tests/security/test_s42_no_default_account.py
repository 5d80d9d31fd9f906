"""S42: a new board has no account; its first administrator comes by a link from the console (ASVS 6.3.2)."""

import hashlib

import pytest

from server.actions import setup
from server.domain.clock import now_ms
from tests.support.sign_ups import opened
from tests.support.small_board import PASSWORD, small_board

FORM = {"username": "Ada", "email": "ada@example.org", "password": PASSWORD}


async def test_a_new_board_has_no_account(database_url: str) -> None:
    async with small_board(database_url) as board:
        async with board.db.snapshot() as reader:
            assert await reader.all("SELECT id FROM members") == []
        async with board.visitor() as mallory:
            for login in ("admin", "administrator", "fireside", "root"):
                for password in ("admin", "password", "fireside", ""):
                    answer = await mallory.post("/login", data={"login": login, "password": password})
                    assert answer.status_code == 422


@pytest.mark.parametrize("token", ["x", "setup", "0" * 43, "%00", "..", "é"])
async def test_no_guess_is_a_link(sqlite_url: str, token: str) -> None:
    async with small_board(sqlite_url) as board, board.visitor() as mallory:
        assert await setup.setup_link(board.db, now=now_ms())  # the premise: there is one
        assert (await mallory.get(f"/setup/{token}")).status_code == 404
        assert (await mallory.post(f"/setup/{token}", data=FORM)).status_code == 404


async def test_the_database_does_not_know_the_link(database_url: str) -> None:
    async with small_board(database_url) as board:
        token = await setup.setup_link(board.db, now=now_ms())
        assert token
        assert len(token) >= 43  # 256 bits
        async with board.db.snapshot() as reader:
            row = await reader.one("SELECT token_hash, purpose FROM links")
        assert row is not None
        assert bytes(row[0]) == hashlib.sha256(token.encode()).digest()
        async with board.visitor() as mallory:
            assert (await mallory.get(f"/setup/{bytes(row[0]).hex()}")).status_code == 404
            assert (await mallory.get(f"/setup/{token}")).status_code == 200


async def test_signing_up_first_makes_no_administrator(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board, board.visitor() as ann:
        await ann.post("/signup", data=FORM | {"rules": "on"} | await opened(board.db))
        assert (await ann.get("/viewer")).json()["role"] == "member"
        assert await setup.setup_link(board.db, now=now_ms()) is not None
