"""Where sockets do not live the page asks over HTTP, says so, and goes back to the socket by itself."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Page, Request, expect

from tests.support.client_pages import Open, StaticFiles, changes, posts, put_post
from tests.support.troubles import Troubles
from tests.support.waiting import check, eventually
from tests.support.wire import Wire, ready

SLOWER = "Live, a little slower"
MINUTE = 60_000  # milliseconds
NOT_LIVE = re.compile("retrying|polling|stranger")
HIDE = """(isHidden) => {
  Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""

Questions = list[str]


@pytest.fixture
def answers(files: StaticFiles) -> Callable[..., None]:
    """Sets what the board answers over HTTP."""

    def answer(*messages: dict[str, Any]) -> None:
        files.pages["/live"] = json.dumps([ready(position=12), *messages])

    return answer


def questions_of(page: Page) -> Questions:
    """The addresses that the page asks for news, as it asks them."""
    asked: Questions = []

    def note(request: Request) -> None:
        if "/live?" in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


async def fail(page: Page, wire: Wire, times: int) -> None:
    """Ends that many connections as a bad network does, each after hello."""
    for _ in range(times):
        await wire.greeted()
        await wire.close()
        await expect(page.locator("#connection")).to_have_attribute("data-state", NOT_LIVE)
        await page.clock.run_for(1_000)


async def time_to_connect(page: Page, wire: Wire, within: int) -> int:
    """Lets time pass until the page connects; the milliseconds that it took, to two seconds."""
    for passed in range(0, within, 2_000):
        if not wire.sockets.empty():
            return passed
        await page.clock.run_for(2_000)
        await page.evaluate("0")  # what it did meanwhile is known here now
    raise AssertionError(f"no connection within {within} milliseconds")


async def time_to_say(page: Page, words: str) -> None:
    """Lets up to two minutes pass until the connection line says that."""
    line = page.locator("#connection")
    for _ in range(24):
        if words in await line.inner_text():
            return
        await page.clock.run_for(5_000)
    await expect(line).to_contain_text(words)


async def test_after_two_sockets_in_vain_it_asks_over_http_until_a_socket_is_ready(
    open_live: Open, wire: Wire, answers: Callable[..., None]
) -> None:
    answers(changes(10, 12, put_post(3)))
    page = await open_live(posts(range(1, 3)), clock=True)
    asked, line = questions_of(page), page.locator("#connection")
    await fail(page, wire, 1)
    await wire.greeted()
    assert asked == []
    await wire.close()
    await expect(line).to_have_text(SLOWER)
    assert "epoch=e&position=10&channels=topic%3A12" in asked[0]
    await expect(page.locator("#post-3")).to_be_visible()

    await page.clock.run_for(1_000)
    await fail(page, wire, 1)
    assert await time_to_connect(page, wire, 3 * MINUTE) > MINUTE / 2, "only now and then"
    assert (await wire.hello())["position"] == 12, "nothing is lost on the way back"
    wire.say(changes(10, 12, put_post(3)), changes(12, 13, put_post(4)))
    await expect(page.locator("#post-4")).to_be_visible()
    await expect(page.locator("#post-3")).to_have_count(1)
    await expect(line).to_have_text("Live")
    already = len(asked)
    await page.clock.run_for(50_000)
    assert len(asked) == already


@pytest.mark.parametrize("way", ["cuts after the first frame", "swallows all frames"])
async def test_a_way_that_lets_sockets_open_but_not_live_counts_as_none(
    open_live: Open, wire: Wire, answers: Callable[..., None], way: str
) -> None:
    answers(changes(10, 12, put_post(3)))
    page = await open_live(posts(range(1, 3)), clock=True)
    for _ in range(2):
        if way == "swallows all frames":
            await wire.greeted()
            await page.clock.run_for(15_500)  # within which `ready` has to be there, and the next connection
        else:
            await wire.hello()
            await expect(page.locator("#connection")).to_have_text("Live")
            await wire.close()
            await expect(page.locator("#connection")).not_to_have_text("Live")
            await page.clock.run_for(1_000)
    line = page.locator("#connection")
    await expect(line).to_have_text(SLOWER)
    await expect(page.locator("#post-3")).to_be_visible()
    if way == "swallows all frames":
        return

    await fail(page, wire, 1)
    await time_to_connect(page, wire, 3 * MINUTE)
    await wire.hello()
    wire.say(changes(12, 13, put_post(4)))
    await expect(page.locator("#post-4")).to_be_visible()
    await expect(line).to_have_text(SLOWER)  # it may be cut in a moment, as those before
    await page.clock.run_for(25_000)
    wire.say({"type": "heartbeat", "position": 13})
    await expect(line).to_have_text("Live")


async def test_a_page_too_many_asks_over_http_and_tries_a_socket_after_some_minutes(
    open_live: Open, wire: Wire, answers: Callable[..., None]
) -> None:
    answers()
    page = await open_live(posts(range(1, 3)), clock=True)
    asked = questions_of(page)
    await wire.hello()
    await wire.close(4504)
    await expect(page.locator("#connection")).to_have_text(SLOWER)
    await page.clock.run_for(3 * MINUTE)
    await page.evaluate("dispatchEvent(new Event('focus'))")
    assert wire.opened == 1
    assert 6 <= len(asked) <= 12, "every 20 seconds or so"
    await time_to_connect(page, wire, 5 * MINUTE)
    await wire.hello()


async def test_it_asks_seldom_while_nobody_looks_and_not_at_all_offline(
    open_live: Open, wire: Wire, answers: Callable[..., None], troubles: Troubles
) -> None:
    troubles.allow("ERR_INTERNET_DISCONNECTED")
    answers()
    page = await open_live(posts(range(1, 3)), clock=True)
    asked = questions_of(page)
    await fail(page, wire, 2)
    await expect(page.locator("#connection")).to_have_text(SLOWER)
    await page.evaluate(HIDE, True)
    await page.clock.run_for(25_000)  # the question that was planned before
    await eventually(lambda: check(len(asked) == 2))
    await page.clock.run_for(5 * MINUTE)
    assert 3 <= len(asked) <= 6

    await page.evaluate(HIDE, False)
    await eventually(lambda: check(len(asked) > 3))
    await page.context.set_offline(True)
    await page.clock.run_for(MINUTE)
    await time_to_say(page, "retrying")
    already = len(asked)
    await page.clock.run_for(5 * MINUTE)
    assert len(asked) == already
    await page.context.set_offline(False)
    await time_to_say(page, SLOWER)
    assert already < len(asked) <= already + 2


async def test_a_hotels_page_is_no_answer(
    open_live: Open, wire: Wire, files: StaticFiles, troubles: Troubles
) -> None:
    troubles.allow("status of 511")
    hotel = "<!doctype html><title>Hotel</title><h1>Your room number?</h1>"
    files.pages["/live"] = hotel
    page = await open_live(posts(range(1, 3)), clock=True)
    board = files.pages["/page"]
    line = page.locator("#connection")
    files.pages["/page"] = hotel
    await wire.hello()
    wire.say({"type": "reset", "reason": "old"})  # fetches the page, and gets the hotel's
    await page.clock.run_for(10_000)
    await wire.close()
    await page.clock.run_for(1_000)
    await fail(page, wire, 1)
    await expect(line).to_contain_text("No connection to the board, last update")
    await page.route("**/live?*", lambda route: route.fulfill(status=511, body=hotel))
    await page.clock.run_for(MINUTE)
    await time_to_say(page, "No connection to the board, last update")
    await page.route("**/live?*", lambda route: route.fulfill(status=302, headers={"location": "/hotel"}))
    await page.clock.run_for(MINUTE)
    await time_to_say(page, "No connection to the board, last update")
    await expect(page.locator("article")).to_have_count(2)
    await page.unroute("**/live?*")

    files.pages["/page"] = board.replace('data-position="10"', 'data-position="12"')
    files.pages["/live"] = json.dumps([ready(position=12), changes(10, 12, put_post(3))])
    await time_to_say(page, SLOWER)
    assert await page.evaluate("document.title") == "page"
