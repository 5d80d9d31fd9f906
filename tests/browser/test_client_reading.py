"""Reading is sacred: the line that is being read stays where it is, whatever arrives."""

import pytest
from playwright.async_api import Page, expect

from tests.support.client_pages import Open, gone, posts, put_post

HOLD = """async ([batch, anchor]) => {
  const { Patches } = await import("/live/patches.js");
  const { holdLine } = await import("/lib/reading.js");
  const root = document.getElementById("live");
  window.patches ??= new Patches(root);
  const top = () => document.getElementById(anchor).getBoundingClientRect().top;
  const before = top();
  holdLine(root, (leave) => window.patches.apply(batch, leave), ({ moved }) => moved);
  const after = top();
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return [before, after, top()];
}"""


async def assert_line_stays(page: Page, anchor: str, *batches: list[dict[str, object]]) -> None:
    for batch in batches:
        before, after, later = await page.evaluate(HOLD, [batch, anchor])
        assert abs(after - before) < 1, f"{anchor} moved from {before} to {after}"
        assert abs(later - before) < 1, f"{anchor} moved from {before} to {later} a frame later"


@pytest.mark.parametrize("scrolled", [0, 700, 100_000], ids=["at the top", "in the middle", "at the end"])
async def test_the_line_being_read_stays_to_the_pixel(open_html: Open, scrolled: int) -> None:
    page = await open_html(posts(range(10, 30, 2), places="1-40"))
    await page.evaluate("(top) => scrollTo(0, top)", scrolled)
    anchor = await page.evaluate(
        "[...document.querySelectorAll('article')].find((a) => a.getBoundingClientRect().bottom > 0).id"
    )
    picture = (
        "<img src='data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22/>' width='20' height='77'>"
    )
    await assert_line_stays(
        page,
        anchor,
        [put_post(11, text=picture), put_post(1)],
        [put_post(40)],
        [put_post(12 if anchor != "post-12" else 14, version=13, text="edited")],
        [gone("post-1", 14), gone("post-11", 14)],
    )


async def test_a_removed_post_in_view_leaves_its_room_until_it_is_out_of_view(open_html: Open) -> None:
    page = await open_html(posts(range(1, 21), places="1-40"))
    await page.evaluate("scrollTo(0, 600)")
    await page.evaluate(HOLD, [[gone("post-7")], "post-6"])
    await expect(page.locator(".space")).to_have_count(1)
    assert await page.locator(".space").evaluate("(space) => space.offsetHeight") == 120
    await page.evaluate("scrollTo(0, 1500)")
    before = await page.locator("#post-15").evaluate("(post) => post.getBoundingClientRect().top")
    await expect(page.locator(".space")).to_have_count(0)
    after = await page.locator("#post-15").evaluate("(post) => post.getBoundingClientRect().top")
    assert abs(after - before) < 1


async def test_the_line_stays_at_the_end_when_the_page_becomes_shorter(open_html: Open) -> None:
    page = await open_html(posts(range(1, 21)))
    await page.evaluate("scrollTo(0, 100000)")
    await assert_line_stays(page, "post-18", [gone("post-19")], [put_post(20, version=13)])
