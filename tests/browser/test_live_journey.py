"""What one person does, everybody sees: at once, in their own rendering, on every page that shows it."""

import asyncio

import pytest
from playwright.async_api import Page, Route, WebSocketRoute, expect

from tests.support.people_in_browsers import People, body_of, composer, is_live, post, write_reply

HEAR = """() => {
  window.heard = [];
  const place = document.getElementById("announcer");
  new MutationObserver(() => window.heard.push(place.textContent)).observe(place, { childList: true });
}"""
STAY = "window.sameDocument = true"
FOCUSED = "document.activeElement.textContent"


async def everywhere(people: People, who: str | None, topic_id: int, author: str) -> tuple[Page, ...]:
    """Somebody's tabs: the topic, its category, the index, the latest topics, a profile."""
    paths = (f"/topics/{topic_id}", "/categories/1", "/", "/latest", f"/members/{author}")
    return tuple(await people.tabs(who, *paths))


async def test_a_reply_shows_on_every_page_and_once_to_its_author(people: People) -> None:
    started = await people.board.topic("Dentist", "Before a count?")
    topic, category, index, latest, profile = await everywhere(people, None, started.topic_id, "bo")
    bo = await people.visit("bo", f"/topics/{started.topic_id}")
    for page in (topic, bo):
        await page.evaluate(STAY)

    await composer(bo).fill("After it, if it can wait.")
    await bo.get_by_role("button", name="Reply").dblclick()

    own = bo.locator("article.post", has_text="After it, if it can wait.")
    await expect(own).to_be_focused()
    await expect(own).to_be_in_viewport()
    await expect(composer(bo)).to_have_value("")
    await expect(bo.locator(".composer-news")).to_have_text("")
    await expect(bo.locator("fire-arrivals a")).to_be_hidden()

    await expect(topic.locator("article.post")).to_have_count(2)
    await expect(topic.locator("article.post").last).to_contain_text("After it, if it can wait.")
    await expect(topic.locator(".topic-head")).to_contain_text("1 reply")
    row = f"-{started.topic_id}"
    await expect(category.locator(f"#topic-row{row} .row-counts")).to_contain_text("1 reply bo,")
    await expect(latest.locator(f"#latest{row} .row-counts")).to_contain_text("1 reply bo,")
    await expect(index.locator(f"#newest{row}")).to_contain_text("bo,")
    await expect(index.locator("#category-1 .row-latest").first).to_contain_text("Dentist · bo,")
    await expect(profile.locator("[data-list] > article").first).to_contain_text("After it, if it can wait.")
    await expect(profile.locator(".card")).to_contain_text("1 post")

    await expect(own).to_have_count(1)
    for page in (topic, bo):
        assert await page.evaluate("window.sameDocument"), "the page was loaded again"


