"""Moderators at work while everybody reads: ann and a guest, bo who sends advertising, moira and cleo who
moderate, and ada. What one of them does is on the others' pages at once, and what is undone is as it was."""

import re

from playwright.async_api import Locator, Page, expect

from server.actions import members
from server.domain.clock import now_ms
from server.domain.viewer import Audience, Role
from tests.support.accessibility import violations
from tests.support.every_table import dump
from tests.support.people_in_browsers import NARROW, People, post
from tests.support.same_page import difference_of

WITHIN = 2_000  # milliseconds that what is hidden may take to be gone, on a busy machine
MOST_STOPS = 60  # of Tab


async def reach(page: Page, target: Locator) -> None:
    """Goes there by Tab alone."""
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        if await target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached by Tab")


async def press(page: Page, target: Locator) -> None:
    """Reaches it by Tab and presses Enter."""
    await reach(page, target)
    await page.keyboard.press("Enter")


async def make_moderator(people: People, name: str) -> None:
    db, ada = people.board.db, people.board.viewer("ada")
    await members.change_role(db, ada, people.board.viewer(name).id or 0, Role.MODERATOR, now=now_ms())


async def test_from_a_report_to_its_undoing_by_keyboard_while_everybody_watches(people: People) -> None:
    board = people.board
    await make_moderator(people, "cleo")
    asked = await board.topic("Sleep", "How?", by="ann")
    lamp = await board.reply(asked.topic_id, "Buy my lamp.", by="bo")
    here = f"/topics/{asked.topic_id}"
    guest, ann, bo = [await people.visit(name, here) for name in (None, "ann", "bo")]
    mod = await people.visit("mod", "/moderation", viewport=NARROW, reduced_motion="reduce")
    cleo, log = await people.visit("cleo", "/moderation"), await people.visit("ada", "/moderation/log")

    # ann reports in two steps.
    await post(ann, lamp.post_id).locator("summary").click()
    await post(ann, lamp.post_id).get_by_role("link", name="Report").click()
    await ann.get_by_label("It is advertising").check()
    await ann.get_by_role("button", name="Report").click()

    # moira decides in two: she opens the case, and presses the button.
    case = mod.locator(".case")
    await expect(case).to_contain_text("advertising")
    await expect(log.locator("#open-cases")).to_contain_text("1")
    await expect(case.get_by_text("Buy my lamp.")).to_be_hidden()  # folded
    await press(mod, case.locator("summary"))
    await expect(case.get_by_text("Buy my lamp.")).to_be_visible()
    await expect(cleo.get_by_text("moira is looking at this")).to_be_visible()
    await expect(case.get_by_text("moira is looking at this")).to_be_visible()
    assert await violations(mod) == []
    await expect(case.get_by_label("Remove it, because")).to_have_value("Advertising")
    await press(mod, case.get_by_role("button", name="Remove the post"))

    await expect(post(guest, lamp.post_id)).to_have_count(0)
    for queue in (mod, cleo):
        await expect(queue.get_by_text("No reports are open.")).to_be_visible()
    await expect(log.locator("#open-cases")).to_be_hidden()
    await ann.goto("/notices")
    await expect(ann.get_by_text("Thank you for your report")).to_contain_text("done something about it")
    await expect(bo.locator(".bell .tally")).to_contain_text("1 new")
    await bo.goto("/notices")
    await expect(bo.locator(".notice-row")).to_contain_text("Advertising")
    line = log.locator(".log-line", has_text="removed")
    await expect(line).to_contain_text("Advertising")

    # She was wrong, and takes it back in the log.
    await mod.goto("/moderation/log")
    undo = mod.locator(".log-line", has_text="removed").get_by_role("button", name="Undo")
    await press(mod, undo)
    await expect(post(guest, lamp.post_id)).to_contain_text("Buy my lamp.")
    await expect(line.get_by_role("button", name="Undo")).to_have_count(0)
    await expect(bo.locator(".notice-row").first).to_contain_text("is back")
    assert await violations(mod) == []
    for page in (guest, cleo):
        assert not await difference_of(page)
    for path in ("/moderation/members/bo", "/moderation/members/bo/sweep"):
        await mod.goto(path)
        assert await violations(mod) == []


async def test_two_posts_become_one_under_readers_and_two_again(people: People) -> None:
    board = people.board
    asked = await board.topic("Counts", "When?", by="ann")
    first = await board.reply(asked.topic_id, "My count was nine.", by="bo")
    quoting = await board.reply(
        asked.topic_id, f"[quote={first.post_id}]\ncount was nine\n[/quote]\n\nOh.", by="ann"
    )
    second = await board.reply(asked.topic_id, "On *Monday*, that is.", by="bo")
    await people.act("ann", f"/posts/{second.post_id}/thanks")
    before = await dump(board.db)
    guest, ann = await people.each(f"/topics/{asked.topic_id}", None, "ann")
    mod = await people.visit("mod", f"/topics/{asked.topic_id}", viewport=NARROW, reduced_motion="reduce")

    await post(mod, second.post_id).locator("summary").click()
    await post(mod, second.post_id).get_by_role("link", name="Join with another post").click()
    await expect(mod.locator(".doomed")).to_contain_text(
        "My count was nine.\n\nOn Monday, that is.", use_inner_text=True
    )
    assert await violations(mod) == []
    await mod.get_by_role("button", name="Join them").click()

    for page in (guest, ann):
        await expect(post(page, second.post_id)).to_have_count(0)
        joined = post(page, first.post_id)
        await expect(joined).to_contain_text("Edited")
        await expect(joined.locator(".body em")).to_have_text("Monday")
        await expect(joined.locator(".thanks")).to_contain_text("ann")
        await expect(post(page, quoting.post_id).locator("blockquote")).to_contain_text("count was nine")
        await expect(page.locator(".topic-head")).to_contain_text("2 replies")
        assert not await difference_of(page)
    await guest.goto(f"/posts/{second.post_id}")
    await expect(guest).to_have_url(re.compile(rf"#post-{first.post_id}$"))

    await mod.goto("/moderation/log")
    await mod.locator(".log-line", has_text="joined").first.get_by_role("button", name="Undo").click()
    for page in (guest, ann):
        await expect(post(page, second.post_id)).to_contain_text("On Monday")
        await expect(post(page, first.post_id).locator(".edited")).to_have_count(0)
        assert not await difference_of(page)
    after = await dump(board.db)
    assert [table for table in before if before[table] != after[table]] == ["post_joins", "joined_thanks"]


async def test_a_category_is_closed_in_the_browser_under_a_guest_who_reads_in_it(people: People) -> None:
    people.troubles.allow("status of 404")
    asked = await people.board.topic("My results", "They frighten me.", by="ann")
    guest, ann = await people.each(f"/topics/{asked.topic_id}", None, "ann")
    place = people.board.places[Audience.PUBLIC]
    ada = await people.visit("ada", "about:blank", live=False)
    for who, seen in (("Members", False), ("Everyone", True)):
        await ada.goto(f"/admin/categories/{place}")
        await ada.get_by_role("group", name="Who sees it?").get_by_label(who, exact=False).first.check()
        await ada.get_by_role("button", name="Save").click()
        await expect(ada.locator(".saved")).to_be_visible()
        if seen:
            await guest.goto(f"/topics/{asked.topic_id}")
            await expect(guest.locator("#live")).to_contain_text("They frighten me.")
        else:
            await expect(guest.locator("body")).not_to_contain_text("They frighten me.", timeout=WITHIN)
        await expect(ann.locator("#live")).to_contain_text("They frighten me.")
