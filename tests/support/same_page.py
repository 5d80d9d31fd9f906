"""Where a page that has lived differs from one that was just loaded.

assert not await difference_of(page)
"""

import difflib

from playwright.async_api import Error, Page

from tests.support.waiting import check, eventually

SETTLED_WITHIN = 10.0  # seconds; lists that lack a row fetch it after up to one, and other viewers reload

# One line for each element and text of the live part, without what passes by itself: ages, marks of
# arrival, empty spaces, drafts, form tokens, the button that counts what was not seen, and who is there.
LINES = """() => {
  const PASSING = "fire-arrivals, fire-moved, .space, .composer-news, .draft-state, .problem"
    + ", fire-here, fire-typing, fire-slow, .online-word";
  const IGNORED = new Set(["style", "tabindex", "data-position", "data-online"]);
  const lines = [];
  function attributesOf(node) {
    const names = node.getAttributeNames().filter((name) => !IGNORED.has(name)).sort();
    if (node.name === "form_token") return " form_token";
    return names.map((name) => {
      let value = node.getAttribute(name);
      if (name === "class") value = value.split(/\\s+/).filter((one) => one !== "arriving").sort().join(" ");
      return ` ${name}="${value}"`;
    }).join("");
  }
  function visit(node, depth) {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.textContent.replace(/\\s+/g, " ").trim();
      if (text && !node.parentElement.closest("time")) lines.push(" ".repeat(depth) + text);
    } else if (node.nodeType === Node.ELEMENT_NODE && !node.matches(PASSING)) {
      lines.push(" ".repeat(depth) + node.localName + attributesOf(node));
      for (const child of node.childNodes) visit(child, depth + 1);
    }
  }
  visit(document.getElementById("live") ?? document.querySelector("main"), 0);
  return lines;
}"""


async def difference_of(page: Page) -> str:
    """Where the page differs from a fresh one after everything has come; empty when nowhere."""
    fresh = await page.context.new_page()
    await fresh.goto(page.url)
    expected = await fresh.evaluate(LINES)
    await fresh.close()

    async def same() -> None:
        try:
            lived = await page.evaluate(LINES)
        except Error as error:  # it is being loaded anew
            raise AssertionError(error.message) from None
        lines = difflib.unified_diff(lived, expected, f"lived through it: {page.url}", "loaded", lineterm="")
        check(lived == expected, "\n".join(lines))

    try:
        await eventually(same, SETTLED_WITHIN)
    except AssertionError as error:
        return str(error)
    return ""
