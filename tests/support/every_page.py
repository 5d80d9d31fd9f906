"""Every kind of page of the board, as those see it who see it differently."""

import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any

from playwright.async_api import Page

from server.actions import accounts, two_step, watched_words
from server.actions.members import NewMember
from server.actions.settings import change_joining
from server.actions.two_step import Both
from server.domain.clock import now_ms
from server.domain.letters import Letter
from server.domain.unsubscribing import Subscription, unsubscribe_token
from server.domain.word_entries import WordDraft
from server.store import settings
from tests.support import approval_scene
from tests.support.authenticator import App
from tests.support.people_in_browsers import People
from tests.support.whole_board import NO_LIMITS, PASSWORD

TEXT = """A paragraph with **bold** and *italic* words, `code`, and a [link](https://example.org/).

> Somebody said this.

- one
- two

1. first
2. second

```
x = "a line of code that is much longer than a narrow window is wide, and then it goes on and on, and on"
```

Averyveryverylongwordwithoutanyspacethatwouldpushthepagewideifitwerenotbrokensomewhereinthemiddleofitallright
https://example.org/a/very/long/address/that/nobody/would/ever/type/by/hand/but/that/people/paste/all/the/time?and=so&on=1
"""
TITLE = (
    "Is a title of almost a hundred and fifty characters too long for a narrow window,"
    " or does it wrap as titles should do everywhere, and here?"
)


async def every_page(people: People, **options: Any) -> AsyncIterator[tuple[str, Page]]:
    """Opens each kind of page in turn; yields what it is called, and a window that shows it."""
    people.troubles.allow("status of 40[1349]|status of 422")
    board = people.board
    started = await board.topic(TITLE, TEXT)
    quoting = await board.reply(started.topic_id, f"[quote={started.post_id}]\n\n{TEXT}")
    twice = await board.reply(started.topic_id, "And another thing.")
    removed = await board.reply(started.topic_id, "Buy my lamp.")
    for fan in ("bo", "cleo", "mod", "ada"):
        await people.act(fan, f"/posts/{started.post_id}/thanks")
    await people.edit("ann", started.post_id, f"{TEXT}\nMore.", reason="more of it")
    await people.act("mod", f"/posts/{removed.post_id}/remove", reason="advertising")
    await people.act("mod", f"/topics/{started.topic_id}/pin")
    locked = await board.topic("Locked", "Words.")
    await people.act("mod", f"/topics/{locked.topic_id}/slow", minutes="30")
    await people.act("mod", f"/topics/{locked.topic_id}/lock")
    gone = await board.topic("Removed", "Words.")
    await people.act("mod", f"/topics/{gone.topic_id}/remove", reason="advertising")

    await act_on(people, "bo", kind="warning", reason="Please stay kind.")
    await act_on(
        people, "bo", kind="silence", reason="Take a breath.", private="The third time.", lasts="week"
    )
    draft = WordDraft("casino*\nwonder cure", "link", language="de-AT", instead="/help")
    word, *_ = await watched_words.watch(board.db, board.viewer("ada"), draft, now=now_ms())
    name_of_zoe = f"zoe {len(board.people)}"  # on a board where others of that name wait already
    zoe = await waits(people, name_of_zoe)

    await approval_scene.set_rules(board.db, links=1)
    await board.reply(started.topic_id, "Please read https://example.org/", by="ann")
    sent = await board.reply(started.topic_id, "Buy it: https://example.org/", by="ann")
    await people.act("mod", f"/moderation/approval/{sent.pending_id}/decline", reason="Please leave it out.")
    await approval_scene.set_rules(board.db)

    topic, post = f"/topics/{started.topic_id}", f"/posts/{started.post_id}"
    addresses: Mapping[str | None, tuple[str, ...]] = {
        None: (
            "/", "/latest", "/categories/1", topic, f"/topics/{locked.topic_id}", "/members/ann", "/login",
            "/signup", "/forgot", "/forgot?sent=yes", "/rules", "/topics/999999",
            await unsubscribe_path(people),
        ),
        "ann": ("/", "/categories/1", "/categories/1/new", topic, f"{topic}/reply?quote={quoting.post_id}",
                f"{post}/edit", f"{post}/remove", f"/topics/{locked.topic_id}", "/settings",
                "/settings/name", "/settings/profile", "/settings/two-step", "/settings/mail",
                "/settings/reading", "/settings/programs", "/settings/standing", "/settings/data",
                "/notices", "/pending",
                f"/posts/{quoting.post_id}/report", "/members/mod/report?sent=worried",
                "/admin/settings", "/rules/accept", f"/help-lines?after={quoting.post_id}"),
        "bo": (topic, "/settings/standing", "/settings/history"),
        name_of_zoe: ("/waiting", topic),
        "mod": (f"{post}/ask", f"{post}/remove", f"/posts/{removed.post_id}/copies",
                f"/posts/{twice.post_id}/join",
                f"{topic}/rename", f"{topic}/move", f"{topic}/pin", f"{topic}/slow",
                f"{topic}/merge", f"{topic}/split?post={started.post_id}",
                topic, "/categories/1", f"/topics/{locked.topic_id}", f"/topics/{gone.topic_id}",
                "/moderation", "/moderation/approval", "/moderation/log", "/moderation/log?words=x",
                "/moderation/guide",
                "/moderation/members", f"/moderation/members/{zoe}/decline", "/moderation/bans",
                "/moderation/members/bo", "/moderation/members/cleo?kind=ban", "/moderation/members/ada",
                "/moderation/members/ann/sweep"),
        "ada": (f"/posts/{removed.post_id}/purge", "/admin/guide", "/moderation/log",
                "/admin/categories", "/admin/categories/1", "/admin/sections/1",
                "/admin/announcements", "/admin/limits", "/admin/settings",
                "/admin/sign-up", "/admin/invitations", "/admin/fields", "/admin/words",
                f"/admin/words/{word}", "/admin/help-lines",
                "/admin/mail", "/admin/uploads", "/admin/members", f"/admin/members/{board.viewer('ann').id}",
                f"/admin/members/{zoe}"),
    }  # fmt: skip
    for name, paths in addresses.items():
        page = await people.visit(name, "about:blank", live=False, **options)
        for path in paths:
            await page.goto(path)
            yield f"{path} for {name or 'a guest'}", page
        if name == "ada":
            await page.goto("/admin/invitations")
            await page.get_by_role("button", name="Make a link").click()
            yield "a link that was made", page
        if name == "ann":
            yield "a refused form", await refused(page)
            yield "a new token", await new_token(page)
            yield "an edit conflict", await conflict(people, page, started.post_id)
            async for what in second_factor(people, page):
                yield what, page
            async for what in signed_out_while_writing(page, f"/topics/{started.topic_id}/reply"):
                yield what, page
        await page.context.close()


