"""S15: the content security policy (ASVS 3.4.3, 3.4.6-7). That pages keep it is the browser tests' matter."""

import pytest

from tests.support.small_board import small_board

PATHS = ["/login", "/signup", "/viewer", "/viewers/7.css", "/nowhere", "/setup/none"]


def policy(header: str) -> dict[str, str]:
    return dict(directive.strip().split(" ", 1) for directive in header.split(";"))


EXPECTED = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "fireside",
}


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_has_it(sqlite_url: str, path: str) -> None:
    async with (
        small_board(sqlite_url, public_url="https://forum.example.org") as board,
        board.visitor() as guest,
    ):
        answer = await guest.get(path)
    found = policy(answer.headers["content-security-policy"])
    assert found == EXPECTED | {"connect-src": "'self' wss://forum.example.org"}
    assert len(answer.headers.get_list("content-security-policy")) == 1


async def test_on_this_machine_the_socket_is_its_own_names(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board, board.visitor() as guest:
        answer = await guest.get("/login")
    found = policy(answer.headers["content-security-policy"])
    assert found["connect-src"] == "'self' ws://127.0.0.1:8000 ws://localhost:8000"


async def test_refusals_have_it_too(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board, board.visitor() as mallory:
        for headers in (
            {"Host": "evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Content-Length": "9999999"},
        ):
            answer = await mallory.post("/login", headers=headers)
            assert answer.status_code in (403, 413, 421)
            assert policy(answer.headers["content-security-policy"])["default-src"] == "'none'"


@pytest.mark.parametrize("path", ["/login", "/signup"])
async def test_the_account_pages_have_nothing_inline(sqlite_url: str, path: str) -> None:
    async with small_board(sqlite_url) as board, board.visitor() as guest:
        page = (await guest.get(path)).text
    for forbidden in (
        "<style",
        " style=",
        "<script>",
        " onclick=",
        " onload=",
        "javascript:",
        "http://",
        "https://",
    ):
        assert forbidden not in page.replace('xmlns="http://www.w3.org/2000/svg"', ""), forbidden
