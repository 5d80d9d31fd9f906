"""Writing: a draft is never lost, a reply is sent once, and what happens meanwhile is said quietly."""

import asyncio
import json

from playwright.async_api import Route, expect

from tests.support.client_pages import Open, StaticFiles, changes, gone, posts, put_post
from tests.support.troubles import Troubles

COMPOSER = """
<fire-composer data-topic="12" data-draft="topic-12"><form method="post" action="/topics/12/posts">
<input type="hidden" name="form_token" value="first">
<p class="composer-news"></p><div class="writing"><div class="tools">
<button type="button" data-tool="bold">B</button>
<button type="button" data-tool="quote">Q</button></div><textarea name="body" required></textarea></div>
<span class="draft-state"></span><button id="send">Reply</button></form></fire-composer>
"""
LIVE = """async () => {
  const { LivePage } = await import("/live/page.js");
  window.livePage = new LivePage(document.getElementById("live"), () => {});
}"""
TAKE = "(message) => { window.livePage.receive(JSON.stringify(message)); }"
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


async def test_a_draft_never_overwrites_what_the_server_put_into_the_form(
    open_html: Open, files: StaticFiles
) -> None:
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
    await page.evaluate(LIVE)
    sent: list[str] = []
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def create(route: Route) -> None:
        sent.append(route.request.post_data or "")
        asked.set()
        await go_on.wait()
        body = {"post": {"id": 3, "url": "/posts/3"}, "changes": [changes(10, 11, put_post(3, author=7))]}
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
    open_html: Open, troubles: Troubles
) -> None:
    troubles.allow("ERR_FAILED")
    page = await open_html(COMPOSER, scripts=MODULES)
    await page.evaluate("Math.random = () => 0")  # it tries again as soon as it ever does
    await page.route("**/topics/12/posts", lambda route: route.abort())
    await page.locator("textarea").fill("my reply")
    await page.locator("textarea").press("Control+Enter")
    await expect(page.locator(".composer-news")).to_contain_text("cannot be reached")
    await expect(page.locator("textarea")).to_have_value("my reply")
    assert await page.locator("[name=form_token]").input_value() == "first"


async def test_a_restart_while_one_sends_is_waited_for_and_posts_once(
    open_html: Open, troubles: Troubles
) -> None:
    troubles.allow("ERR_CONNECTION_REFUSED|status of 502")
    page = await open_html(posts(range(1, 3), inside=COMPOSER), scripts=MODULES, attributes='data-viewer="7"')
    await page.evaluate(LIVE)
    await page.evaluate("Math.random = () => 0")
    sent: list[str] = []

    async def restart(route: Route) -> None:
        sent.append(route.request.post_data or "")
        if len(sent) == 1:
            await route.abort("connectionrefused")
        elif len(sent) == 2:
            await route.fulfill(status=502, body="<h1>Bad Gateway</h1>")
        else:
            body = {"post": {"id": 3, "url": "/posts/3"}, "changes": [changes(10, 11, put_post(3, author=7))]}
            await route.fulfill(status=201, content_type="application/json", body=json.dumps(body))

    await page.route("**/topics/12/posts", restart)
    await page.locator("textarea").fill("my reply")
    await page.locator("textarea").press("Control+Enter")
    await expect(page.locator(".draft-state")).to_have_text("No answer. Trying again…")
    await page.locator("textarea").press_sequentially(" and")
    await expect(page.locator("#post-3")).to_be_focused()
    assert sent == ["form_token=first&body=my+reply"] * 3
    await expect(page.locator("textarea")).to_have_value("my reply and")


async def test_a_hotels_page_is_no_answer_to_a_reply_and_the_board_that_is_back_is_said(
    open_html: Open,
) -> None:
    page = await open_html(COMPOSER, scripts=MODULES)
    hotel = "<!doctype html><title>Hotel</title><h1>Your room number?</h1>"
    await page.route("**/topics/12/posts", lambda route: route.fulfill(content_type="text/html", body=hotel))
    await page.locator("textarea").fill("my reply")
    await page.locator("#send").click()
    news = page.locator(".composer-news")
    await expect(news).to_have_text(
        "There is no connection to the board: this network answers in its place. Your text is kept; please"
        " send it again in a moment."
    )
    assert await page.evaluate("document.title") == "page"
    await expect(page.locator("textarea")).to_have_value("my reply")
    assert await page.locator("[name=form_token]").input_value() == "first"
    await page.evaluate(
        "document.dispatchEvent(new CustomEvent('fireside:state', { detail: { name: 'live', at: 0 } }))"
    )
    await expect(news).to_have_text("The board is back. Your text is kept, and you can send it now.")


async def test_the_servers_sentence_stands_beside_its_field_and_markup_in_it_is_text(
    open_html: Open, troubles: Troubles
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


async def test_a_signed_out_writer_keeps_the_text_and_is_led_to_sign_in(
    open_html: Open, troubles: Troubles
) -> None:
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
    await page.evaluate(LIVE)
    await page.evaluate(TAKE, changes(10, 11, put_post(3)))
    await expect(page.locator(".composer-news")).to_have_text("")
    await page.locator("textarea").fill("[quote=2]\n\nmy reply")
    await page.evaluate(TAKE, changes(11, 12, put_post(4, version=12), put_post(5, version=12)))
    await expect(page.locator(".composer-news")).to_have_text("2 new replies came while you were writing.")
    await page.evaluate(TAKE, changes(12, 13, gone("post-2", 13)))
    await expect(page.locator(".composer-news")).to_contain_text("The post you quote, #2, was removed.")
    await expect(page.locator("textarea")).to_have_value("[quote=2]\n\nmy reply")
