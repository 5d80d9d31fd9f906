"""Every kind of page of the board, as those see it who see it differently."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from playwright.async_api import Page

from tests.support.people_in_browsers import People

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
    people.troubles.allow("status of 40[349]|status of 422")
    board = people.board
    started = await board.topic(TITLE, TEXT)
    quoting = await board.reply(started.topic_id, f"[quote={started.post_id}]\n\n{TEXT}")
    removed = await board.reply(started.topic_id, "Buy my lamp.")
    for fan in ("bo", "cleo", "mod", "ada"):
        await people.act(fan, f"/posts/{started.post_id}/thanks")
    await people.edit("ann", started.post_id, f"{TEXT}\nMore.", reason="more of it")
    await people.act("mod", f"/posts/{removed.post_id}/remove", reason="advertising")
    await people.act("mod", f"/topics/{started.topic_id}/pin")
    locked = await board.topic("Locked", "Words.")
    await people.act("mod", f"/topics/{locked.topic_id}/lock")
    gone = await board.topic("Removed", "Words.")
    await people.act("mod", f"/topics/{gone.topic_id}/remove", reason="advertising")

    topic, post = f"/topics/{started.topic_id}", f"/posts/{started.post_id}"
    addresses: Mapping[str | None, tuple[str, ...]] = {
        None: (
            "/", "/latest", "/categories/1", topic, f"/topics/{locked.topic_id}", "/members/ann", "/login",
            "/signup", "/forgot", "/forgot?sent=yes", "/rules", "/topics/999999",
        ),
        "ann": ("/", "/categories/1", "/categories/1/new", topic, f"{topic}/reply?quote={quoting.post_id}",
                f"{post}/edit", f"{post}/remove", f"/topics/{locked.topic_id}", "/settings",
                "/settings/mail", "/settings/reading", "/settings/data", "/admin/settings"),
        "mod": (topic, "/categories/1", f"/topics/{locked.topic_id}", f"/topics/{gone.topic_id}"),
        "ada": ("/admin/settings", "/admin/mail"),
    }  # fmt: skip
    for name, paths in addresses.items():
        page = await people.visit(name, "about:blank", live=False, **options)
        for path in paths:
            await page.goto(path)
            yield f"{path} for {name or 'a guest'}", page
        if name == "ann":
            yield "a refused form", await refused(page)
            yield "an edit conflict", await conflict(people, page, started.post_id)
        await page.context.close()


async def refused(page: Page) -> Page:
    """A form that came back with a sentence at each field."""
    await page.goto("/categories/1/new")
    await submitted(page)
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
