"""Calm pages: what others write waits until the reader asks for it, and nothing moves."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from server.actions.preferences import choose_preferences
from server.domain.preferences import Preferences
from tests.support.client_pages import Open, StaticFiles, changes, gone, posts, put_post
from tests.support.people_in_browsers import People, composer, post, write_reply
from tests.support.wire import Wire

ARRIVALS = "<fire-arrivals><a class='button' hidden></a></fire-arrivals>"
BELOW = f"<textarea></textarea>{ARRIVALS}"
CALM = "document.documentElement.dataset.calm = ''"
TOP = """document.querySelector("textarea").getBoundingClientRect().top
  - document.querySelector("main").getBoundingClientRect().top"""  # what is above is not as on the board
MOVING = """[...document.getAnimations()].filter((one) => one.playState === "running").length"""
ANIMATED = """() => {
  const styles = [...document.querySelectorAll("*")].flatMap((one) =>
    ["", "::before", "::after"].map((part) => getComputedStyle(one, part)));
  const moves = (style) => style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
  return styles.filter(moves).length;
}"""

OpenCalm = Callable[[str], Awaitable[Page]]


@pytest.fixture
def open_calm(open_live: Open, wire: Wire) -> OpenCalm:
    """A calm page of these posts with somebody writing below them."""

    async def opened(body: str) -> Page:
        page = await open_live(body)
        await page.evaluate(CALM)
        await wire.hello()
        await expect(page.locator("#connection")).to_have_text("Live")
        await page.locator("textarea").focus()
        return page

    return opened


async def test_replies_wait_while_they_are_edited_and_removed_and_come_when_asked_for(
    open_calm: OpenCalm, wire: Wire
) -> None:
    page = await open_calm(posts(range(1, 5), inside=BELOW))
    button, top = page.locator("fire-arrivals a"), await page.evaluate(TOP)
    wire.say(changes(10, 14, put_post(13), put_post(12), put_post(14)))  # in whatever order
    await expect(button).to_have_text("3 new replies")
    wire.say(changes(14, 16, put_post(12, version=15, text="edited"), gone("post-13", 16)))
    await expect(button).to_have_text("2 new replies")
    for number in (12, 14):
        await expect(page.locator(f"#post-{number}")).to_be_hidden()
    assert await page.evaluate(TOP) == top
    wire.say(changes(16, 17, put_post(3, version=17, text="edited")))
    await expect(page.locator("#post-3")).to_have_text("edited")  # what is read stays right
    await button.evaluate("(link) => link.click()")
    await expect(page.locator("#post-12")).to_have_text("edited")
    await expect(page.locator("#post-12")).to_be_focused()
    await expect(page.locator("#post-14")).to_be_visible()
    await expect(button).to_be_hidden()


async def test_what_one_writes_oneself_and_what_is_restored_does_not_wait(
    open_calm: OpenCalm, wire: Wire
) -> None:
    page = await open_calm(posts(range(1, 9, 2), places="1-20", inside=BELOW))
    wire.say(changes(10, 14, put_post(4), put_post(12), put_post(13, author=7), put_post(14)))
    await expect(page.locator("#post-4")).to_be_visible()
    await expect(page.locator("#post-13")).to_be_visible()
    for number in (12, 14):
        await expect(page.locator(f"#post-{number}")).to_be_hidden()
    await expect(page.locator("fire-arrivals a")).to_have_text("2 new replies")


async def test_a_page_that_is_fetched_anew_shows_no_more_than_before(
    open_calm: OpenCalm, files: StaticFiles, wire: Wire
) -> None:
    page = await open_calm(posts(range(1, 5), inside=BELOW))
    wire.say(changes(10, 11, put_post(5)))
    await expect(page.locator("fire-arrivals a")).to_have_text("1 new reply")
    before, after = (posts(range(1, end), inside=BELOW) for end in (5, 8))
    files.pages["/page"] = files.pages["/page"].replace(before, after)
    wire.say({"type": "reset", "reason": "old"})
    await expect(page.locator("article")).to_have_count(7)
    await expect(page.locator("article:visible")).to_have_count(4)
    await expect(page.locator("fire-arrivals a")).to_have_text("3 new replies")
    await page.evaluate("location.hash = 'post-6'")  # somebody follows a link to one of them
    await expect(page.locator("article:visible")).to_have_count(7)
    await expect(page.locator("#post-6")).to_be_in_viewport()


async def test_ann_reads_in_calm_while_the_others_talk(people: People) -> None:
    await choose_preferences(people.board.db, people.board.viewer("ann"), Preferences(calm=True))
    started = await people.board.topic("Quiet", "Is it quiet here?")
    path = f"/topics/{started.topic_id}"
    ann, cleo = await people.each(path, "ann", "cleo")
    button = ann.locator("fire-arrivals a")
    await composer(cleo).press_sequentially("It is")
    await people.act("bo", f"{path}/posts", body="Not where I am.")
    await expect(cleo.get_by_text("Not where I am.")).to_be_visible()  # as everybody has it at the end
    await expect(button).to_have_text("1 new reply")
    await expect(ann.get_by_text("Not where I am.")).to_be_hidden()
    await expect(ann.locator("fire-typing")).to_have_css("visibility", "hidden")
    await people.act("bo", f"/posts/{started.post_id}/thanks")
    await expect(post(ann, started.post_id).locator(".thanks")).to_contain_text("bo")
    assert await ann.evaluate(MOVING) == 0
    await write_reply(ann, "Here it is.")
    await expect(ann.locator("article.post", has_text="Here it is.")).to_be_visible()
    await expect(ann.get_by_text("Not where I am.")).to_be_hidden()
    await button.click()
    await expect(ann.locator("article.post", has_text="Not where I am.")).to_be_focused()
    await expect(button).to_be_hidden()
    assert await ann.locator("article.post:visible .body").all_inner_texts() == [
        "Is it quiet here?", "Not where I am.", "Here it is.",
    ]  # fmt: skip


async def test_nothing_is_animated_on_a_calm_page(people: People) -> None:
    started = await people.board.topic("Still", "Does it move?")
    for calm in (False, True):
        await choose_preferences(people.board.db, people.board.viewer("ann"), Preferences(calm=calm))
        ann = await people.visit("ann", f"/topics/{started.topic_id}")
        await ann.evaluate("document.querySelector('article').classList.add('arriving')")
        assert (await ann.evaluate(ANIMATED) == 0) == calm
