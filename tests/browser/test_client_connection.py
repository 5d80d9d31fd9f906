"""The client's side of the socket: coming back, catching up, gaps, resets and the loss of rights."""

import json

from playwright.async_api import expect

from tests.support.client_pages import (
    CONNECTION,
    SIGNED_IN,
    Open,
    StaticFiles,
    changes,
    gone,
    head,
    posts,
    put_post,
    row,
    rows,
)
from tests.support.troubles import Troubles
from tests.support.wire import Wire, ready

COMPOSER = (
    '<section><fire-composer data-draft="topic-12"><form><p class="composer-news"></p>'
    '<textarea name="body"></textarea><span class="draft-state"></span></form></fire-composer></section>'
)
ARRIVALS = "<fire-arrivals><a class='button' hidden></a></fire-arrivals>"


async def test_it_says_hello_with_one_number_and_comes_back_with_it(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 3)))
    hello = await wire.hello()
    assert hello == {"type": "hello", "epoch": "e", "position": 10, "channels": ["topic:12"]}
    await expect(page.locator("#connection")).to_have_text("Live")
    wire.say(changes(10, 12, put_post(3)), {"type": "heartbeat", "position": 15})
    await expect(page.locator("#post-3")).to_have_text("words of 3")
    await wire.close(4000)
    assert (await wire.hello())["position"] == 15


async def test_it_says_since_when_the_page_is_old_and_catches_up(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 3)))
    await wire.hello()
    await expect(page.locator("#connection[data-state=live]")).to_be_visible()
    await page.evaluate("Math.random = () => 0.999")  # the longest wait
    await wire.close(4008)
    await expect(page.locator("#connection")).to_contain_text("retrying")
    await wire.hello()
    wire.say(changes(10, 14, gone("post-2")))
    await expect(page.locator("#post-2")).to_have_count(0)


async def test_a_gap_is_asked_for_once_from_the_channels_own_position(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 3)))
    await wire.hello()
    wire.say(
        changes(12, 13, put_post(4)), changes(13, 14, put_post(5)), {"type": "heartbeat", "position": 14}
    )
    assert await wire.next() == {"type": "subscribe", "epoch": "e", "channels": ["topic:12"], "position": 10}
    await expect(page.locator("article")).to_have_count(2)
    wire.say(changes(10, 14, put_post(3), put_post(4), put_post(5)))
    await expect(page.locator("article")).to_have_count(5)
    assert wire.heard.empty()


async def test_a_silent_socket_is_dead_after_a_minute_whatever_it_says_of_itself(
    open_html: Open, files: StaticFiles, wire: Wire
) -> None:
    page = await open_html("")
    await page.clock.install()
    await page.route_web_socket("**/live", wire.accept)
    files.put(CONNECTION + posts(range(1, 3)), ("app.js",))
    await page.reload()
    await wire.hello()
    await page.clock.run_for(50_000)
    wire.say({"type": "heartbeat", "position": 20})
    await expect(page.locator("#connection")).to_have_text("Live")
    await page.clock.run_for(55_000)
    assert wire.sockets.empty(), "it was heard less than a minute ago"
    await page.clock.run_for(15_000)
    assert (await wire.hello())["position"] == 20


async def test_a_reset_fetches_the_page_around_the_composer(
    open_live: Open, files: StaticFiles, wire: Wire
) -> None:
    page = await open_live(posts(range(1, 3), inside=COMPOSER))
    await wire.hello()
    await page.locator("textarea").fill("half a thought")
    await page.evaluate("document.querySelector('fire-composer').same = true")
    fresh = posts(range(2, 6), inside=COMPOSER).replace(
        'data-epoch="e" data-position="10"', 'data-epoch="f" data-position="3"'
    )
    files.put(CONNECTION + fresh, ("app.js",), SIGNED_IN)
    wire.say({"type": "reset", "reason": "epoch"})
    assert await wire.next() == {"type": "subscribe", "epoch": "f", "channels": ["topic:12"], "position": 3}
    assert await page.locator("article").evaluate_all("(all) => all.map(({ id }) => id)") == [
        "post-2",
        "post-3",
        "post-4",
        "post-5",
    ]
    await expect(page.locator("textarea")).to_be_focused()
    await expect(page.locator("textarea")).to_have_value("half a thought")
    assert await page.evaluate("document.querySelector('fire-composer').same") is True


