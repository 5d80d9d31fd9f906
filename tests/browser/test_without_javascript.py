"""Everything works in a browser without JavaScript: one reads, joins, writes, thanks, moderates by forms."""

from playwright.async_api import Page, expect

from tests.support.people_in_browsers import People, body_of, composer, post
from tests.support.sign_ups import took_her_time
from tests.support.whole_board import PASSWORD


async def plainly(people: People, name: str | None, path: str) -> Page:
    return await people.visit(name, path, live=False, java_script_enabled=False)


async def test_a_guest_reads_joins_and_writes(people: People) -> None:
    started = await people.board.topic("First night", "How was yours?")
    page = await plainly(people, None, "/")
    await expect(page.locator("#connection")).to_be_hidden()
    await page.get_by_role("link", name="First night").first.click()
    await expect(body_of(page, started.post_id)).to_have_text("How was yours?")
    await expect(page.get_by_role("button", name="Thank")).to_be_hidden()

    await (
        page.get_by_role("region", name="Would you like to answer?").get_by_role("link", name="Join").click()
    )
    people.troubles.allow("status of 422")
    await page.get_by_label("Name", exact=True).fill("dora")
    await page.get_by_label("E-mail").fill("dora at example.org")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_label("Name", exact=True)).to_have_value("dora")
    await expect(page.get_by_label("E-mail")).to_have_value("dora at example.org")
    await expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#email-problem")).to_be_visible()
    await expect(page.locator("#rules-problem")).to_be_visible()
    await page.get_by_label("E-mail").fill("dora@example.org")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_label("I have read the rules").check()
    await took_her_time(people.board.db, page)
    await page.get_by_role("button", name="Join").click()

    await expect(page.locator("h1")).to_have_text("First night")
    await expect(page.locator(".tools")).to_be_hidden()
    await composer(page).fill("Short, but good.")
    await page.get_by_role("button", name="Reply").click()
    await expect(page.locator("article.post").last).to_contain_text("Short, but good.")
    await expect(page.locator(".topic-head")).to_contain_text("1 reply")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


async def test_a_member_quotes_edits_and_thanks(people: People) -> None:
    started = await people.board.topic("Milk", "Warm or cold?")
    bo = await plainly(people, "bo", f"/topics/{started.topic_id}")
    theirs = post(bo, started.post_id)
    await expect(theirs.get_by_role("link", name="Edit")).to_be_hidden()
    await theirs.get_by_role("button", name="Thank").click()
    await expect(theirs.locator(".thanks")).to_contain_text("bo said thank you")
    await expect(theirs.get_by_role("button", name="Thank", exact=True)).to_be_hidden()
    await theirs.get_by_role("button", name="Take back").click()
    await expect(theirs.locator(".thanks")).to_have_count(0)

    await theirs.get_by_role("link", name="Quote").click()
    await expect(composer(bo)).to_have_value(f"[quote={started.post_id}]\n\n")
    people.troubles.allow("status of 422")
    await composer(bo).fill("")
    await bo.get_by_role("button", name="Reply").click()
    await expect(bo.locator("#body-problem")).to_be_visible()
    await composer(bo).fill(f"[quote={started.post_id}]\n\nWarm, with hunny.")
    await bo.get_by_role("button", name="Reply").click()
    mine = bo.locator("article.post").last
    await expect(mine.locator("blockquote")).to_contain_text("Warm or cold?")

    await mine.get_by_role("link", name="Edit").click()
    text = bo.get_by_role("textbox", name="The post")
    await text.fill((await text.input_value()).replace("hunny", "honey"))
    await bo.get_by_role("button", name="Save").click()
    await expect(mine).to_contain_text("Warm, with honey.")
    await expect(mine.locator(".edited")).to_be_visible()


async def test_a_topic_that_lacks_a_title_comes_back_as_it_was_written(people: People) -> None:
    ann = await plainly(people, "ann", "/categories/1/new")
    people.troubles.allow("status of 422")
    await ann.get_by_label("Your post").fill("Words without a title.")
    await ann.get_by_role("button", name="Post topic").click()
    await expect(ann.locator("#title-problem")).to_be_visible()
    await expect(ann.get_by_label("Your post")).to_have_value("Words without a title.")
    await ann.get_by_label("Title").fill("A title after all")
    await ann.get_by_role("button", name="Post topic").click()
    await expect(ann.locator("h1")).to_have_text("A title after all")


async def test_a_moderator_removes_restores_locks_and_pins(people: People) -> None:
    started = await people.board.topic("Order", "Please.")
    reply = await people.board.reply(started.topic_id, "Buy gold.")
    mod = await plainly(people, "mod", f"/topics/{started.topic_id}")
    theirs = post(mod, reply.post_id)
    await theirs.locator("summary", has_text="More").click()
    await theirs.get_by_role("link", name="Remove").click()
    await mod.get_by_label("Why does it go?").fill("advertising")
    await mod.get_by_role("button", name="Remove the post").click()
    await expect(theirs).to_contain_text("Removed by moira")
    await expect(theirs).to_contain_text("advertising")
    await theirs.get_by_role("button", name="Restore").click()
    await expect(body_of(mod, reply.post_id)).to_have_text("Buy gold.")

    head = mod.locator(".topic-head")
    for act, word, back in (("Lock", "Locked", "Unlock"), ("Pin", "Pinned", "Unpin")):
        await head.get_by_role("button", name=act, exact=True).click()
        await expect(head).to_contain_text(word)
        await head.get_by_role("button", name=back).click()
        await expect(head).not_to_contain_text(word)
    await head.locator("summary", has_text="Remove").click()
    await head.get_by_label("Why does it go?").fill("all of it")
    await head.get_by_role("button", name="Remove this topic").click()
    await expect(head).to_contain_text("all of it")
    await head.get_by_role("button", name="Restore").click()
    await expect(head).not_to_contain_text("all of it")
