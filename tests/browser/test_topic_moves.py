"""Splitting, merging, moving and slowing under readers, who see it at once and as a fresh load shows it."""

import re

from playwright.async_api import expect

from server.domain.viewer import Audience
from tests.support.people_in_browsers import People, composer, post
from tests.support.same_page import difference_of

STAY = "window.sameDocument = true"


async def test_posts_leave_and_arrive_under_readers_of_both_topics(people: People) -> None:
    board = people.board
    here = await board.topic("Sleep", "How do you sleep?", by="ann")
    stray = await board.reply(here.topic_id, "And what do you eat?", by="bo")
    there = await board.topic("Food", "What do you eat?", by="cleo")
    answer = await board.reply(here.topic_id, "Soup, mostly.", by="cleo")
    last = await board.reply(here.topic_id, "Badly.", by="bo")
    names = (None, "ann")
    readers = await people.each(f"/topics/{here.topic_id}", *names)
    others = await people.each(f"/topics/{there.topic_id}", *names)
    lists = await people.each("/categories/1", *names)
    for page in (*readers, *others, *lists):
        await page.evaluate(STAY)
    draft = composer(readers[1])
    await draft.fill("I wake at three, and then")

    mod = await people.visit("mod", f"/posts/{stray.post_id}")
    await post(mod, stray.post_id).locator("summary").click()
    await mod.get_by_role("link", name="Move to another topic").click()
    await mod.get_by_text("1 post is picked").click()
    await mod.locator(f"#pick-{answer.post_id} input").check()
    await mod.get_by_label("Into a topic that is there already").check()
    await mod.get_by_label("Which topic?").fill(str(there.topic_id))
    await mod.get_by_role("button", name="Move the posts", exact=True).last.click()
    await mod.wait_for_url(f"**/topics/{there.topic_id}/**")

    for page in readers:
        await expect(page.locator("article.post")).to_have_count(2)
        await expect(page.locator(".topic-head")).to_contain_text("1 reply")
        line = page.locator(".moved")
        await expect(line).to_contain_text("2 posts were moved to another topic")
        await expect(line.get_by_role("link")).to_have_attribute("href", f"/posts/{stray.post_id}")
    for page in others:
        await expect(page.locator("article.post")).to_have_count(3)
        await expect(page.locator("article.post").first).to_contain_text("And what do you eat?")
    for page in lists:
        await expect(page.locator(f"#topic-row-{there.topic_id} .row-counts")).to_contain_text("2 replies")
    await expect(draft).to_have_value("I wake at three, and then")
    for page in (*readers, *others, *lists):
        assert not await difference_of(page)
        assert await page.evaluate("window.sameDocument"), "the page was loaded again"

    # Now the rest of it: the first topic is no more, and leads to the other one.
    await people.act("mod", f"/topics/{here.topic_id}/merge", topic=str(there.topic_id))
    for page in readers:
        await expect(page.locator("article.post")).to_have_count(0)
        await expect(page.locator(".topic-head")).to_contain_text("This topic goes on elsewhere")
    for page in others:
        await expect(page.locator("article.post")).to_have_count(5)
        assert not await difference_of(page)
    for page in lists:
        await expect(page.locator(f"#topic-row-{here.topic_id}")).to_have_count(0)
        assert not await difference_of(page)
    await expect(draft).to_have_value("I wake at three, and then")
    news = readers[1].locator(".composer-news")
    await expect(news).to_contain_text("goes on in another one")
    await news.get_by_role("link", name="Go there").click()
    await readers[1].wait_for_url(f"**/topics/{there.topic_id}/**")
    await expect(composer(readers[1])).to_have_value("I wake at three, and then")
    await expect(post(readers[1], last.post_id)).to_be_visible()


async def test_a_topic_that_moves_behind_the_door_is_gone_for_guests_at_once(people: People) -> None:
    board = people.board
    people.expect_missing_page()
    topic = await board.topic("My results", "They frighten me.", by="ann")
    guest, ann = await people.each(f"/topics/{topic.topic_id}", None, "ann")
    latest, members_latest = await people.each("/latest", None, "bo")
    row = f"#latest-{topic.topic_id}"
    await expect(latest.locator(row)).to_have_count(1)

    where = str(board.places[Audience.MEMBERS])
    await people.act("mod", f"/topics/{topic.topic_id}/move", category=where, reason="Private", tell="1")

    await expect(guest.locator("body")).not_to_contain_text("They frighten me.")
    await expect(latest.locator(row)).to_have_count(0)
    await expect(ann.locator(".topic-head")).to_contain_text("Members only")
    await expect(ann.locator(".crumbs")).to_contain_text("Quiet corner")
    await expect(members_latest.locator(row)).to_contain_text("Members only")
    await expect(ann.locator("header.top")).to_contain_text(re.compile("1"))  # the bell
    for page in (ann, latest, members_latest):
        assert not await difference_of(page)


async def test_slow_mode_is_said_beside_the_composer_as_soon_as_it_begins(people: People) -> None:
    topic = await people.board.topic("Heated", "Well?", by="ann")
    bo = await people.visit("bo", f"/topics/{topic.topic_id}")
    note = bo.locator(".slow-note")
    await expect(note).to_be_hidden()
    await people.act("mod", f"/topics/{topic.topic_id}/slow", minutes="30")
    await expect(note).to_contain_text("once in 30 minutes")
    await composer(bo).fill("This is so wrong.")
    await composer(bo).press("Control+Enter")
    await expect(bo.locator("article.post")).to_have_count(2)
    await expect(note).to_contain_text("You can reply again in 30 minutes")
    assert not await difference_of(bo)
    people.troubles.allow("status of 429")
    await composer(bo).fill("And another thing.")
    await composer(bo).press("Control+Enter")
    await expect(bo.locator(".problem")).to_contain_text("Your text is kept")
    await expect(composer(bo)).to_have_value("And another thing.")
    await people.act("mod", f"/topics/{topic.topic_id}/slow", minutes="0")
    await expect(note).to_be_hidden()


async def test_the_second_page_goes_with_the_posts_that_filled_it(people: People) -> None:
    board = people.board
    topic = await board.topic("Long", "1", by="ann")
    made = [await board.reply(topic.topic_id, str(number), by="bo") for number in range(2, 24)]
    first, second = await people.tabs("ann", f"/topics/{topic.topic_id}", f"/topics/{topic.topic_id}?page=2")
    await expect(second.locator("article.post")).to_have_count(3)
    await people.act(
        "mod", f"/topics/{topic.topic_id}/split", onwards=str(made[17].post_id), title="Rest", category="1"
    )
    await expect(first.locator("article.post")).to_have_count(18)
    await expect(second).to_have_url(re.compile(rf"/topics/{topic.topic_id}/long$"))
    for page in (first, second):
        assert not await difference_of(page)
