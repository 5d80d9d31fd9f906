"""Ada has administrators' pages open, and sees without reloading what another administrator does."""

import re

from playwright.async_api import Page, expect

from server.actions import (
    accounts,
    invitations,
    mail,
    member_accounts,
    members,
    profile_fields,
    renaming,
)
from server.actions.members import NewMember
from server.domain.clock import now_ms
from server.domain.letters import Letter
from server.domain.profile_fields import FieldDraft
from server.domain.viewer import Role, Viewer
from tests.support.accessibility import violations
from tests.support.people_in_browsers import NARROW, WIDE, People, is_live
from tests.support.whole_board import NO_LIMITS, PASSWORD

BOARD_ITSELF = Viewer(None, "", Role.ADMIN)


async def is_as_fresh(page: Page) -> None:
    """What was pushed reads as what is loaded, and it was not loaded before."""
    assert await page.evaluate("window.stays")
    shown = await page.inner_text("#live")
    await page.reload()
    await is_live(page)
    assert without_ages(await page.inner_text("#live")) == without_ages(shown)


def without_ages(text: str) -> str:
    return re.sub(r"just now|\d+ (minute|hour|day)s? ago", "lately", text)


async def opened(people: People, *paths: str) -> list[Page]:
    pages = await people.tabs("ada", *paths)
    for page in pages:
        await page.evaluate("window.stays = true")
    return pages


async def test_members_and_what_happens_to_them_show_at_once(people: People) -> None:
    board, db = people.board, people.board.db
    bo = board.viewer("bo").id or 0
    listing, closed_ones, file = await opened(
        people, "/admin/members", "/admin/members?show=closed", f"/admin/members/{bo}"
    )
    row, facts = listing.locator(f"#admin-row-{bo}"), file.locator(f"#admin-facts-{bo}")
    await file.get_by_label("Why?").fill("He asked f")
    await renaming.rename_member(db, BOARD_ITSELF, bo, "Bela", now=now_ms())
    for place in (row, facts):
        await expect(place.get_by_role("heading")).to_contain_text("Bela")
    await expect(facts).to_contain_text("Called before")
    await members.change_role(db, BOARD_ITSELF, bo, Role.MODERATOR, now=now_ms())
    for place in (row, facts):
        await expect(place.locator(".tag.staff")).to_have_text("Moderator")
    await expect(file.get_by_role("radio", name="Moderator")).to_be_checked()
    state = board.server.app.state
    await accounts.sign_in(
        db, state.passwords, "bela", PASSWORD, remember=True, now=now_ms(), limits=NO_LIMITS
    )
    await expect(file.locator(f"#admin-sessions-{bo}").get_by_role("listitem")).to_have_count(2)
    await expect(file.get_by_label("Why?")).to_have_value("He asked f")  # nothing typed is lost
    await file.get_by_role("radio", name="Administrator").check()
    await renaming.rename_member(db, BOARD_ITSELF, bo, "Bertram", now=now_ms())
    await expect(facts.get_by_role("heading")).to_contain_text("Bertram")
    await expect(file.get_by_role("radio", name="Administrator")).to_be_checked()
    await member_accounts.close_account(db, BOARD_ITSELF, bo, "asked for it", now=now_ms())
    await expect(row.locator(".tag").filter(has_text="Closed")).to_be_visible()
    await expect(file.get_by_role("button", name="Open the account")).to_be_visible()
    await expect(file.locator(f"#admin-history-{bo}")).to_contain_text("asked for it")
    await expect(file.locator(f"#admin-sessions-{bo}")).to_contain_text("Nowhere at the moment.")
    draft = NewMember("Zoe", "zoe@example.org", PASSWORD, accepts_rules=True)
    await accounts.sign_up(db, state.passwords, draft, now=now_ms(), limits=NO_LIMITS)
    await expect(listing.locator(".person-row").first).to_contain_text("zoe@example.org")
    await expect(closed_ones.locator(".person-row")).to_have_count(0)  # opened when nobody was closed
    await is_as_fresh(file)


async def test_invitations_fields_and_letters_show_at_once(people: People) -> None:
    board, db = people.board, people.board.db
    ada = board.viewer("ada")
    invited, fields, post = await opened(people, "/admin/invitations", "/admin/fields", "/admin/mail")
    await expect(invited.locator("#admin-invitations")).to_contain_text("Nobody has been invited yet.")
    await invited.get_by_label("Note").fill("For the n")
    await invitations.invite(db, ada, "The clinic", "2", "7", now=now_ms())
    await expect(invited.locator("#admin-invitations")).to_contain_text("The clinic")
    async with db.snapshot() as reader:
        number = int(await reader.value("SELECT MAX(id) FROM invitations") or 0)
    await invitations.end_invitation(db, ada, number, now=now_ms())
    await expect(invited.locator("#admin-invitations .tag")).to_have_text("Ended")
    await expect(invited.get_by_label("Note")).to_have_value("For the n")
    field = await profile_fields.add_field(
        db, ada, FieldDraft("Year of diagnosis", "year", "members"), now=now_ms()
    )
    await expect(fields.locator("#admin-fields")).to_contain_text("Year of diagnosis")
    await profile_fields.archive_field(db, ada, field, archived=True, now=now_ms())
    await expect(fields.locator("#admin-archived")).to_contain_text("Year of diagnosis")
    await expect(fields.locator("#admin-fields")).to_contain_text("Nothing yet.")
    async with db.begin() as writer:
        await mail.queue(writer, Letter.CONFIRM, board.viewer("ann").id, now=now_ms())
    (letter, *_) = await mail.take(db, now=now_ms())
    await mail.note_failure(db, letter, "550 no such mailbox", final=True, now=now_ms())
    await expect(post.locator("#admin-mail")).to_contain_text("550 no such mailbox")
    await mail.discard(db, ada, letter.id, now=now_ms())
    await expect(post.locator("#admin-mail")).to_contain_text("None. Letters that a mail server")
    await invited.get_by_label("Note").fill("")
    for page in (invited, fields, post):
        await is_as_fresh(page)


async def test_the_way_between_its_pages_is_one_control_on_a_phone_and_a_row_beside_it(
    people: People,
) -> None:
    """Without a script: what opens it is the browser's own."""
    page = await people.visit("ada", "/admin/limits", live=False, java_script_enabled=False)
    ways = page.get_by_role("navigation", name="Administration")
    words = ways.get_by_role("link", name="Words")
    await page.set_viewport_size(NARROW)
    await expect(words).to_be_hidden()
    control = ways.locator("summary")
    await expect(control).to_contain_text("Administration: Limits")
    await control.focus()
    await page.keyboard.press("Enter")
    await expect(words).to_be_visible()
    await expect(ways.locator("[aria-current]")).to_have_text("Limits")
    for _ in range(10):  # the tenth of the pages
        await page.keyboard.press("Tab")
    await expect(words).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/admin/words$"))
    await expect(control).to_contain_text("Words")
    await expect(ways.get_by_role("link", name="Limits")).to_be_hidden()
    await page.set_viewport_size(WIDE)
    await expect(ways.get_by_role("link", name="Limits")).to_be_visible()
    await expect(control).to_be_hidden()


async def test_the_opened_control_breaks_no_rule_of_accessibility(people: People) -> None:
    page = await people.visit("ada", "/admin/limits", live=False, reduced_motion="reduce")
    await page.set_viewport_size(NARROW)
    await page.locator(".places summary").click()
    await expect(page.locator(".places").get_by_role("link", name="Mail")).to_be_visible()
    assert await violations(page) == []
