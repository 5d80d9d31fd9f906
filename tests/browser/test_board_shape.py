"""The board's shape in people's browsers: what is hidden goes, what is moved or announced shows, at once."""

import time

from playwright.async_api import Page, expect

from server.actions import announcements, board_shape, category_moderators
from server.domain.announcements import AnnouncementDraft, local_time
from server.domain.board_shape import CategoryDraft
from server.domain.clock import DAY, now_ms
from server.domain.viewer import Audience
from tests.support.people_in_browsers import People, is_live

WITHIN = 2_000  # milliseconds that a right or a page may take to be gone, on a busy machine
GONE = "not available any more"


async def change(people: People, seen_by: str, name: str = "General") -> None:
    draft = CategoryDraft("1", name, "", seen_by)
    await board_shape.change_category(people.board.db, people.board.viewer("ada"), 1, draft, now=now_ms())


async def test_a_category_closes_under_those_who_read_it_and_comes_back(people: People) -> None:
    """A guest and a member have its topic open, and a guest the front page and a profile; ada hides it."""
    people.troubles.allow("status of 404")
    asked = await people.board.topic("Sleepless", "The secret word.")
    path = f"/topics/{asked.topic_id}"
    guest = await people.visit(None, path)
    member = await people.visit("bo", path)
    around = await people.tabs(None, "/", "/latest", "/members/ann")
    for page in around:
        await expect(page.locator("#live")).to_contain_text("Sleepless")

    await change(people, "members")
    began = time.monotonic()
    await expect(guest.locator("body")).not_to_contain_text("secret word", timeout=WITHIN)
    for page in around:
        await expect(page.locator("#live")).not_to_contain_text("Sleepless", timeout=WITHIN)
    took = time.monotonic() - began
    assert took < WITHIN / 1000, f"{took:.1f} s"
    await expect(guest.get_by_role("heading", level=1)).to_have_text("Nothing here")
    await expect(member.locator(".topic-head")).to_contain_text("Members only")
    await expect(member.locator("#live")).to_contain_text("secret word")

    await change(people, "staff")
    await expect(member.locator("body")).not_to_contain_text("secret word", timeout=WITHIN)

    await change(people, "everyone")
    for page in around:
        await expect(page.locator("#live")).to_contain_text("Sleepless")


async def test_names_new_and_archived_categories_show_in_open_pages(people: People) -> None:
    asked = await people.board.topic("Sleep", "How?")
    index = await people.visit(None, "/")
    topic = await people.visit("bo", f"/topics/{asked.topic_id}")
    ada, db = people.board.viewer("ada"), people.board.db
    await topic.get_by_role("textbox", name="Your reply").fill("I was about to say")
    await change(people, "everyone", "Living room")
    await expect(index.locator("#category-1")).to_contain_text("Living room")
    await expect(topic.locator(".crumbs")).to_contain_text("Living room")
    draft = CategoryDraft("1", "Zebras", "Striped.", "everyone")
    rows = await index.locator(".row.category").count()
    zebras = await board_shape.add_category(db, ada, draft, now=now_ms())
    await expect(index.locator(".row.category")).to_have_count(rows + 1)
    await board_shape.archive_category(db, ada, 1, archived=True, now=now_ms())
    await expect(index.get_by_role("heading", name="Archive", exact=True)).to_be_visible()
    await expect(topic.locator(".when-archived")).to_be_visible()
    await expect(topic.get_by_role("textbox", name="Your reply")).to_be_hidden()
    await board_shape.archive_category(db, ada, 1, archived=False, now=now_ms())
    await change(people, "everyone")
    await board_shape.delete_category(db, ada, zebras, now=now_ms())
    await expect(index.locator(".row.category")).to_have_count(rows)
    await expect(topic.get_by_role("textbox", name="Your reply")).to_have_value("I was about to say")


async def titles(page: Page) -> list[str]:
    return await page.locator("#live .row.category h3 a").all_inner_texts()


