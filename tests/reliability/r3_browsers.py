"""The browsers in which R3's stories happen.

Chromium is the one of the other tests. Firefox and WebKit are Playwright's own (`playwright install
firefox`), or a stock Firefox at $FIREFOX, which is driven by WebDriver BiDi.
"""

import contextlib
import os
from collections.abc import AsyncIterator

from playwright.async_api import Browser, async_playwright

from tests.support.chromium import chromium

BROWSERS = ("chromium", "firefox", "webkit")


@contextlib.asynccontextmanager
async def browser_called(name: str) -> AsyncIterator[Browser]:
    """A headless browser; ValueError for one that is not among BROWSERS."""
    if name not in BROWSERS:
        raise ValueError(f"expected one of {', '.join(BROWSERS)}, not {name}")
    if name == "chromium":
        async with chromium(remembers=True) as browser:
            yield browser
        return
    async with async_playwright() as playwright:
        kind = playwright.firefox if name == "firefox" else playwright.webkit
        stock = os.environ.get("FIREFOX") if name == "firefox" else None
        if stock:
            browser = await kind.launch(executable_path=stock, channel="moz-firefox")
        else:
            browser = await kind.launch()
        try:
            yield browser
        finally:
            await browser.close()
