"""Whatever happens in whatever order, a page that lived through it is the page that a reload would show."""

import os
import re

import pytest
from playwright.async_api import expect

from server.domain.viewer import Audience
from server.views.page_models import TOPICS_A_PAGE
from tests.reliability.r3_story import live_through
from tests.support.chromium import OpenPage, chromium, pages_of
from tests.support.people_in_browsers import People
from tests.support.troubles import Troubles
from tests.support.whole_board import WholeBoard

STEPS = 40
SEEDS = [int(seed) for seed in os.environ.get("SEEDS", "11").split(",")]


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_page_that_lived_through_it_equals_a_fresh_one(
    sqlite_board: WholeBoard, troubles: Troubles, seed: int
) -> None:
    async with chromium(remembers=True) as browser, pages_of(browser, troubles) as open_page:
        story = await live_through(People(sqlite_board, open_page, troubles), seed, STEPS)
    assert len(story.done) > STEPS / 2, "most acts change something"
    assert not story.differences, "\n".join([*story.happened, *story.differences])


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
