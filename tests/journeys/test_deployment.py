"""The README's nginx and Caddy carry a real board: pages, sign-in, writes, sockets, limits and restarts."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import websockets
from playwright.async_api import Page, expect

from server.live.limits import SOCKETS_AN_ADDRESS
from server.live.protocol import DRAINING, TOO_MANY_SOCKETS
from tests.support.chromium import OpenPage
from tests.support.forms import submit
from tests.support.people_in_browsers import PATIENCE, is_live, write_reply
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

    def browser(self) -> httpx.AsyncClient:
        """The administrator's browser, without its JavaScript."""
        return httpx.AsyncClient(
            base_url=self.url,
            headers={"Origin": self.url},
            cookies=self.session,
            verify=self.proxied.trust(),
            timeout=PATIENCE / 1000,
            trust_env=False,
        )

    @contextlib.asynccontextmanager
    async def socket(
        self, *, origin: str = "", address: str = ELSEWHERE, forwarded: str = ""
    ) -> AsyncIterator[Socket]:
        """A guest's socket, from an address that the guest may lie about."""
        headers = [("Origin", origin or self.url), *([("X-Forwarded-For", forwarded)] if forwarded else [])]
        async with websockets.connect(
            f"{self.url.replace('https', 'wss', 1)}/live",
            ssl=self.proxied.trust(),
            additional_headers=headers,
            local_addr=(address, 0),
            proxy=None,
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
        async with deployment.socket(origin="https://evil.example"):
            pass


async def test_pages_come_packed_and_not_again_when_they_are_as_before(deployment: Deployment) -> None:
    async with deployment.browser() as greta:
        assert (await greta.get("/latest")).headers["content-encoding"] == "gzip"
        greta.cookies.clear()
        page = await greta.get("/latest")
        assert page.headers["content-encoding"] == "gzip"
        known = {"If-None-Match": page.headers["etag"]}
        assert (await greta.get("/latest", headers=known)).status_code == 304


async def test_a_large_body_is_refused_with_our_sentence(deployment: Deployment) -> None:
    async with deployment.browser() as greta:
        answer = await greta.post("/categories/1/topics", data={"title": "T", "body": "a" * 900_000})
    assert answer.status_code == 413
    assert "at most 256 KB can be sent at once" in answer.text


async def test_nobody_gets_more_sockets_by_naming_other_addresses(deployment: Deployment) -> None:
    async with contextlib.AsyncExitStack() as opened:

        async def one_more(address: str, number: int) -> Socket:
            return await opened.enter_async_context(
                deployment.socket(address=address, forwarded=f"203.0.113.{number}")
            )

        for number in range(SOCKETS_AN_ADDRESS):
            assert await (await one_more(ELSEWHERE, number)).hello([])
        assert await (await one_more(ELSEWHERE, 250)).closed() == TOO_MANY_SOCKETS.code
        assert await (await one_more(NEARBY, 251)).hello([])


async def test_browsers_see_each_other_and_catch_up_after_a_restart(
    deployment: Deployment, page_of: OpenPage, troubles: Troubles
) -> None:
    troubles.allow("status of 50[234]|WebSocket connection")  # while it is away
    guest = await page_of(deployment.url, path="/topics/1", ignore_https_errors=True)
    await is_live(guest)
    last = guest.locator("article.post").last
    greta = await sign_in(
        await page_of(deployment.url, path="/login?next=/topics/1", ignore_https_errors=True)
    )
    async with deployment.browser() as again, deployment.socket() as socket:
        await socket.hello(["topic:1"])
        await write_reply(greta, "All are welcome.")
        await expect(last).to_contain_text("All are welcome.")
        assert (await socket.next("changes"))["channel"] == "topic:1"

        await deployment.stop()
        assert await socket.closed() == DRAINING.code
        away = await again.get("/topics/1")
        assert (away.status_code, away.text) == (503, RESTARTING)
        await deployment.start()
        assert (await eventually(lambda: _answered(again, "We are back."))).status_code == 303
    await expect(last).to_contain_text("We are back.")


async def sign_in(page: Page) -> Page:
    """Fills in the form, and waits for the live page that it leads to."""
    await page.get_by_label("Name or e-mail").fill(ADMIN["username"])
    await page.get_by_label("Password").fill(ADMIN["password"])
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await is_live(page)
    return page


async def _answered(client: httpx.AsyncClient, body: str) -> httpx.Response:
    answer = await client.post("/topics/1/posts", data={"body": body, "form_token": "once"})
    check(answer.status_code < 500, f"{answer.status_code}: {answer.text}")
    return answer
