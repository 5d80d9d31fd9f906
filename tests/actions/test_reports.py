"""Reporting, on both databases."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from server.actions import moderation, reports
from server.actions.limits import Limits
from server.domain.channels import MODERATION, Channel, Thing
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, NotFound, SignInRequired, TooManyRequests
from server.domain.reports import MAX_DETAILS, REPORTS_AN_HOUR, Outcome, Reason, Subject
from server.domain.viewer import Audience
from tests.support.model_board import ModelBoard, model_board
from tests.support.report_scene import NOW, id_of, position, pushed, queue, report


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[ModelBoard]:
    async with model_board(database_url) as board:
        yield board


async def test_several_reports_of_a_post_are_one_case_with_all_that_was_said(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    first = await report(board, "bo", Subject.POST, opening.post_id, "advertising", "a lamp again")
    second = await report(board, "mod", Subject.POST, opening.post_id, "dangerous")
    assert first == second
    (case,) = await queue(board)
    assert [(said.by, said.reason, said.details) for said in case.reports] == [
        (board.viewer("bo").username, Reason.ADVERTISING, "a lamp again"),
        (board.viewer("mod").username, Reason.DANGEROUS, ""),
    ]
    assert case.post is not None
    assert case.topic is not None
    assert case.author is not None
    assert (case.author.username, case.author.posts, case.author.acted) == (
        board.viewer("ann").username,
        1,
        0,
    )


async def test_who_reports_again_says_it_anew(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    await report(board, "bo", Subject.POST, opening.post_id, "advertising")
    await report(board, "bo", Subject.POST, opening.post_id, "worried", "she says goodbye")
    (case,) = await queue(board)
    assert [(said.reason, said.details) for said in case.reports] == [(Reason.WORRIED, "she says goodbye")]
    assert case.urgent


async def test_worries_come_first_then_who_waits_longest(board: ModelBoard) -> None:
    found = [await board.topic(by="ann") for _ in range(3)]
    for posted, reason in zip(found, ("rules", "other", "worried"), strict=True):
        await report(board, "bo", Subject.POST, posted.post_id, reason, "words")
    queued = await queue(board)
    assert [case.object_id for case in queued] == [found[2].post_id, found[0].post_id, found[1].post_id]
    assert sorted(queued, key=lambda case: -case.order) == queued


async def test_topics_and_members_can_be_reported_too(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    await report(board, "bo", Subject.TOPIC, opening.topic_id)
    await report(board, "bo", Subject.MEMBER, id_of(board, "ann"), "other", "the picture")
    by_topic, by_member = await queue(board)
    assert by_topic.topic is not None
    assert by_member.topic is None
    assert by_topic.author == by_member.author


async def test_what_is_wrong_with_a_report_is_said_beside_its_field(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    for reason, details, field in (
        ("", "", "reason"),
        ("rude", "", "reason"),
        ("other", "  ", "details"),
        ("rules", "x" * (MAX_DETAILS + 1), "details"),
    ):
        with pytest.raises(Invalid) as refused:
            await report(board, "bo", Subject.POST, opening.post_id, reason, details)
        assert set(refused.value.fields) == {field}
    assert await queue(board) == []


async def test_nobody_reports_himself_or_what_he_does_not_see(board: ModelBoard) -> None:
    own = await board.topic(by="bo")
    hidden = await board.topic(by="mod", where=Audience.STAFF)
    gone = await board.topic(by="ann")
    await moderation.remove_topic(board.db, board.viewer("mod"), gone.topic_id, "rude", now=now_ms())
    for subject, object_id in ((Subject.POST, own.post_id), (Subject.MEMBER, id_of(board, "bo"))):
        with pytest.raises(Forbidden):
            await report(board, "bo", subject, object_id)
    for subject, object_id in (
        (Subject.POST, hidden.post_id),
        (Subject.TOPIC, hidden.topic_id),
        (Subject.POST, gone.post_id),
        (Subject.MEMBER, 999),
    ):
        with pytest.raises(NotFound):
            await report(board, "bo", subject, object_id)
    with pytest.raises(SignInRequired):
        await report(board, None, Subject.POST, own.post_id)
    assert await queue(board) == []


async def test_reports_are_limited(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    limits = Limits()

    async def once() -> None:
        viewer, post_id = board.viewer("bo"), opening.post_id
        await reports.report(
            board.db, viewer, Subject.POST, post_id, reason="rules", details="", now=NOW, limits=limits
        )

    for _ in range(REPORTS_AN_HOUR):
        await once()
    with pytest.raises(TooManyRequests):
        await once()


async def test_a_new_report_reaches_staff_and_nobody_else(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    before = await position(board)
    case_id = await report(board, "bo", Subject.POST, opening.post_id, "other", "secret words")
    staff = await pushed(board, MODERATION, before)
    assert "secret words" in (staff[f"case-{case_id}"].html or "")
    assert "1<span" in (staff["open-cases"].html or "")
    for channel in ("board", f"topic:{opening.topic_id}", f"member:{id_of(board, 'ann')}"):
        parsed = Channel.parse(channel)
        assert parsed is not None
        assert await pushed(board, parsed, before) == {}


async def test_a_moderator_of_the_category_hears_of_what_stands_there(board: ModelBoard) -> None:
    place = board.places[Audience.PUBLIC]
    opening = await board.topic(by="ann")
    before = await position(board)
    case_id = await report(board, "bo", Subject.POST, opening.post_id)
    here = await pushed(board, Channel(Thing.CATEGORY, place, Audience.STAFF), before)
    assert here[f"case-{case_id}"].op == "put"
    carl = board.viewer("carl")  # who moderates there
    await reports.look(board.db, carl, case_id, now=NOW)
    elsewhere = replace(carl, moderated=frozenset({board.places[Audience.MEMBERS]}))
    with pytest.raises(NotFound):
        await reports.settle(board.db, elsewhere, case_id, Outcome.ACTED, now=NOW)
    await reports.settle(board.db, carl, case_id, Outcome.ACTED, now=NOW)
    assert await queue(board) == []
