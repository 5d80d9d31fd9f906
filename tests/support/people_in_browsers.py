"""People of the whole board at their browsers: signed in by cookie, on live pages.

async def test_…(people: People) -> None:
    topic = await people.board.topic("Dentist", "Before a count?")
    bo = await people.visit("bo", f"/topics/{topic.topic_id}")      # waits until the page is live
    await people.as_person("ann").post(f"/posts/{topic.post_id}", ...)
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
from playwright.async_api import (
    Locator,
    Page,
    StorageState,
    StorageStateCookie,
    ViewportSize,
    WebSocket,
    expect,
)

from server.actions import accounts
from server.domain.clock import now_ms
from server.live.protocol import TOO_SLOW
from tests.support.chromium import OpenPage
from tests.support.troubles import Troubles
from tests.support.whole_board import NO_LIMITS, PASSWORD, WholeBoard, whole_board

PATIENCE = 15_000.0  # milliseconds for something to show, on a busy machine
WIDE = ViewportSize(width=1280, height=800)
NARROW = ViewportSize(width=390, height=780)

expect.set_options(timeout=PATIENCE)


@dataclass
class People:
    board: WholeBoard
    open_page: OpenPage
    troubles: Troubles
    frames: dict[Page, list[str]] = field(default_factory=dict)
    """What each page was sent over its sockets since it was opened by `visit(..., record=True)`."""

    async def visit(
        self, name: str | None, path: str = "/", *, live: bool = True, record: bool = False, **options: Any
    ) -> Page:
        """Opens a page as ann, bo, cleo, mod or ada; None is a guest. Each call is another device."""
        base_url = self.board.base_url
        options = {"viewport": WIDE, "storage_state": self.signed_in(name), **options}
        page = await self.open_page(base_url, path="about:blank", **options)
        page.set_default_timeout(PATIENCE)
        if record:
            self.record(page)
        await page.goto(path)
        if live:
            await is_live(page)
        return page

    async def tabs(self, name: str | None, *paths: str, record: bool = False, **options: Any) -> list[Page]:
        """Opens several pages in one browser of that person; those not in front draw once a second."""
        first = await self.visit(name, "about:blank", live=False, **options)
        pages = [first, *[await first.context.new_page() for _ in paths[1:]]]
        for page in pages:
            page.set_default_timeout(PATIENCE)
            if record:
                self.record(page)
        await asyncio.gather(*(page.goto(path) for page, path in zip(pages, paths, strict=True)))
        for page in pages:
            await is_live(page)
        return pages

    async def each(self, path: str, *names: str | None, **options: Any) -> list[Page]:
        """Opens the same page in a browser of each person."""
        return await asyncio.gather(*(self.visit(name, path, **options) for name in names))

    def signed_in(self, name: str | None) -> StorageState:
        """A browser's memory with the person's session in it."""
        if name is None:
            return {"cookies": [], "origins": []}
        cookie: StorageStateCookie = {
            "name": self.board.config.cookie_name,
            "value": self.board.tokens[name],
            "domain": "127.0.0.1",
            "path": "/",
            "expires": -1,
            "httpOnly": True,
            "secure": False,
            "sameSite": "Lax",
        }
        return {"cookies": [cookie], "origins": []}

    def record(self, page: Page) -> None:
        """Keeps every frame that the page's sockets receive from now on."""
        kept = self.frames.setdefault(page, [])

        def on_socket(socket: WebSocket) -> None:
            socket.on("framereceived", lambda payload: kept.append(str(payload)))

        page.on("websocket", on_socket)

    def expect_missing_page(self) -> None:
        """A page will not be there any more, which Chromium logs as an error."""
        self.troubles.allow(r"status of 404")

    async def act(self, name: str, path: str, **values: str) -> httpx.Response:
        """Sends a form as that person without a browser. Anything but success fails the test."""
        async with self.board.browser(name) as client:
            answer = await client.post(path, data=values)
        assert answer.status_code == 303, f"{name} got {answer.status_code} for {path}: {answer.text[:2000]}"
        return answer

    async def sign_in_again(self, name: str) -> None:
        """Gives somebody another session, for browsers that are opened from now on."""
        username = self.board.viewer(name).username
        state = self.board.server.app.state
        signed_in = await accounts.sign_in(
            self.board.db, state.passwords, username, PASSWORD, remember=True, now=now_ms(), limits=NO_LIMITS
        )
        self.board.tokens[name] = signed_in.token

    def cut_everyone(self) -> None:
        """Ends every socket on the server's side, as a bad network does."""
        for session in list(self.board.server.app.state.live.hub):
            session.end(TOO_SLOW)

    async def edit(self, name: str, post_id: int, body: str, reason: str = "") -> None:
        """Changes a post as it stands now."""
        async with self.board.browser(name, json=True) as client:
            version = (await client.get(f"/posts/{post_id}")).json()["post"]["version"]
        await self.act(name, f"/posts/{post_id}", body=body, reason=reason, version=str(version))


async def is_live(page: Page) -> None:
    """Waits until the page says that it is live."""
    await expect(page.locator("#connection")).to_have_text("Live")


def post(page: Page, post_id: int) -> Locator:
    return page.locator(f"#post-{post_id}")


def body_of(page: Page, post_id: int) -> Locator:
    return page.locator(f"#post-{post_id} > .body")


def composer(page: Page) -> Locator:
    """Where one writes a reply."""
    return page.get_by_role("textbox", name="Your reply")


async def write_reply(page: Page, text: str) -> None:
    """Writes into the composer and sends it, by keyboard."""
    await composer(page).fill(text)
    await composer(page).press("Control+Enter")


@pytest_asyncio.fixture(scope="module")
async def shared_board(tmp_path_factory: Any, sqlite_template: Path) -> AsyncIterator[WholeBoard]:
    """One whole board for all tests of a module, each of which writes topics of its own."""
    file = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("board") / "fireside.db")
    async with whole_board(f"sqlite:///{file}") as board:
        yield board


@pytest_asyncio.fixture
async def people(shared_board: WholeBoard, page_of: OpenPage, troubles: Troubles) -> People:
    """The people of the module's board, each with browsers of their own."""
    return People(shared_board, page_of, troubles)
