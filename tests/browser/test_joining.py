"""Joining with a browser: a guest who asks, a moderator who answers, an invitation, a role that changes."""

import re

from playwright.async_api import Page, expect

from server.actions.settings import change_joining, change_settings
from server.domain.clock import now_ms
from server.domain.settings import DEFAULTS
from tests.support.people_in_browsers import People, body_of, composer, is_live, write_reply
from tests.support.whole_board import PASSWORD


async def policy(people: People, chosen: str) -> None:
    board = people.board
    await change_joining(board.db, board.viewer("ada"), chosen, "20", now=now_ms())


async def join(people: People, page: Page, name: str) -> None:
    """Fills the form in, faster than people do; it is kept waiting until one could have."""
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("E-mail").fill(f"{name}@example.org")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_label("I have read the rules").check()
    await page.get_by_role("button", name="Join").click()


async def test_a_guest_asks_to_join_is_let_in_and_writes(people: People) -> None:
    started = await people.board.topic("New here", "Who else?")
    path = f"/topics/{started.topic_id}"
    await policy(people, "approval")
    queue = await people.visit("mod", "/moderation/members")
    zoe = await people.visit(None, f"/signup?next={path}", live=False)
    await join(people, zoe, "zoe")
    await expect(zoe.get_by_role("heading", name="Thank you for joining, zoe")).to_be_visible()
    tab = await zoe.context.new_page()
    await tab.goto(path)
    await is_live(tab)
    await expect(tab.get_by_role("heading", name="You can write here soon")).to_be_visible()
    await expect(composer(tab)).to_have_count(0)
    await expect(tab.locator(f"#post-{started.post_id}").get_by_role("button", name="Thank")).to_be_hidden()

    await queue.get_by_role("button", name="Approve zoe").click()  # who appeared by herself
    await expect(queue.get_by_role("status").filter(has_text="Approved.")).to_be_visible()
    await expect(queue.get_by_text("Nobody is waiting.")).to_be_visible()

    await expect(composer(tab)).to_be_visible()  # in the open tab, without reloading it
    await is_live(tab)
    await write_reply(tab, "I am.")
    await expect(tab.get_by_text("I am.")).to_be_visible()
    await expect(zoe).to_have_url(re.compile("/$"))  # the page where she waited led on


async def test_a_declined_guest_leaves_every_moderators_queue(people: People) -> None:
    await policy(people, "approval")
    people.troubles.allow("status of 403")
    one, other = await people.each("/moderation/members", "mod", "ada")
    xena = await people.visit(None, "/signup", live=False)
    await join(people, xena, "xena")
    await expect(other.get_by_role("heading", name="xena")).to_be_visible()
    await one.get_by_role("link", name="Decline xena").click()
    await one.get_by_label("Why?").fill("sells lamps")
    await one.get_by_role("button", name="Decline").click()
    await expect(one.get_by_role("status").filter(has_text="Declined.")).to_be_visible()
    await expect(other.get_by_role("heading", name="xena")).to_have_count(0)
    await expect(xena.get_by_role("link", name="Sign in").first).to_be_visible()


async def test_an_invitation_goes_from_one_browser_to_another(people: People) -> None:
    await policy(people, "invitation")
    ada = await people.visit("ada", "/admin/invitations", live=False)
    await ada.get_by_label("Note").fill("for Yan")
    await ada.get_by_role("button", name="Make a link").click()
    link = await ada.get_by_label("The invitation's link").input_value()
    yan = await people.visit(None, "/signup", live=False)
    await expect(yan.get_by_text("takes new members by invitation")).to_be_visible()
    await yan.goto(link.replace(link.partition("/signup")[0], people.board.base_url))
    await join(people, yan, "yan")
    await expect(yan.get_by_role("link", name="yan")).to_be_visible()
    await ada.goto("/admin/invitations")
    await expect(ada.get_by_text("1 of 1 place taken")).to_be_visible()
    await expect(ada.get_by_role("link", name="yan")).to_be_visible()
    await policy(people, "open")


