"""Faults of the world: proxies that spoil sockets, pages from the browser's memory, sign-out elsewhere."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from server.domain.viewer import Audience
from tests.support.chromium import OpenPage, chromium, pages_of
from tests.support.people_in_browsers import People, composer, is_live, post
from tests.support.servers import free_port, running_server
from tests.support.socketless_proxy import Way, socketless_proxy
from tests.support.troubles import Troubles
from tests.support.whole_board import PASSWORD, WholeBoard, whole_board

NOW = datetime.now(UTC)  # the session has to be good by the browser's clock
SLOWER = "Live, a little slower"
STAY = "window.sameDocument = true"
# Whether words could be read in any frame since the page was loaded, or shown again.
WATCH = """
window.leaks = [];
addEventListener("pageshow", ({ persisted }) => {
  window.wasKept = persisted;
  if (persisted) window.leaks = [];
});
function look() {
  const places = [...document.querySelectorAll("main .body")];
  const seen = places.filter((place) => place.checkVisibility({ visibilityProperty: true }));
  window.leaks.push(...seen.map(({ textContent }) => textContent).filter((text) => text.includes("WORDS")));
  requestAnimationFrame(look);
}
look();
"""

# The page's question over HTTP waits for `goOn`.
HOLD = """
const { fetch } = window;
window.fetch = async (address, options) => {
  if (String(address).startsWith("/live?")) await new Promise((resolve) => (window.goOn = resolve));
  return fetch(address, options);
};
"""


@pytest_asyncio.fixture(scope="module")
async def remembering_browser() -> AsyncIterator[Browser]:
    """A browser that keeps pages for the way back."""
    async with chromium(remembers=True) as browser:
        yield browser


@pytest_asyncio.fixture
async def remembering(
    shared_board: WholeBoard, remembering_browser: Browser, troubles: Troubles
) -> AsyncIterator[People]:
    """The people of the board in that browser."""
    async with pages_of(remembering_browser, troubles) as open_page:
        yield People(shared_board, open_page, troubles)


async def until(page: Page, words: str, within: int = 120) -> None:
    """Lets that many seconds pass at most on the page's clock until its line says so."""
    line = page.locator("#connection")
    for _ in range(within):
        if await line.inner_text() == words:
            return
        await page.clock.run_for(1_000)
    raise AssertionError(f"it says {await line.inner_text()!r} and not {words!r}")


@pytest.mark.parametrize("way", [Way.CUTS, Way.SWALLOWS])
async def test_behind_a_proxy_that_spoils_sockets_a_page_stays_exact_and_returns_to_the_socket(
    sqlite_url: str, page_of: OpenPage, troubles: Troubles, way: Way
) -> None:
    troubles.allow("WebSocket connection|ERR_EMPTY_RESPONSE|ERR_CONNECTION")
    port = free_port()
    async with (
        socketless_proxy(port) as (url, proxy),
        whole_board(sqlite_url, public_url=url, on_port=port) as board,
    ):
        people = People(board, page_of, troubles)
        proxy.way = way
        started = await board.topic("Offices", "What does yours forbid?")
        doomed = await board.reply(started.topic_id, "Buy my proxy.", by="cleo")
        page = await people.visit("bo", "about:blank", live=False)
        await page.clock.install(time=NOW)
        await page.clock.pause_at(NOW + timedelta(seconds=1))
        await page.goto(f"/topics/{started.topic_id}")
        await page.evaluate(STAY)
        await until(page, SLOWER)
        new = await board.reply(started.topic_id, "Sockets.", by="ann")
        await people.act("mod", f"/posts/{doomed.post_id}/remove", reason="advertising")
        await page.clock.run_for(25_000)
        await expect(post(page, new.post_id)).to_be_visible()
        await expect(post(page, doomed.post_id)).to_have_count(0)

        proxy.way = Way.PASSES
        before = proxy.sockets
        while proxy.sockets == before:
            await page.clock.run_for(2_000)
            await page.evaluate("0")  # what it did meanwhile has happened now
        newer = await board.reply(started.topic_id, "Not any more.", by="ann")
        await expect(post(page, newer.post_id)).to_be_visible()
        await page.clock.run_for(15_000)
        newest = await board.reply(started.topic_id, "Really not.", by="ann")
        await expect(post(page, newest.post_id)).to_be_visible()
        await is_live(page)
        places = await page.locator("article.post").evaluate_all("(all) => all.map(({ id }) => id)")
        assert places == [f"post-{one.post_id}" for one in (started, new, newer, newest)], (
            "nothing is lost, and nothing is there twice"
        )
        assert await page.evaluate("window.sameDocument"), "the page was loaded again"


