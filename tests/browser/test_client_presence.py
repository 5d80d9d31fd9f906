"""Who is there, in words, and the lines and marks that show it, without a server."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.client_pages import Open, changes, posts, put
from tests.support.wire import Wire

ANN = 'data-role="member" data-viewer="7" data-username="ann"'
LINES = """<fire-here data-topic="12"></fire-here><fire-typing data-topic="12"></fire-typing>
<fire-composer data-topic="12"><form><textarea></textarea></form></fire-composer>"""
CUT_AT = """(line, width) =>
  Object.assign(line.style, { display: "block", whiteSpace: "nowrap", overflow: "hidden", width })"""
WORDS = """async ([name, ...given]) => (await import("/lib/people.js"))[name](...given)"""

# Names, members without one, guests, who looks, and some of the ways to say it, best first.
READERS: list[tuple[str, int, int, str | None, list[str]]] = [
    ("ann bo", 0, 38, None, ["ann, bo and 38 guests", "2 members and 38 guests", "40 people"]),
    ("ann bo", 0, 38, "ann", ["You, bo and 38 guests", "You, 1 other member and 38 guests", "40 people"]),
    ("a b c d e", 4, 0, "c", ["You, a, b, d and 5 other members", "You and 8 other members", "9 people"]),
    ("bo", 0, 0, "ann", ["bo", "1 member", "1 person"]),
    ("ann", 0, 1, "ann", ["You and 1 guest", "1 member and 1 guest", "2 people"]),
    ("", 2, 38, None, ["2 members and 38 guests", "40 people"]),
    ("", 0, 1200, None, ["about 1,200 guests", "about 1,200 people"]),
    ("", 0, 1, "ann", ["1 guest", "1 person"]),
    ("", 0, 1, None, []),  # that is he himself
    ("ann", 0, 0, "ann", []),
    ("", 0, 0, "ann", []),
]


async def said(page: Page, name: str, *given: Any) -> str:
    words: str = await page.evaluate(WORDS, [name, *given])
    return words


def here(members: list[str], guests: int = 0, channel: str = "topic:12") -> dict[str, object]:
    return {"type": "here", "channel": channel, "members": members, "unnamed": 0, "guests": guests}


def signed(number: int, author: str, version: int = 11) -> dict[str, object]:
    """A post with its author's card, to be put into the page."""
    html = (
        f'<article class="post" id="post-{number}" data-version="{version}" data-order="{number}"'
        f' data-place="{number}"><div class="post-by"><h2><a class="name" href="/x">{author}</a></h2></div>'
        f'<div class="body">of version {version}</div></article>'
    )
    return put(html, target=f"post-{number}", version=version, order=number)


def typing(*members: str, unnamed: int = 0, channel: str = "topic:12") -> dict[str, object]:
    return {"type": "typing", "channel": channel, "members": list(members), "unnamed": unnamed}


async def test_readers_in_words(open_html: Open) -> None:
    page = await open_html("")
    script = "async ([told, self]) => (await import('/lib/people.js')).readersOf(told, self ?? undefined)"
    for members, unnamed, guests, viewer, ways in READERS:
        told = {"channel": "topic:12", "members": members.split(), "unnamed": unnamed, "guests": guests}
        found = await page.evaluate(script, [told, viewer])
        verb = "is" if ways and ways[-1] == "1 person" else "are"
        expected = [f"{way} {verb} reading" for way in ways] or [""]
        assert [one for one in found if one in expected] == expected, (told, viewer, found)


async def test_writers_in_words(open_html: Open) -> None:
    page = await open_html("")
    for members, unnamed, words in (
        (["cleo"], 0, "cleo is writing…"),
        (["ann"], 0, ""),
        (["ann", "cleo"], 0, "cleo is writing…"),
        (["bo", "cleo"], 0, "bo and cleo are writing…"),
        (["bo", "cleo"], 2, "bo, cleo and 2 others are writing…"),
        ([], 1, "Somebody is writing…"),
        ([], 3, "3 people are writing…"),
    ):
        told = {"channel": "topic:12", "members": members, "unnamed": unnamed}
        assert await said(page, "writersOf", told, "ann") == words
    assert await said(page, "writersOf", {"channel": "topic:12", "members": ["bo"]}, "ann") == (
        "bo is writing…"  # a server that does not know `unnamed`
    )


