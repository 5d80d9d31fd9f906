"""A page knows whose it is: who signs out or in elsewhere in the browser leaves nothing private behind."""

import pytest
from playwright.async_api import Page, expect

from tests.support.client_pages import SIGNED_IN, Open, StaticFiles, posts
from tests.support.troubles import Troubles
from tests.support.waiting import check, eventually
from tests.support.wire import Wire

COMPOSER = (
    '<section><fire-composer data-draft="topic-12"><form><p class="composer-news"></p>'
    '<textarea name="body"></textarea><span class="draft-state"></span></form></fire-composer></section>'
)
ACCOUNT = '<a class="brand">Fireside</a><div class="account">ann</div>'
GUEST = 'data-role="guest"'
BO = 'data-role="member" data-viewer="8"'


async def in_another_tab(page: Page, viewer: str) -> None:
    """A page of the same browser that was made for somebody else."""
    other = await page.context.new_page()
    await other.goto(page.url.replace("/page", "/favicon.ico"))
    await other.evaluate("(viewer) => localStorage.setItem('fireside:viewer', viewer)", viewer)
    await other.close()


@pytest.mark.parametrize("how", ["ready", "another tab"])
async def test_a_page_of_who_signed_out_is_emptied_at_once_and_comes_back_as_a_guests(
    open_live: Open, files: StaticFiles, wire: Wire, troubles: Troubles, how: str
) -> None:
    troubles.allow("status of 404")
    page = await open_live(ACCOUNT + posts(range(1, 9), inside=COMPOSER))
    await wire.hello()
    await page.locator("textarea").fill("half a thought")
    await page.evaluate("scrollTo(0, 200); window.isOld = true")
    if how == "ready":
        await wire.close(4001)
        await wire.hello(viewer=None)
    else:
        await in_another_tab(page, "")
    await expect(page.locator("main")).to_have_text(
        "You are signed out. This page comes back, without what was private, as soon as the board answers."
    )
    await expect(page.locator("#connection")).to_contain_text("You are signed out. Last update")
    await expect(page.get_by_text("ann", exact=True)).to_have_count(0)
    assert await page.evaluate("window.isOld"), "the board does not answer yet"
    assert await page.evaluate("scrollY") == 200

    files.pages["/page"] = files.pages["/page"].replace(SIGNED_IN, GUEST).replace("</form>", "guest</form>")
    files.pages["/viewer"] = '{"role": "guest"}'
    await wire.hello(viewer=None)
    await expect(page.locator("article")).to_have_count(8)
    await expect(page.locator("textarea")).to_have_value("")
    await expect(page.locator("#connection")).to_have_text("Live")
    assert abs(await page.evaluate("scrollY") - 200) < 10


async def test_the_next_member_finds_no_draft_of_the_one_before_who_finds_it_again(
    open_live: Open, files: StaticFiles, wire: Wire
) -> None:
    files.pages["/viewer"] = '{"id": 8, "role": "member"}'
    page = await open_live(posts(range(1, 3), inside=COMPOSER))
    await wire.hello(viewer=7)
    await page.locator("textarea").fill("half a thought")
    anns = files.pages["/page"]
    files.pages["/page"] = anns.replace(SIGNED_IN, BO)
    await in_another_tab(page, "8")
    await wire.hello(viewer=8)
    await expect(page.locator("textarea")).to_have_value("")
    await page.locator("textarea").fill("bo was here")
    await expect(page.locator(".draft-state")).to_have_text("Draft saved")

    files.pages["/page"], files.pages["/viewer"] = anns, '{"id": 7, "role": "member"}'
    await in_another_tab(page, "7")
    await wire.hello(viewer=7)
    await expect(page.locator("textarea")).to_have_value("half a thought")
    assert wire.opened == 3


async def test_a_guests_page_becomes_the_members_who_signs_in_elsewhere(
    open_live: Open, files: StaticFiles, wire: Wire
) -> None:
    page = await open_live(posts(range(1, 3)), attributes=GUEST)
    await wire.hello(viewer=None)
    files.pages["/page"] = files.pages["/page"].replace(GUEST, SIGNED_IN)
    files.pages["/viewer"] = '{"id": 7, "role": "member"}'
    await in_another_tab(page, "7")
    await wire.hello(viewer=7)
    await expect(page.locator("body")).to_have_attribute("data-viewer", "7")


async def test_a_page_whose_viewer_the_server_does_not_know_is_loaded_anew_once(
    open_live: Open, files: StaticFiles, wire: Wire
) -> None:
    files.pages["/viewer"] = '{"role": "guest"}'
    page = await open_live(posts(range(1, 3)))
    await wire.hello(viewer=None)
    await wire.hello(viewer=None)  # a cache on the way gave the same page again
    await expect(page.locator("main")).to_have_text("You are signed out. Please load this page again.")
    assert wire.opened == 2


async def test_a_page_from_the_browsers_memory_of_who_signed_out_meanwhile_stays_empty(
    open_live: Open, wire: Wire, troubles: Troubles
) -> None:
    troubles.allow("status of 404")
    page = await open_live(posts(range(1, 3)))
    await wire.hello(viewer=7)
    seen = await page.evaluate(
        """() => {
          dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
          localStorage.setItem("fireside:viewer", "");
          dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
          return document.querySelector("main").innerText;
        }"""
    )
    assert "words" not in seen
    await expect(page.locator("main")).to_contain_text("You are signed out.")
    await eventually(lambda: check(wire.opened == 1))
