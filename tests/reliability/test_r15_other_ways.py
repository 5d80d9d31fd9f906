"""R15 for what leaves somebody's sight without being removed: moved, closed, changed, or never approved.

Each way has a word of its own, and everything that can be read is read once, after all of them were gone.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from secrets import token_hex

import pytest

from server.actions import posting, topic_acts, topic_moves
from server.actions.posting import Edit
from server.actions.topic_moves import Chosen
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from server.store import posts
from tests.reliability.test_r15_removal_canary import Canary, agrees, plant
from tests.support.approval_scene import set_rules
from tests.support.crawl import crawl, every_id, polled, resumed
from tests.support.whole_board import WholeBoard

pytestmark = pytest.mark.slow

GUEST, MEMBER, AUTHOR, MODERATOR = None, "ann", "bo", "mod"


@dataclass(frozen=True)
class Way:
    """How it leaves, and who reads nothing of it afterwards."""

    act: Callable[[WholeBoard, Canary], Awaitable[object]]
    outside: tuple[str | None, ...]


async def moved_to_staff(board: WholeBoard, canary: Canary) -> None:
    place = board.places[Audience.STAFF]
    await topic_acts.move(board.db, board.viewer("mod"), canary.topic, place, now=now_ms())


async def joined_with_a_members_topic(board: WholeBoard, canary: Canary) -> None:
    inner = (await board.topic("Among us", "Hello.", by="ann", where=Audience.MEMBERS)).topic_id
    await topic_moves.merge(board.db, board.viewer("mod"), canary.topic, inner, now=now_ms())


async def moved_alone_to_staff(board: WholeBoard, canary: Canary) -> None:
    inner = (await board.topic("Among staff", "Hello.", by="mod", where=Audience.STAFF)).topic_id
    chosen = Chosen(frozenset({canary.post}))
    await topic_moves.move_posts(board.db, board.viewer("mod"), canary.topic, chosen, inner, now=now_ms())


async def edited_away(board: WholeBoard, canary: Canary) -> None:
    async with board.db.snapshot() as reader:
        post = await posts.state(reader, canary.post)
    assert post is not None
    change = Edit("I take nothing.", post.version)
    await posting.edit(board.db, board.viewer("bo"), canary.post, change, now=now_ms())


WAYS = {
    "moved to staff": Way(moved_to_staff, (GUEST, AUTHOR)),
    "joined with a members' topic": Way(joined_with_a_members_topic, (GUEST,)),
    "moved alone to staff": Way(moved_alone_to_staff, (GUEST, AUTHOR)),
    "edited away": Way(edited_away, (GUEST, AUTHOR, MODERATOR)),
}


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


async def test_what_went_another_way_is_nowhere_for_those_outside(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    planted = {name: await plant(board) for name in WAYS}
    words = {name: canary.word for name, canary in planted.items()}
    first = next(iter(planted.values()))
    before = await found_by(board, GUEST, words, first)
    assert all(len(before[name]) > 10 for name in WAYS)  # the premise
    for name, way in WAYS.items():
        await way.act(board, planted[name])
    for reader in (GUEST, AUTHOR, MODERATOR):
        after = await found_by(board, reader, words, first)
        for name, way in WAYS.items():
            if reader in way.outside:
                assert after[name] == set(), (name, reader)
            else:
                assert after[name], (name, reader)  # who may read it still finds it
    assert await agrees(board)


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
