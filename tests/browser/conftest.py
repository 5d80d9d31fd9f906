"""The client's modules on pages of their own, without Fireside's server."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page

from tests.support.chromium import OpenPage
from tests.support.client_pages import CONNECTION, SIGNED_IN, Open, StaticFiles
from tests.support.wire import Wire

NOW = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)


@pytest.fixture
def files() -> Iterator[StaticFiles]:
    served = StaticFiles()
    thread = threading.Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield served
    served.server.shutdown()
    served.server.server_close()
    thread.join()


@pytest.fixture
def open_html(files: StaticFiles, page_of: OpenPage) -> Open:
    """Opens a page with this body, in a window of 800 by 600."""

    async def opened(body: str, *, scripts: tuple[str, ...] = (), attributes: str = "") -> Page:
        files.put(body, scripts, attributes)
        return await page_of(files.url, path="/page", viewport={"width": 800, "height": 600})

    return opened


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def open_live(open_html: Open, files: StaticFiles, wire: Wire) -> Open:
    """Opens a page with the whole client, whose sockets end at `wire`; with `clock` its time stands still."""

    async def opened(body: str, *, clock: bool = False, attributes: str = SIGNED_IN) -> Page:
        page = await open_html("")
        if clock:
            await page.clock.install(time=NOW)
            await page.clock.pause_at(NOW + timedelta(seconds=1))
        await page.route_web_socket("**/live", wire.accept)
        files.put(CONNECTION + body, ("app.js",), attributes)
        await page.reload()
        return page

    return opened
