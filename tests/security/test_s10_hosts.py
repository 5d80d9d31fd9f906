"""S10: a forged Host reaches nothing (phpBB CVE-2026-29199; Starlette CVE-2026-48710)."""

import pytest

from tests.support.small_board import small_board

FORGED = [
    "evil.example",
    "forum.example.org.evil.example",
    "forum.example.org@evil.example",
    "evil.example#forum.example.org",
]


@pytest.mark.parametrize(
    "host", [*FORGED, "forum.example.org\\.evil.example", "forum.example.org:443:80", "", " "]
)
async def test_a_forged_host_gets_no_page(sqlite_url: str, host: str) -> None:
    async with (
        small_board(sqlite_url, public_url="https://forum.example.org") as board,
        board.visitor() as mallory,
    ):
        assert (await mallory.get("/login")).status_code == 200  # the premise
        answer = await mallory.get("/login", headers={"Host": host})
        assert answer.status_code == 421
        assert "evil" not in answer.text


async def test_two_hosts_are_none(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board, board.visitor() as mallory:
        twice = [(b"Host", b"127.0.0.1:8000"), (b"Host", b"127.0.0.1:8000")]
        assert (await mallory.get("/login", headers=twice)).status_code == 400


async def test_forwarded_hosts_are_not_read(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board, board.visitor() as mallory:
        for name in ("X-Forwarded-Host", "Forwarded", "X-Host", "X-Original-Host"):
            answer = await mallory.get("/nowhere", headers={name: "host=evil.example"})
            assert "evil.example" not in answer.text
            answer = await mallory.get("/admin-only", headers={name: "evil.example"})
            assert "evil.example" not in str(answer.headers)
