"""Everything is done by keyboard: one gets everywhere in a sensible order, and sees where one is."""

from playwright.async_api import Page, expect

from tests.support.people_in_browsers import People, composer, post

FOCUS = """() => {
  const at = document.activeElement;
  const ring = at.closest(".writing") ?? at;
  const { outlineStyle, outlineWidth } = getComputedStyle(ring);
  const { width, height, top, bottom } = at.getBoundingClientRect();
  const name = at.getAttribute("aria-label") || at.innerText || at.name || at.localName;
  return {
    what: name.replace(/\\s+/g, " ").trim(),
    shows: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && width > 0 && height > 0,
    inView: bottom > 0 && top < innerHeight,
  };
}"""


async def tab_stops(page: Page, *, until: str) -> list[str]:
    """What Tab reaches from here on, each with a ring to be seen, up to the first of that name."""
    stops: list[str] = []
    while until not in stops:
        await page.keyboard.press("Tab")
        at = await page.evaluate(FOCUS)
        assert at["shows"], f"the focus cannot be seen on {at}"
        assert at["inView"], f"the focus is out of sight on {at}"
        stops.append(at["what"])
        assert len(stops) < 80, f"{until} was not reached: {stops}"
    return stops


async def test_tab_leads_through_a_topic_from_the_skip_link_to_the_composer(people: People) -> None:
    started = await people.board.topic("Keys", "No mouse tonight.", by="ann")
    await people.board.reply(started.topic_id, "Me neither.", by="cleo")
    bo = await people.visit("bo", f"/topics/{started.topic_id}")
    stops = await tab_stops(bo, until="Reply")
    wanted = ["Skip to the content", "Board", "Latest", "Sign out", "Thank ann", "Quote"]
    wanted += [f"More about #{started.post_id}", "Thank cleo", "Bold", "body", "Reply"]
    places = [stops.index(what) for what in wanted]
    assert places == sorted(places), f"not in the order of the page: {stops}"
    assert "Take back thanks" not in stops, "what is hidden is not reached"


async def test_the_skip_link_passes_the_top(people: People) -> None:
    started = await people.board.topic("Skipping", "Let me through.")
    guest = await people.visit(None, f"/topics/{started.topic_id}")
    await guest.keyboard.press("Tab")
    skip = guest.get_by_role("link", name="Skip to the content")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await guest.keyboard.press("Enter")
    await expect(guest.locator("#live")).to_be_focused()
    assert (await tab_stops(guest, until="ann"))[0] == "ann", "the next stop is in the content"


async def test_menus_open_with_enter_and_close_with_escape(people: People) -> None:
    started = await people.board.topic("Menus", "À la carte.")
    mod = await people.visit("mod", f"/topics/{started.topic_id}")
    button = post(mod, started.post_id).locator("summary")
    link = post(mod, started.post_id).get_by_role("link", name="Remove")
    await button.focus()
    await mod.keyboard.press("Enter")
    await expect(link).to_be_visible()
    for _ in range(await post(mod, started.post_id).locator(".menu a:visible").count()):
        await mod.keyboard.press("Tab")
        if await link.evaluate("link => link === document.activeElement"):
            break
    await expect(link).to_be_focused()
    await mod.keyboard.press("Escape")
    await expect(link).to_be_hidden()
    await expect(button).to_be_focused()

    await mod.keyboard.press("Enter")
    await people.act("bo", f"/posts/{started.post_id}/thanks")  # replaces the post under the open menu
    await expect(post(mod, started.post_id).locator(".thanks")).to_be_visible()
    await expect(link).to_be_visible()
    await expect(button).to_be_focused()
    await mod.locator(".topic-head .remove-topic summary").click()
    await expect(link).to_be_hidden()
    await expect(mod.get_by_label("Why does it go?")).to_be_visible()
    await mod.locator("h1").click()
    await expect(mod.get_by_label("Why does it go?")).to_be_hidden()


async def test_one_thanks_quotes_and_replies_without_a_mouse(people: People) -> None:
    started = await people.board.topic("Hands", "Mine are cold.")
    bo = await people.visit("bo", f"/topics/{started.topic_id}")
    theirs = post(bo, started.post_id)
    await theirs.get_by_role("button", name="Thank").focus()
    await bo.keyboard.press("Enter")
    await expect(theirs.get_by_role("button", name="Take back")).to_be_focused()
    await bo.keyboard.press("Tab")
    await expect(theirs.get_by_role("link", name="Quote")).to_be_focused()
    await bo.keyboard.press("Enter")
    await expect(composer(bo)).to_be_focused()
    await bo.keyboard.type("Wear mittens, ")
    await bo.keyboard.press("Control+b")
    await bo.keyboard.type("woollen")
    await bo.keyboard.press("Control+Enter")
    reply = bo.locator("article.post").last
    await expect(reply).to_be_focused()
    await expect(reply.locator("strong")).to_have_text("woollen")
    await expect(reply.locator("blockquote")).to_contain_text("Mine are cold.")
    await bo.keyboard.press("Tab")
    await expect(reply.get_by_role("link", name="bo", exact=True)).to_be_focused()
