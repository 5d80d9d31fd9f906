"""The client's modules one by one, in a real browser, on pages of a few lines and without Fireside's server."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from tests.support.chromium import OpenPage

CLIENT = Path(__file__).parents[2] / "client"
TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8"}
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " require-trusted-types-for 'script'; trusted-types fireside"
)
SHEET = "body { margin: 0 } article { display: block; height: 120px } header { display: block; height: 60px }"

Open = Callable[..., Awaitable[Page]]


class StaticFiles:
    """Serves the client's folder, and pages that tests put in."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {"/sheet.css": SHEET, "/favicon.ico": ""}
        files = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                files.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        file = CLIENT / path.lstrip("/")
        known = path in self.pages or (file.suffix == ".js" and file.is_file())
        text = self.pages[path] if path in self.pages else file.read_text() if known else "not here"
        request.send_response(200 if known else 404)
        kind = "text/css" if path.endswith(".css") else TYPES.get(file.suffix, TYPES[".html"])
        request.send_header("Content-Type", kind)
        request.send_header("Content-Security-Policy", STRICT)
        request.end_headers()
        request.wfile.write(text.encode())


@pytest.fixture
def files() -> Iterator[StaticFiles]:
    served = StaticFiles()
    thread = threading.Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield served
    served.server.shutdown()
    served.server.server_close()
    thread.join()


@pytest_asyncio.fixture
async def open_html(files: StaticFiles, page_of: OpenPage) -> AsyncIterator[Open]:
    """Opens a page with this body, in a window of 800 by 600."""

    async def opened(body: str, *, scripts: tuple[str, ...] = (), attributes: str = "") -> Page:
        tags = "".join(f'<script type="module" src="/{script}"></script>' for script in scripts)
        files.pages["/page"] = (
            f'<!doctype html><html lang="en"><link rel="stylesheet" href="/sheet.css">{tags}<body {attributes}>{body}'
        )
        page: Page = await page_of(files.url, path="/page", viewport={"width": 800, "height": 600})
        return page

    yield opened


def post(number: int, *, version: int = 1, text: str = "", author: int = 2, place: int | None = None) -> str:
    """A post as the server renders it, as far as the client cares."""
    return (
        f'<article class="post" id="post-{number}" data-version="{version}" data-order="{number}"'
        f' data-place="{number if place is None else place}" data-author="{author}"><div class="body">'
        f"<p>{text or f'words of {number}'}</p></div></article>"
    )


def posts(numbers: range, *, places: str = "1-20", is_open: bool = True, inside: str = "") -> str:
    listed = "".join(post(number) for number in numbers)
    return (
        '<main id="live" data-epoch="e" data-position="10" data-channels="topic:12">'
        '<header class="topic-head" id="topic-12" data-version="1" data-pages="1" data-replies="3">Topic</header>'
        f'<div data-list="posts" data-places="{places}"{" data-open" if is_open else ""}>{listed}</div>{inside}</main>'
    )


def row(number: int, order: int, *, version: int = 1) -> str:
    return f'<article id="row-{number}" data-version="{version}" data-order="{order}">topic {number}</article>'


def rows(*listed: str, limit: int = 3, more: bool = False) -> str:
    flags = "data-open" + (" data-more" if more else "")
    return f'<main id="live"><div data-list="topics" data-descending data-limit="{limit}" {flags}>{"".join(listed)}</div></main>'


def put(html: str, *, target: str, version: int, order: int, into: str = "posts") -> dict[str, object]:
    return {"op": "put", "target": target, "list": into, "order": order, "version": version, "html": html}


def put_post(number: int, *, version: int = 11, **options: Any) -> dict[str, object]:
    return put(post(number, version=version, **options), target=f"post-{number}", version=version, order=number)


def put_row(number: int, order: int, *, version: int = 11) -> dict[str, object]:
    html = row(number, order, version=version)
    return put(html, target=f"row-{number}", version=version, order=order, into="topics")


def gone(target: str, version: int = 12) -> dict[str, object]:
    return {"op": "remove", "target": target, "version": version}


