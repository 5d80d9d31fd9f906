"""S16: the other headers (ASVS 3.4)."""

import pytest

from tests.support.small_board import small_board

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize("public_url", ["", "https://forum.example.org"])
async def test_every_answer_has_them(sqlite_url: str, public_url: str) -> None:
    async with small_board(sqlite_url, public_url=public_url) as board, board.visitor() as guest:
        for path in ("/login", "/viewer", "/viewers/7.css", "/nowhere", "/member"):
            headers = (await guest.get(path, headers={"Origin": "https://evil.example"})).headers
            assert ALWAYS.items() <= dict(headers).items()
            assert not [name for name in headers if name.startswith("access-control")]


async def test_https_is_for_a_year_where_there_is_https(sqlite_url: str) -> None:
    async with (
        small_board(sqlite_url, public_url="https://forum.example.org") as board,
        board.visitor() as guest,
    ):
        assert (await guest.get("/viewer")).headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("public_url", ["", "http://forum.example.org"])
async def test_and_nowhere_else(sqlite_url: str, public_url: str) -> None:
    async with small_board(sqlite_url, public_url=public_url) as board, board.visitor() as guest:
        assert "strict-transport-security" not in (await guest.get("/viewer")).headers
