"""Offline and back: the connection line tells the truth, and what was missed is there without a reload."""

import contextlib
import re

from playwright.async_api import expect

from server.actions import moderation, posting
from server.actions.posting import Draft
from server.domain.clock import now_ms
from server.store.database import Database
from tests.support.chromium import OpenPage
from tests.support.people_in_browsers import People, composer, is_live, post, write_reply
from tests.support.servers import running_server
from tests.support.troubles import Troubles
from tests.support.whole_board import NO_LIMITS, whole_board

STAY = "window.sameDocument = true"
OLD = re.compile(r"^Last update \d?\d:\d\d( [ap]m)?, retrying$")


async def test_who_was_offline_gets_what_was_missed_and_loses_what_was_removed(
    people: People, troubles: Troubles
) -> None:
    troubles.allow("ERR_INTERNET_DISCONNECTED")
    started = await people.board.topic("Trains", "Can anyone sleep on them?")
    doomed = await people.board.reply(started.topic_id, "Take two of these pills.", by="cleo")
    edited = await people.board.reply(started.topic_id, "Not the whole nite.", by="bo")
    path = f"/topics/{started.topic_id}"
    guest, bo, mod = await people.each(path, None, "bo", "mod")
    index = await people.visit(None, "/")
    pages = (guest, bo, mod, index)
    await composer(bo).fill("half a thought")
    for page in pages:
        await page.evaluate(STAY)
        await page.context.set_offline(True)
    people.cut_everyone()
    for page in pages:
        await expect(page.locator("#connection")).to_have_text(OLD)

    await people.act("mod", f"/posts/{doomed.post_id}/remove", reason="advertising")
    await people.edit("bo", edited.post_id, "Not the whole night.")
    await people.act("cleo", f"/posts/{edited.post_id}/thanks")
    new = await people.board.reply(started.topic_id, "With a window seat.", by="ann")
    await people.board.topic("Buses", "And on these?")
    await expect(post(guest, doomed.post_id)).to_be_visible()
    assert await post(guest, new.post_id).count() == 0, "it is offline"

    for page in pages:
        await page.context.set_offline(False)
    for page in pages:
        await is_live(page)
    for page in (guest, bo, mod):
        await expect(post(page, new.post_id)).to_be_visible()
        await expect(post(page, edited.post_id)).to_contain_text("Not the whole night.")
        await expect(post(page, edited.post_id)).to_contain_text("cleo said thank you")
        await expect(page.get_by_text("two of these pills")).to_have_count(0)
    await expect(post(mod, doomed.post_id)).to_contain_text("advertising")
    await expect(index.locator("[data-list=newest] > article").first).to_contain_text("Buses")
    await expect(composer(bo)).to_have_value("half a thought")
    for page in pages:
        assert await page.evaluate("window.sameDocument"), "the page was loaded again"


async def test_a_topic_that_was_removed_meanwhile_is_gone_when_one_is_back(
    people: People, troubles: Troubles
) -> None:
    troubles.allow("ERR_INTERNET_DISCONNECTED")
    troubles.allow("status of 404")
    started = await people.board.topic("Pills", "Only today!")
    guest, mod = await people.each(f"/topics/{started.topic_id}", None, "mod")
    for page in (guest, mod):
        await page.context.set_offline(True)
    people.cut_everyone()
    await expect(guest.locator("#connection")).to_have_text(OLD)
    await people.act("ada", f"/topics/{started.topic_id}/remove", reason="advertising")
    for page in (guest, mod):
        await page.context.set_offline(False)
    await expect(guest.locator(".error-number")).to_have_text("Error 404")
    await expect(guest.get_by_text("Only today!")).to_have_count(0)
    await expect(mod.locator(".topic-head")).to_contain_text("advertising")


async def test_a_server_that_restarts_is_found_again(
    sqlite_url: str, page_of: OpenPage, troubles: Troubles
) -> None:
    troubles.allow("ERR_CONNECTION_REFUSED")
    async with contextlib.AsyncExitStack() as first:
        people = People(await first.enter_async_context(whole_board(sqlite_url)), page_of, troubles)
        started = await people.board.topic("Night shift", "Who else?")
        doomed = await people.board.reply(started.topic_id, "Buy my lamp.", by="cleo")
        guest, bo = await people.each(f"/topics/{started.topic_id}", None, "bo")
        for page in (guest, bo):
            await page.evaluate(STAY)
        await composer(bo).fill("half a thought")
    for page in (guest, bo):
        await expect(page.locator("#connection")).to_have_text(OLD)
    async with Database.open(sqlite_url) as db:
        mod, ann = people.board.viewer("mod"), people.board.viewer("ann")
        await moderation.remove_post(db, mod, doomed.post_id, "advertising", now=now_ms())
        draft = Draft("I do, on Mondays.")
        new = await posting.reply(db, ann, started.topic_id, draft, now=now_ms(), limits=NO_LIMITS)

    config = people.board.config
    async with running_server(config, on_port=config.port):
        for page in (guest, bo):
            await expect(post(page, new.post_id)).to_be_visible()
            await is_live(page)
            await expect(page.get_by_text("Buy my lamp.")).to_have_count(0)
            assert await page.evaluate("window.sameDocument"), "the page was loaded again"
        await expect(composer(bo)).to_have_value("half a thought")
        await write_reply(bo, "I do too.")
        await expect(guest.get_by_text("I do too.")).to_be_visible()