APPLY = """async (batches) => {
  const { Patches } = await import("/live/patches.js");
  window.patches ??= new Patches(document.getElementById("live"));
  return batches.map((batch) => {
    const { inserted, removed, incomplete, gone } = window.patches.apply(batch);
    return { inserted: inserted.map(({ id }) => id), removed: removed.map(({ id }) => id), incomplete, gone };
  });
}"""


async def apply(page: Page, *batches: list[dict[str, object]]) -> list[dict[str, Any]]:
    outcomes: list[dict[str, Any]] = await page.evaluate(APPLY, list(batches))
    return outcomes


async def ids(page: Page, name: str = "posts") -> list[str]:
    found: list[str] = await page.evaluate(
        "(name) => [...document.querySelectorAll(`[data-list=${name}] > [id]`)].map(({ id }) => id)", name
    )
    return found


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


async def test_a_change_that_continues_its_channel_is_applied_and_a_later_one_shows_a_gap(open_html: Open) -> None:
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


async def test_a_heartbeat_raises_all_channels_but_not_while_one_waits_for_what_it_missed(open_html: Open) -> None:
    page = await open_html("")
    assert (await judged(page, ["beat", "", 0, 30]))[1] == 30
    said, least, *_ = await judged(
        page, ["ask", "topic:12"], ["ask", "topic:12"], ["beat", "", 0, 30], ["judge", "topic:12", 10, 28]
    )
    assert said == [True, False, None, "apply"]
    assert least == 10
    assert (await judged(page, ["ask", "topic:12"], ["advance", "topic:12", 0, 28], ["beat", "", 0, 30]))[1] == 30


async def test_a_request_that_is_answered_with_silence_is_settled_by_the_second_heartbeat(open_html: Open) -> None:
    page = await open_html("")
    assert (await judged(page, ["ask", "board"], ["beat", "", 0, 30], ["beat", "", 0, 31]))[1] == 31


# Patches


async def test_a_put_replaces_what_is_not_newer_and_leaves_what_is(open_html: Open) -> None:
    page = await open_html(posts(range(1, 4)))
    await apply(page, [put_post(2, version=11, text="edited")], [put_post(2, version=9, text="late")])
    await expect(page.locator("#post-2 p")).to_have_text("edited")


async def test_a_removed_post_stays_away_when_an_older_put_comes_late(open_html: Open) -> None:
    page = await open_html(posts(range(1, 4)))
    await apply(page, [gone("post-2", 12)], [put_post(2, version=11)], [gone("post-5", 14), put_post(5, version=13)])
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


async def test_a_page_takes_only_its_places_and_is_no_longer_the_last_when_there_are_more(open_html: Open) -> None:
    page = await open_html(posts(range(21, 24), places="21-24"))
    await apply(page, [put_post(24), put_post(25), put_post(3)])
    assert await ids(page) == ["post-21", "post-22", "post-23", "post-24"]
    await expect(page.locator("[data-open]")).to_have_count(0)
    await apply(page, [gone("post-22", 12)], [put_post(22, version=15)])
    assert await ids(page) == ["post-21", "post-22", "post-23", "post-24"], "a restored post has its place on a full page"


async def test_what_is_not_on_the_page_is_skipped_and_the_loss_of_the_topic_is_told(open_html: Open) -> None:
    page = await open_html(posts(range(1, 3), is_open=False))
    skipped, lost = await apply(
        page, [put("<article id='x-1'></article>", target="x-1", version=3, order=1, into="none")], [gone("topic-12")]
    )
    assert (skipped["inserted"], skipped["gone"], lost["gone"]) == ([], False, True)


async def test_markup_of_a_patch_goes_in_only_as_the_element_it_names(open_html: Open) -> None:
    page = await open_html(posts(range(1, 3)))
    await apply(page, [put("<article id='other'></article>", target="post-3", version=11, order=3)])
    assert await ids(page) == ["post-1", "post-2"]


async def test_focus_and_open_details_survive_a_replacement(open_html: Open) -> None:
    acts = "<form class='thank'><button class='plain'>Thank</button></form><details><summary>More</summary>x</details>"
    page = await open_html(posts(range(1, 3)))
    await apply(page, [put_post(2, version=11, text=f"one{acts}")])
    await page.evaluate("document.querySelector('#post-2 details').open = true")
    await page.locator("#post-2 button").focus()
    await apply(page, [put_post(2, version=12, text=f"two{acts}")])
    await expect(page.locator("#post-2 button")).to_be_focused()
    await expect(page.locator("#post-2 details[open]")).to_have_count(1)
    await apply(page, [gone("post-2", 13)])
    await expect(page.locator("#post-1")).to_be_focused()