async def test_the_line_says_as_many_names_as_fit_and_only_of_its_own_topic(
    open_live: Open, wire: Wire
) -> None:
    page = await open_live(posts(range(1, 3), inside=LINES), attributes=ANN)
    await wire.hello()
    line = page.locator("fire-here")
    await line.evaluate(CUT_AT, "600px")
    wire.say(here(["ann", "bo", "cleo"], 38, "topic:12:staff"))
    await expect(line).to_have_text("You, bo, cleo and 38 guests are reading")
    await line.evaluate(CUT_AT, "200px")
    await expect(line).to_have_text("41 people are reading")
    wire.say(here([], 1, "topic:13"), here(["ann", "dan"], 1, "online"), typing("bo"))
    await expect(page.locator("fire-typing")).to_have_text("bo is writing…")
    await line.evaluate(CUT_AT, "600px")
    await expect(line).to_have_text("You, bo, cleo and 38 guests are reading")
    wire.say(here(["ann"]))
    await expect(line).to_have_text("")


@pytest.mark.parametrize(
    ("attributes", "told", "left"),
    [
        (ANN, typing("bo", "cleo"), "bo is writing…"),
        ("", typing(unnamed=2), "Somebody is writing…"),
    ],
    ids=["a member", "a guest"],
)
async def test_who_has_posted_is_not_writing_any_more(
    open_live: Open, wire: Wire, attributes: str, told: dict[str, object], left: str
) -> None:
    page = await open_live(posts(range(1, 3), inside=LINES), attributes=attributes)
    await wire.hello()
    wire.say(told)
    await expect(page.locator("fire-typing")).to_contain_text("are writing…")
    wire.say(changes(10, 12, signed(3, "cleo")))
    await expect(page.locator("fire-typing")).to_have_text(left)


async def test_a_card_has_a_mark_while_its_author_is_online(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 3)), attributes=ANN)
    await wire.hello()
    marks = page.locator("[data-online]")
    wire.say(changes(10, 12, signed(3, "bo")), here(["bo"], channel="online"))
    await expect(marks).to_have_count(1)
    await expect(page.locator("#post-3 .online-word")).to_have_text("Online")
    wire.say(changes(12, 14, signed(4, "bo"), signed(5, "cleo"), signed(3, "bo", version=14)))
    await expect(page.locator("#post-3")).to_contain_text("of version 14")
    await expect(marks).to_have_count(2)
    wire.say(here(["cleo"], channel="online"))
    await expect(marks).to_have_count(1)
    await expect(page.locator("#post-5 .online-word")).to_have_text("Online")
    wire.say(here([], channel="online"))
    await expect(page.locator("[data-online], .online-word")).to_have_count(0)


async def test_what_is_old_is_taken_back_when_the_connection_is_gone(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 3), inside=LINES), attributes=ANN, clock=True)
    await wire.hello()
    wire.say(changes(10, 12, signed(3, "bo")), here(["bo"], channel="online"))
    wire.say(here(["ann", "bo"]), typing("bo"))
    await expect(page.locator("fire-here")).to_have_text("You and bo are reading")
    await expect(page.locator("[data-online]")).to_have_count(1)
    await wire.close(1011)
    await expect(page.locator("fire-typing")).to_have_text("")
    await expect(page.locator("fire-here")).to_have_text("You and bo are reading")  # perhaps it comes back
    await page.clock.run_for(5000)
    await expect(page.locator("fire-here")).to_have_text("")
    await expect(page.locator("[data-online]")).to_have_count(0)


async def test_the_server_is_told_of_typing_now_and_then(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 3), inside=LINES), attributes=ANN, clock=True)
    await wire.hello()
    text = page.locator("textarea")
    await text.press_sequentially(" abc")
    assert await wire.next() == {"type": "typing", "channel": "topic:12"}
    await page.clock.run_for(2900)
    await text.press_sequentially("def")
    await page.clock.run_for(200)
    await text.press_sequentially("g")
    assert await wire.next() == {"type": "typing", "channel": "topic:12"}
    assert wire.heard.empty()
