"""S18: what people type is text wherever it shows: on pages, in JSON, in pushes, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from server.actions import moderation, posting
from server.actions.settings import change_settings
from server.domain.clock import now_ms
from server.domain.settings import DEFAULTS, SWITCHES
from tests.support.chromium import OpenPage
from tests.support.crawl import crawl, every_id, polled
from tests.support.rules import ROOT
from tests.support.whole_board import WholeBoard

MARK = "<img src=x onerror=alert(1)>\"'&amp;"
IN_HTML = re.compile(r"<img src=x")
MAY_MAKE_ELEMENTS = {"client/live/markup.js", "client/live/patches.js"}
MAKES_ELEMENTS = re.compile(
    r"DOMParser|createPolicy|innerHTML|outerHTML|insertAdjacentHTML|srcdoc|document\.write"
)
RUNS_TEXT = re.compile(
    r"\beval\(|new Function|set(?:Timeout|Interval)\(\s*[\"'`]|javascript:|import\(\s*[^\"'\s]"
)


async def plant(board: WholeBoard) -> int:
    """MARK in every text that people can set; the topic's id."""
    posted = await board.topic(f"Title {MARK}", f"Body {MARK}", by="ann")
    await board.reply(posted.topic_id, f"[quote={posted.post_id}]\n\nReply {MARK}", by="bo")
    change = posting.Edit(f"Body, edited {MARK}", posted.position, f"Why {MARK}")
    await posting.edit(board.db, board.viewer("ann"), posted.post_id, change, now=now_ms())
    gone = await board.reply(posted.topic_id, "Gone", by="bo")
    await moderation.remove_post(board.db, board.viewer("mod"), gone.post_id, f"Reason {MARK}", now=now_ms())
    values = {name: f"{name} {MARK}" for name in DEFAULTS if name not in SWITCHES}
    async with board.db.snapshot() as reader:
        upcoming = str(await reader.value("SELECT MAX(id) + 1 FROM posts"))
    await change_settings(board.db, board.viewer("ada"), values, upcoming)
    async with board.db.begin() as writer:  # what older boards or imports may have brought along
        await writer.run("UPDATE members SET personal_text = :mark", mark=f"Own {MARK}")
        await writer.run("UPDATE categories SET name = :mark, description = :mark", mark=MARK)
        await writer.run("UPDATE sections SET name = :mark", mark=MARK)
    return posted.topic_id


@pytest.mark.parametrize("name", [None, "ann", "ada"])
async def test_whatever_was_typed_is_text_on_every_page_and_in_every_patch(
    sqlite_board: WholeBoard, name: str | None
) -> None:
    topic = await plant(sqlite_board)
    ids = await every_id(sqlite_board)
    shown = [page async for page in crawl(sqlite_board, name, ids) if page.where.startswith("page")]
    shown += [message async for message in polled(sqlite_board, name, ids, 0)]
    assert any(
        "&lt;img src=x" in page.text for page in shown if f"/topics/{topic}" in page.where
    )  # the premise
    assert [page.where for page in shown if IN_HTML.search(page.text)] == []


async def test_json_is_no_page(sqlite_board: WholeBoard) -> None:
    """In JSON a title is as it was typed, so a browser must not be talked into showing it as HTML."""
    topic = await plant(sqlite_board)
    async with sqlite_board.browser(json=True) as guest:
        answer = await guest.get(f"/topics/{topic}")
    assert MARK in answer.json()["topic"]["title"]
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert IN_HTML.search(answer.json()["posts"][0]["html"]) is None


async def test_a_browser_shows_it_as_text_on_arrival_too(sqlite_board: WholeBoard, page_of: OpenPage) -> None:
    board = sqlite_board
    topic = await plant(board)
    page = await page_of(board.base_url, path=f"/topics/{topic}/x")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await expect(page.locator("h1")).to_have_text(f"Title {MARK}")
    await expect(page.locator("#connection")).to_have_text(re.compile("Live", re.IGNORECASE), timeout=20_000)
    arrived = await board.reply(topic, f"Fresh {MARK}", by="bo")
    post = page.locator(f"#post-{arrived.post_id}")
    await expect(post).to_contain_text("Fresh <img src=x onerror=alert(1)>", timeout=20_000)
    assert await page.locator("img").count() == 0
    assert dialogs == []


def test_only_two_modules_make_elements_of_text_and_none_runs_text() -> None:
    assert MAKES_ELEMENTS.search("template.innerHTML = x")
    assert RUNS_TEXT.search("setTimeout('go()', 1)")
    assert RUNS_TEXT.search("import(address)")
    scripts = sorted((ROOT / "client").rglob("*.js"))
    assert len(scripts) > 15  # the premise: these are all of them
    assert {_name(path) for path in scripts if MAKES_ELEMENTS.search(_code(path))} <= MAY_MAKE_ELEMENTS
    assert [_name(path) for path in scripts if RUNS_TEXT.search(_code(path))] == []
    for path in MAY_MAKE_ELEMENTS:
        for line in _code(ROOT / path).splitlines():
            if re.search(r"innerHTML\s*=[^=]|parseFromString\(", line):
                assert "trusted(html)" in line, f"{path}: {line.strip()}"


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _code(path: Path) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
