"""S14: no other site can make a browser write here (ASVS 3.5.1-3.5.3; Flarum GHSA-3wjh)."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from server.web.policies import Policy
from server.web.routing import GuardedRoute
from tests.support.small_board import SmallBoard, small_board

OURS = "https://forum.example.org"
FOREIGN = [
    "https://evil.example",
    "https://evil.forum.example.org",
    "https://example.org",
    "https://forum.example.org.evil.example",
    "http://forum.example.org",
    "https://forum.example.org:8443",
    "https://forum.example.org/",
    "HTTPS://FORUM.EXAMPLE.ORG",
    "null",
    "",
    "https://forum.example.org https://evil.example",
    "file://",
]
METHODS = ["POST", "PUT", "PATCH", "DELETE"]


async def write(request: Request) -> Response:
    request.app.state.written += 1
    return PlainTextResponse("written")


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    routes = [GuardedRoute(method, "/write", write, Policy.ANYONE) for method in METHODS]
    async with small_board(sqlite_url, routes, public_url=OURS) as board:
        board.app.state.written = 0
        await board.add("Ann")
        yield board


async def send(
    board: SmallBoard, headers: dict[str, str], method: str = "POST", *, cookie: bool = True
) -> httpx.Response:
    """A request with these headers only, by default from a browser that is signed in."""
    extra = dict(headers)
    if cookie:
        extra["Cookie"] = f"__Host-sid={(await board.sign_in('Ann')).token}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(board.app), base_url=OURS) as browser:
        return await browser.request(method, "/write", headers=extra)


async def is_written(board: SmallBoard, answer: httpx.Response) -> bool:
    written: int = board.app.state.written
    board.app.state.written = 0
    assert (written == 1) == (answer.status_code == 200), answer.status_code
    assert answer.status_code in (200, 403)
    return written == 1


@pytest.mark.parametrize("method", METHODS)
async def test_our_own_pages_write(board: SmallBoard, method: str) -> None:
    for headers in (
        {"Sec-Fetch-Site": "same-origin", "Origin": OURS},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},  # a bookmark, the address bar
        {"Origin": OURS},  # a browser without Sec-Fetch-Site
    ):
        assert await is_written(board, await send(board, headers, method)), headers


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("origin", FOREIGN)
async def test_another_origin_does_not(board: SmallBoard, method: str, origin: str) -> None:
    for site in ("cross-site", "same-site", None):
        headers = {"Origin": origin} | ({"Sec-Fetch-Site": site} if site else {})
        assert not await is_written(board, await send(board, headers, method)), site
        assert not await is_written(board, await send(board, headers, method, cookie=False)), site


@pytest.mark.parametrize(
    "site", ["cross-site", "same-site", "", "Same-Origin", "same-origin, cross-site", "anything"]
)
async def test_a_foreign_site_without_origin_does_not(board: SmallBoard, site: str) -> None:
    assert not await is_written(board, await send(board, {"Sec-Fetch-Site": site}))


async def test_a_request_with_a_cookie_and_neither_header_does_not(board: SmallBoard) -> None:
    assert not await is_written(board, await send(board, {}))


async def test_a_program_without_cookies_does(board: SmallBoard) -> None:
    assert await is_written(board, await send(board, {}, cookie=False))


async def test_a_text_plain_form_of_another_site_is_refused_and_one_of_ours_is_not_json(
    board: SmallBoard,
) -> None:
    body = b'{"login": "Ann", "password": "x", "padding": "=\r\n"}'
    async with board.visitor(Content_Type="text/plain") as browser:
        foreign = await browser.post(
            "/login", content=body, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        )
        assert foreign.status_code == 403
        assert (await browser.post("/login", content=body)).status_code == 415


async def test_the_refusal_says_what_to_do(board: SmallBoard) -> None:
    answer = await send(board, {"Origin": "https://evil.example"})
    assert "PUBLIC_URL" in answer.text
    as_json = await send(board, {"Origin": "https://evil.example", "Accept": "application/json"})
    assert as_json.json()["error"]["code"] == "origin"


async def test_on_this_machine_every_loopback_name_is_ours_with_its_port_only(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board, board.visitor(Sec_Fetch_Site="") as browser:
        for origin in ("http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"):
            assert (await browser.post("/logout", headers={"Origin": origin})).status_code == 303, origin
        for origin in (
            "http://127.0.0.1",
            "http://localhost:3000",
            "https://localhost:8000",
            "http://192.0.2.1:8000",
        ):
            assert (await browser.post("/logout", headers={"Origin": origin})).status_code == 403, origin


async def test_reading_is_for_everybody(board: SmallBoard) -> None:
    async with board.visitor() as browser:
        for site in ("cross-site", "same-site"):
            answer = await browser.get(
                "/viewer", headers={"Sec-Fetch-Site": site, "Origin": "https://evil.example"}
            )
            assert answer.status_code == 200
            assert "access-control-allow-origin" not in answer.headers  # but not by another site's script
        preflight = await browser.options("/write", headers={"Origin": "https://evil.example"})
        assert not [name for name in preflight.headers if name.startswith("access-control")]