@pytest.mark.parametrize("first", ["the answer", "the socket"])
async def test_ones_own_reply_is_no_news_whichever_way_it_comes_first(people: People, first: str) -> None:
    started = await people.board.topic("Echo", "Hello?")
    bo = await people.visit("bo", "about:blank", live=False)
    is_held, go_on = first == "the answer", asyncio.Event()

    async def relay(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        async def pass_on(message: str | bytes) -> None:
            if is_held and '"changes"' in str(message):
                await go_on.wait()
            socket.send(message)

        server.on_message(lambda message: asyncio.ensure_future(pass_on(message)))

    async def answer_late(route: Route) -> None:
        answer = await route.fetch()
        await go_on.wait()
        await route.fulfill(response=answer)

    await bo.route_web_socket("**/live", relay)
    if not is_held:
        await bo.route(f"**/topics/{started.topic_id}/posts", answer_late)
    await bo.goto(f"/topics/{started.topic_id}")
    await is_live(bo)
    await write_reply(bo, "Hello back.")
    own = bo.locator("article.post", has_text="Hello back.")
    await expect(own).to_be_visible()
    await expect(bo.locator(".topic-head")).to_contain_text("1 reply")
    await expect(bo.locator(".composer-news")).to_have_text("")
    go_on.set()
    await expect(own).to_be_focused()
    await people.act("ann", f"/topics/{started.topic_id}/posts", body="Hello again.")
    await expect(bo.get_by_text("Hello again.")).to_be_visible()
    await expect(own).to_have_count(1)
    await expect(composer(bo)).to_have_value("")
    await expect(bo.locator(".composer-news")).to_have_text("")


async def test_what_arrives_is_said_in_one_polite_line_and_the_focus_stays(people: People) -> None:
    started = await people.board.topic("Waking", "At two, always.")
    guest = await people.visit(None, f"/topics/{started.topic_id}")
    line = guest.locator("[role=status][aria-live=polite]")
    await expect(line).to_have_count(1)
    await guest.evaluate(HEAR)
    author = guest.locator(".topic-head a.name")  # in the heading, which is replaced by every reply
    await author.focus()

    for number in range(4):
        await people.act("bo", f"/topics/{started.topic_id}/posts", body=f"Thought number {number}.")
    await expect(guest.locator("article.post")).to_have_count(5)
    await guest.wait_for_function(
        "() => window.heard.reduce((sum, text) => sum + parseInt(text, 10), 0) === 4", timeout=15_000
    )
    assert len(await guest.evaluate("window.heard")) <= 2, "one text in five seconds"
    await expect(author).to_be_focused()


async def test_a_new_topic_stands_first_in_every_list(people: People) -> None:
    await people.board.topic("Older", "Words.")
    category, index, latest = await people.tabs(None, "/categories/1", "/", "/latest")
    ann = await people.visit("ann", "/categories/1/new", live=False)
    await ann.get_by_label("Title").fill("Is warm milk a myth?")
    await ann.get_by_label("Your post").fill("I like it anyway.")
    await ann.get_by_label("Your post").press("Control+Enter")
    await expect(ann.get_by_role("heading", name="Is warm milk a myth?")).to_be_visible()
    await expect(category.locator("[data-list=topics] > article").first).to_contain_text("warm milk")
    await expect(latest.locator("[data-list=latest] > article").first).to_contain_text("warm milk")
    await expect(index.locator("[data-list=newest] > article").first).to_contain_text("warm milk")
    await expect(index.locator("#category-1 .row-latest").first).to_contain_text("warm milk")


async def test_an_edit_shows_with_its_reason_and_who_did_it(people: People) -> None:
    started = await people.board.topic("Spelling", "Receive is spelled wierd.")
    guest, bo, ann = await people.each(f"/topics/{started.topic_id}", None, "bo", "ann")
    await post(ann, started.post_id).get_by_role("link", name="Edit").click()
    await ann.get_by_label("The post").fill("Receive is spelled weird.")
    await ann.get_by_label("What did you change, and why?").fill("a typo, of all things")
    await ann.get_by_role("button", name="Save").click()
    for page in (guest, bo, ann):
        await expect(body_of(page, started.post_id)).to_have_text("Receive is spelled weird.")
        await expect(post(page, started.post_id).locator(".edited")).to_contain_text("a typo, of all things")
    await expect(post(bo, started.post_id).get_by_role("link", name="Edit")).to_be_hidden()


async def test_thanks_show_to_everyone_and_can_be_taken_back(people: People) -> None:
    started = await people.board.topic("Blankets", "Weighted ones help me.")
    path = f"/topics/{started.topic_id}"
    guest, ann, bo, mod = await people.each(path, None, "ann", "bo", "mod")
    profile = await people.visit(None, "/members/ann")
    before = await profile.locator(".card").inner_text()
    theirs = post(bo, started.post_id)
    await expect(post(ann, started.post_id).get_by_role("button", name="Thank")).to_be_hidden()
    await expect(post(guest, started.post_id).get_by_role("button", name="Thank")).to_be_hidden()

    await theirs.get_by_role("button", name="Thank").click()
    await expect(theirs.get_by_role("button", name="Take back")).to_be_focused()
    for page in (guest, ann, bo, mod):
        await expect(post(page, started.post_id).locator(".thanks")).to_contain_text("bo said thank you")
    await expect(profile.locator(".card")).not_to_have_text(before)
    await expect(post(mod, started.post_id).get_by_role("button", name="Thank")).to_be_visible()

    await theirs.get_by_role("button", name="Take back").click()
    await expect(theirs.get_by_role("button", name="Thank")).to_be_focused()
    for page in (guest, ann, bo, mod):
        await expect(post(page, started.post_id).locator(".thanks")).to_have_count(0)


async def test_a_quote_follows_what_becomes_of_the_quoted_post(people: People) -> None:
    started = await people.board.topic("Tea", "Which one?")
    quoted = await people.board.reply(started.topic_id, "Lemon balm, every night.", by="cleo")
    path = f"/topics/{started.topic_id}"
    guest, bo, mod = await people.each(path, None, "bo", "mod")

    await post(bo, quoted.post_id).get_by_role("link", name="Quote").click()
    await expect(composer(bo)).to_be_focused()
    await bo.keyboard.type("So do I.")
    await bo.keyboard.press("Control+Enter")
    answers = [page.locator("article.post", has_text="So do I.") for page in (guest, bo, mod)]
    for answer in answers:
        await expect(answer.locator("blockquote")).to_contain_text("Lemon balm, every night.")

    await composer(bo).fill(f"[quote={quoted.post_id}]\n\nHalf a thought")
    await people.act("mod", f"/posts/{quoted.post_id}/remove", reason="advertising")
    for answer in answers:
        await expect(answer.locator("blockquote")).to_have_text("The quoted post is not available.")
    for page in (guest, bo):
        await expect(page.get_by_text("Lemon balm")).to_have_count(0)
        await expect(post(page, quoted.post_id)).to_have_count(0)
    await expect(bo.locator(".composer-news")).to_contain_text(f"#{quoted.post_id}, was removed")
    tombstone = post(mod, quoted.post_id)
    await expect(tombstone).to_contain_text("Removed by moira")
    await expect(tombstone).to_contain_text("advertising")
    await expect(tombstone).not_to_contain_text("Lemon balm")

    await tombstone.get_by_role("button", name="Restore").click()
    for page in (guest, bo, mod):
        await expect(body_of(page, quoted.post_id)).to_have_text("Lemon balm, every night.")
    for answer in answers:
        await expect(answer.locator("blockquote")).to_contain_text("Lemon balm, every night.")


async def test_a_removal_takes_a_post_off_every_page_with_its_numbers(people: People) -> None:
    started = await people.board.topic("Naps", "Yes or no?")
    doomed = await people.board.reply(started.topic_id, "Never, says the leaflet.", by="bo")
    topic, category, index, latest, profile = await everywhere(people, None, started.topic_id, "bo")
    row = f"-{started.topic_id}"
    await expect(category.locator(f"#topic-row{row}")).to_contain_text("1 reply")

    mod = await people.visit("mod", f"/topics/{started.topic_id}")
    await post(mod, doomed.post_id).locator("summary", has_text="More").click()
    await post(mod, doomed.post_id).get_by_role("link", name="Remove").click()
    await mod.get_by_label("Why does it go?").fill("not advice")
    await mod.get_by_role("button", name="Remove the post").click()

    await expect(post(mod, doomed.post_id)).to_contain_text("not advice")
    await expect(post(topic, doomed.post_id)).to_have_count(0)
    await expect(topic.locator(".topic-head")).to_contain_text("No replies yet")
    await expect(category.locator(f"#topic-row{row} .row-counts")).to_contain_text("No replies yet ann,")
    await expect(latest.locator(f"#latest{row} .row-counts")).to_contain_text("No replies yet ann,")
    await expect(index.locator(f"#newest{row}")).to_contain_text("ann,")
    await expect(profile.locator(f"#profile-post-{doomed.post_id}")).to_have_count(0)
    for page in (topic, category, index, latest, profile):
        assert "leaflet" not in await page.content()


async def test_lock_and_pin_reach_everyone_and_staff_can_still_answer(people: People) -> None:
    started = await people.board.topic("Rules of the house", "Be kind.")
    await people.board.topic("Newer than the rules", "Hello.")
    path = f"/topics/{started.topic_id}"
    guest, bo, staff, mod = await people.each(path, None, "bo", "mod", "mod")
    category = await people.visit(None, "/categories/1")
    row = category.locator(f"#topic-row-{started.topic_id}")
    await composer(bo).fill("I was just about to")

    await mod.get_by_role("button", name="Lock", exact=True).click()
    for page in (guest, bo, staff):
        await expect(page.locator(".topic-head")).to_contain_text("Locked")
        await expect(page.locator(".when-locked.locked-line")).to_be_visible()
    for page in (guest, bo):
        await expect(composer(page)).to_be_hidden()
        await expect(post(page, started.post_id).get_by_role("link", name="Quote")).to_be_hidden()
    await expect(row).to_contain_text("Locked")
    await is_live(mod)
    await write_reply(mod, "Closed, and thank you all.")
    for page in (guest, bo, staff):
        await expect(page.get_by_text("Closed, and thank you all.")).to_be_visible()

    await staff.get_by_role("button", name="Unlock").click()
    await expect(composer(bo)).to_have_value("I was just about to")
    await expect(composer(bo)).to_be_visible()
    await expect(row).not_to_contain_text("Locked")

    await people.board.topic("Newest of all", "Hello again.")
    first = category.locator("[data-list=topics] > article").first
    await expect(first).to_contain_text("Newest of all")
    await mod.get_by_role("button", name="Pin", exact=True).click()
    await expect(first).to_contain_text("Rules of the house Pinned")
    await expect(guest.locator(".topic-head")).to_contain_text("Pinned")
    await mod.get_by_role("button", name="Unpin").click()
    await expect(first).to_contain_text("Newest of all")
    await expect(guest.locator(".topic-head")).not_to_contain_text("Pinned")


async def test_a_removed_topic_leaves_readers_and_stays_a_tombstone_for_staff(people: People) -> None:
    started = await people.board.topic("Miracle pills", "Only today!")
    topic, category, index, latest, profile = await everywhere(people, None, started.topic_id, "ann")
    staff, mod = await people.each(f"/topics/{started.topic_id}", "mod", "mod")
    rows = await people.visit("mod", "/categories/1")

    people.expect_missing_page()
    await mod.locator("summary", has_text="Remove").click()
    await mod.get_by_label("Why does it go?").fill("advertising")
    await mod.get_by_role("button", name="Remove this topic").click()
    await expect(topic.locator(".error-number")).to_have_text("Error 404")
    places = [(category, "topic-row"), (index, "newest"), (latest, "latest")]
    for page, kind in places:
        await expect(page.locator(f"#{kind}-{started.topic_id}")).to_have_count(0)
    await expect(profile.locator(f"#profile-post-{started.post_id}")).to_have_count(0)
    for page in (category, index, latest, profile):
        await expect(page.get_by_text("Miracle pills")).to_have_count(0)
    tombstone = rows.locator(f"#topic-row-{started.topic_id}")
    for line in (staff.locator(".topic-head"), tombstone):
        await expect(line).to_contain_text("Removed by moira")
        await expect(line).to_contain_text("advertising")

    await tombstone.get_by_role("button", name="Restore").click()
    for page, kind in places:
        await expect(page.locator(f"#{kind}-{started.topic_id}")).to_contain_text("Miracle pills")
    await expect(profile.locator(f"#profile-post-{started.post_id}")).to_be_visible()
    await expect(staff.locator(".topic-head")).not_to_contain_text("Removed by")
    await expect(body_of(staff, started.post_id)).to_have_text("Only today!")
