"""R15 for what was never approved, and for names: they are for those only whom they are for."""

from collections import defaultdict
from dataclasses import replace
from secrets import token_hex

import pytest

from server.actions import renaming, thanking
from server.actions.members import NewMember, add_member
from server.actions.posting import Draft, reply
from server.domain.clock import now_ms
from server.domain.viewer import Role, Viewer
from tests.reliability.test_r15_removal_canary import Canary, agrees, plant
from tests.support.approval_scene import set_rules
from tests.support.crawl import crawl, every_id, polled, resumed
from tests.support.whole_board import LONG_AGO, NO_LIMITS, PASSWORD, WholeBoard

pytestmark = pytest.mark.slow

GUEST, MEMBER, AUTHOR, MODERATOR = None, "ann", "bo", "mod"


async def found_by(
    board: WholeBoard, name: str | None, words: dict[str, str], since: Canary
) -> dict[str, set[str]]:
    """Where the person finds each of the words: on pages, as JSON, and by everything told since then."""
    places: dict[str, set[str]] = defaultdict(set)
    ids = replace(await every_id(board), acted_on=since.acted_on)
    answers = [found async for found in crawl(board, name, ids)]
    answers += [found async for found in polled(board, name, ids, since.start)]
    answers += await resumed(board, name, ids, since.start)
    for found in answers:
        for way, word in words.items():
            if word in found.text:
                places[way].add(found.where)
    return places


async def test_what_waits_or_was_declined_is_its_authors_and_the_moderators_only(
    sqlite_board: WholeBoard,
) -> None:
    board = sqlite_board
    start = await plant(board)
    await set_rules(board.db, posts=50)
    words = {name: f"canary{token_hex(6)}" for name in ("waits", "declined", "a topic that waits")}
    await board.reply(start.topic, f"I take {words['waits']}.", by="bo")
    await board.topic(f"About {words['a topic that waits']}", "Hello.", by="bo")
    declined = await board.reply(start.topic, f"I take {words['declined']}.", by="bo")
    async with board.browser("mod", json=True) as mod:
        path = f"/moderation/approval/{declined.pending_id}/decline"
        assert (await mod.post(path, json={"reason": "Not here."})).status_code == 200
    for reader in (GUEST, MEMBER):
        assert await found_by(board, reader, words, start) == {}, reader
    mine = await found_by(board, AUTHOR, words, start)
    assert mine["waits"] >= {"page /pending", "json /pending", f"page /topics/{start.topic}"}
    assert "page /pending" in mine["declined"]
    theirs = await found_by(board, MODERATOR, words, start)
    assert "page /moderation/approval" in theirs["waits"]
    assert theirs["declined"] == set()
    assert await agrees(board)


async def test_a_former_name_only_leads_to_the_member(sqlite_board: WholeBoard) -> None:
    board, old = sqlite_board, f"dora{token_hex(4)}"
    draft = NewMember(old, "dora@example.org", PASSWORD)
    number = await add_member(board.db, board.server.app.state.passwords, draft, Role.MEMBER, now=LONG_AGO)
    start = await plant(board)
    dora, hello = Viewer(number, old, Role.MEMBER), Draft("Hello.")
    said = await reply(board.db, dora, start.topic, hello, now=now_ms(), limits=NO_LIMITS)
    await board.reply(start.topic, f"[quote={said.post_id}]\n\nHello.", by="ann")
    await thanking.thank(board.db, dora, start.post, now=now_ms())
    words = {"old": old}
    assert len((await found_by(board, GUEST, words, start))["old"]) > 5  # the premise
    await renaming.rename_member(board.db, board.viewer("ada"), number, "Theodora", now=now_ms())
    for reader in (GUEST, MEMBER):
        assert await found_by(board, reader, words, start) == {}, reader
    async with board.browser() as guest:
        answer = await guest.get(f"/members/{old}")
        assert answer.headers["location"].endswith("/members/Theodora")
