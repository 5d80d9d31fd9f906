"""Watched words from the administrators' page to everybody's: shown otherwise, and told to the moderators."""

from playwright.async_api import Page, expect

from tests.support.people_in_browsers import People


async def add(page: Page, words: str, kind: str) -> None:
    await page.get_by_label("Words", exact=True).fill(words)
    await page.get_by_role("radio", name=kind).check()


async def test_ada_watches_for_words_and_everybody_reads_what_she_chose(people: People) -> None:
    asked = await people.board.topic("Sleep", "How?")
    path = f"/topics/{asked.topic_id}"
    ada = await people.visit("ada", "/admin/words", live=False)
    told, instead = ada.get_by_label("What its writer is told"), ada.get_by_label("Where it leads, or what")
    await expect(told).to_be_visible()
    await add(ada, "damn*\nbloody", "Replaced")
    await expect(told).to_be_hidden()
    await instead.fill("***")
    await ada.get_by_role("button", name="Watch for these").click()
    await expect(ada.get_by_text("Saved.")).to_be_visible()
    await add(ada, "dosage", "Reported")
    await expect(instead).to_be_hidden()
    await ada.get_by_role("button", name="Watch for these").click()
    await ada.get_by_label("A text, as a member would write it").fill("Damn, which dosage?")
    await ada.get_by_role("button", name="Try it").click()
    await expect(ada.locator(".tried-text")).to_have_text("***, which dosage?")
    await expect(ada.locator(".tried")).to_be_in_viewport()

    queue = await people.visit("mod", "/moderation")
    bo, ann = await people.visit("bo", path), await people.visit("ann", path)
    await ann.locator("fire-composer textarea").fill("Damn, which *dosage*?")
    await ann.get_by_role("button", name="Reply", exact=True).click()
    for page in (bo, ann):
        await expect(page.locator("[data-list=posts] .body").last).to_have_text("***, which dosage?")
    await expect(queue.locator("#live")).to_contain_text("The board watches for “dosage”, which is in it.")
    await ann.locator("[data-list=posts] > *").last.get_by_role("link", name="Edit").click()
    await expect(ann.locator("textarea").first).to_have_value("Damn, which *dosage*?")