async def test_lost_rights_take_the_content_away_at_once(
    open_live: Open, files: StaticFiles, wire: Wire, troubles: Troubles
) -> None:
    troubles.allow("status of 404")
    page = await open_live(posts(range(1, 3), inside=COMPOSER))
    await wire.hello()
    await page.locator("textarea").fill("half a thought")
    files.pages["/page"] = (
        "<!doctype html><html lang='en'><title>no</title><body data-role='member'><h1>Nothing here</h1>"
    )
    wire.say({"type": "dropped", "channels": ["topic:12"], "purge": True})
    await expect(page.locator("article")).to_have_count(0)
    await expect(page.get_by_role("heading")).to_have_text("Nothing here")
    assert "half a thought" in await page.evaluate("localStorage.getItem('fireside:draft:7:topic-12')")


async def test_who_is_signed_out_elsewhere_gets_the_page_of_a_guest_once(
    open_live: Open, files: StaticFiles, wire: Wire
) -> None:
    files.pages["/viewer"] = '{"role": "guest"}'
    page = await open_live(posts(range(1, 3)))
    await wire.hello()
    await wire.close(4501)
    await wire.hello()
    await wire.close(4501)
    await expect(page.locator("#connection")).to_contain_text("You are signed out. Last update")


async def test_arrivals_below_are_counted_until_they_are_seen(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 11), inside=ARRIVALS))
    await wire.hello()
    await expect(page.locator("fire-arrivals a")).to_be_hidden()
    wire.say(changes(10, 12, put_post(12), put_post(13), put_post(14, author=7)))
    await expect(page.locator("fire-arrivals a")).to_have_text("2 new replies")
    await expect(page.locator("#announcer")).to_have_text("2 new replies")
    assert await page.evaluate("scrollY") == 0
    await page.locator("fire-arrivals a").evaluate("(link) => link.click()")
    await expect(page.locator("#post-12")).to_be_focused()
    await expect(page.locator("#post-12")).to_be_in_viewport()
    await expect(page.locator("fire-arrivals a")).to_be_hidden()


async def test_replies_on_later_pages_are_counted_and_edits_are_not(open_live: Open, wire: Wire) -> None:
    pager = (
        '<fire-pager data-page="1"><span data-pages>2</span><a rel="next" href="/page?page=2">Next</a>'
        '<a class="pager-last" href="/page?page=2">Last</a></fire-pager>'
    )
    page = await open_live(posts(range(1, 11), places="1-10", is_open=False, inside=ARRIVALS + pager))
    await wire.hello()
    wire.say(changes(10, 12, put_post(15), head(replies=3, pages=2, version=12)))
    wire.say(changes(12, 14, put_post(21), head(replies=4, pages=3, version=14)))
    await expect(page.locator("fire-arrivals a")).to_have_text("1 new reply on the last page")
    await expect(page.locator("fire-arrivals a")).to_have_attribute("href", "/page?page=3")
    await expect(page.locator("[data-pages]").last).to_have_text("3")
    await expect(page.locator("a.pager-last")).to_have_attribute("href", "/page?page=3")


async def test_a_list_that_lacks_a_row_is_fetched(open_live: Open, files: StaticFiles, wire: Wire) -> None:
    def listed(*numbers: int, more: bool = True) -> str:
        root = '<main id="live" data-epoch="e" data-position="20" data-channels="topic:12">'
        return rows(*(row(number, number) for number in numbers), more=more).replace('<main id="live">', root)

    page = await open_live(listed(9, 8, 7))
    await wire.hello()
    files.put(CONNECTION + listed(9, 7, 6), ("app.js",), SIGNED_IN)
    wire.say(changes(20, 21, gone("row-8", 21)))
    await expect(page.locator("#row-6")).to_be_visible()
    assert (await wire.next())["type"] == "subscribe", "the fetched page is older than what was seen"


async def test_where_no_socket_stays_open_it_asks_over_http(
    open_live: Open, wire: Wire, files: StaticFiles
) -> None:
    files.pages["/live"] = json.dumps([ready(position=13), changes(10, 12, put_post(3))])
    page = await open_live(posts(range(1, 3)))
    await wire.hello()
    await wire.close(4504)
    await expect(page.locator("#post-3")).to_be_visible()
    await expect(page.locator("#connection[data-state=polling]")).to_be_visible()


async def test_a_page_that_comes_back_from_the_browsers_memory_catches_up_before_it_is_shown(
    open_live: Open, files: StaticFiles, wire: Wire
) -> None:
    files.pages["/live"] = json.dumps([ready(position=13), changes(10, 12, gone("post-1", 12))])
    page = await open_live(posts(range(1, 4)))
    await wire.hello()
    hidden = await page.evaluate(
        """() => {
          dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
          dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
          return getComputedStyle(document.getElementById("post-1")).visibility;
        }"""
    )
    assert hidden == "hidden"
    await expect(page.locator("#post-2")).to_be_visible()
    await expect(page.locator("#post-1")).to_have_count(0)
    assert (await wire.hello())["position"] == 13
