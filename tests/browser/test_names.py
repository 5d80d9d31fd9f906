"""Bo takes another name, and everybody who has something of his open sees it, his own tabs too."""

import re

import pytest
from playwright.async_api import Page, expect

from server.actions import members
from server.domain.clock import now_ms
from server.domain.viewer import Role
from server.store.bylines import AT_ONCE
from tests.support.people_in_browsers import People, is_live, post
from tests.support.small_board import PASSWORD


async def change_name(page: Page, name: str) -> None:
    await page.goto("/settings")
    await page.get_by_role("link", name="Change your name").click()
    await page.get_by_label("Your new name").fill(name)
    await page.get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("button", name="Change my name").click()
    await expect(page.get_by_role("status").filter(has_text=f"You are called {name} now.")).to_be_visible()


async def stays(page: Page) -> None:
    await page.evaluate("window.stays = true")


async def test_a_name_changes_wherever_it_is_open(people: People) -> None:
    board = people.board
    started = await board.topic("Nights", "Who is awake?", by="bo")
    answer = await board.reply(started.topic_id, f"[quote={started.post_id}]\n\nI am.", by="ann")
    await people.act("bo", f"/posts/{answer.post_id}/thanks")
    await board.reply(started.topic_id, "So am I.", by="bo")
    path = f"/topics/{started.topic_id}"
    ann, guest, mod = await people.each(path, "ann", None, "mod")
    index = await people.visit(None, "/")
    category = await people.visit(None, "/categories/1")
    profile = await people.visit("ann", "/members/bo")
    own_tab = await people.visit("bo", path)
    topic_pages = (ann, guest, mod, own_tab)
    for page in (*topic_pages, index, category, profile):
        await stays(page)
    settings = await people.visit("bo", "/settings", live=False, java_script_enabled=False)
    await change_name(settings, "Bela Blau")
    for page in topic_pages:
        await expect(post(page, started.post_id).locator(".post-by")).to_contain_text("Bela Blau")
        await expect(post(page, answer.post_id).locator(".quote-by")).to_contain_text("Bela Blau")
        await expect(post(page, answer.post_id).locator(".thanks")).to_contain_text("Bela Blau")
        await expect(page.locator(".topic-head")).to_contain_text("Bela Blau")
    for page in (index, category):
        await expect(page.locator("#live")).to_contain_text("Bela Blau")
    await expect(profile.get_by_role("heading", level=1)).to_have_text("Bela Blau")
    await expect(own_tab.locator(".me-name")).to_have_text("Bela Blau")
    await expect(ann.locator("fire-here")).to_contain_text("Bela Blau")
    await expect(own_tab.locator("fire-here")).not_to_contain_text("Bela Blau")  # that is "You"
    for page in (*topic_pages, index, category, profile):
        assert await page.evaluate("window.stays")
        await page.reload()
        await is_live(page)
        await expect(page.locator("#live")).not_to_contain_text(re.compile(r"\bbo\b"))
    assert profile.url.endswith("/members/Bela%20Blau")
    await guest.goto("/login")
    await guest.get_by_label("Name or e-mail").fill("bo")
    await guest.get_by_label("Password").fill(PASSWORD)
    await guest.get_by_role("button", name="Sign in", exact=True).click()
    await expect(guest.locator(".me-name")).to_have_text("Bela Blau")


@pytest.mark.slow
async def test_a_role_shows_beside_posts_of_long_ago(people: People) -> None:
    board = people.board
    started = await board.topic("Long ago", "I am new here.", by="cleo")
    old = await people.visit(None, f"/topics/{started.topic_id}")
    much = await board.topic("Much", "And more.", by="ann")
    for _ in range(AT_ONCE + 1):
        await board.reply(much.topic_id, "And more.", by="cleo")
    await stays(old)
    cleo = board.viewer("cleo").id or 0
    await members.change_role(board.db, board.viewer("ada"), cleo, Role.MODERATOR, now=now_ms())
    await expect(post(old, started.post_id).locator(".tag")).to_have_text("Moderator")
    assert await old.evaluate("window.stays")
