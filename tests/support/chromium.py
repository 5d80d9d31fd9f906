"""A browser for the session, and windows that fail the test when the page misbehaves.

`python -m tests.support.chromium` prints the Chromium that would be used, or ends with status 1.
"""

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.support.missing import missing
from tests.support.troubles import Troubles

SHELL = "chromium-headless-shell"  # Chromium without a window; it takes two thirds of the time
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (  # Chromium talks to nobody but the tests' servers
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)

CLOSES_WITHIN = 10.0  # seconds

OpenPage = Callable[..., Awaitable[Page]]


def find_chromium(*, remembers: bool = False) -> str | None:
    """$CHROMIUM, one on the PATH, or one that Playwright has installed: a shell if there is one.

    A shell never `remembers` the pages that were left.
    """
    if chosen := os.environ.get("CHROMIUM"):
        return shutil.which(chosen)
    for name in NAMES if remembers else (SHELL, *NAMES):
        if found := shutil.which(name):
            return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    own = sorted(cache.glob("chromium-*/*/chrome"))
    if not remembers:
        own += sorted(cache.glob("chromium_headless_shell-*/*/*shell"))
    return str(own[-1]) if own else None


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One headless Chromium for the session. Tests want `page_of`, which gives each its own windows."""
    async with chromium() as browser:
        yield browser


@contextlib.asynccontextmanager
async def chromium(*, remembers: bool = False) -> AsyncIterator[Browser]:
    """A headless Chromium; with `remembers` it keeps pages that were left, for the way back to them."""
    executable = find_chromium(remembers=remembers)
    if executable is None:
        missing("Chromium", "none is on the PATH, in $CHROMIUM or among Playwright's")
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else [*QUIET]  # its sandbox refuses root
    left_out = ["--disable-back-forward-cache"] if remembers else None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=arguments, ignore_default_args=left_out
        )
        try:
            yield browser
        finally:
            await close(browser)


@pytest.fixture
def troubles() -> Troubles:
    """What went wrong in this test's pages so far; `troubles.allow(pattern)` before an expected one."""
    return Troubles()


@pytest_asyncio.fixture
async def page_of(browser: Browser, troubles: Troubles) -> AsyncIterator[OpenPage]:
    """Opens a page in a context of its own: one person at one device.

        page = await page_of(server.base_url, path="/latest", viewport={"width": 360, "height": 740})

    Keywords besides `path` go to Playwright's `new_context`. A second tab of the same person is
    `await page.context.new_page()`. After the test every console error, uncaught exception, violation of
    the content security policy and request to a foreign host that `troubles` does not allow fails it.
    """
    async with pages_of(browser, troubles) as open_page:
        yield open_page


@contextlib.asynccontextmanager
async def pages_of(browser: Browser, troubles: Troubles, *, strict: bool = True) -> AsyncIterator[OpenPage]:
    """What `page_of` is, for that browser; unless `strict`, troubles are left to be looked at."""
    async with contextlib.AsyncExitStack() as contexts:

        async def open_page(base_url: str, *, path: str = "/", **options: Any) -> Page:
            context = await browser.new_context(base_url=base_url, **options)
            contexts.push_async_callback(close, context)
            await troubles.watch(context, base_url)
            page = await context.new_page()
            await page.goto(path)
            return page

        yield open_page
        if strict:
            troubles.check()


async def close(it: Browser | BrowserContext) -> None:
    """Closes it, or leaves it to the end of Playwright's own process.

    Chromium 156 may never answer when a page is in the middle of a navigation of its own (the protocol's
    `Target.disposeBrowserContext`), or when it keeps pages for the way back, which Playwright does not know.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSES_WITHIN):
            await it.close()


if __name__ == "__main__":
    if find_chromium(remembers=True) is None:  # which is good for everything
        sys.exit("no Chromium found")
    print(find_chromium())