# Reading


HOLD = """async ([batch, anchor]) => {
  const { Patches } = await import("/live/patches.js");
  const { holdLine } = await import("/lib/reading.js");
  const root = document.getElementById("live");
  window.patches ??= new Patches(root);
  const top = () => document.getElementById(anchor).getBoundingClientRect().top;
  const before = top();
  holdLine(root, (leave) => window.patches.apply(batch, leave), ({ moved }) => moved);
  const after = top();
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return [before, after, top()];
}"""


async def assert_line_stays(page: Page, anchor: str, *batches: list[dict[str, object]]) -> None:
    for batch in batches:
        before, after, later = await page.evaluate(HOLD, [batch, anchor])
        assert abs(after - before) < 1, f"{anchor} moved from {before} to {after}"
        assert abs(later - before) < 1, f"{anchor} moved from {before} to {later} a frame later"


@pytest.mark.parametrize("scrolled", [0, 700, 100_000], ids=["at the top", "in the middle", "at the end"])
async def test_the_line_being_read_stays_to_the_pixel(open_html: Open, scrolled: int) -> None:
    page = await open_html(posts(range(10, 30, 2), places="1-40"))
    await page.evaluate("(top) => scrollTo(0, top)", scrolled)
    anchor = await page.evaluate(
        "[...document.querySelectorAll('article')].find((a) => a.getBoundingClientRect().bottom > 0).id"
    )
    picture = "<img src='data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22/>' width='20' height='77'>"
    await assert_line_stays(
        page,
        anchor,
        [put_post(11, text=picture), put_post(1)],
        [put_post(40)],
        [put_post(12 if anchor != "post-12" else 14, version=13, text="edited")],
        [gone("post-1", 14), gone("post-11", 14)],
    )


async def test_a_removed_post_in_view_leaves_its_room_until_it_is_out_of_view(open_html: Open) -> None:
    page = await open_html(posts(range(1, 21), places="1-40"))
    await page.evaluate("scrollTo(0, 600)")
    await page.evaluate(HOLD, [[gone("post-7")], "post-6"])
    await expect(page.locator(".space")).to_have_count(1)
    assert await page.locator(".space").evaluate("(space) => space.offsetHeight") == 120
    await page.evaluate("scrollTo(0, 1500)")
    before = await page.locator("#post-15").evaluate("(post) => post.getBoundingClientRect().top")
    await expect(page.locator(".space")).to_have_count(0)
    after = await page.locator("#post-15").evaluate("(post) => post.getBoundingClientRect().top")
    assert abs(after - before) < 1


async def test_the_line_stays_at_the_end_when_the_page_becomes_shorter(open_html: Open) -> None:
    page = await open_html(posts(range(1, 21)))
    await page.evaluate("scrollTo(0, 100000)")
    await assert_line_stays(page, "post-18", [gone("post-19")], [put_post(20, version=13)])


# Times and text


async def test_ages_are_worded_as_the_server_words_them(open_html: Open) -> None:
    from server.views.filters import ago

    page = await open_html("")
    minute, hour, day = 60, 3600, 86_400
    seconds = [-5, 0, 44, 59, 60, 119, 120, hour - 1, hour, 2 * hour, day - 1, day, 2 * day, 29 * day, 30 * day]
    seconds += [59 * day, 60 * day, 364 * day, 365 * day, 729 * day, 730 * day, 20 * minute, 400_000 * day]
    words = await page.evaluate(
        "async (all) => { const { ago } = await import('/lib/times.js'); return all.map(ago); }", seconds
    )
    assert words == [ago(0, second * 1000) for second in seconds]


async def test_ages_tick_and_written_dates_stay(open_html: Open) -> None:
    page = await open_html(
        '<time id="age" datetime="2020-01-01T00:00:00Z">just now</time><time id="date" datetime="2020-01-01T00:00:00Z">1 January 2020</time>'
    )
    await page.evaluate("async () => (await import('/elements/times.js')).tick()")
    await expect(page.locator("#age")).to_have_text("6 years ago")
    await expect(page.locator("#date")).to_have_text("1 January 2020")


