"""Whether a page is wider than its window (WCAG 1.4.10, reflow)."""

from playwright.async_api import Page, ViewportSize

NARROW = 390
WIDTHS = (320, NARROW, 1280)
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


async def sideways(page: Page) -> list[str]:
    """What does not fit in narrow and wide windows, and a narrow one with the largest text."""
    found = [what for width in WIDTHS if (what := await overflow(page, width))]
    await page.evaluate("document.documentElement.dataset.textSize = 'largest'")  # as a member has it
    if what := await overflow(page, NARROW):
        found.append(f"largest text, {what}")
    return found


async def overflow(page: Page, width: int) -> str:
    """What is cut or scrolls sideways in a window of that many pixels; "" for nothing."""
    await page.set_viewport_size(ViewportSize(width=width, height=800))
    found = await page.evaluate(OVERFLOW)
    return f"{width} pixels: {found}" if found else ""
