"""Large text fits, and what the connection line says moves nothing."""

from playwright.async_api import ViewportSize, expect

from tests.support.people_in_browsers import People
from tests.support.sideways import overflow


async def test_every_page_works_with_large_text(people: People) -> None:
    """WCAG 1.4.4 and 1.4.12: text grows to twice its size, and its spacing with it, and nothing is cut."""
    started = await people.board.topic("Large print", "Can you read this?")
    page = await people.visit("ann", f"/topics/{started.topic_id}")
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not await overflow(page, 640)


async def test_what_the_connection_line_says_moves_nothing(people: People) -> None:
    started = await people.board.topic("Weather", "How is it there?")
    page = await people.visit("ann", f"/topics/{started.topic_id}")
    await page.set_viewport_size(ViewportSize(width=390, height=780))
    tops = set()
    for name in ("live", "polling", "catching-up", "restarting", "retrying", "stranger", "stopped"):
        await page.evaluate(
            """(name) => document.dispatchEvent(new CustomEvent("fireside:state", {
              detail: { name, at: Date.now(), why: "You are signed out" },
            }))""",
            name,
        )
        await expect(page.locator("#connection")).to_have_attribute("data-state", name)
        tops.add(await page.evaluate("document.querySelector('main').getBoundingClientRect().top"))
        assert not await overflow(page, 390), name
    assert len(tops) == 1, tops
