"""What else happens while a post waits for a moderator, on both databases."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import (
    moderation,
    renaming,
    sweeps,
    topic_moves,
)
from server.actions.departures import depart_next
from server.domain.channels import MODERATION
from server.domain.clock import now_ms
from server.domain.errors import Forbidden
from server.domain.leaving import COOLING_OFF, Departure, Leaving
from server.domain.sanctions import Draft as SanctionDraft
from server.domain.sanctions import SanctionKind
from server.store import leavers, posts
from server.store import sweeps as sweeps_of
from tests.support.approval_scene import approve, set_rules, waiting
from tests.support.model_board import ModelBoard, model_board
from tests.support.report_scene import id_of, position, pushed

WORDS = "Before a count I take soup."


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[ModelBoard]:
    async with model_board(database_url) as board:
        yield board


async def test_it_goes_where_its_topic_went_and_says_when_it_cannot(board: ModelBoard) -> None:
    first, second = await board.topic(by="ann"), await board.topic(by="ann")
    await set_rules(board.db, posts=1)
    sent = await board.reply(first.topic_id, WORDS, by="bo")
    merge = topic_moves.merge(board.db, board.viewer("mod"), first.topic_id, second.topic_id, now=now_ms())
    await merge
    (waits,) = await waiting(board)
    assert waits.topic_id == second.topic_id
    await moderation.remove_topic(board.db, board.viewer("mod"), second.topic_id, "", now=now_ms())
    with pytest.raises(Forbidden, match="removed"):
        await approve(board, sent.pending_id)
    await moderation.restore_topic(board.db, board.viewer("mod"), second.topic_id, now=now_ms())
    post_id = await approve(board, sent.pending_id)
    async with board.db.snapshot() as reader:
        made = await posts.state(reader, post_id)
    assert made is not None
    assert made.topic_id == second.topic_id


async def test_what_waits_goes_with_everything_of_a_banned_member_and_comes_back(board: ModelBoard) -> None:
    topic = await board.topic(by="ann")
    await set_rules(board.db, posts=1)
    sent = await board.reply(topic.topic_id, WORDS, by="bo")
    async with board.db.snapshot() as reader:
        assert (await sweeps_of.extent(reader, id_of(board, "bo"))).pending == 1
    ban = SanctionDraft(SanctionKind.BAN, "Advertising.", lasts="good")
    mod = board.viewer("mod")
    number = await sweeps.start_sweep(
        board.db, mod, id_of(board, "bo"), ban, with_answered=True, now=now_ms()
    )
    assert await waiting(board) == []
    await sweeps.undo(board.db, mod, number, now=now_ms())
    assert [one.id for one in await waiting(board)] == [sent.pending_id]


async def test_a_new_name_shows_in_the_queue_and_who_leaves_leaves_nothing_there(board: ModelBoard) -> None:
    topic = await board.topic(by="ann")
    await set_rules(board.db, posts=1)
    sent = await board.reply(topic.topic_id, WORDS, by="bo")
    before = await position(board)
    bo = id_of(board, "bo")
    await renaming.rename_member(board.db, board.viewer("ada"), bo, "Bodo", now=now_ms())
    patch = (await pushed(board, MODERATION, before))[f"pending-{sent.pending_id}"]
    assert "Bodo" in (patch.html or "")
    async with board.db.begin() as writer:
        await leavers.plan(writer, Departure(bo, Leaving.ANONYMISE, now_ms() - COOLING_OFF - 1))
    before = await position(board)
    while await depart_next(board.db, now=now_ms()):
        pass
    assert await waiting(board) == []
    assert (await pushed(board, MODERATION, before))[f"pending-{sent.pending_id}"].op == "remove"
