"""A wave of sixty posts vanishes from every open browser by one act, and comes back by one act, as it was."""

import difflib
import re

from playwright.async_api import Page, expect

from tests.support.every_table import dump
from tests.support.people_in_browsers import People, is_live, post
from tests.support.same_page import LINES
from tests.support.waiting import check, eventually

WAVE = 60  # posts
_VERSION = re.compile(r' data-version="\d+"')


async def wave(people: People) -> tuple[int, int]:
    """bo's sixty posts: answers in ann's topic, topics of his own, one of which ann has answered.

    ann's topic, and the topic of his that she has answered.
    """
    board = people.board
    anns = await board.topic("What helps you sleep?", "I lie awake.", by="ann")
    helpful = await board.reply(anns.topic_id, "Warm milk.", by="cleo")
    lamp = await board.reply(anns.topic_id, "Buy my lamp.", by="bo")
    await board.reply(anns.topic_id, f"[quote={lamp.post_id}]\n\nPlease don't.", by="ann")
    await people.act("bo", f"/posts/{helpful.post_id}/thanks")
    await people.act("cleo", f"/posts/{lamp.post_id}/thanks")
    answered = await board.topic("Lamps!", "The best.", by="bo")
    await board.reply(answered.topic_id, "Nobody asked.", by="ann")
    for number in range(8):
        await board.topic(f"Lamp {number}", "Cheap.", by="bo")
    for number in range(WAVE - 10):
        await board.reply(anns.topic_id, f"Lamp, lamp, lamp {number}.", by="bo")
    return anns.topic_id, answered.topic_id


async def lines(page: Page) -> list[str]:
    """What is on the page, but for versions, which rise with every change."""
    return [_VERSION.sub("", line) for line in await page.evaluate(LINES)]


async def test_a_wave_of_sixty_posts_goes_and_comes_back_in_every_open_browser(people: People) -> None:
    people.expect_missing_page()
    anns, answered = await wave(people)
    readers = [
        await people.visit(name, path)
        for name, path in (
            (None, f"/topics/{anns}"), ("ann", f"/topics/{anns}?page=3"), (None, "/"), ("cleo", "/latest"),
            ("cleo", "/members/bo"),
        )
    ]  # fmt: skip
    mod = await people.visit("mod", f"/topics/{answered}")
    before = [await lines(page) for page in readers]
    tables = await dump(people.board.db)

    # From a post: its menu, the member, the preview, done.
    await post(mod, (await first_post(people, answered))).locator("details.more > summary").click()
    await mod.get_by_role("link", name="Moderate bo").click()
    await mod.get_by_role("link", name="Ban bo and remove everything").click()
    await expect(mod.locator(".extent")).to_contain_text("9 topics")
    await expect(mod.locator(".extent")).to_contain_text("answered 1 with 1 post")
    await expect(mod.locator(".extent")).to_contain_text("51 posts")
    await mod.get_by_role("button", name="Ban and remove everything").click()
    await is_live(mod)
    sanction = mod.locator(".sanction").first
    await expect(sanction).to_contain_text("Everything was removed")
    for page in readers:
        await expect(page.locator("#live .post:not(.space), #live .row", has_text="amp")).to_have_count(0)
    await expect(readers[0].locator("#live")).to_contain_text("Please don't.")
    await expect(readers[0].locator("#live")).to_contain_text("Warm milk.")

    await sanction.get_by_role("button", name="Undo").click()
    await expect(mod.locator(".sanction").first).to_contain_text("Everything was brought back")
    assert await dump(people.board.db) == tables
    for page, was in zip(readers, before, strict=True):
        await becomes(page, was)
        await page.reload()
        await is_live(page)
        await becomes(page, was)


async def becomes(page: Page, was: list[str]) -> None:
    """Waits until the page is, line by line, what it was."""

    async def same() -> None:
        found = await lines(page)
        check(found == was, "\n".join(difflib.unified_diff(was, found, "before", page.url, lineterm="", n=1)))

    await eventually(same, timeout=15.0)


async def first_post(people: People, topic_id: int) -> int:
    async with people.board.browser("mod", json=True) as client:
        return int((await client.get(f"/topics/{topic_id}")).json()["posts"][0]["id"])
