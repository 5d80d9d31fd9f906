"""How a member reads: themes, the size of text and times, on every page and before anything is drawn."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from server.actions.preferences import choose_preferences
from server.domain.preferences import Hours, Preferences, TextSize, Theme
from tests.support.people_in_browsers import People

TOKENS = """() => {
  const style = getComputedStyle(document.documentElement);
  const names = ["paper", "ink", "quiet", "ember", "on-ember", "leaf", "leaf-soft", "alarm", "edge", "hair"];
  return [style.colorScheme, ...names.map((name) => style.getPropertyValue(`--${name}`))];
}"""
DEVICES = [(scheme, contrast) for scheme in ("light", "dark") for contrast in ("no-preference", "more")]
Look = list[str]


async def choose(people: People, name: str, preferences: Preferences) -> None:
    await choose_preferences(people.board.db, people.board.viewer(name), preferences)


async def look_on(page: Page, scheme: Any, contrast: Any) -> Look:
    """The theme on a device that is set so."""
    await page.emulate_media(color_scheme=scheme, contrast=contrast)
    found: Look = await page.evaluate(TOKENS)
    return found


async def looks_of(people: People, theme: Theme) -> dict[tuple[str, str], Look]:
    """The theme on all kinds of devices, without JavaScript."""
    await choose(people, "ann", Preferences(theme))
    page = await people.visit("ann", "/settings/reading", live=False, java_script_enabled=False)
    return {device: await look_on(page, *device) for device in DEVICES}


async def test_a_chosen_theme_holds_whatever_the_device_is_set_to(people: People) -> None:
    guest = await people.visit(None, live=False)
    device = {one: await look_on(guest, *one) for one in DEVICES}
    assert len({tuple(look) for look in device.values()}) == 4, "the premise: devices differ"
    assert await looks_of(people, Theme.DEVICE) == device
    for theme, scheme in ((Theme.LIGHT, "light"), (Theme.DARK, "dark")):  # more contrast is a need, and stays
        assert await looks_of(people, theme) == {one: device[scheme, one[1]] for one in DEVICES}
    assert await looks_of(people, Theme.CONTRAST) == {one: device[one[0], "more"] for one in DEVICES}


async def test_paper_is_light_in_every_theme(people: People) -> None:
    guest = await people.visit(None, live=False)
    await guest.emulate_media(media="print", color_scheme="light")
    paper: Look = await guest.evaluate(TOKENS)
    assert paper[1] == "#fff"
    for theme in Theme:
        await choose(people, "ann", Preferences(theme, TextSize.LARGEST))
        page = await people.visit("ann", live=False)
        await page.emulate_media(media="print", color_scheme="dark", contrast="more")
        assert await page.evaluate(TOKENS) == paper, theme
        assert await page.evaluate("getComputedStyle(document.documentElement).fontSize") == "16px"


async def test_colours_that_the_system_forces_win(people: People) -> None:
    await choose(people, "ann", Preferences(Theme.DARK))
    page = await people.visit("ann", live=False)
    await page.emulate_media(forced_colors="active", color_scheme="light")
    ground, words = await page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert (ground, words) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")


async def test_text_grows_in_four_steps_from_what_the_browser_is_set_to(people: People) -> None:
    sizes = []
    for size in TextSize:
        await choose(people, "ann", Preferences(text_size=size))
        page = await people.visit("ann", "/settings/reading", live=False, java_script_enabled=False)
        sizes.append(float(await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")))
        label = page.locator(f"label[for=text_size-{size.value}]")
        own = await label.evaluate("(label) => parseFloat(getComputedStyle(label).fontSize)")
        assert own == pytest.approx(sizes[-1], abs=0.1), "the choice shows how large it is"
    assert sizes == pytest.approx([16.2, 18, 21.6, 26.1], abs=0.05)


async def test_ann_chooses_and_sees_it_at_once_and_on_her_next_page(people: People) -> None:
    await choose(people, "ann", Preferences())
    ann = await people.visit("ann", "/settings/reading", live=False, color_scheme="light")
    light = await ann.evaluate(TOKENS)
    await ann.get_by_label("Dark", exact=True).check()
    await ann.get_by_label("Larger").check()
    await ann.get_by_label("Time zone").select_option(label="Kolkata")
    await ann.get_by_label("12 hours").check()
    await ann.get_by_role("button", name="Save").click()
    await expect(ann.locator(".saved")).to_contain_text("Saved.")
    dark = await ann.evaluate(TOKENS)
    assert dark != light
    now = ann.locator("time[data-exact]")
    in_kolkata = await now.evaluate(
        """(time) => new Date(time.dateTime).toLocaleTimeString("en-GB", {
          timeZone: "Asia/Kolkata", hour12: true, hour: "numeric", minute: "2-digit",
        })"""
    )
    await expect(now).to_have_text(re.compile(rf"^\d+ \w+ \d{{4}}, {in_kolkata}$"))
    await ann.goto("/")
    assert await ann.evaluate(TOKENS) == dark


@pytest.mark.parametrize(
    ("zone", "hours", "words"),
    [
        ("Pacific/Auckland", Hours.TWENTY_FOUR, "23 November 2026, 02:32"),
        ("America/New_York", Hours.TWELVE, "22 November 2026, 8:32 am"),
        ("device", Hours.TWENTY_FOUR, "22 November 2026, 22:32"),
        ("UTC", Hours.DEVICE, "22 November 2026, 1:32 pm"),
        (
            "Europe/Entenhausen",
            Hours.TWENTY_FOUR,
            "22 November 2026, 22:32",
        ),  # which this browser doesn't know
    ],
)
async def test_times_are_told_in_the_zone_and_format_that_ann_chose(
    people: People, zone: str, hours: Hours, words: str
) -> None:
    started = await people.board.topic("Times", "When?")
    await choose(people, "ann", Preferences(zone=zone, hours=hours))
    page = await people.visit("ann", f"/topics/{started.topic_id}", timezone_id="Asia/Tokyo", locale="en-US")
    await people.act("bo", f"/topics/{started.topic_id}/posts", body="Now.")  # pushed, as to everybody
    time = page.locator("article.post", has_text="Now.").locator("time")
    await time.evaluate("(time) => { time.dateTime = '2026-11-22T13:32:00Z' }")
    await time.hover()
    await expect(time).to_have_attribute("title", words)


async def test_dates_are_those_of_the_zone_also_when_they_are_pushed(people: People) -> None:
    async with people.board.db.begin() as writer:
        await writer.run("UPDATE members SET created_at = 1795388400000 WHERE username = 'bo'")  # 23:00 UTC
    await choose(people, "ann", Preferences(zone="Europe/Berlin"))
    started = await people.board.topic("Dates", "Which day?", by="bo")
    page = await people.visit("ann", "/members/bo")
    since = page.locator(".card time[data-day]")
    await expect(since).to_have_text("23 November 2026")
    await people.act("ann", f"/posts/{started.post_id}/thanks")
    await expect(page.locator(".card")).to_contain_text("thanked 1 time")
    await expect(since).to_have_text("23 November 2026")
    still = await people.visit("ann", "/members/bo", live=False, java_script_enabled=False)
    await expect(still.locator(".card time[data-day]")).to_have_text("22 November 2026")
    await expect(still.locator(".card time[data-day]")).to_have_attribute(
        "title", "22 November 2026, 23:00 UTC"
    )