async def test_a_new_role_is_seen_at_once_in_an_open_tab_and_keeps_the_draft(people: People) -> None:
    started = await people.board.topic("Roles", "Who moderates?")
    tab = await people.visit("cleo", f"/topics/{started.topic_id}")
    lock = tab.get_by_role("button", name="Lock")
    await expect(lock).to_have_count(0)
    await composer(tab).fill("I could")
    number = people.board.viewer("cleo").id
    ada = await people.visit("ada", f"/admin/members/{number}", live=False)
    for role, locks in (("Moderator", 1), ("Member", 0)):
        await ada.get_by_role("radio", name=role, exact=True).check()
        await ada.get_by_role("button", name="Save the role").click()
        await expect(ada.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
        await expect(lock).to_have_count(locks)
        await expect(composer(tab)).to_have_value("I could")
        await is_live(tab)


async def test_closing_an_account_empties_its_open_tabs(people: People) -> None:
    started = await people.board.topic("Closing", "Good bye.")
    await people.sign_in_again("bo")
    tab = await people.visit("bo", f"/topics/{started.topic_id}")
    ada = await people.visit("ada", f"/admin/members/{people.board.viewer('bo').id}", live=False)
    await ada.get_by_label("Why?").fill("asked for it")
    await ada.get_by_role("button", name="Close the account").click()
    await expect(ada.get_by_role("status").filter(has_text="This account is closed.")).to_be_visible()
    await expect(tab.get_by_role("link", name="Sign in").first).to_be_visible()
    await ada.get_by_role("button", name="Open the account").click()
    await expect(ada.get_by_role("status").filter(has_text="open again")).to_be_visible()


async def test_changed_rules_keep_what_is_being_written(people: People) -> None:
    board = people.board
    started = await board.topic("Rules", "Which ones?")
    people.troubles.allow("status of 403")
    page = await people.visit("ann", f"/topics/{started.topic_id}")
    async with board.db.snapshot() as reader:
        upcoming = str(await reader.value("SELECT COUNT(*) + 5000 FROM posts"))
    values = {**DEFAULTS, "rules": "Be kinder."}
    await change_settings(board.db, board.viewer("ada"), values, upcoming, accept_again=True)
    await write_reply(page, "The kind ones.")
    await page.get_by_role("link", name="Read and accept them").click()
    await expect(page.get_by_text("Be kinder.")).to_be_visible()
    await page.get_by_label("I have read the rules").check()
    await page.get_by_role("button", name="Accept").click()
    await is_live(page)
    await expect(composer(page)).to_have_value("The kind ones.")
    await composer(page).press("Control+Enter")
    last = page.locator(".post").last
    await expect(last).to_contain_text("The kind ones.")
    await expect(body_of(page, started.post_id)).to_have_text("Which ones?")


async def test_without_javascript_accepting_sends_it(people: People) -> None:
    board = people.board
    started = await board.topic("Rules", "Which ones now?")
    people.troubles.allow("status of 403")
    page = await people.visit("cleo", f"/topics/{started.topic_id}", live=False, java_script_enabled=False)
    async with board.db.snapshot() as reader:
        upcoming = str(await reader.value("SELECT COUNT(*) + 9000 FROM posts"))
    await change_settings(board.db, board.viewer("ada"), DEFAULTS, upcoming, accept_again=True)
    await page.get_by_role("textbox", name="Your reply").fill("The kind ones,\nof course.")
    await page.locator("#reply").get_by_role("button", name="Reply").click()
    await expect(page.get_by_role("heading", name="The rules have changed")).to_be_visible()
    await page.get_by_label("I have read the rules").check()
    await page.get_by_role("button", name="Accept and send").click()
    await expect(page.locator(".post").last).to_contain_text("The kind ones,")