@pytest.mark.parametrize(
    ("tool", "text", "start", "end", "expected"),
    [
        ("bold", "so tired", 3, 8, "so **tired**"),
        ("bold", "so **tired**", 5, 10, "so tired"),
        ("italic", "so tired", 3, 8, "so _tired_"),
        ("link", "see this", 4, 8, "see [this](https://)"),
        ("list", "one\ntwo", 0, 7, "- one\n- two"),
        ("list", "- one\n- two", 0, 11, "one\ntwo"),
        ("quote", "a\nb", 2, 3, "a\n> b"),
    ],
)
async def test_tools_write_markdown(
    open_html: Open, tool: str, text: str, start: int, end: int, expected: str
) -> None:
    page = await open_html("")
    written = await page.evaluate(
        """async ([tool, text, start, end]) => {
          const { format } = await import("/lib/formatting.js");
          const edit = format(tool, text, start, end);
          return text.slice(0, edit.start) + edit.text + text.slice(edit.end);
        }""",
        [tool, text, start, end],
    )
    assert written == expected


# The composer


COMPOSER = """
<fire-composer data-topic="12" data-draft="topic-12"><form method="post" action="/topics/12/posts">
<input type="hidden" name="form_token" value="first">
<p class="composer-news"></p><div class="writing"><div class="tools"><button type="button" data-tool="bold">B</button>
<button type="button" data-tool="quote">Q</button></div><textarea name="body" required></textarea></div>
<span class="draft-state"></span><button id="send">Reply</button></form></fire-composer>
"""
MODULES = ("elements/composer.js",)


async def test_a_draft_survives_a_reload(open_html: Open) -> None:
    page = await open_html(COMPOSER, scripts=MODULES)
    await page.locator("textarea").fill("half a thought")
    await expect(page.locator(".draft-state")).to_have_text("Draft saved")
    await page.reload()
    await expect(page.locator("textarea")).to_have_value("half a thought")
    await page.locator("textarea").fill("half a thought, more")
    await page.reload()  # before it was saved by the clock: leaving the page saves it
    await expect(page.locator("textarea")).to_have_value("half a thought, more")


async def test_a_draft_never_overwrites_what_the_server_put_into_the_form(open_html: Open, files: StaticFiles) -> None:
    page = await open_html(COMPOSER, scripts=MODULES)
    await page.locator("textarea").fill("my old draft")
    await expect(page.locator(".draft-state")).to_have_text("Draft saved")
    files.pages["/page"] = files.pages["/page"].replace("required>", "required>theirs")
    await page.reload()
    await expect(page.locator("textarea")).to_have_value("theirs")
    await page.get_by_role("button", name="Bring it back").click()
    await expect(page.locator("textarea")).to_have_value("my old draft")


async def test_a_double_click_sends_once_and_the_reply_appears_without_a_page_load(open_html: Open) -> None:
    page = await open_html(posts(range(1, 3), inside=COMPOSER), scripts=MODULES, attributes='data-viewer="7"')
    await page.evaluate(
        """async () => {
          const { LivePage } = await import("/live/page.js");
          new LivePage(document.getElementById("live"), () => {});
        }"""
    )
    sent: list[str] = []
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def create(route: Route) -> None:
        sent.append(route.request.post_data or "")
        asked.set()
        await go_on.wait()
        changes = {"type": "changes", "channel": "topic:12", "after": 10, "position": 11, "patches": [put_post(3, author=7)]}
        body = {"post": {"id": 3, "topic_id": 12, "url": "/posts/3", "version": 11, "html": ""}, "changes": [changes]}
        await route.fulfill(status=201, content_type="application/json", body=json.dumps(body))

    await page.route("**/topics/12/posts", create)
    await page.locator("textarea").fill("my reply")
    await page.locator("#send").dblclick()
    await asked.wait()
    go_on.set()
    await expect(page.locator("#post-3")).to_be_focused()
    await expect(page.locator("textarea")).to_have_value("")
    assert sent == ["form_token=first&body=my+reply"]
    assert await page.locator("[name=form_token]").input_value() != "first"
    assert await page.evaluate("localStorage.length") == 0


