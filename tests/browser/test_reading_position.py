"""The line somebody reads stays where it is to the pixel, and what came where he does not look is said."""

from playwright.async_api import Locator, Page, expect

from server.views.page_models import POSTS_A_PAGE
from tests.support.people_in_browsers import People, body_of, composer, post

WINDOW = {"width": 900, "height": 640}
TALL = "\n\n".join(f"Paragraph {number}. " + "Nobody sleeps well in August. " * 9 for number in range(12))

# Notes where an element is in every frame from now on, and the worst it moved.
WATCH = """(line) => {
  const start = line.getBoundingClientRect().top;
  const again = line.id ? () => document.getElementById(line.id) : () =>
    [...document.querySelectorAll("p")].find(({ textContent }) => textContent === line.textContent);
  window.moved = 0;
  const look = () => {
    const now = again()?.getBoundingClientRect().top ?? Infinity;
    window.moved = Math.max(window.moved, Math.abs(now - start));
    requestAnimationFrame(look);
  };
  look();
  return start;
}"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


async def reads(page: Page, line: Locator, *, at: int = 100) -> None:
    """Scrolls until that line is `at` pixels below the window's top, and watches it from then on."""
    await line.evaluate("(line, at) => scrollBy({ top: line.getBoundingClientRect().top - at })", at)
    await page.evaluate(FRAMES)
    top = await line.evaluate(WATCH)
    assert 0 <= top < WINDOW["height"], f"the line is in view, not at {top}"


async def assert_still(**pages: Page) -> None:
    moved = {}
    for name, page in pages.items():
        await page.evaluate(FRAMES)
        moved[name] = await page.evaluate("window.moved")
    assert all(pixels < 1 for pixels in moved.values()), f"lines moved by pixels: {moved}"


async def test_the_line_stays_at_the_top_in_the_middle_and_at_the_end(people: People) -> None:
    started = await people.board.topic("August", "How do you bear the heat?")
    above = [await people.board.reply(started.topic_id, TALL) for _ in range(3)]
    long = await people.board.reply(started.topic_id, TALL.replace("August", "a warm July"))
    for number in range(4):
        await people.board.reply(started.topic_id, f"Good night, number {number}.")
    path = f"/topics/{started.topic_id}"
    top, middle, end, bo, mod = await people.each(path, None, None, None, "bo", "mod", viewport=WINDOW)
    await reads(top, body_of(top, started.post_id).locator("p").first, at=10_000)
    await reads(middle, body_of(middle, long.post_id).locator("p").nth(5))
    await reads(end, end.locator("article.post").last, at=-10_000)
    await composer(bo).fill("half a thought")
    await reads(bo, composer(bo), at=200)
    await reads(mod, body_of(mod, long.post_id).locator("p").nth(7))
    readers = {"top": top, "middle": middle, "end": end, "writer": bo, "mod": mod}

    await people.edit("mod", above[0].post_id, f"{TALL}\n\nMore.\n\n{TALL}", reason="more of it")
    await people.act("ann", f"/posts/{above[1].post_id}/thanks")
    await people.act("mod", f"/posts/{above[2].post_id}/remove", reason="twice the same")
    for page in readers.values():
        await expect(post(page, above[1].post_id).locator(".thanks")).to_be_attached()
        await expect(body_of(page, above[2].post_id)).to_have_count(0)
    await assert_still(**readers)

    await people.edit("mod", above[0].post_id, "Less.")
    await people.act("mod", f"/posts/{above[2].post_id}/restore")
    await people.act("ann", f"/posts/{above[1].post_id}/thanks/undo")
    await people.edit("mod", long.post_id, TALL.replace("August", "a warm July") + "\n\nAnd so on.")
    await people.act("mod", f"{path}/pin")
    for text in ("A fan helps.", "So does a cellar."):
        await people.act("ann", f"{path}/posts", body=text)
    for page in readers.values():
        await expect(page.get_by_text("So does a cellar.")).to_be_attached()
        await expect(body_of(page, above[2].post_id)).to_be_attached()
        await expect(post(page, long.post_id)).to_contain_text("And so on.")
        await expect(page.locator(".topic-head")).to_contain_text("Pinned")
    await assert_still(**readers)

    for page in (top, middle):
        button = page.locator("fire-arrivals a")
        await expect(button).to_have_text("2 new replies")
        await button.click()
        await expect(page.locator("article.post", has_text="A fan helps.")).to_be_in_viewport()
        await expect(page.locator("article.post", has_text="A fan helps.")).to_be_focused()
        await expect(button).to_be_hidden()
    await expect(composer(bo)).to_be_focused()
    await expect(bo.locator(".composer-news")).to_contain_text("2 new replies came while you were writing")


async def test_a_post_removed_in_view_leaves_its_room(people: People) -> None:
    started = await people.board.topic("Heat", "And the nights?")
    made = [await people.board.reply(started.topic_id, f"Number {number}. " * 60) for number in range(8)]
    guest = await people.visit(None, f"/topics/{started.topic_id}", viewport=WINDOW)
    await reads(guest, post(guest, made[3].post_id), at=20)
    below = post(guest, made[5].post_id)
    before = await below.bounding_box()
    await people.act("mod", f"/posts/{made[4].post_id}/remove", reason="off topic")
    await expect(post(guest, made[4].post_id)).to_have_count(0)
    await assert_still(guest=guest)
    assert await below.bounding_box() == before


async def test_an_older_page_only_counts_what_came_on_the_last(people: People) -> None:
    started = await people.board.topic("Long nights", "Who is awake?")
    for number in range(POSTS_A_PAGE + 1):
        await people.board.reply(started.topic_id, f"I am, number {number}.")
    path = f"/topics/{started.topic_id}"
    guest = await people.visit(None, path, viewport=WINDOW)
    await reads(guest, guest.locator("article.post").nth(5))
    for text in ("Me too.", "And me."):
        await people.act("ann", f"{path}/posts", body=text)
    button = guest.locator("fire-arrivals a")
    await expect(button).to_have_text("2 new replies on the last page")
    await expect(guest.locator("article.post")).to_have_count(POSTS_A_PAGE)
    await assert_still(guest=guest)
    await button.click()
    await expect(guest.get_by_text("And me.")).to_be_visible()


async def test_a_full_page_leads_to_the_next(people: People) -> None:
    started = await people.board.topic("Full house", "Who is here?")
    for number in range(POSTS_A_PAGE - 2):
        await people.board.reply(started.topic_id, f"I am, number {number}.")
    path = f"/topics/{started.topic_id}"
    guest, bo = await people.each(path, None, "bo")
    await expect(guest.get_by_role("navigation", name="Pages")).to_be_hidden()
    await people.act("ann", f"{path}/posts", body="The last one here.")
    await expect(guest.get_by_text("The last one here.")).to_be_attached()
    await people.act("ann", f"{path}/posts", body="The first one there.")
    await expect(guest.get_by_role("link", name="Next")).to_be_attached()
    await expect(guest.get_by_text("The first one there.")).to_have_count(0)
    await guest.get_by_role("link", name="Next").click()
    await expect(guest.get_by_text("The first one there.")).to_be_visible()

    await composer(bo).fill("From the first page.")
    await composer(bo).press("Control+Enter")
    await expect(bo.locator("article.post", has_text="From the first page.")).to_be_in_viewport()
    await expect(guest.get_by_text("From the first page.")).to_be_attached()
