"""Posts that wait for a moderator, on both databases."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from server.actions import (
    approval,
    pending,
    posting,
    undoing,
    watched_words,
)
from server.actions.posting import Draft, Edit
from server.domain.approval import KEPT_FOR, MOST_PENDING, Why
from server.domain.channels import MODERATION, Channel, Thing
from server.domain.clock import DAY, now_ms
from server.domain.errors import Forbidden, Invalid, NotFound, SignInRequired
from server.domain.notices import NoticeKind
from server.domain.reports import Reason
from server.domain.viewer import Audience
from server.domain.word_entries import WordDraft
from server.store import integrity, moderation_log, pending_posts, pending_writes, posts
from tests.support.approval_scene import approve, decline, own, set_rules, waiting, withdraw
from tests.support.model_board import NO_LIMITS, Address, ModelBoard, model_board
from tests.support.report_scene import id_of, position, pushed, queue, told

WORDS = "Before a count I take soup."


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[ModelBoard]:
    async with model_board(database_url) as board:
        yield board


async def test_first_posts_wait_and_are_posts_like_any_other_once_they_are_approved(
    board: ModelBoard,
) -> None:
    topic = await board.topic(by="ann")
    await set_rules(board.db, posts=1)
    sent = await board.reply(topic.topic_id, WORDS, by="bo")
    assert (sent.post_id, sent.topic_id, bool(sent.pending_id)) == (0, topic.topic_id, True)
    (waits,) = await waiting(board)
    assert (waits.why, waits.author.username, waits.body) == (Why.FIRST, "bo", WORDS)
    for who in (None, "ann", "ada"):
        page = await board.load(Address("topic", topic.topic_id), who)
        assert page is not None
        assert (WORDS in page) == (who == "ada")
    post_id = await approve(board, waits.id)
    assert await waiting(board) == []
    page = await board.load(Address("topic", topic.topic_id), None)
    assert page is not None
    assert WORDS in page
    async with board.db.snapshot() as reader:
        made = await posts.state(reader, post_id)
        assert await integrity.findings(reader) == []
    assert made is not None
    assert (made.author_id, made.place, made.body) == (id_of(board, "bo"), 2, WORDS)
    again = await board.reply(topic.topic_id, "And bread.", by="bo")  # he is trusted now
    assert again.post_id > post_id


async def test_a_new_topic_waits_too_and_stands_nowhere_until_then(board: ModelBoard) -> None:
    await set_rules(board.db, posts=1)
    sent = await board.topic(WORDS, by="bo")
    assert (sent.post_id, sent.topic_id) == (0, 0)
    for address in (
        Address("index"),
        Address("latest"),
        Address("category", 1),
        Address("profile", name="bo"),
    ):
        page = await board.load(address, "ada")
        assert page is not None
        assert "About the dentist" not in page
    await approve(board, sent.pending_id)
    page = await board.load(Address("latest"), None)
    assert page is not None
    assert "About the dentist" in page
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []


async def test_days_count_beside_posts_and_staff_never_wait(board: ModelBoard) -> None:
    topic = await board.topic(by="ann")
    await set_rules(board.db, days=60)  # everybody joined 40 days ago
    assert (await board.reply(topic.topic_id, by="ann")).pending_id
    assert (await board.reply(topic.topic_id, by="mod")).post_id
    assert (await board.reply(topic.topic_id, by="carl")).post_id  # he moderates here
    elder = replace(board.viewer("ann"), joined_at=now_ms() - 61 * DAY)
    sent = await posting.reply(board.db, elder, topic.topic_id, Draft(WORDS), now=now_ms(), limits=NO_LIMITS)
    assert sent.post_id


async def test_many_links_make_any_post_wait_and_an_edit_that_brings_them_is_reported(
    board: ModelBoard,
) -> None:
    topic = await board.topic(by="ann")
    await set_rules(board.db, links=2)
    two = "See https://example.org/a and https://example.org/b"
    assert (await board.reply(topic.topic_id, two, by="ann")).pending_id
    posted = await board.reply(topic.topic_id, "See https://example.org/a", by="ann")
    assert posted.post_id
    change = Edit(two, posted.position)
    await posting.edit(board.db, board.viewer("ann"), posted.post_id, change, now=now_ms())
    (case,) = await queue(board)
    assert (case.object_id, case.urgent, case.reports[0].reason) == (
        posted.post_id,
        False,
        Reason.ADVERTISING,
    )


async def test_a_repeated_submit_gets_the_same_answer_before_and_after_approval(board: ModelBoard) -> None:
    topic = await board.topic(by="ann")
    await set_rules(board.db, posts=1)
    draft = Draft(WORDS, token="t1")

    async def send() -> posting.Posted:
        return await posting.reply(
            board.db, board.viewer("bo"), topic.topic_id, draft, now=now_ms(), limits=NO_LIMITS
        )

    first = await send()
    assert (await send()).pending_id == first.pending_id
    post_id = await approve(board, first.pending_id)
    assert (await send()).post_id == post_id
    assert len(await waiting(board)) == 0


async def test_who_is_declined_reads_why_and_keeps_his_text_until_it_is_forgotten(board: ModelBoard) -> None:
    topic = await board.topic(by="ann")
    await set_rules(board.db, posts=1)
    sent = await board.reply(topic.topic_id, WORDS, by="bo")
    with pytest.raises(Invalid):
        await decline(board, sent.pending_id, " ")
    await decline(board, sent.pending_id, "Please ask in the other topic.")
    (kept,) = await own(board, "bo")
    assert (kept.is_declined, kept.reason, kept.body) == (True, "Please ask in the other topic.", WORDS)
    (notice,) = await told(board, "bo")
    assert (notice.kind, notice.words) == (NoticeKind.POST_DECLINED, "Please ask in the other topic.")
    for act in (approve(board, sent.pending_id), decline(board, sent.pending_id)):
        with pytest.raises(NotFound):
            await act
    async with board.db.begin() as writer:
        assert not await pending_writes.prune(writer, now_ms() + KEPT_FOR - DAY)
        assert await pending_posts.find(writer, sent.pending_id)
        await pending_writes.prune(writer, now_ms() + KEPT_FOR + DAY)
        assert await pending_posts.find(writer, sent.pending_id) is None


async def test_a_decline_is_taken_back_from_the_log(board: ModelBoard) -> None:
    topic = await board.topic(by="ann")
    await set_rules(board.db, posts=1)
    sent = await board.reply(topic.topic_id, WORDS, by="bo")
    await decline(board, sent.pending_id)
    async with board.db.snapshot() as reader:
        (line, *_) = await moderation_log.page(
            reader, moderation_log.Narrowed(act="decline_post"), for_admins=False, before=None, limit=5
        )
    assert (line.can_undo, line.member) == (True, "bo")
    await undoing.undo(board.db, board.viewer("ada"), line.id, now=now_ms())
    assert [one.id for one in await waiting(board)] == [sent.pending_id]
    assert await told(board, "bo") == []
    with pytest.raises(NotFound):
        await approval.reopen(board.db, board.viewer("ada"), sent.pending_id, now=now_ms())


async def test_its_author_alone_takes_it_back_and_gets_his_words(board: ModelBoard) -> None:
    topic = await board.topic(by="ann")
    await set_rules(board.db, posts=1)
    sent = await board.reply(topic.topic_id, WORDS, by="bo")
    with pytest.raises(NotFound):
        await withdraw(board, sent.pending_id, by="ann")
    assert (await withdraw(board, sent.pending_id, by="bo")).body == WORDS
    assert await own(board, "bo") == []
    assert await waiting(board) == []
    with pytest.raises(NotFound):
        await withdraw(board, sent.pending_id, by="bo")
    with pytest.raises(SignInRequired):
        await pending.withdraw(board.db, board.viewer(None), sent.pending_id, now=now_ms())


async def test_only_who_moderates_there_answers(board: ModelBoard) -> None:
    hidden = await board.topic(by="ann", where=Audience.MEMBERS)
    topic = await board.topic(by="ann")
    await set_rules(board.db, posts=1)
    here = await board.reply(topic.topic_id, WORDS, by="bo")
    there = await board.reply(hidden.topic_id, WORDS, by="bo")
    for act in (
        approve(board, here.pending_id, by="ann"),
        approve(board, here.pending_id, by="bo"),
        decline(board, there.pending_id, by="carl"),
        approve(board, there.pending_id, by="carl"),
    ):
        with pytest.raises(NotFound):
            await act
    assert await approve(board, here.pending_id, by="carl")
    assert await approve(board, there.pending_id, by="mod")


async def test_nobody_floods_the_queue(board: ModelBoard) -> None:
    topic = await board.topic(by="ann")
    await set_rules(board.db, posts=1)
    for _ in range(MOST_PENDING):
        await board.reply(topic.topic_id, WORDS, by="bo")
    with pytest.raises(Forbidden, match="wait for a moderator already"):
        await board.reply(topic.topic_id, WORDS, by="bo")


async def test_queues_and_authors_see_it_live_and_nobody_else_hears_of_it(board: ModelBoard) -> None:
    topic = await board.topic(by="ann")
    await set_rules(board.db, posts=1)
    before = await position(board)
    sent = await board.reply(topic.topic_id, WORDS, by="bo")
    staff = Channel(Thing.TOPIC, topic.topic_id, Audience.STAFF)
    mine = Channel(Thing.MEMBER, id_of(board, "bo"))
    queues = (MODERATION, Channel(Thing.CATEGORY, 1, Audience.STAFF))
    for channel, name in ((queues[0], "pending"), (queues[1], "pending"), (staff, "pending-in-topic")):
        patch = (await pushed(board, channel, before))[f"{name}-{sent.pending_id}"]
        assert patch.op == "put"
        assert WORDS in (patch.html or "")
    found = await pushed(board, mine, before)
    assert found[f"pending-here-{sent.pending_id}"].list == f"pending-in-{topic.topic_id}"
    assert found[f"own-pending-{sent.pending_id}"].list == "own-pending"
    for channel in (Channel(Thing.TOPIC, topic.topic_id), Channel(Thing.MEMBER, id_of(board, "ann"))):
        assert await pushed(board, channel, before) == {}
    tally = (await pushed(board, MODERATION, before))["open-cases"]
    assert ">1<" in (tally.html or "")
    before = await position(board)
    await approve(board, sent.pending_id)
    assert (await pushed(board, MODERATION, before))[f"pending-{sent.pending_id}"].op == "remove"
    assert (await pushed(board, mine, before))[f"pending-here-{sent.pending_id}"].op == "remove"


async def test_watched_words_make_a_post_wait_and_a_worry_is_told_at_once(board: ModelBoard) -> None:
    topic = await board.topic(by="ann")
    await watched_words.watch(board.db, board.viewer("ada"), WordDraft("lamp", "hold"), now=now_ms())
    sent = await board.reply(topic.topic_id, "Buy my lamp. I want to kill myself.", by="bo")
    (waits,) = await waiting(board)
    assert (waits.id, waits.why, waits.words) == (sent.pending_id, Why.WORDS, "lamp")
    (case,) = await queue(board)
    assert (case.object_id, case.urgent) == (id_of(board, "bo"), True)
    assert (await board.reply(topic.topic_id, "Buy my lamp.", by="mod")).post_id
