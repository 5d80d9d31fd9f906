"""Removing what is reported and settling the report with it, on both databases."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import moderation, reported, reports
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, NotFound
from server.domain.reports import Outcome, Subject
from server.store import audit, posts, topics
from tests.support.model_board import ModelBoard, model_board
from tests.support.report_scene import id_of, queue, report, told

ROUNDS = 8


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[ModelBoard]:
    async with model_board(database_url) as board:
        yield board


async def acts(board: ModelBoard) -> list[str]:
    """What the log says was done, the latest first."""
    async with board.db.snapshot() as reader:
        return [line.act for line in await audit.latest(reader, 10)]


async def remove(board: ModelBoard, case_id: int, by: str = "mod") -> None:
    await reported.remove_reported(board.db, board.viewer(by), case_id, "advertising", now=now_ms())


async def is_removed(board: ModelBoard, post_id: int) -> bool:
    async with board.db.snapshot() as reader:
        post = await posts.state(reader, post_id)
    assert post is not None
    return post.removed


async def test_what_is_removed_from_the_queue_is_gone_and_its_report_settled(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    reply = await board.reply(opening.topic_id, "Buy my lamp.", by="bo")
    await remove(board, await report(board, "ann", Subject.POST, reply.post_id))
    assert await is_removed(board, reply.post_id)
    await remove(board, await report(board, "bo", Subject.TOPIC, opening.topic_id))
    async with board.db.snapshot() as reader:
        topic = await topics.state(reader, opening.topic_id)
    assert topic is not None
    assert topic.removed
    assert await queue(board) == []
    assert (await acts(board))[:4] == ["settle_report", "remove_topic", "settle_report", "remove_post"]


@pytest.mark.parametrize("subject", [Subject.POST, Subject.TOPIC])
async def test_what_another_moderator_has_removed_already_is_only_settled(
    board: ModelBoard, subject: Subject
) -> None:
    opening = await board.topic(by="ann")
    reply = await board.reply(opening.topic_id, "Buy my lamp.", by="ann")
    ada, now = board.viewer("ada"), now_ms()
    if subject is Subject.POST:
        case_id = await report(board, "bo", subject, reply.post_id)
        await moderation.remove_post(board.db, ada, reply.post_id, "a lamp", now=now)
    else:
        case_id = await report(board, "bo", subject, opening.topic_id)
        await moderation.remove_topic(board.db, ada, opening.topic_id, "a lamp", now=now)
    assert [case.id for case in await queue(board)] == [case_id]  # the premise
    await remove(board, case_id)
    assert await queue(board) == []
    assert [notice.words for notice in await told(board, "bo")] == ["acted"]  # and he is thanked
    assert (await acts(board))[:2] == ["settle_report", f"remove_{subject}"]  # nobody removed it again


async def test_a_report_that_is_settled_meanwhile_leaves_its_post_alone(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    for number in range(ROUNDS):
        reply = await board.reply(opening.topic_id, f"Lamp {number}.", by="bo")
        case_id = await report(board, "ann", Subject.POST, reply.post_id)
        removed, dismissed = await asyncio.gather(
            remove(board, case_id),
            reports.settle(board.db, board.viewer("ada"), case_id, Outcome.DISMISSED, now=now_ms()),
            return_exceptions=True,
        )
        refused = [error for error in (removed, dismissed) if error is not None]
        assert [type(error) for error in refused] == [NotFound]
        assert await is_removed(board, reply.post_id) == (removed is None)
    assert await queue(board) == []


async def test_two_moderators_who_remove_at_once_do_it_once(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    reply = await board.reply(opening.topic_id, "Buy my lamp.", by="bo")
    case_id = await report(board, "ann", Subject.POST, reply.post_id)
    done = await asyncio.gather(
        remove(board, case_id), remove(board, case_id, by="ada"), return_exceptions=True
    )
    assert sorted(type(error).__name__ for error in done) == ["NoneType", "NotFound"]
    assert (await acts(board)).count("remove_post") == 1
    assert len(await told(board, "ann")) == 1


async def test_nobody_removes_through_a_report_what_is_not_his_to_remove(board: ModelBoard) -> None:
    hers = await board.topic(by="ada")
    his = await board.topic(by="mod")
    for case_id in (
        await report(board, "bo", Subject.POST, hers.post_id),  # of a senior
        await report(board, "bo", Subject.POST, his.post_id),  # his own
        await report(board, "bo", Subject.MEMBER, id_of(board, "ann")),  # nothing to remove
    ):
        with pytest.raises(Forbidden):
            await remove(board, case_id)
    assert len(await queue(board)) == 3
