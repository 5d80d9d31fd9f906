"""What somebody has typed is never lost: not by a reload, a sign-out, a reset, or two editors at once."""

from playwright.async_api import expect

from tests.support.people_in_browsers import People, body_of, composer, is_live, post, write_reply
from tests.support.whole_board import PASSWORD

DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('fireside:draft:'))"


async def test_a_draft_survives_reload_and_tab_and_goes_when_it_is_sent(people: People) -> None:
    started = await people.board.topic("Diaries", "Does writing help?")
    path = f"/topics/{started.topic_id}"
    bo = await people.visit("bo", path)
    await composer(bo).fill("It did for me, for")
    await bo.reload()  # at once, before anything was kept by the clock
    await expect(composer(bo)).to_have_value("It did for me, for")
    other = await bo.context.new_page()
    await other.goto(path)
    await expect(composer(other)).to_have_value("It did for me, for")
    await write_reply(other, "It did for me, for a while.")
    await expect(other.locator("article.post").last).to_contain_text("It did for me, for a while.")
    await expect(composer(other)).to_have_value("")
    await other.reload()
    await expect(composer(other)).to_have_value("")


async def test_who_was_signed_out_signs_in_and_finds_the_text_again(people: People) -> None:
    started = await people.board.topic("Keys", "Locked out?")
    path = f"/topics/{started.topic_id}"
    cleo, page = await people.tabs("cleo", path, path)
    await composer(page).fill("Under the mat, since")
    await cleo.get_by_role("button", name="Sign out").click()
    await expect(cleo.get_by_role("link", name="Sign in").first).to_be_visible()
    # The other tab is told by its socket and becomes a guest's page; the text is kept meanwhile.
    await expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    await expect(composer(page)).to_have_count(0)
    await (
        page.get_by_role("region", name="Would you like to answer?")
        .get_by_role("link", name="Sign in")
        .click()
    )
    await page.get_by_label("Name or e-mail").fill("cleo")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(composer(page)).to_have_value("Under the mat, since")
    await expect(cleo.get_by_role("link", name="cleo", exact=True)).to_be_visible()  # in the first tab too
    people.board.tokens["cleo"] = (await page.context.cookies())[0].get("value", "")


async def test_who_sends_after_the_session_ended_is_led_back(people: People) -> None:
    started = await people.board.topic("Sessions", "How long is yours?")
    page = await people.visit("ann", f"/topics/{started.topic_id}")
    people.troubles.allow("status of 401")
    await page.context.clear_cookies()  # ended, and the page does not know yet
    await write_reply(page, "Too long, mostly.")
    news = page.locator(".composer-news")
    await expect(news).to_contain_text("You are signed out. Your text is kept on this device.")
    await news.get_by_role("link", name="Sign in").click()
    await page.get_by_label("Name or e-mail").fill("ann")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(composer(page)).to_have_value("Too long, mostly.")
    await composer(page).press("Control+Enter")
    await expect(page.locator("article.post", has_text="Too long, mostly.")).to_be_focused()


async def test_a_reset_leaves_the_text_the_cursor_and_the_focus(people: People) -> None:
    started = await people.board.topic("Resets", "And now?")
    page = await people.visit("bo", f"/topics/{started.topic_id}")
    await composer(page).fill("Half a thought")
    await composer(page).press("Home")
    await page.evaluate("document.querySelector('fire-composer').isTheSame = true")
    async with people.board.db.begin() as writer:
        await writer.run("UPDATE head SET epoch = :epoch", epoch="another")
    made = await people.board.reply(started.topic_id, "After the reset.", by="ann")
    await expect(post(page, made.post_id)).to_be_visible()
    await expect(page.locator("#live")).to_have_attribute("data-epoch", "another")
    await expect(composer(page)).to_be_focused()
    await page.keyboard.type("Now: ")
    await expect(composer(page)).to_have_value("Now: Half a thought")
    assert await page.evaluate("document.querySelector('fire-composer').isTheSame")
    await is_live(page)


async def test_two_editors_both_keep_their_words(people: People) -> None:
    started = await people.board.topic("Recipes", "One spoon of honey.")
    ann, mod = await people.each(f"/topics/{started.topic_id}", "ann", "mod")
    people.troubles.allow("status of 409")
    for page, text in ((ann, "Two spoons of honey."), (mod, "One spoon of honey, not more.")):
        await post(page, started.post_id).get_by_role("link", name="Edit").click()
        await page.get_by_label("The post").fill(text)
    await mod.get_by_role("button", name="Save").click()
    await expect(body_of(mod, started.post_id)).to_have_text("One spoon of honey, not more.")

    await ann.get_by_role("button", name="Save").click()
    await expect(ann.get_by_role("heading", name="Somebody else changed this post")).to_be_visible()
    await expect(ann.locator(".theirs")).to_contain_text("One spoon of honey, not more.")
    await expect(ann.get_by_role("textbox", name="Your text")).to_have_value("Two spoons of honey.")
    await ann.get_by_role("textbox", name="Your text").fill("Two spoons of honey, not more.")
    await ann.get_by_role("button", name="Save mine").click()
    for page in (ann, mod):
        await expect(body_of(page, started.post_id)).to_have_text("Two spoons of honey, not more.")
    assert not await ann.evaluate(DRAFTS), "the draft was sent"
