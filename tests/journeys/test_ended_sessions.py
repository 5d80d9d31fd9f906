"""A session that ended while somebody wrote: the form comes back after signing in, without JavaScript too."""

import html
import re

from playwright.async_api import expect
from starlette.routing import BaseRoute

from server.actions import sessions
from server.domain.clock import now_ms
from server.web.policies import Policy
from server.web.routing import GuardedRoute
from tests.support.authenticator import set_up
from tests.support.people_in_browsers import People, composer
from tests.support.whole_board import PASSWORD, WholeBoard

TEXT = 'Three evenings of writing, "every" word <of> it matters.\nAnd a second line.'
TYPED = {
    "title": "A title & more",
    "body": TEXT,
    "about": TEXT,
    "reason": "A reason",
    "calm": "1",
    "current": "secret",
}


def forms(routes: list[BaseRoute]) -> list[str]:
    """The addresses of every form that is for members, staff or administrators."""
    return sorted(
        re.sub(r"\{\w+:int\}", "1", route.path)
        for route in routes
        if isinstance(route, GuardedRoute)
        and "POST" in (route.methods or ())
        and route.policy is not Policy.ANYONE
    )


def kept_in(page: str) -> str:
    found = re.search(r'<textarea name="kept" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    assert found, page
    return html.unescape(found[1])


async def test_every_form_comes_back_filled_after_signing_in(sqlite_board: WholeBoard) -> None:
    paths = forms(sqlite_board.server.app.routes)
    assert len(paths) > 40
    kept = ""
    async with sqlite_board.browser() as tab:
        for path in paths:
            refused = await tab.post(path, data=TYPED, headers={"Referer": f"{sqlite_board.base_url}/latest"})
            assert refused.status_code == 401, path
            assert html.escape("Three evenings", quote=False) in refused.text
            kept = kept_in(refused.text)
            assert "secret" not in kept
            assert (await tab.post(path, data={})).status_code == 303, path  # nothing was typed
        wrong = await tab.post("/login", data={"login": "ann", "password": "wrong horse", "kept": kept})
        assert wrong.status_code == 422
        assert kept_in(wrong.text) == kept
        back = await tab.post("/login", data={"login": "ann", "password": PASSWORD, "kept": kept})
    assert back.status_code == 200
    assert f'action="{paths[-1]}"' in back.text
    assert f"\n{html.escape(TEXT)}</textarea>".replace("&quot;", "&#34;") in back.text
    assert 'value="A title &amp; more"' in back.text
    assert 'href="/latest"' in back.text


async def test_programs_get_401_as_ever(sqlite_board: WholeBoard) -> None:
    async with sqlite_board.browser(json=True) as program:
        answer = await program.post("/topics/1/posts", data={"body": TEXT})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "sign_in"


async def test_what_is_kept_leads_nowhere_else(sqlite_board: WholeBoard) -> None:
    async with sqlite_board.browser() as tab:
        for kept in (
            '{"to": "https://evil.example/", "back": "//evil.example", "fields": {"body": "x"}}',
            '{"to": "/", "back": "/", "fields": {"body": 1}}', "[" * 5000, "x", '{"fields": []}',
        ):  # fmt: skip
            answer = await tab.post("/login", data={"login": "bo", "password": PASSWORD, "kept": kept})
            assert answer.status_code in (200, 303)
            assert "evil" not in answer.text + answer.headers.get("location", "")


async def test_it_comes_through_the_second_step(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    app = await set_up(board.db, board.server.app.state.passwords, board.viewer("cleo"))
    async with board.browser() as tab:
        refused = await tab.post("/topics/1/posts", data={"body": TEXT})
        given = {"login": "cleo", "password": PASSWORD, "kept": kept_in(refused.text)}
        step = await tab.post("/login", data=given)
        assert "recovery code works here too" in step.text
        wrong = await tab.post("/login/code", data={"code": "1", "kept": kept_in(step.text)})
        done = await tab.post("/login/code", data={"code": app.next_code(), "kept": kept_in(wrong.text)})
    assert "What you wrote is here" in done.text
    assert "Three evenings" in done.text


async def end_sessions_of(board: WholeBoard, name: str) -> None:
    async with board.db.begin() as writer:
        await sessions.end_others(writer, board.viewer(name).id or 0, None, now=now_ms())


async def test_bo_sends_his_reply_after_all_without_javascript(people: People) -> None:
    topic = await people.board.topic("Evenings", "How do you spend them?")
    bo = await people.visit("bo", f"/topics/{topic.topic_id}", live=False, java_script_enabled=False)
    await composer(bo).fill(TEXT)
    await end_sessions_of(people.board, "bo")
    people.troubles.allow("status of 401")
    await bo.get_by_role("button", name="Reply").click()
    await expect(bo.get_by_text("What you wrote is kept")).to_be_visible()
    await bo.get_by_label("Name or e-mail").fill("bo")
    await bo.get_by_label("Password").fill(PASSWORD)
    await bo.get_by_role("button", name="Sign in", exact=True).click()
    await expect(bo.get_by_label("Your text")).to_have_value(TEXT)
    await expect(bo.get_by_text("You are signed in as bo.")).to_be_visible()
    await bo.get_by_role("button", name="Send it").click()
    await expect(bo.locator("article.post").last).to_contain_text("Three evenings of writing")
    await expect(bo.locator("h1")).to_have_text("Evenings")
    await people.sign_in_again("bo")


async def test_anns_settings_come_back_too(people: People) -> None:
    ann = await people.visit("ann", "/settings/profile", live=False)
    await ann.get_by_role("textbox", name="About you").fill("I like soup.")
    await end_sessions_of(people.board, "ann")
    people.troubles.allow("status of 401")
    await ann.locator("#texts").get_by_role("button", name="Save").click()
    await ann.get_by_label("Name or e-mail").fill("ann")
    await ann.get_by_label("Password").fill(PASSWORD)
    await ann.get_by_role("button", name="Sign in", exact=True).click()
    await expect(ann.get_by_role("textbox", name="About you")).to_have_value("I like soup.")
    await ann.get_by_role("button", name="Send it").click()
    await expect(ann.get_by_role("textbox", name="About you")).to_have_value("I like soup.")
    await expect(ann.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    await people.sign_in_again("ann")