async def act_on(people: People, name: str, **values: str) -> None:
    """The moderator warns, silences or bans somebody."""
    username = people.board.viewer(name).username
    await people.act("mod", f"/moderation/members/{username}/acts", **values)


async def waits(people: People, name: str) -> int:
    """Somebody who asked to join and waits for a moderator; his number."""
    board = people.board
    passwords = board.server.app.state.passwords
    await change_joining(board.db, board.viewer("ada"), "approval", "20", now=now_ms())
    draft = NewMember(name, f"{name.replace(' ', '')}@example.org", PASSWORD, accepts_rules=True)
    made = await accounts.sign_up(board.db, passwords, draft, now=now_ms(), limits=NO_LIMITS)
    await change_joining(board.db, board.viewer("ada"), "open", "20", now=now_ms())
    assert made.viewer.id is not None
    board.people[name], board.tokens[name] = made.viewer, made.token
    return made.viewer.id


async def second_factor(people: People, page: Page) -> AsyncIterator[str]:
    """Sets up two-step sign-in for ann, shows what it looks like and how it is asked for, and ends it."""
    board, ann = people.board, people.board.viewer("ann")
    state = board.server.app.state
    secret = await two_step.start_setup(
        board.db, state.passwords, ann, PASSWORD, now=now_ms(), limits=NO_LIMITS
    )
    app = App(secret)
    await page.goto("/settings/two-step")
    yield "an app to be set up"
    await page.get_by_label("Code of six digits").fill(app.next_code())
    await page.get_by_role("button", name="Switch it on").click()
    await page.locator(".codes").wait_for()
    yield "recovery codes"
    await page.goto("/settings/two-step")
    yield "two-step sign-in that is on"
    cookies = await page.context.cookies()
    await page.context.clear_cookies()
    await page.goto("/login")
    await page.get_by_label("Name or e-mail").fill("ann")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/login/code**")
    yield "the second step"
    await page.goto("/login/code?by=recovery")
    yield "the second step by a recovery code"
    both = Both(PASSWORD, app.next_code())
    await two_step.switch_off(board.db, state.passwords, ann, both, now=now_ms(), limits=NO_LIMITS)
    board.tokens["ann"] = next(one["value"] for one in cookies if one["name"] == board.config.cookie_name)


async def unsubscribe_path(people: People) -> str:
    """Where the end of a letter to ann leads."""
    async with people.board.db.snapshot() as reader:
        key = await settings.form_key(reader)
    to = Subscription(people.board.viewer("ann").id or 0, Letter.ANSWERS)
    return f"/unsubscribe/{unsubscribe_token(key, to)}"


async def signed_out_while_writing(page: Page, path: str) -> AsyncIterator[str]:
    """The sign-in page with what was written, and that in a form again afterwards."""
    await page.context.clear_cookies(name="sid")
    await page.goto("/login")
    await page.get_by_label("Name or e-mail").fill("ann")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.goto(path)
    await page.get_by_role("textbox", name="Your reply").fill(TEXT)
    await page.context.clear_cookies(name="sid")
    await submitted(page)
    yield "what was written while signed out"
    await page.get_by_label("Name or e-mail").fill("ann")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_role("button", name="Send it").wait_for()
    yield "what was written, after signing in"


async def refused(page: Page) -> Page:
    """A form that came back with a sentence at each field."""
    await page.goto("/categories/1/new")
    await submitted(page)
    return page


async def new_token(page: Page) -> Page:
    """The page that shows a program's token once, above the list of them."""
    await page.goto("/settings/programs")
    await page.get_by_label("What is it for?").fill(f"A script {secrets.token_hex(20)}")
    await page.get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("button", name="Make the token").click()
    await page.locator(".secret").wait_for()
    return page


async def conflict(people: People, page: Page, post_id: int) -> Page:
    """Two texts of one post, after somebody else was faster."""
    await page.goto(f"/posts/{post_id}/edit")
    await people.edit("mod", post_id, TEXT)
    await page.get_by_role("textbox", name="The post").fill(f"{TEXT}\nMine.")
    await submitted(page)
    return page


async def submitted(page: Page) -> None:
    """Sends the page's composer as a browser without JavaScript does."""
    async with page.expect_navigation():
        await page.evaluate("document.querySelector('form.composer').submit()")