async def test_ada_orders_the_board_by_dragging_and_by_the_arrows(people: People) -> None:
    db, ada = people.board.db, people.board.viewer("ada")
    for name in ("Apples", "Pears"):
        await board_shape.add_category(db, ada, CategoryDraft("1", name, "", "everyone"), now=now_ms())
    guest = await people.visit(None, "/")
    assert await titles(guest) == ["General", "Apples", "Pears"]
    page = await people.visit("ada", "/admin/categories", live=False)

    pears = page.locator("[data-category]", has_text="Pears")
    general = page.locator("[data-category]", has_text="General")
    await general.scroll_into_view_if_needed()
    await pears.scroll_into_view_if_needed()
    handle, goal = await pears.locator(".handle").bounding_box(), await general.bounding_box()
    assert handle is not None
    assert goal is not None
    await page.mouse.move(handle["x"] + 5, handle["y"] + 5)
    await page.mouse.down()
    await page.mouse.move(goal["x"] + 5, goal["y"] + 30, steps=4)
    await page.mouse.move(goal["x"] + 5, goal["y"] + 2, steps=4)
    await page.mouse.up()
    await expect(page.locator(".order-says")).to_contain_text("Saved")
    await expect(guest.locator("#live .row.category h3 a").first).to_have_text("Pears")
    assert await titles(guest) == ["Pears", "General", "Apples"]

    await page.get_by_role("button", name="Move up Apples").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/admin/categories?saved=yes")
    await expect(guest.locator("#live .row.category h3 a").nth(1)).to_have_text("Apples")

    plain = await people.visit("ada", "/admin/categories", live=False, java_script_enabled=False)
    await plain.get_by_role("button", name="Move down Pears").click()
    await expect(guest.locator("#live .row.category h3 a").first).to_have_text("Apples")


async def test_an_announcement_comes_goes_and_can_be_put_away(people: People) -> None:
    board = people.board
    asked = await board.topic("Sleep", "How?")
    guest = await people.visit(None, f"/topics/{asked.topic_id}")
    member = await people.visit("bo", "/")
    words = "The board moves on Sunday."
    draft = AnnouncementDraft(words, "everyone", "", local_time(now_ms() + DAY, "UTC"))
    number = await announcements.announce(board.db, board.viewer("ada"), draft, now=now_ms())
    for page in (guest, member):
        await expect(page.locator(".announcement")).to_contain_text(words)
    await guest.get_by_role("button", name="Put away").click()
    await expect(guest.locator(".announcement")).to_be_hidden()
    await guest.reload()
    await is_live(guest)
    await expect(guest.locator(".announcement")).to_be_hidden()
    await expect(member.locator(".announcement")).to_be_visible()
    await announcements.take_down(board.db, board.viewer("ada"), number, now=now_ms())
    await expect(member.locator(".announcement")).to_have_count(0)


async def test_cleo_is_given_a_category_while_she_reads_in_it(people: People) -> None:
    board = people.board
    asked = await board.topic("Sleep", "How?")
    spam = await board.reply(asked.topic_id, "Buy this cure!", by="bo")
    await people.act("mod", f"/posts/{spam.post_id}/remove", reason="advertising")
    page = await people.visit("cleo", f"/topics/{asked.topic_id}")
    acts = page.get_by_role("group", name="Moderate this topic")
    await expect(acts).to_have_count(0)
    ada, place = board.viewer("ada"), board.places[Audience.PUBLIC]
    cleo = await category_moderators.appoint(board.db, ada, place, "cleo", now=now_ms())
    await expect(acts).to_be_visible()
    await expect(page.locator(f"#post-{spam.post_id}")).to_contain_text("advertising")
    await page.get_by_role("button", name="Lock").click()
    await expect(page.locator(".topic-head")).to_contain_text("Locked")
    await expect(
        page.get_by_role("textbox", name="Your reply")
    ).to_be_visible()  # as a moderator, she still can
    await category_moderators.dismiss(board.db, ada, place, cleo, now=now_ms())
    await expect(acts).to_have_count(0)
    await expect(page.locator("#live")).not_to_contain_text("advertising")
