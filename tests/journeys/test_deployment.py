"""The README's nginx and Caddy carry a real board: pages, sign-in, writes, sockets, limits and restarts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import websockets
from playwright.async_api import expect

from server.live.protocol import DRAINING
from tests.support.chromium import OpenPage
from tests.support.forms import submit
from tests.support.people_in_browsers import is_live
from tests.support.proxies import Front, front, installed, proxy
from tests.support.servers import ServingProcess, free_port, serving_process
from tests.support.sockets import Socket
from tests.support.troubles import Troubles
from tests.support.waiting import check, eventually

pytestmark = pytest.mark.proxy

ADMIN = {"username": "Greta", "email": "greta@example.org", "password": "seven quiet lanterns"}
ELSEWHERE, NEARBY = "127.0.0.9", "127.0.0.10"  # loopback addresses that are nobody's proxy
RESTARTING = "The board restarts. Please reload this page in a few seconds."


@dataclass
class Deployment:
    """A board with an administrator, behind a proxy."""

    proxied: Front
    data: Path
    port: int = field(default_factory=free_port)  # of Fireside
    server: ServingProcess | None = None
    session: httpx.Cookies = field(default_factory=httpx.Cookies)
    running: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @property
    def url(self) -> str:
        return self.proxied.url

    async def start(self) -> None:
        """Starts Fireside with the settings of the README's unit."""
        settings = {"PUBLIC_URL": self.url, "TRUSTED_PROXIES": "127.0.0.1"}
        self.server = await self.running.enter_async_context(
            serving_process(data_dir=self.data, env=settings, on_port=self.port)
        )

    async def stop(self) -> None:
        """Ends Fireside as systemd does."""
        await self.running.aclose()

    async def make_administrator(self) -> None:
        """Opens the link that the first start printed, in a browser."""
        assert self.server
        link = next(word for word in self.server.output.split() if f"{self.url}/setup/" in word)
        async with self.browser() as client:
            path = link.removeprefix(self.url)
            answer = await submit(client, await client.get(path), path, **ADMIN)
            assert answer.status_code == 303
            self.cookie = answer.headers["set-cookie"]
            self.session = client.cookies

    def browser(self, address: str = ELSEWHERE, *, forwarded: str = "") -> httpx.AsyncClient:
        """Somebody's browser, at an address that it may lie about."""
        headers = {"Origin": self.url} | ({"X-Forwarded-For": forwarded} if forwarded else {})
        transport = httpx.AsyncHTTPTransport(verify=self.proxied.trust(), local_address=address)
        return httpx.AsyncClient(
            base_url=self.url, headers=headers, cookies=self.session, transport=transport, trust_env=False
        )

    @contextlib.asynccontextmanager
    async def socket(self, origin: str = "") -> AsyncIterator[Socket]:
        """A guest's socket."""
        address = f"{self.url.replace('https', 'wss', 1)}/live"
        headers = [("Origin", origin or self.url)]
        async with websockets.connect(
            address, ssl=self.proxied.trust(), additional_headers=headers, proxy=None
        ) as connection:
            yield Socket(connection)


@pytest_asyncio.fixture(scope="module", params=["nginx", "caddy"])
async def deployment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    installed(request.param)
    folder = tmp_path_factory.mktemp(request.param)
    found = Deployment(front(folder), folder / "data")
    await found.start()
    try:
        async with proxy(request.param, found.proxied, f"127.0.0.1:{found.port}"):
            await found.make_administrator()
            yield found
    finally:
        await found.stop()


async def test_plain_http_leads_to_https(deployment: Deployment) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{deployment.proxied.plain_url}/latest")
    assert answer.status_code in (301, 308)
    assert answer.headers["location"] == f"{deployment.url}/latest"


async def test_the_cookie_is_for_https_only_and_only_our_pages_may_write(deployment: Deployment) -> None:
    assert deployment.cookie.startswith("__Host-sid=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(deployment.cookie.split("; "))
    topic = {"title": "Dentist", "body": "Before a count?"}
    async with deployment.browser() as greta:
        assert (await greta.get("/viewer")).json()["username"] == "Greta"
        assert (await greta.post("/categories/1/topics", data=topic)).status_code == 303
        foreign = {"Origin": "https://evil.example"}
        assert (await greta.post("/categories/1/topics", data=topic, headers=foreign)).status_code == 403
    with pytest.raises(websockets.InvalidStatus, match="403"):
        async with deployment.socket("https://evil.example"):
            pass


async def test_a_large_body_is_refused_with_our_sentence(deployment: Deployment) -> None:
    async with deployment.browser() as greta:
        answer = await greta.post("/categories/1/topics", data={"title": "T", "body": "a" * 900_000})
    assert answer.status_code == 413
    assert "at most 256 KB can be sent at once" in answer.text


async def test_nobody_gets_around_a_limit_by_naming_another_address(deployment: Deployment) -> None:
    async def statuses(address: str, times: int) -> list[int]:
        async def guess(number: int) -> int:
            async with deployment.browser(address, forwarded=f"203.0.113.{number}") as stranger:
                typed = {"login": "Greta", "password": "not this one"}
                return (await stranger.post("/login", data=typed)).status_code

        return await asyncio.gather(*[guess(number) for number in range(times)])

    assert 429 in await statuses(ELSEWHERE, 11)
    assert 429 not in await statuses(NEARBY, 1)


async def test_a_reply_appears_in_a_browser_and_a_restart_is_caught_up_with(
    deployment: Deployment, page_of: OpenPage, troubles: Troubles
) -> None:
    troubles.allow("status of 50[234]|WebSocket connection")  # while it is away
    page = await page_of(deployment.url, path="/topics/1", ignore_https_errors=True)
    await is_live(page)
    async with deployment.browser() as greta, deployment.socket() as socket:
        await socket.hello(["topic:1"])
        assert (await greta.post("/topics/1/posts", data={"body": "All are welcome."})).status_code == 303
        await expect(page.locator("article.post").last).to_contain_text("All are welcome.")
        assert (await socket.next("changes"))["channel"] == "topic:1"

        await deployment.stop()
        assert await socket.closed() == DRAINING.code
        away = await greta.get("/topics/1")
        assert (away.status_code, away.text) == (503, RESTARTING)
        await deployment.start()
        again = await eventually(lambda: _answered(greta, "/topics/1/posts", "We are back."))
        assert again.status_code == 303
    await expect(page.locator("article.post").last).to_contain_text("We are back.")
    await is_live(page)


async def _answered(client: httpx.AsyncClient, path: str, body: str) -> httpx.Response:
    answer = await client.post(path, data={"body": body, "form_token": "once"})
    check(answer.status_code < 500, f"{answer.status_code}: {answer.text}")
    return answer
