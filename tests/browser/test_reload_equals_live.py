"""Whatever happens in whatever order, a page that lived through it is the page that a reload would show."""

import difflib
import os
import re
from random import Random

import pytest
from playwright.async_api import Page, expect

from server.domain.viewer import Audience
from server.views.page_models import TOPICS_A_PAGE
from tests.support.chromium import OpenPage
from tests.support.people_in_browsers import People, is_live
from tests.support.random_acts import random_acts
from tests.support.troubles import Troubles
from tests.support.waiting import check, eventually
from tests.support.whole_board import WholeBoard

ACTS = 40
CUT_CHANCE = 0.1
SETTLED_WITHIN = 5.0  # seconds; lists that lack a row fetch it after up to one
SEEDS = [int(seed) for seed in os.environ.get("SEEDS", "11").split(",")]

# One line for each element and text of the live part, without what passes by itself: ages, marks of
# arrival, empty spaces, drafts, form tokens, the button that counts what was not seen, and who is there.
LINES = """() => {
  const PASSING = "fire-arrivals, .space, .composer-news, .draft-state, .problem"
    + ", fire-here, fire-typing, .online-word";
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
  visit(document.getElementById("live"), 0);
  return lines;
}"""


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_page_that_lived_through_it_equals_a_fresh_one(
    sqlite_board: WholeBoard, page_of: OpenPage, troubles: Troubles, seed: int
) -> None:
    people = People(sqlite_board, page_of, troubles)
    chance = Random(seed)
    async with random_acts(sqlite_board, seed) as acts:
        await acts.furnish()
        busy, growing = acts.topics[:2]
        paths = ["/", "/latest", "/categories/1", "/members/bo"]
        paths += [f"/topics/{busy}", f"/topics/{busy}?page=2", f"/topics/{growing}"]
        behind_the_door = f"/categories/{sqlite_board.places[Audience.MEMBERS]}"
        living = [
            *await people.tabs(None, *paths),
            *await people.tabs("bo", *paths[:2], behind_the_door),  # the rest is a guest's
            *await people.tabs("mod", *paths),
        ]
        for _ in range(ACTS):
            await acts.act()
            if chance.random() < CUT_CHANCE:
                people.cut_everyone()
        done = [line for line in acts.done if line.endswith("303")]
    assert len(done) > ACTS / 2, "most acts change something"

    for page in living:
        await page.evaluate("dispatchEvent(new Event('online'))")  # so that it comes back now
        await is_live(page)
    found = [await difference_of(page) for page in living]
    assert not any(found), "\n".join([*done, *found])


async def difference_of(page: Page) -> str:
    """Where the page differs from a fresh one after everything has come; empty when nowhere."""
    fresh = await page.context.new_page()
    await fresh.goto(page.url)
    expected = await fresh.evaluate(LINES)
    await fresh.close()

    async def same() -> None:
        lived = await page.evaluate(LINES)
        lines = difflib.unified_diff(lived, expected, f"lived through it: {page.url}", "loaded", lineterm="")
        check(lived == expected, "\n".join(lines))

    try:
        await eventually(same, SETTLED_WITHIN)
    except AssertionError as error:
        return str(error)
    return ""


async def test_a_category_that_outgrows_its_page_shows_the_way_to_the_next(
    sqlite_board: WholeBoard, page_of: OpenPage, troubles: Troubles
) -> None:
    people = People(sqlite_board, page_of, troubles)
    for number in range(TOPICS_A_PAGE):
        await sqlite_board.topic(f"Question {number}", "Well?", where=Audience.MEMBERS)
    bo = await people.visit("bo", f"/categories/{sqlite_board.places[Audience.MEMBERS]}")
    rows = bo.locator("[data-list=topics] > article")
    await expect(rows).to_have_count(TOPICS_A_PAGE)
    await expect(bo.get_by_role("link", name="Next")).to_be_hidden()
    await sqlite_board.topic("One too many", "Well?", where=Audience.MEMBERS)
    await expect(rows.first).to_contain_text("One too many")
    await bo.get_by_role("link", name="Next").click()
    await expect(rows).to_have_text(re.compile("Question 0"))