async def test_a_lost_answer_keeps_the_text_and_the_token_so_that_it_can_be_sent_again(
    open_html: Open, troubles: Any
) -> None:
    troubles.allow("ERR_FAILED")
    page = await open_html(COMPOSER, scripts=MODULES)
    await page.route("**/topics/12/posts", lambda route: route.abort())
    await page.locator("textarea").fill("my reply")
    await page.locator("textarea").press("Control+Enter")
    await expect(page.locator(".composer-news")).to_contain_text("cannot be reached")
    await expect(page.locator("textarea")).to_have_value("my reply")
    assert await page.locator("[name=form_token]").input_value() == "first"


async def test_the_servers_sentence_stands_beside_its_field_and_markup_in_it_is_text(
    open_html: Open, troubles: Any
) -> None:
    troubles.allow("status of 422")
    page = await open_html(COMPOSER, scripts=MODULES)
    error = {"error": {"code": "invalid", "message": "No", "fields": {"body": "Too <b>long</b>."}}}
    await page.route(
        "**/topics/12/posts",
        lambda route: route.fulfill(status=422, content_type="application/json", body=json.dumps(error)),
    )
    await page.locator("textarea").fill("my reply")
    await page.locator("#send").click()
    await expect(page.locator(".problem")).to_have_text("Too <b>long</b>.")
    await expect(page.locator("textarea")).to_be_focused()
    assert await page.locator("textarea").get_attribute("aria-describedby") == "body-problem"


async def test_a_signed_out_writer_keeps_the_text_and_is_led_to_sign_in(open_html: Open, troubles: Any) -> None:
    troubles.allow("status of 401")
    page = await open_html(COMPOSER, scripts=MODULES)
    error = {"error": {"code": "sign_in", "message": "Please sign in first.", "fields": {}}}
    await page.route(
        "**/topics/12/posts",
        lambda route: route.fulfill(status=401, content_type="application/json", body=json.dumps(error)),
    )
    await page.locator("textarea").fill("my reply")
    await page.locator("#send").click()
    await expect(page.get_by_role("link", name="Sign in")).to_have_attribute("href", "/login?next=%2Fpage")
    await page.reload()
    await expect(page.locator("textarea")).to_have_value("my reply")


async def test_several_posts_and_a_passage_are_quoted_into_one_reply(open_html: Open) -> None:
    acts = "".join(
        f'<article class="post" id="post-{n}"><div class="body"><p>words of {n}</p></div>'
        f'<a class="quote-act" data-quote="{n}" href="/elsewhere">Quote</a></article>'
        for n in (1, 2)
    )
    page = await open_html(acts + COMPOSER, scripts=MODULES)
    await page.locator("#post-1 a").click()
    await page.locator("#post-2 p").select_text()
    await page.locator("#post-2 a").click()
    await expect(page.locator("textarea")).to_have_value("[quote=1]\n\n[quote=2]\nwords of 2\n[/quote]\n\n")


async def test_news_come_quietly_while_one_writes(open_html: Open) -> None:
    page = await open_html(posts(range(1, 3), inside=COMPOSER), scripts=MODULES)
    changed = """async ([after, position, patches]) => {
      const { LivePage } = await import("/live/page.js");
      window.livePage ??= new LivePage(document.getElementById("live"), () => {});
      window.livePage.receive(JSON.stringify({ type: "changes", channel: "topic:12", after, position, patches }));
    }"""
    await page.evaluate(changed, [10, 11, [put_post(3)]])
    await expect(page.locator(".composer-news")).to_have_text("")
    await page.locator("textarea").fill("[quote=2]\n\nmy reply")
    await page.evaluate(changed, [11, 12, [put_post(4, version=12), put_post(5, version=12)]])
    await expect(page.locator(".composer-news")).to_have_text("2 new replies came while you were writing.")
    await page.evaluate(changed, [12, 13, [gone("post-2", 13)]])
    await expect(page.locator(".composer-news")).to_contain_text("The post you quote, #2, was removed.")
    await expect(page.locator("textarea")).to_have_value("[quote=2]\n\nmy reply")
