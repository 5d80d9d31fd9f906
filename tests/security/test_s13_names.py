"""S13: no name is a link or hides characters (Flarum CVE-2026-30913, ASVS 1.3.11)."""

import pytest

from tests.support.small_board import PASSWORD, small_board

NAMES = [
    "evil.com",
    "https://evil.com",
    "ann@evil.com",
    "Ann\u202eevil",
    "Ann\u200b",
    "Ann\r\nBcc: all",
    "administrator",
]


@pytest.mark.parametrize("name", NAMES)
async def test_such_a_name_cannot_be_had(sqlite_url: str, name: str) -> None:
    form = {"username": name, "email": "ann@example.org", "password": PASSWORD, "rules": "on"}
    async with small_board(sqlite_url) as board, board.visitor(Accept="application/json") as mallory:
        answer = await mallory.post("/signup", data=form)
        assert answer.status_code == 422
        assert set(answer.json()["error"]["fields"]) == {"username"}


async def test_an_address_cannot_carry_a_header(sqlite_url: str) -> None:
    form = {
        "username": "Ann",
        "email": "ann@example.org\r\nBcc: all@example.org",
        "password": PASSWORD,
        "rules": "on",
    }
    async with small_board(sqlite_url) as board, board.visitor(Accept="application/json") as mallory:
        answer = await mallory.post("/signup", data=form)
        assert set(answer.json()["error"]["fields"]) == {"email"}
