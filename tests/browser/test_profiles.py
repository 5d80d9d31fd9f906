"""Bo gets a face, and ann, who has his topic open, sees it; and who he is, without leaving the page."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import Page, Route, expect

from server.actions import profile_fields
from server.actions.images import MAX_UPLOAD
from server.domain.clock import now_ms
from server.domain.profile_fields import FieldDraft
from tests.support.people_in_browsers import NARROW, People, post
from tests.support.pictures import phone_photo

CARD = ".glance"
IN_VIEW = """element => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
}"""


async def choose_picture(page: Page, folder: Path) -> None:
    photo = folder / "IMG_4711.jpg"
    photo.write_bytes(phone_photo())
    await page.goto("/settings/profile")
    await page.get_by_label("Picture", exact=True).set_input_files(photo)
    await page.get_by_role("button", name="Save this picture").click()
    await expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


async def test_a_picture_and_a_text_appear_in_open_topics(people: People, tmp_path: Path) -> None:
    started = await people.board.topic("Nights", "Who is awake?", by="bo")
    path = f"/topics/{started.topic_id}"
    ann, guest, mod = await people.each(path, "ann", None, "mod")
    profile = await people.visit("ann", "/members/bo")
    for page in (ann, guest, mod, profile):
        await expect(page.locator("#live .face").first).to_have_text("BO")
        await page.evaluate("window.stays = true")
    bo = await people.visit("bo", "/settings", live=False, java_script_enabled=False)
    await choose_picture(bo, tmp_path)
    for page in (ann, guest, mod, profile):
        picture = page.locator("#live .face img").first
        await expect(picture).to_have_attribute("src", re.compile(r"^/avatars/[0-9a-f]{32}-"))
        assert await picture.evaluate("async image => { await image.decode(); return image.naturalWidth }")
        assert await page.evaluate("window.stays")
    await bo.get_by_label("Personal text").fill("Tea first, then the count")
    await bo.get_by_role("button", name="Save", exact=True).click()
    for page in (ann, guest, mod, profile):
        await expect(page.locator("#live")).to_contain_text("Tea first, then the count")
    await bo.get_by_role("button", name="Remove the picture").click()
    for page in (ann, guest, mod, profile):
        await expect(page.locator("#live .face").first).to_have_text("BO")
        await expect(page.locator("#live .face img")).to_have_count(0)
        assert await page.evaluate("window.stays")


async def test_the_card_opens_from_the_keyboard_and_gives_the_focus_back(people: People) -> None:
    started = await people.board.topic("Days", "And in the morning?", by="bo")
    ann = await people.visit("ann", f"/topics/{started.topic_id}")
    link = post(ann, started.post_id).get_by_role("link", name="More about bo")
    await link.focus()
    await ann.keyboard.press("Enter")
    card = ann.get_by_role("dialog", name="About bo")
    await expect(card).to_be_focused()
    await expect(card).to_contain_text("said thank you")
    await expect(link).to_have_attribute("aria-expanded", "true")
    await ann.keyboard.press("Tab")
    await expect(card.get_by_role("link", name="bo")).to_be_focused()
    await people.board.reply(started.topic_id, "The post is put anew meanwhile.", by="cleo")
    await people.edit("bo", started.post_id, "And in the evening?")
    await expect(post(ann, started.post_id)).to_contain_text("evening")
    await expect(card).to_be_visible()
    await ann.keyboard.press("Escape")
    await expect(card).to_have_count(0)
    await expect(link).to_be_focused()
    await ann.keyboard.press("Enter")
    await card.get_by_role("button", name="Close").press("Enter")
    await expect(card).to_have_count(0)
    await expect(link).to_be_focused()


async def test_the_card_opens_at_a_post_that_was_put_anew_while_it_was_fetched(people: People) -> None:
    started = await people.board.topic("Days", "And in the morning?", by="bo")
    ann = await people.visit("ann", f"/topics/{started.topic_id}")
    asked, answer = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await answer.wait()
        await route.continue_()

    await ann.route("**/members/bo/card", hold)
    link = post(ann, started.post_id).get_by_role("link", name="More about bo")
    await link.click()
    await asked.wait()
    await people.edit("bo", started.post_id, "And in the evening?")
    await expect(post(ann, started.post_id)).to_contain_text("evening")
    answer.set()
    await expect(ann.get_by_role("dialog", name="About bo")).to_be_focused()
    await expect(link).to_have_attribute("aria-expanded", "true")
    await ann.keyboard.press("Escape")
    await expect(link).to_be_focused()


async def test_the_card_opens_under_a_resting_mouse_and_takes_nothing(people: People) -> None:
    started = await people.board.topic("Rest", "How?", by="bo")
    ann = await people.visit("ann", f"/topics/{started.topic_id}")
    composer = ann.get_by_role("textbox", name="Your reply")
    await composer.focus()
    await ann.evaluate("scrollTo(0, 0)")
    link = post(ann, started.post_id).locator(".about-author")
    await link.hover()
    card = ann.locator(CARD)
    await expect(card).to_be_visible()
    await expect(composer).to_be_focused()
    await card.hover()
    await ann.mouse.move(1270, 790)
    await expect(card).to_have_count(0)
    await expect(composer).to_be_focused()
    await link.click()
    await expect(card).to_be_visible()
    await ann.mouse.move(1270, 790)
    await link.click()  # a second time closes it
    await expect(card).to_have_count(0)
    await link.click()
    await expect(card).to_be_visible()
    await ann.mouse.click(1270, 700)
    await expect(card).to_have_count(0)


async def test_the_card_opens_by_touch_within_a_narrow_window(people: People) -> None:
    ada = people.board.viewer("ada")
    draft = FieldDraft("Year of diagnosis", "year", "members")
    number = await profile_fields.add_field(people.board.db, ada, draft, now=now_ms())
    await people.act("bo", "/settings/profile", personal_text="", about="", **{f"field_{number}": "2019"})
    started = await people.board.topic("Touch", "Where?", by="bo")
    path = f"/topics/{started.topic_id}"
    ann, guest = await people.each(path, "ann", None, viewport=NARROW, has_touch=True)
    for page, sees in ((ann, True), (guest, False)):
        await post(page, started.post_id).locator(".about-author").tap()
        card = page.locator(CARD)
        await expect(card).to_be_visible()
        assert await card.evaluate(IN_VIEW)
        await expect(card.get_by_text("2019")).to_have_count(1 if sees else 0)
        await page.touchscreen.tap(200, 770)
        await expect(card).to_have_count(0)


async def test_the_card_and_the_profile_say_who_is_online(people: People) -> None:
    started = await people.board.topic("There", "Anybody?", by="cleo")
    await people.visit("cleo", "/")
    ann = await people.visit("ann", f"/topics/{started.topic_id}")
    await expect(post(ann, started.post_id).locator(".online-word")).to_have_text("Online")
    await post(ann, started.post_id).locator(".about-author").click()
    await expect(ann.locator(f"{CARD} .online-word")).to_have_text("Online")


async def test_without_a_script_or_an_answer_the_link_leads_to_the_profile(people: People) -> None:
    started = await people.board.topic("Plain", "How?", by="bo")
    path = f"/topics/{started.topic_id}"
    plain = await people.visit("ann", path, live=False, java_script_enabled=False)
    await post(plain, started.post_id).locator(".about-author").click()
    await expect(plain.locator("h1")).to_have_text("bo")
    people.troubles.allow("Failed to load resource|net::ERR")
    ann = await people.visit("ann", path)
    await ann.route("**/card", lambda route: route.abort())
    await post(ann, started.post_id).locator(".about-author").click()
    await expect(ann.locator("h1")).to_have_text("bo")


async def test_a_file_that_is_too_large_is_named_before_it_is_sent(people: People, tmp_path: Path) -> None:
    large = tmp_path / "large.jpg"
    large.write_bytes(phone_photo() + b"\0" * MAX_UPLOAD)
    bo = await people.visit("bo", "/settings/profile", live=False)
    field = bo.get_by_label("Picture", exact=True)
    await field.set_input_files(large)
    await expect(bo.locator("#picture-problem")).to_contain_text("10 MB fit")
    await expect(field).to_have_value("")
    small = tmp_path / "small.jpg"
    small.write_bytes(phone_photo())
    await field.set_input_files(small)
    await expect(bo.locator("#picture-problem")).to_have_count(0)
    await bo.get_by_role("button", name="Save this picture").click()
    await expect(bo.locator(".own-picture .face img")).to_be_visible()