async def test_a_page_from_the_browsers_memory_shows_nothing_that_was_removed_meanwhile(
    remembering: People,
) -> None:
    people = remembering
    started = await people.board.topic("Memory", "Does yours last?")
    doomed = await people.board.reply(started.topic_id, "Take these pills for it.", by="cleo")
    bo = await people.visit("bo", "about:blank", live=False)
    await bo.add_init_script(WATCH.replace("WORDS", "Take these pills"))
    await bo.goto(f"/topics/{started.topic_id}")
    await is_live(bo)
    await composer(bo).fill("Mine does not")
    await bo.evaluate(STAY)
    assert await bo.evaluate("window.leaks.length"), "it can be read before it is removed"
    await bo.get_by_role("link", name="Latest").click()
    await is_live(bo)
    await people.act("mod", f"/posts/{doomed.post_id}/remove", reason="advertising")
    new = await people.board.reply(started.topic_id, "Until I need it.", by="ann")
    await bo.go_back(wait_until="commit")
    await expect(post(bo, new.post_id)).to_be_visible()
    await is_live(bo)
    await expect(post(bo, doomed.post_id)).to_have_count(0)
    await expect(composer(bo)).to_have_value("Mine does not")
    assert await bo.evaluate("[window.sameDocument, window.wasKept, window.leaks]") == [True, True, []]


async def test_a_stored_page_on_the_way_back_is_not_read_before_it_has_caught_up_either(
    people: People,
) -> None:
    started = await people.board.topic("Stores", "What do you keep?")
    doomed = await people.board.reply(started.topic_id, "Everything, cheap.", by="cleo")
    guest = await people.visit(None, f"/topics/{started.topic_id}")
    await guest.goto("/latest")
    await people.act("mod", f"/posts/{doomed.post_id}/remove", reason="advertising")
    await guest.add_init_script(HOLD)  # a route would keep the browser from using what it has stored
    await guest.go_back(wait_until="commit")
    await guest.wait_for_function("() => window.goOn !== undefined")
    stored = await guest.evaluate("performance.getEntriesByType('navigation')[0].transferSize === 0")
    assert stored, "the browser asked nobody"
    await expect(post(guest, doomed.post_id)).to_have_count(1)
    await expect(post(guest, doomed.post_id)).to_be_hidden()
    await guest.evaluate("window.goOn()")
    await expect(post(guest, started.post_id)).to_be_visible()
    await expect(post(guest, doomed.post_id)).to_have_count(0)
    await is_live(guest)


async def test_a_page_from_the_browsers_memory_without_a_network_is_shown_with_its_age(
    remembering: People, troubles: Troubles
) -> None:
    troubles.allow("ERR_INTERNET_DISCONNECTED")
    people = remembering
    started = await people.board.topic("Trains", "Any network there?")
    guest = await people.visit(None, "about:blank", live=False)
    await guest.add_init_script(WATCH)
    await guest.goto(f"/topics/{started.topic_id}")
    await is_live(guest)
    await guest.get_by_role("link", name="Latest").click()
    await is_live(guest)
    await guest.context.set_offline(True)
    await guest.go_back(wait_until="commit")
    await expect(guest.locator("#connection")).to_contain_text("Last update")
    await expect(post(guest, started.post_id)).to_be_visible()
    assert await guest.evaluate("window.wasKept")
    made = await people.board.reply(started.topic_id, "Never in tunnels.", by="ann")
    await guest.context.set_offline(False)
    await expect(post(guest, made.post_id)).to_be_visible()
    await is_live(guest)


