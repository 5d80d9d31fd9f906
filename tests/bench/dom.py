"""From POST to the change in another browser: a reply by HTTP, seen in the DOM of a guest's Chromium.

python -m tests.bench.dom [REPLIES]
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import Page, async_playwright

from server.bench import processes
from server.bench.tables import table
from server.demo.seed import ACCOUNTS
from tests.support.chromium import QUIET, find_chromium
from tests.support.plain_http import plain_client

REPLIES = 50
REPLIES_A_TOPIC = 10  # a page has room for 20 posts
_WATCH = """count => { window.seen = new Promise(done => {
  const look = () => document.querySelectorAll('article.post').length > count
    && done(performance.timeOrigin + performance.now());
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
}); }"""


async def main(count: int) -> None:
    """Prints the table."""
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else [*QUIET]
    with tempfile.TemporaryDirectory() as folder:
        async with processes.board(Path(folder), "--demo") as board, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
            delays = await _measure(f"http://127.0.0.1:{board.port}", await browser.new_page(), count)
            await browser.close()
    spread = sorted(delays)
    cells = (f"{statistics.median(delays):.0f}", f"{spread[int(0.95 * count)]:.0f}", f"{spread[-1]:.0f}")
    print(table(("replies", "median, ms", "p95, ms", "slowest, ms"), [(str(count), *cells)]))


async def _measure(url: str, page: Page, count: int) -> list[float]:
    """Milliseconds from before the POST to the post in the guest's page."""
    headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    delays: list[float] = []
    topic_id = 0
    async with plain_client(url, headers=headers) as member:
        account = ACCOUNTS[0]
        await member.post("/login", json={"login": account.username, "password": account.password})
        for number in range(count):
            if number % REPLIES_A_TOPIC == 0:
                made = await member.post("/categories/1/topics", json={"title": "Timing", "body": "One."})
                topic_id = made.json()["topic"]["id"]
                await page.goto(f"{url}{made.json()['topic']['url']}")
                await page.locator("#connection", has_text="Live").wait_for()
            await page.evaluate(_WATCH, await page.locator("article.post").count())
            started = time.time() * 1000
            await member.post(f"/topics/{topic_id}/posts", json={"body": f"Reply {number}."})
            delays.append(float(await page.evaluate("window.seen")) - started)
    return delays


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else REPLIES))
