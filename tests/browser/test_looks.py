"""Every page fits a narrow and a wide window, without trouble in the console (which `page_of` watches)."""

from playwright.async_api import Page, ViewportSize, expect

from tests.support.every_page import every_page
from tests.support.people_in_browsers import People

WIDTHS = (320, 390, 1280)
# What is wider than the window or stands beside it, in every menu too, unless something around it scrolls.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  const found = new Set();
  function isCut(element) {
    for (let around = element.parentElement; around !== document.body; around = around.parentElement)
      if (getComputedStyle(around).overflowX !== "visible") return false;
    return !element.closest(".visually-hidden, .skip, .sprite");
  }
  function look() {
    for (const element of document.body.querySelectorAll("*")) {
      const { left, right, width: own } = element.getBoundingClientRect();
      if (own === 0 || (left >= -1 && right <= width + 1) || !element.checkVisibility()) continue;
      if (isCut(element)) found.add(element.outerHTML.slice(0, 120));
    }
    if (document.documentElement.scrollWidth > width) found.add("the page scrolls");
  }
  look();
  for (const menu of document.querySelectorAll("details")) {
    menu.open = true;
    look();
    menu.open = false;
  }
  return [...found].join("\\n");
}"""


async def overflow(page: Page, width: int) -> str:
    await page.set_viewport_size(ViewportSize(width=width, height=800))
    found = await page.evaluate(OVERFLOW)
    return f"{width} pixels: {found}" if found else ""


async def test_no_page_scrolls_sideways_with_the_largest_text_either(people: People) -> None:
    found = []
    async for name, page in every_page(people):
        found += [f"{name}: {what}" for width in WIDTHS if (what := await overflow(page, width))]
        await page.evaluate("document.documentElement.dataset.textSize = 'largest'")  # as a member has it
        if what := await overflow(page, 390):
            found.append(f"{name}, largest text: {what}")
    assert not found, "\n".join(found)


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