async def test_who_goes_back_after_signing_out_finds_nothing_private(remembering: People) -> None:
    people = remembering
    people.expect_missing_page()
    started = await people.board.topic("Among us", "My diary says so.", where=Audience.MEMBERS)
    await people.sign_in_again("cleo")  # not in the session that other tests use
    page = await people.visit("cleo", f"/topics/{started.topic_id}")
    await page.goto("/latest")
    await expect(page.get_by_role("link", name="cleo")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    guests = page.get_by_role("link", name="Sign in").first
    await expect(guests).to_be_visible()
    await expect(page).to_have_url(f"{people.board.base_url}/")  # not the old page, loaded anew in its place
    await page.add_init_script(WATCH.replace("WORDS", "My diary"))
    await page.go_back(wait_until="commit")
    await expect(page.get_by_role("heading", name="Latest")).to_be_visible()
    await expect(guests).to_be_visible()
    await is_live(page)
    await page.go_back(wait_until="commit")
    await expect(page.locator(".error-number")).to_have_text("Error 404")
    assert "My diary" not in await page.content()
    assert not await page.evaluate("window.leaks ?? []")


async def test_a_tab_that_had_no_connection_when_its_member_signed_out_comes_back_as_a_guests(
    people: People, troubles: Troubles
) -> None:
    """In another browser, so that nothing but the server can tell it."""
    troubles.allow("ERR_INTERNET_DISCONNECTED|status of 40[14]")
    await people.sign_in_again("cleo")
    public = await people.board.topic("Doors", "Did I lock it?")
    private = await people.board.topic("Keys", "Under the mat.", where=Audience.MEMBERS)
    one, other = await people.each(f"/topics/{public.topic_id}", "cleo", "cleo")
    hidden = await other.context.new_page()
    await hidden.goto(f"/topics/{private.topic_id}")
    await composer(other).fill("I think I did")
    await other.context.set_offline(True)
    people.cut_everyone()
    await expect(hidden.locator("#connection")).to_contain_text("retrying")
    await one.get_by_role("button", name="Sign out").click()
    await expect(one.get_by_role("link", name="Sign in").first).to_be_visible()
    await other.context.set_offline(False)
    await expect(other.get_by_role("link", name="Sign in").first).to_be_visible()
    await expect(composer(other)).to_have_count(0)
    await is_live(other)
    await expect(hidden.get_by_text("Under the mat.")).to_have_count(0)
    await expect(hidden.locator(".error-number")).to_have_text("Error 404")


async def test_a_form_that_was_for_members_goes_with_its_member_and_its_text_comes_back_with_him(
    people: People,
) -> None:
    started = await people.board.topic("Forms", "Which ones do you hate?")
    await people.sign_in_again("cleo")
    form = await people.visit("cleo", f"/topics/{started.topic_id}/reply", live=False)
    await composer(form).fill("The long ones, and")
    other = await form.context.new_page()
    await other.goto("/")
    await other.get_by_role("button", name="Sign out").click()
    await expect(form.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "The long ones" not in await form.content()
    await form.get_by_label("Name or e-mail").fill("cleo")
    await form.get_by_label("Password").fill(PASSWORD)
    await form.get_by_role("button", name="Sign in").click()
    await expect(composer(form)).to_have_value("The long ones, and")


async def test_a_reply_that_meets_a_restart_is_posted_once(
    sqlite_url: str, page_of: OpenPage, troubles: Troubles
) -> None:
    troubles.allow("ERR_CONNECTION_REFUSED")
    async with contextlib.AsyncExitStack() as first:
        people = People(await first.enter_async_context(whole_board(sqlite_url)), page_of, troubles)
        started = await people.board.topic("Night shift", "Who else?")
        bo = await people.visit("bo", "about:blank", live=False)
        await bo.clock.install(time=NOW)
        await bo.clock.pause_at(NOW + timedelta(seconds=1))
        await bo.goto(f"/topics/{started.topic_id}")
        await is_live(bo)
        await composer(bo).fill("I do, on Mondays.")
    await expect(bo.locator("#connection")).to_have_text("The board restarts…")
    await composer(bo).press("Control+Enter")
    await expect(bo.locator(".draft-state")).to_have_text("No answer. Trying again…")
    config = people.board.config
    async with running_server(config, on_port=config.port):
        await bo.clock.run_for(1_000)
        mine = bo.locator("article.post", has_text="I do, on Mondays.")
        await expect(mine).to_be_visible()
        await expect(composer(bo)).to_have_value("")
        await bo.clock.run_for(2_000)
        await is_live(bo)
        await bo.reload()
        await expect(mine).to_have_count(1)
