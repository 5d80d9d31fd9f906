"""Rules that changed: the write that waits is carried through, and then done."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio

from server.actions.settings import change_settings
from server.domain.settings import DEFAULTS
from tests.support.forms import submit
from tests.support.small_board import PROGRAM
from tests.support.whole_board import WholeBoard, whole_board


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[WholeBoard]:
    async with whole_board(sqlite_url) as board:
        yield board


async def ask_again(board: WholeBoard) -> None:
    values = {**DEFAULTS, "rules": "Be kinder."}
    await change_settings(board.db, board.viewer("ada"), values, "1000", accept_again=True)


async def test_what_ann_was_writing_is_posted_when_she_accepts(board: WholeBoard) -> None:
    started = await board.topic("Sleep", "How?", by="bo")
    topic = f"/topics/{started.topic_id}"
    await ask_again(board)
    async with board.browser("ann") as ann:
        reading = await ann.get(topic, follow_redirects=True)
        assert reading.status_code == 200
        text = "Warm feet.\n\n<b>Two</b> & a half\n"
        asked = await submit(ann, reading, f"{topic}/posts", body=text)
        assert asked.status_code == 403
        assert "Be kinder." in asked.text
        assert "What you wrote is kept" in asked.text
        unticked = await submit(ann, asked, "/rules/accept")
        assert unticked.status_code == 422
        assert "tick that you accept" in unticked.text
        sent = await submit(ann, unticked, "/rules/accept", accept_rules="1")
        assert (sent.status_code, sent.headers["location"]) == (307, f"{topic}/posts")
        body = dict(httpx_fields(sent.request.content.decode()))
        posted = await ann.post(sent.headers["location"], data=body)
        assert posted.status_code == 303
        page = (await ann.get(topic, follow_redirects=True)).text
        assert "Warm feet." in page
        assert "&lt;b&gt;Two&lt;/b&gt; &amp; a half" in page
        next_one = await submit(ann, await ann.get(f"{topic}/reply"), f"{topic}/posts", body="And socks.")
        assert next_one.status_code == 303


def httpx_fields(body: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(body, keep_blank_values=True)


async def test_a_program_gets_the_code_and_accepts_by_json(board: WholeBoard) -> None:
    started = await board.topic("Sleep", "How?", by="bo")
    await ask_again(board)
    async with board.browser("ann", json=True) as ann:
        for path in (f"/topics/{started.topic_id}/posts", f"/posts/{started.post_id}/thanks"):
            refused = await ann.post(path, json={"body": "x"})
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "rules")
        stale = await ann.post("/rules/accept", json={"accept_rules": True, "accept_version": "0"})
        assert stale.status_code == 422
        done = await ann.post("/rules/accept", json={"accept_rules": True, "accept_version": "1"})
        assert done.json() == {"accepted": True}
        assert (await ann.post(f"/posts/{started.post_id}/thanks")).status_code == 200


async def test_reading_signing_out_and_settings_stay_free(board: WholeBoard) -> None:
    await ask_again(board)
    async with board.browser("ann") as ann:
        for path in ("/", "/latest", "/settings", "/rules"):
            assert (await ann.get(path)).status_code == 200
        saved = await ann.post("/settings/presence", data={"presence": "invisible"})
        assert saved.status_code == 303


async def test_moderating_does_not_wait_for_reading(board: WholeBoard) -> None:
    spam = await board.topic("Lamps", "Buy.", by="bo")
    await ask_again(board)
    async with board.browser("mod", json=True) as mod:
        assert (await mod.post(f"/posts/{spam.post_id}/remove", json={})).status_code == 200


async def test_nobody_is_sent_off_the_board(board: WholeBoard) -> None:
    await ask_again(board)
    async with board.browser("ann") as ann:
        page = (await ann.get("/rules/accept?next=//evil.example")).text
        assert "evil" not in page
        version = re.search(r'name="accept_version" value="(\d+)"', page)
        assert version is not None
        form = {"accept_rules": "1", "accept_version": version[1], "accept_to": "https://evil.example/x"}
        sent = await ann.post("/rules/accept", data=form)
        assert (sent.status_code, sent.headers["location"]) == (307, "/")


async def test_an_administrator_asks_by_a_box_in_the_settings(board: WholeBoard) -> None:
    async with board.browser("ada") as ada, board.browser("ann", json=True) as ann:
        page = await ada.get("/admin/settings")
        assert 'name="accept_again"' in page.text
        done = await submit(ada, page, "/admin/settings", accept_again="1", next_post_number="1000")
        assert done.status_code == 303
        started = await board.topic("Sleep", "How?", by="bo")
        refused = await ann.post(f"/posts/{started.post_id}/thanks", headers=PROGRAM)
        assert refused.json()["error"]["code"] == "rules"
