"""The log shows what staff do while they do it, says who and why, and takes it back."""

from playwright.async_api import expect

from tests.support.people_in_browsers import People


async def test_what_one_moderator_does_another_reads_at_once_and_takes_back(people: People) -> None:
    posted = await people.board.topic("Sleep", "How?", by="ann")
    spam = await people.board.reply(posted.topic_id, "Buy my lamp.", by="bo")
    reader = await people.visit(None, f"/topics/{posted.topic_id}")
    log = await people.visit("ada", "/moderation/log")
    await people.act("mod", f"/posts/{spam.post_id}/remove", reason="advertising")
    await expect(reader.locator(f"#post-{spam.post_id}")).to_have_count(0)
    line = log.locator(".log-line").first
    await expect(line).to_contain_text(f"moira removed bo’s post #{spam.post_id}: advertising")

    await line.get_by_role("button", name="Undo").click()
    await expect(log.get_by_role("status").filter(has_text="Taken back")).to_be_visible()
    await expect(reader.locator(f"#post-{spam.post_id}")).to_contain_text("Buy my lamp.")
    lines = log.locator(".log-line")
    await expect(lines.first).to_contain_text(f"ada restored bo’s post #{spam.post_id}")
    await expect(lines.nth(1).get_by_role("button", name="Undo")).to_have_count(0)


async def test_lines_are_found_and_a_name_that_nobody_has_is_said_beside_its_field(people: People) -> None:
    posted = await people.board.topic("Sleep", "How?", by="ann")
    for number in range(3):
        reply = await people.board.reply(posted.topic_id, "Buy my lamp.", by="bo")
        await people.act("mod", f"/posts/{reply.post_id}/remove", reason=f"advertising {number}")
    page = await people.visit("mod", "/moderation/log")
    await page.locator(".log-find summary").click()
    await page.get_by_label("Words in the reason").fill("Advertising 1")
    await page.get_by_label("Concerns").fill("bo")
    await page.get_by_role("search").get_by_role("button", name="Find").click()
    await expect(page.locator(".log-line")).to_have_count(1)
    await expect(page.get_by_label("Words in the reason")).to_have_value("Advertising 1")
    people.troubles.allow("status of 422")
    await page.get_by_label("Concerns").fill("nobody of that name")
    await page.get_by_role("search").get_by_role("button", name="Find").click()
    await expect(page.locator("#about-problem")).to_contain_text("Nobody has this name")
