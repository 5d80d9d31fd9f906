"""Numbers to call are offered to who writes of harm, below his own text, and nothing is held up."""

from playwright.async_api import expect

from server.actions import watched_words
from server.domain.clock import now_ms
from server.domain.word_entries import WordDraft
from tests.support.people_in_browsers import People

HARD = "I can't sleep any more. I want to die."


async def test_ann_is_offered_numbers_while_she_writes_and_posts_all_the_same(people: People) -> None:
    asked = await people.board.topic("Sleep", "How?")
    path = f"/topics/{asked.topic_id}"
    ann, bo = await people.visit("ann", path), await people.visit("bo", path)
    queue = await people.visit("mod", "/moderation")
    panel = ann.locator(".composer-help .help-panel")
    text = ann.locator("fire-composer textarea")
    await text.fill("Soup helps, and a walk.")
    await expect(panel).to_have_count(0)
    await text.fill(HARD)
    await expect(panel).to_contain_text("You can post this as it is.")
    await expect(panel.get_by_role("link", name="116 123")).to_have_attribute("href", "tel:116123")
    await ann.get_by_role("button", name="Reply", exact=True).click()
    await expect(bo.locator("#posts, [data-list=posts]").first).to_contain_text("I want to die.")
    await expect(panel).to_contain_text("Your post is there")
    await expect(text).to_have_value("")
    await expect(bo.locator(".help-panel")).to_have_count(0)
    await expect(queue.locator("#live")).to_contain_text("The board itself reports this")
    await ann.reload()
    await expect(ann.locator("[data-list=posts]")).to_contain_text("I want to die.")
    await expect(panel).to_have_count(0)


async def test_after_a_new_topic_the_numbers_come_first_with_the_way_on(people: People) -> None:
    ann = await people.visit("ann", "/categories/1/new", live=False)
    await ann.get_by_label("Title").fill("Nights")
    await ann.get_by_label("Your post").fill(HARD)
    await ann.get_by_role("button", name="Post topic").click()
    await expect(ann.get_by_role("heading", name="You don’t have to go through this alone")).to_be_visible()
    await ann.get_by_role("link", name="Go to your post").click()
    await expect(ann.get_by_role("heading", name="Nights")).to_be_visible()


async def test_a_word_that_is_not_taken_is_told_beside_the_text_which_stays(people: People) -> None:
    asked, ada = await people.board.topic("Sleep", "How?"), people.board.viewer("ada")
    people.troubles.allow("status of 422")
    ann = await people.visit("ann", f"/topics/{asked.topic_id}")
    text = ann.locator("fire-composer textarea")
    await text.fill("Look at the CASINOS!")
    draft = WordDraft("casino*", sentence="No gambling here.")
    await watched_words.watch(people.board.db, ada, draft, now=now_ms())
    await ann.get_by_role("button", name="Reply", exact=True).click()
    told = ann.locator("#body-problem")
    await expect(told).to_contain_text("This board does not take “casino*”. No gambling here.")
    await expect(text).to_have_value("Look at the CASINOS!")
    await text.fill("Look at the garden!")
    await ann.get_by_role("button", name="Reply", exact=True).click()
    await expect(ann.locator("[data-list=posts]")).to_contain_text("Look at the garden!")
