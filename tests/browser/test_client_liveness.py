"""Whether the socket lives is judged by clocks and by asking; who restarts gets its readers back spread."""

import asyncio

from playwright.async_api import Page, expect

from tests.support.client_pages import Open, StaticFiles, changes, posts, put_post
from tests.support.troubles import Troubles
from tests.support.waiting import check, eventually
from tests.support.wire import Wire

COMPOSER = (
    '<section><fire-composer data-draft="topic-12"><form><p class="composer-news"></p>'
    '<textarea name="body"></textarea><span class="draft-state"></span></form></fire-composer></section>'
)
HIDE = """(isHidden) => {
  Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
JUMP = """(by) => {
  const now = Date.now;
  Date.now = () => now.call(Date) + by;
}"""
SUBSCRIBE = {"type": "subscribe", "epoch": "e", "channels": ["topic:12"], "position": 10}
HOUR = 3_600_000  # milliseconds


async def live(page: Page, wire: Wire) -> None:
    await wire.hello()
    await expect(page.locator("#connection")).to_have_text("Live")


async def was_hidden(page: Page) -> None:
    await page.evaluate(HIDE, True)
    await page.clock.run_for(31_000)
    await page.evaluate(HIDE, False)


async def was_frozen(page: Page) -> None:
    await page.evaluate("document.dispatchEvent(new Event('resume'))")


async def found_a_network(page: Page) -> None:
    await page.evaluate("dispatchEvent(new Event('online'))")
    await page.clock.run_for(1)


async def test_a_socket_that_may_be_dead_proves_itself_or_is_replaced(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 3)), clock=True)
    line = page.locator("#connection")
    await live(page, wire)
    for happens in (was_hidden, was_frozen, found_a_network):
        opened = wire.opened
        await happens(page)
        assert await wire.next() == SUBSCRIBE
        wire.say(changes(10, 10))  # nothing was missed
        await page.clock.run_for(15_000)
        wire.say({"type": "heartbeat", "position": 10})
        await expect(line).to_have_text("Live")
        assert wire.opened == opened

        await happens(page)
        assert await wire.next() == SUBSCRIBE
        await expect(line).to_have_text("Live")
        await page.clock.run_for(1_100)
        await expect(line).to_have_text("Catching up")
        await page.clock.run_for(4_000)
        await live(page, wire)
        assert wire.opened == opened + 1


async def test_a_short_look_elsewhere_asks_for_nothing(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 3)), clock=True)
    await live(page, wire)
    await page.evaluate(HIDE, True)
    await page.clock.run_for(20_000)
    await page.evaluate(HIDE, False)
    wire.say(changes(10, 11, put_post(3)))
    await expect(page.locator("#post-3")).to_be_visible()
    assert wire.heard.empty()
    assert wire.opened == 1


async def test_after_a_sleep_or_a_clock_that_was_set_there_is_one_new_socket(
    open_live: Open, wire: Wire
) -> None:
    page = await open_live(posts(range(1, 3)), clock=True)
    await live(page, wire)
    for opened, by in enumerate((2 * HOUR, -2 * HOUR), 2):
        await page.clock.run_for(20_000)
        await page.evaluate(JUMP, by)
        await page.clock.run_for(5_000)
        assert (await wire.hello())["position"] == 10
        await expect(page.locator("#connection")).to_have_text("Live")
        await page.clock.run_for(50_000)
        assert wire.opened == opened, "neither killed again nor left dead"
        wire.say({"type": "heartbeat", "position": 10})


async def test_a_server_that_restarts_is_left_alone_until_the_moment_it_named(
    open_live: Open, wire: Wire
) -> None:
    page = await open_live(posts(range(1, 9), inside=COMPOSER), clock=True)
    line = page.locator("#connection")
    await live(page, wire)
    await page.locator("textarea").fill("half a thought")
    await page.evaluate("scrollTo(0, 200); Math.random = () => 0.5")
    wire.say({"type": "draining", "retry": [20, 40]})
    await expect(line).to_have_text("The board restarts…")
    await wire.close(4000)
    await page.clock.run_for(15_000)
    for event in ("focus", "online"):
        await page.evaluate(f"dispatchEvent(new Event('{event}'))")
    await page.clock.run_for(14_000)
    await expect(line).to_have_text("The board restarts…")
    assert wire.opened == 1
    await page.clock.run_for(2_000)
    await wire.greeted()
    await wire.close(4000)  # it is still closing
    await page.clock.run_for(250)  # half of the half second of an ordinary first wait
    await wire.greeted()
    await wire.close()
    await expect(line).to_contain_text("Last update")
    await expect(line).to_contain_text("retrying")
    await page.clock.run_for(1_000)
    await live(page, wire)
    assert await page.evaluate("scrollY") == 200
    await expect(page.locator("textarea")).to_be_focused()
    await expect(page.locator("textarea")).to_have_value("half a thought")


async def test_readers_of_a_restart_come_back_spread_over_the_named_time(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 3)))
    await wire.hello()
    waits = await page.evaluate(
        """async () => {
          const { Pauses } = await import("/live/pauses.js");
          const one = () => {
            const pauses = new Pauses();
            pauses.expectRestart([5, 25]);
            return pauses.after(4000, false) / 1000;
          };
          return Array.from({ length: 2000 }, one);
        }"""
    )
    assert min(waits) >= 5
    assert max(waits) <= 25
    tenths = [sum(5 + 2 * n <= wait < 7 + 2 * n for wait in waits) for n in range(10)]
    assert all(120 < tenth < 280 for tenth in tenths), "no moment is much fuller than another"


async def test_what_a_newer_server_says_is_no_trouble(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 3)))
    await wire.hello(viewer=7, now=1, fireworks=["red"])
    wire.say(
        {"type": "fireworks", "channel": "topic:12", "colour": "red"},
        {"type": "draining", "retry": "soon"},
        {"type": "changes", "channel": "topic:12"},
        changes(10, 11, {**put_post(3), "sparks": 12}) | {"at": "night"},
    )
    await expect(page.locator("#post-3")).to_be_visible()
    await expect(page.locator("#connection")).to_have_text("Live")


async def test_a_page_that_is_too_old_is_loaded_anew_once(
    open_live: Open, files: StaticFiles, wire: Wire
) -> None:
    page = await open_live(posts(range(1, 3)))
    await wire.hello()
    await page.evaluate("window.isOld = true")
    files.pages["/viewer"] = '{"id": 7, "role": "member"}'
    await wire.close(4506)
    await wire.hello()
    assert not await page.evaluate("window.isOld")
    await wire.close(4506)
    await expect(page.locator("#connection")).to_contain_text("out of date, please load it again")
    assert wire.opened == 2


async def test_a_page_from_the_browsers_memory_is_shown_after_a_while_when_nobody_answers(
    open_live: Open, wire: Wire, troubles: Troubles
) -> None:
    troubles.allow("ERR_FAILED")
    page = await open_live(posts(range(1, 4), inside=COMPOSER), clock=True)
    await wire.hello()
    await page.locator("textarea").fill("half a thought")
    asked = asyncio.Event()
    await page.route("**/live?*", lambda _: asked.set())  # and no answer
    await page.evaluate(
        """() => {
          dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
          dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
        }"""
    )
    await asked.wait()
    await expect(page.locator("#connection")).to_have_text("Catching up")
    await expect(page.locator("main")).to_have_attribute("aria-busy", "true")
    await page.clock.run_for(4_000)
    await expect(page.locator("#post-1")).to_be_hidden()
    height = await page.evaluate("document.querySelector('main').getBoundingClientRect().height")
    await page.clock.run_for(1_000)
    await expect(page.locator("#post-1")).to_be_visible()
    await expect(page.locator("textarea")).to_be_focused()
    assert height == await page.evaluate("document.querySelector('main').getBoundingClientRect().height")
    await wire.hello()
    await expect(page.locator("#connection")).to_have_text("Live")
    await eventually(lambda: check(wire.opened == 2))
