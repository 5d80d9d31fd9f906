"""What the client does with changes, ages and text, module by module, in a real browser."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.client_pages import Open, apply, gone, ids, posts, put, put_post, put_row, row, rows

# Positions


JUDGE = """async (steps) => {
  const { Positions } = await import("/live/positions.js");
  const positions = new Positions(["topic:12", "board"], 10);
  const said = steps.map(([act, channel, after, position]) => {
    if (act === "judge") return positions.judge({ channel, after, position });
    if (act === "advance") return positions.advance(channel, position) ?? null;
    if (act === "ask") return positions.ask(channel);
    return positions.advanceAll(position) ?? null;
  });
  return [said, positions.min(), positions.of("topic:12"), positions.of("board")];
}"""


async def judged(page: Page, *steps: list[object]) -> list[Any]:
    result: list[Any] = await page.evaluate(JUDGE, list(steps))
    return result


async def test_a_change_that_continues_its_channel_is_applied_and_a_later_one_shows_a_gap(
    open_html: Open,
) -> None:
    page = await open_html("")
    said, *_ = await judged(
        page,
        ["judge", "topic:12", 10, 12],
        ["judge", "topic:12", 5, 12],
        ["judge", "topic:12", 11, 12],
        ["judge", "category:3", 10, 12],
    )
    assert said == ["apply", "apply", "gap", "ignore"]


async def test_a_change_that_was_seen_is_ignored(open_html: Open) -> None:
    page = await open_html("")
    said, least, topic, board = await judged(
        page, ["judge", "topic:12", 10, 12], ["advance", "topic:12", 0, 12], ["judge", "topic:12", 10, 12]
    )
    assert said == ["apply", None, "ignore"]
    assert (least, topic, board) == (10, 12, 10)


async def test_a_heartbeat_raises_all_channels_but_not_while_one_waits_for_what_it_missed(
    open_html: Open,
) -> None:
    page = await open_html("")
    assert (await judged(page, ["beat", "", 0, 30]))[1] == 30
    said, least, *_ = await judged(
        page, ["ask", "topic:12"], ["ask", "topic:12"], ["beat", "", 0, 30], ["judge", "topic:12", 10, 28]
    )
    assert said == [True, False, None, "apply"]
    assert least == 10
    _, least, *_ = await judged(
        page, ["ask", "topic:12"], ["advance", "topic:12", 0, 28], ["beat", "", 0, 30]
    )
    assert least == 30


async def test_a_request_that_is_answered_with_silence_is_settled_by_the_second_heartbeat(
    open_html: Open,
) -> None:
    page = await open_html("")
    assert (await judged(page, ["ask", "board"], ["beat", "", 0, 30], ["beat", "", 0, 31]))[1] == 31


# Patches


async def test_a_put_replaces_what_is_not_newer_and_leaves_what_is(open_html: Open) -> None:
    page = await open_html(posts(range(1, 4)))
    await apply(page, [put_post(2, version=11, text="edited")], [put_post(2, version=9, text="late")])
    await expect(page.locator("#post-2 p")).to_have_text("edited")


async def test_a_removed_post_stays_away_when_an_older_put_comes_late(open_html: Open) -> None:
    page = await open_html(posts(range(1, 4)))
    await apply(
        page, [gone("post-2", 12)], [put_post(2, version=11)], [gone("post-5", 14), put_post(5, version=13)]
    )
    assert await ids(page) == ["post-1", "post-3"]
    await apply(page, [put_post(2, version=15, text="restored")])
    assert await ids(page) == ["post-1", "post-2", "post-3"]


async def test_the_same_patch_twice_changes_the_page_once(open_html: Open) -> None:
    page = await open_html(posts(range(1, 3)))
    first, second = await apply(page, [put_post(3)], [put_post(3)])
    assert (first["inserted"], second["inserted"]) == (["post-3"], [])
    await page.evaluate("document.getElementById('post-3').dataset.same = ''")
    await apply(page, [put_post(3)])
    await expect(page.locator("#post-3[data-same]")).to_have_count(1)


async def test_new_things_stand_where_their_order_says(open_html: Open) -> None:
    page = await open_html(posts(range(2, 8, 2)))
    await apply(page, [put_post(5), put_post(9), put_post(1)])
    assert await ids(page) == ["post-1", "post-2", "post-4", "post-5", "post-6", "post-9"]


async def test_rows_descend_move_to_the_top_and_the_last_makes_room(open_html: Open) -> None:
    page = await open_html(rows(row(1, 30), row(2, 20), row(3, 10)))
    moved, added = await apply(page, [put_row(3, 40)], [put_row(4, 35)])
    assert await ids(page, "topics") == ["row-3", "row-4", "row-1"]
    assert (moved["incomplete"], added["incomplete"]) == (False, False)
    assert await page.locator("[data-list=topics]").get_attribute("data-more") == ""


async def test_a_list_that_may_lack_a_row_asks_for_the_page(open_html: Open) -> None:
    page = await open_html(rows(row(1, 30), row(2, 20), row(3, 10), more=True))
    risen, sunk = await apply(page, [put_row(2, 40)], [put_row(1, 5)])
    assert (risen["incomplete"], sunk["incomplete"]) == (False, True)
    (removed,) = await apply(page, [gone("row-2", 20)])
    assert removed["incomplete"] is True


async def test_a_page_takes_only_its_places_and_is_no_longer_the_last_when_there_are_more(
    open_html: Open,
) -> None:
    page = await open_html(posts(range(21, 24), places="21-24"))
    await apply(page, [put_post(24), put_post(25), put_post(3)])
    assert await ids(page) == ["post-21", "post-22", "post-23", "post-24"]
    await expect(page.locator("[data-open]")).to_have_count(0)
    await apply(page, [gone("post-22", 12)], [put_post(22, version=15)])
    assert await ids(page) == ["post-21", "post-22", "post-23", "post-24"], "a restored post has its place"


async def test_what_is_not_on_the_page_is_skipped_and_the_loss_of_the_topic_is_told(open_html: Open) -> None:
    page = await open_html(posts(range(1, 3), is_open=False))
    skipped, lost = await apply(
        page,
        [put("<article id='x-1'></article>", target="x-1", version=3, order=1, into="none")],
        [gone("topic-12")],
    )
    assert (skipped["inserted"], skipped["gone"], lost["gone"]) == ([], False, True)


async def test_markup_of_a_patch_goes_in_only_as_the_element_it_names(open_html: Open) -> None:
    page = await open_html(posts(range(1, 3)))
    await apply(page, [put("<article id='other'></article>", target="post-3", version=11, order=3)])
    assert await ids(page) == ["post-1", "post-2"]


async def test_focus_and_open_details_survive_a_replacement(open_html: Open) -> None:
    acts = "<form class='thank'><button>Thank</button></form><details><summary>More</summary>x</details>"
    page = await open_html(posts(range(1, 3)))
    await apply(page, [put_post(2, version=11, text=f"one{acts}")])
    await page.evaluate("document.querySelector('#post-2 details').open = true")
    await page.locator("#post-2 button").focus()
    await apply(page, [put_post(2, version=12, text=f"two{acts}")])
    await expect(page.locator("#post-2 button")).to_be_focused()
    await expect(page.locator("#post-2 details[open]")).to_have_count(1)
    await apply(page, [gone("post-2", 13)])
    await expect(page.locator("#post-1")).to_be_focused()


async def test_thanking_leaves_the_focus_on_taking_back(open_html: Open) -> None:
    def acts(thank: str, take_back: str, names: str) -> str:
        form = "<form class='{0}' {1}><button class='plain'>{0}</button></form>"
        forms = form.format("thank", thank) + form.format("take-back", take_back)
        return f"{names}<div class='acts'><a href='#1'>Link</a>{forms}<a href='#2'>Quote</a></div>"

    page = await open_html(posts(range(1, 3)))
    await apply(page, [put_post(2, version=11, text=acts("", "hidden", ""))])
    await page.locator("#post-2 .thank button").focus()
    await apply(page, [put_post(2, version=12, text=acts("hidden", "", "<a href='/members/Ann'>Ann</a>"))])
    await expect(page.locator("#post-2 .take-back button")).to_be_focused()
    await apply(page, [put_post(2, version=13, text=acts("", "hidden", ""))])
    await expect(page.locator("#post-2 .thank button")).to_be_focused()


# Times and text


@pytest.mark.parametrize("off_by", [3 * 3_600_000, -3 * 3_600_000])
async def test_ages_are_counted_by_the_servers_clock_when_this_ones_is_hours_off(
    open_html: Open, off_by: int
) -> None:
    page = await open_html(
        "<time datetime='2026-11-22T12:00:00Z'>just now</time>"
        "<time datetime='2026-11-22T10:30:00Z'>1 hour ago</time>"
        "<time datetime='2026-11-22T12:10:00Z'>just now</time>"
    )
    words = await page.evaluate(
        """async (offBy) => {
          const server = Date.parse("2026-11-22T12:05:00Z");
          Date.now = () => server + offBy;
          const { learnTime } = await import("/lib/times.js");
          const { startTimes } = await import("/elements/times.js");
          startTimes();
          learnTime(undefined);
          learnTime(server);
          return [...document.querySelectorAll("time")].map(({ textContent }) => textContent);
        }""",
        off_by,
    )
    assert words == ["5 minutes ago", "1 hour ago", "just now"]


async def test_ages_are_worded_as_the_server_words_them(open_html: Open) -> None:
    from server.views.filters import ago

    page = await open_html("")
    minute, hour, day = 60, 3600, 86_400
    seconds = [-5, 0, 44, minute - 1, minute, 119, 2 * minute, hour - 1, hour, 2 * hour, day - 1]
    seconds += [days * day for days in (1, 2, 29, 30, 59, 60, 364, 365, 729, 730, 400_000)]
    words = await page.evaluate(
        "async (all) => { const { ago } = await import('/lib/times.js'); return all.map(ago); }", seconds
    )
    assert words == [ago(0, second * 1000)[0] for second in seconds]


async def test_ages_tick_and_written_dates_stay(open_html: Open) -> None:
    time = "<time id='{}' datetime='2020-01-01T00:00:00Z'>{}</time>"
    page = await open_html(time.format("age", "just now") + time.format("date", "1 January 2020"))
    await page.clock.set_fixed_time("2026-11-22T12:00:00Z")
    await page.evaluate("async () => (await import('/elements/times.js')).tick()")
    await expect(page.locator("#age")).to_have_text("6 years ago")
    await expect(page.locator("#date")).to_have_text("1 January 2020")


@pytest.mark.parametrize(
    ("tool", "text", "selected", "expected"),
    [
        ("bold", "so tired", (3, 8), "so **tired**"),
        ("bold", "so **tired**", (5, 10), "so tired"),
        ("italic", "so tired", (3, 8), "so _tired_"),
        ("link", "see this", (4, 8), "see [this](https://)"),
        ("list", "one\ntwo", (0, 7), "- one\n- two"),
        ("list", "- one\n- two", (0, 11), "one\ntwo"),
        ("quote", "a\nb", (2, 3), "a\n> b"),
    ],
)
async def test_tools_write_markdown(
    open_html: Open, tool: str, text: str, selected: tuple[int, int], expected: str
) -> None:
    page = await open_html("")
    written = await page.evaluate(
        """async ([tool, text, start, end]) => {
          const { format } = await import("/lib/formatting.js");
          const edit = format(tool, text, start, end);
          return text.slice(0, edit.start) + edit.text + text.slice(edit.end);
        }""",
        [tool, text, *selected],
    )
    assert written == expected
