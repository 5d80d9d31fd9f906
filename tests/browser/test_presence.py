"""Ann, bo and a guest read the same topic: who learns of whom, who is writing, and how one goes unseen.

The board looks and tells faster than boards do; how long that takes is proved elsewhere, with a clock.
"""

import functools
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest_asyncio
from playwright.async_api import expect

from server.live import room
from server.live.company.telling import Pace
from server.live.presence import Presence
from tests.support.people_in_browsers import NARROW, People, composer, post, write_reply
from tests.support.whole_board import WholeBoard, whole_board

FAST = Pace(look=0.2, least=0.4, most=0.4, online_least=0.4, online_most=0.4)
WITHIN = 5000  # milliseconds, as promised
PLACES = "[...document.querySelectorAll('#live [id]')].map((one) => one.getBoundingClientRect().top)"


@pytest_asyncio.fixture(scope="module")
async def shared_board(tmp_path_factory: Any, sqlite_template: Path) -> AsyncIterator[WholeBoard]:
    file = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("board") / "fireside.db")
    with mock.patch.object(room, "Presence", functools.partial(Presence, pace=FAST)):
        async with whole_board(f"sqlite:///{file}") as board:
            yield board


async def test_members_are_named_to_members_and_nobody_to_a_guest(people: People) -> None:
    started = await people.board.topic("Nights", "Who is awake?", by="cleo")
    path = f"/topics/{started.topic_id}"
    guest = await people.visit(None, path, record=True)
    await expect(guest.locator("fire-here")).to_have_text("")  # nobody else is there
    before = await guest.evaluate(PLACES)
    ann, bo = await people.each(path, "ann", "bo")
    await expect(ann.locator("fire-here")).to_have_text("You, bo and 1 guest are reading")
    await expect(bo.locator("fire-here")).to_have_text("You, ann and 1 guest are reading")
    await expect(guest.locator("fire-here")).to_have_text("2 members and 1 guest are reading")

    await composer(bo).press_sequentially("I am")
    await expect(ann.locator("fire-typing")).to_have_text("bo is writing…")
    await expect(guest.locator("fire-typing")).to_have_text("Somebody is writing…")
    await expect(bo.locator("fire-typing")).to_have_text("")
    assert await guest.evaluate(PLACES) == before, "nothing moved"

    told = [json.loads(frame) for frame in people.frames[guest]]
    assert {"here", "typing"} <= {message["type"] for message in told}
    for message in told:
        assert not any(f'"{name}"' in json.dumps(message) for name in ("ann", "bo", "cleo")), message
        assert message["type"] not in ("here", "typing") or message["members"] == []


async def test_typing_ends_with_the_post(people: People) -> None:
    started = await people.board.topic("Days", "And in the morning?")
    path = f"/topics/{started.topic_id}"
    ann, bo, mod = await people.each(path, "ann", "bo", "mod")
    await composer(bo).press_sequentially("Tea")
    for page in (ann, mod):
        await expect(page.locator("fire-typing")).to_have_text("bo is writing…")
    await write_reply(bo, "Tea, and the window open.")
    for page in (ann, mod):
        await expect(page.locator("article.post").last).to_contain_text("Tea, and the window open.")
        await expect(page.locator("fire-typing")).to_have_text("", timeout=1000)


async def test_who_becomes_invisible_is_gone_within_five_seconds(people: People) -> None:
    started = await people.board.topic("Quiet", "May one just listen?", by="cleo")
    path = f"/topics/{started.topic_id}"
    ann, cleo, guest = await people.each(path, "ann", "cleo", None, viewport=NARROW)
    await expect(ann.locator("fire-here")).to_have_text("You, cleo and 1 guest are reading")
    await expect(post(ann, started.post_id).locator(".online-word")).to_have_text("Online")

    settings = await cleo.context.new_page()
    await settings.goto(path)
    await settings.get_by_role("link", name="Your settings").click()
    await settings.get_by_role("radio", name="Nobody").check()
    await settings.get_by_role("button", name="Save").click()
    await expect(settings.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    await expect(ann.locator("fire-here")).to_have_text("You and 1 guest are reading", timeout=WITHIN)
    await expect(guest.locator("fire-here")).to_have_text("1 member and 1 guest are reading", timeout=WITHIN)
    await expect(ann.locator("[data-online]")).to_have_count(0, timeout=WITHIN)
    await expect(cleo.locator("fire-here")).to_have_text("ann and 1 guest are reading")  # he sees the others
    await composer(cleo).press_sequentially("Yes")
    await write_reply(cleo, "One may.")
    await expect(post(ann, started.post_id + 1)).to_contain_text("One may.")
    await expect(ann.locator("[data-online], fire-typing:not(:empty)")).to_have_count(0)


async def test_cards_show_who_is_online_also_what_arrives_later(people: People) -> None:
    started = await people.board.topic("Marks", "Is anybody there?", by="bo")
    path = f"/topics/{started.topic_id}"
    ann, guest, profile = (
        await people.visit("ann", path),
        await people.visit(None, path),
        await people.visit("ann", "/members/bo"),
    )
    mark = post(ann, started.post_id).locator("[data-online]")
    await expect(mark).to_have_count(0)
    bo = await people.visit("bo", "/")
    await expect(mark).to_have_count(1)
    await expect(profile.locator(".card[data-online] .online-word")).to_have_text("Online")
    reply = await people.board.reply(started.topic_id, "I am here.", by="bo")
    await people.edit("bo", started.post_id, "Is anybody here?")
    await expect(post(ann, started.post_id)).to_contain_text("anybody here")
    for post_id in (started.post_id, reply.post_id):
        await expect(post(ann, post_id).locator("[data-online]")).to_have_count(1)
    await expect(guest.locator("[data-online]")).to_have_count(0)
    await bo.context.close()
    await expect(ann.locator("[data-online] .name", has_text="bo")).to_have_count(0)
