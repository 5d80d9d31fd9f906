"""R17's pages in a real browser: opened with one version, and told what is written while another serves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from playwright.async_api import Browser, Page, expect

from tests.reliability.board_process import BoardProcess
from tests.reliability.figures import Figure
from tests.support.chromium import chromium, find_chromium

PATIENCE = 30_000.0  # milliseconds
WITHIN = 15.0  # seconds: the longest that a page may wait with coming back after so few failures


class OpenPages:
    """One page at a time, on a topic of its own. Without a browser nothing is done, and it is said."""

    def __init__(self, board: BoardProcess, browser: Browser | None) -> None:
        self.remarks: list[str] = [] if browser else ["No browser: nothing was tried in one."]
        self._board = board
        self._browser = browser
        self._page: Page | None = None
        self._topic = 0

    async def visit(self, whose: str) -> None:
        """Opens a page of the version that serves now."""
        if self._browser is None:
            return
        if not self._topic:
            async with self._board.browser("ann") as ann:
                draft = {"title": "In a browser", "body": "Does it go on?"}
                answer = await ann.post("/categories/1/topics", json=draft)
                self._topic = answer.json()["topic"]["id"]
        self._page = await self._browser.new_page()
        self._page.on("pageerror", lambda error: self.remarks.append(f"a page {whose}: {error}"))
        await self._page.goto(f"http://127.0.0.1:{self._board.public_port}/topics/{self._topic}")
        await expect(self._page.locator("#connection")).to_have_text("Live", timeout=PATIENCE)

    async def follow(self, board: BoardProcess, what: str) -> Figure:
        """How long the open page takes until it shows what is written now."""
        if self._browser is None or self._page is None:
            return Figure(f"{what}: not tried", 0)
        begin = asyncio.get_running_loop().time()
        async with board.browser("bo") as bo:
            answer = await bo.post(f"/topics/{self._topic}/posts", json={"body": f"Yes: {what}."})
            answer.raise_for_status()
        post = self._page.locator(f"#post-{answer.json()['post']['id']}")
        await expect(post).to_be_attached(timeout=PATIENCE)
        await expect(self._page.locator("#connection")).to_have_text("Live", timeout=PATIENCE)
        took = asyncio.get_running_loop().time() - begin
        await self._page.close()
        return Figure(f"{what}: shows what is new", took, WITHIN, "s")


@contextlib.asynccontextmanager
async def open_pages(board: BoardProcess) -> AsyncIterator[OpenPages]:
    """Pages of that board."""
    if find_chromium() is None:
        yield OpenPages(board, None)
        return
    async with chromium() as browser:
        yield OpenPages(board, browser)
