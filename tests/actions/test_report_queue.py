"""What moderators make of reports, on both databases."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import departures, moderation, purging, reports, topic_acts
from server.actions.purging import Purge
from server.domain.channels import MODERATION, Channel, Thing
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.leaving import Departure, Leaving
from server.domain.notices import NoticeKind
from server.domain.reports import LOOKING_MS, Outcome, Reason, Subject
from server.domain.viewer import Audience
from server.store import cases, leavers
from tests.support.model_board import ModelBoard, model_board
from tests.support.report_scene import NOW, id_of, position, pushed, queue, report, told


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[ModelBoard]:
    async with model_board(database_url) as board:
        yield board


async def test_others_see_who_looks_until_he_looks_away_or_says_nothing_more(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    case_id = await report(board, "bo", Subject.POST, opening.post_id)
    mod, ada = board.viewer("mod"), board.viewer("ada")
    await reports.look(board.db, mod, case_id, now=NOW)
    await reports.look(board.db, ada, case_id, now=NOW + 1)  # too late: mod looks
    (case,) = await queue(board)
    assert case.looking == cases.Looking(id_of(board, "mod"), board.viewer("mod").username, NOW + LOOKING_MS)
    await reports.look_away(board.db, ada, case_id)
    assert (await queue(board))[0].looking is not None
    await reports.look_away(board.db, mod, case_id)
    assert (await queue(board))[0].looking is None
    await reports.look(board.db, mod, case_id, now=NOW)
    (case,) = await queue(board)
    assert case.at(NOW + LOOKING_MS - 1).looking is not None
    assert case.at(NOW + LOOKING_MS).looking is None
    await reports.look(board.db, ada, case_id, now=NOW + LOOKING_MS)
    looking = (await queue(board))[0].looking
    assert looking is not None
    assert looking.id == id_of(board, "ada")


async def test_a_settled_case_leaves_the_queue_and_thanks_who_reported(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    case_id = await report(board, "bo", Subject.POST, opening.post_id)
    before = await position(board)
    with pytest.raises(Invalid):
        await reports.settle(board.db, board.viewer("mod"), case_id, "burned", now=NOW)
    await reports.settle(board.db, board.viewer("mod"), case_id, Outcome.DISMISSED, now=NOW)
    assert (await pushed(board, MODERATION, before))[f"case-{case_id}"].op == "remove"
    (notice,) = await told(board, "bo")
    assert (notice.kind, notice.words) == (NoticeKind.REPORT_SETTLED, "dismissed")
    assert await told(board, "ann") == []
    with pytest.raises(NotFound):
        await reports.settle(board.db, board.viewer("ada"), case_id, Outcome.ACTED, now=NOW)
    again = await report(board, "bo", Subject.POST, opening.post_id)
    assert again != case_id
    (case,) = await queue(board)
    assert case.author is not None
    assert (case.author.acted, case.author.dismissed) == (0, 1)


@pytest.mark.parametrize("who", ["bo", "ann"])
async def test_members_do_not_touch_cases(board: ModelBoard, who: str) -> None:
    opening = await board.topic(by="ann")
    case_id = await report(board, "bo", Subject.POST, opening.post_id)
    viewer = board.viewer(who)
    for touch in (
        reports.look(board.db, viewer, case_id, now=NOW),
        reports.look_away(board.db, viewer, case_id),
        reports.settle(board.db, viewer, case_id, Outcome.ACTED, now=NOW),
    ):
        with pytest.raises(Forbidden):
            await touch


async def test_nobody_handles_what_is_about_himself(board: ModelBoard) -> None:
    opening = await board.topic(by="mod")
    before = await position(board)
    case_id = await report(board, "bo", Subject.POST, opening.post_id)
    html = (await pushed(board, MODERATION, before))[f"case-{case_id}"].html or ""
    assert f'data-author="{board.viewer("mod").id}"' in html  # whose style sheet shows these words, no acts
    assert '<div class="for-author"><p class="hint">This is about you' in html
    for touch in (
        reports.look(board.db, board.viewer("mod"), case_id, now=NOW),
        reports.look_away(board.db, board.viewer("mod"), case_id),
        reports.settle(board.db, board.viewer("mod"), case_id, Outcome.DISMISSED, now=NOW),
    ):
        with pytest.raises(Forbidden):
            await touch
    await reports.settle(board.db, board.viewer("ada"), case_id, Outcome.DISMISSED, now=NOW)
    assert await queue(board) == []


async def test_a_post_that_went_with_its_topic_is_still_its_own_authors(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    reply = await board.reply(opening.topic_id, "Buy my lamp.", by="bo")
    await report(board, "ann", Subject.POST, reply.post_id)
    await moderation.remove_topic(board.db, board.viewer("mod"), opening.topic_id, "", now=now_ms())
    (case,) = await queue(board)
    assert case.author is not None
    assert case.author.username == "bo"


async def test_the_queue_follows_what_becomes_of_the_post_elsewhere(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    reply = await board.reply(opening.topic_id, "Buy my lamp.", by="bo")
    case_id = await report(board, "ann", Subject.POST, reply.post_id, "advertising")
    before = await position(board)
    await moderation.remove_post(board.db, board.viewer("mod"), reply.post_id, "a lamp", now=now_ms())
    html = (await pushed(board, MODERATION, before))[f"case-{case_id}"].html or ""
    assert f"Removed by <b>{board.viewer('mod').username}</b>" in html
    assert "Buy my lamp" not in html
    before = await position(board)
    await moderation.remove_topic(board.db, board.viewer("mod"), opening.topic_id, "all of it", now=now_ms())
    assert "Removed by" in ((await pushed(board, MODERATION, before))[f"case-{case_id}"].html or "")
    await reports.settle(board.db, board.viewer("mod"), case_id, Outcome.ACTED, now=NOW)
    (notice,) = await told(board, "ann")
    assert notice.target is None


async def test_the_board_itself_reports_once_for_each_reason(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    for words in ("first", "second"):
        async with board.db.begin() as writer:
            await reports.raise_by_board(
                writer, Subject.POST, opening.post_id, Reason.WORRIED, words, now=NOW
            )
    (case,) = await queue(board)
    assert case.urgent
    assert [(said.by, said.details) for said in case.reports] == [(None, "second")]


async def test_what_the_board_reports_comes_before_what_members_report(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    reply = await board.reply(opening.topic_id, "Hello.", by="ann")
    await report(board, "bo", Subject.POST, opening.post_id)
    async with board.db.begin() as writer:
        await reports.raise_by_board(writer, Subject.POST, reply.post_id, Reason.RULES, "a word", now=NOW)
    assert [case.object_id for case in await queue(board)] == [reply.post_id, opening.post_id]


async def test_what_was_said_of_an_erased_post_goes_with_it_and_the_case_stays(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    reply = await board.reply(opening.topic_id, "Take canary pills.", by="bo")
    case_id = await report(board, "ann", Subject.POST, reply.post_id, "dangerous", "canary pills!")
    await moderation.remove_post(board.db, board.viewer("mod"), reply.post_id, "pills", now=now_ms())
    assert [said.details for said in (await queue(board))[0].reports] == ["canary pills!"]  # the premise
    before = await position(board)
    purge = Purge("a court", str(reply.post_id), knows=True)
    await purging.purge_post(board.db, board.viewer("ada"), reply.post_id, purge, now=now_ms())
    (case,) = await queue(board)
    assert [(said.reason, said.details) for said in case.reports] == [(Reason.DANGEROUS, "")]
    assert "canary" not in ((await pushed(board, MODERATION, before))[f"case-{case_id}"].html or "canary")


@pytest.mark.parametrize("how", Leaving)
async def test_open_queues_forget_a_member_who_leaves(board: ModelBoard, how: Leaving) -> None:
    name = board.viewer("bo").username
    opening = await board.topic(by="ann")
    reply = await board.reply(opening.topic_id, "Take canary pills.", by="bo")
    by_him = await report(board, "bo", Subject.POST, opening.post_id, "other", "my words")
    about_him = await report(board, "ann", Subject.MEMBER, id_of(board, "bo"), "other", "his words")
    about_post = await report(board, "ann", Subject.POST, reply.post_id, "dangerous", "canary pills!")
    before = await position(board)
    async with board.db.begin() as writer:
        await leavers.plan(writer, Departure(id_of(board, "bo"), how, now_ms() - 1))
    await departures.depart_next(board.db, now=now_ms())
    shown = await pushed(board, MODERATION, before)
    told = [shown[f"case-{case_id}"].html or "" for case_id in (by_him, about_him, about_post)]
    for html in told:
        assert html
        assert not re.search(rf"\b{name}\b", html)
        assert "my words" not in html
        assert "his words" not in html
    assert ("canary" in told[2]) == (how is not Leaving.ERASE)


async def test_the_queue_follows_a_topic_to_its_new_title_and_place(board: ModelBoard) -> None:
    public, inner = board.places[Audience.PUBLIC], board.places[Audience.STAFF]
    opening = await board.topic(by="ann")
    reply = await board.reply(opening.topic_id, "Buy my lamp.", by="bo")
    case_id = await report(board, "ann", Subject.POST, reply.post_id, "advertising")
    before = await position(board)
    await topic_acts.rename(board.db, board.viewer("mod"), opening.topic_id, "A lamp?", now=now_ms())
    assert "A lamp?" in ((await pushed(board, MODERATION, before))[f"case-{case_id}"].html or "")
    before = await position(board)
    await topic_acts.move(board.db, board.viewer("ada"), opening.topic_id, inner, now=now_ms())
    left = await pushed(board, Channel(Thing.CATEGORY, public, Audience.STAFF), before)
    assert left[f"case-{case_id}"].op == "remove"  # its own moderators do not see it any more
    there = await pushed(board, Channel(Thing.CATEGORY, inner, Audience.STAFF), before)
    assert there[f"case-{case_id}"].op == "put"
    assert (await pushed(board, MODERATION, before))[f"case-{case_id}"].op == "put"
