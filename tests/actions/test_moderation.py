"""Moderators and authors at once: nothing is counted twice, nobody waits for ever, pages are told."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from server.actions import moderation, news, posting, thanking
from server.actions.posting import Edit, Posted
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, NotFound, SignInRequired
from server.domain.events import Kind
from server.domain.viewer import GUEST
from server.store import audit, event_log, integrity, posts, topics
from server.store.database import Writer
from tests.support.whole_board import WholeBoard

PATIENCE = 30.0  # seconds; a deadlock is noticed by PostgreSQL after one


async def assert_agrees(board: WholeBoard) -> None:
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []


async def test_guests_and_members_moderate_nothing(sqlite_board: WholeBoard) -> None:
    board, now = sqlite_board, now_ms()
    topic = await board.topic("Sleep", "How?", by="ann")
    for viewer, refusal in ((GUEST, SignInRequired), (board.viewer("bo"), Forbidden)):
        with pytest.raises(refusal):
            await moderation.set_locked(board.db, viewer, topic.topic_id, locked=True, now=now)
        with pytest.raises(refusal):
            await moderation.set_pinned(board.db, viewer, topic.topic_id, pinned=True, now=now)
        with pytest.raises(refusal):
            await moderation.remove_topic(board.db, viewer, topic.topic_id, "", now=now)
        with pytest.raises(refusal):
            await moderation.remove_post(board.db, viewer, topic.post_id, "", now=now)
        with pytest.raises(refusal):
            await moderation.restore_post(board.db, viewer, topic.post_id, now=now)
    async with board.db.snapshot() as reader:
        assert {entry.act for entry in await audit.latest(reader, 50)} <= {"add_member", "sign_in"}


async def test_doing_it_twice_changes_nothing_the_second_time(board: WholeBoard) -> None:
    mod, now = board.viewer("mod"), now_ms()
    topic = await board.topic("Sleep", "How?", by="ann")
    reply = await board.reply(topic.topic_id, "Warm milk.", by="bo")
    await moderation.remove_post(board.db, mod, reply.post_id, "", now=now)
    with pytest.raises(Forbidden):
        await moderation.remove_post(board.db, mod, reply.post_id, "", now=now)
    first = await moderation.restore_post(board.db, mod, reply.post_id, now=now)
    again = await moderation.restore_post(board.db, mod, reply.post_id, now=now)
    assert again.after == again.position == first.position
    for act in (moderation.remove_topic, moderation.restore_topic):
        arguments = ("",) if act is moderation.remove_topic else ()
        there = await act(board.db, mod, topic.topic_id, *arguments, now=now)
        assert await act(board.db, mod, topic.topic_id, *arguments, now=now) == there
    await assert_agrees(board)


async def test_a_removed_post_cannot_come_back_alone_into_a_removed_topic(board: WholeBoard) -> None:
    mod, now = board.viewer("mod"), now_ms()
    topic = await board.topic("Sleep", "How?", by="ann")
    alone = await board.reply(topic.topic_id, "Alone.", by="bo")
    await moderation.remove_post(board.db, mod, alone.post_id, "", now=now)
    await moderation.remove_topic(board.db, mod, topic.topic_id, "", now=now)
    for post_id in (alone.post_id, topic.post_id):
        with pytest.raises(Forbidden, match="Restore the topic instead"):
            await moderation.restore_post(board.db, mod, post_id, now=now)
    await moderation.restore_topic(board.db, mod, topic.topic_id, now=now)
    await moderation.restore_post(board.db, mod, alone.post_id, now=now)
    async with board.db.snapshot() as reader:
        back = await posts.state(reader, alone.post_id)
    assert back is not None
    assert (back.body, back.removed) == ("Alone.", False)
    await assert_agrees(board)


async def test_many_who_act_on_one_topic_at_once_leave_it_in_order(board: WholeBoard) -> None:
    mod, ada, now = board.viewer("mod"), board.viewer("ada"), now_ms()
    topic = await board.topic("Sleep", "How?", by="ann")
    replies = [await board.reply(topic.topic_id, f"Reply {n}", by="bo") for n in range(6)]
    quoting = [
        await board.topic(f"Elsewhere {n}", f"[quote={one.post_id}]\n\nQuoted", by="cleo")
        for n, one in enumerate(replies)
    ]
    work = [
        moderation.remove_post(board.db, who, one.post_id, "", now=now)
        for one in replies
        for who in (mod, ada)
    ]
    work += [thanking.thank(board.db, board.viewer("ann"), one.post_id, now=now) for one in replies]
    work += [thanking.thank(board.db, board.viewer("bo"), one.post_id, now=now) for one in quoting]
    work += [board.reply(topic.topic_id, f"More {n}", by="cleo") for n in range(6)]
    async with asyncio.timeout(PATIENCE):
        done = await asyncio.gather(*work, return_exceptions=True)
    assert {type(one) for one in done if isinstance(one, BaseException)} <= {Forbidden, NotFound}
    assert sum(isinstance(one, Forbidden) for one in done[:12]) == 6  # each was removed once
    await assert_agrees(board)
    async with board.db.snapshot() as reader:
        state = await topics.state(reader, topic.topic_id)
    assert state is not None
    assert (state.replies, state.places) == (6, 13)


async def test_people_who_thank_each_other_never_wait_for_each_other(board: WholeBoard) -> None:
    """Everybody's counters change while everybody's posts come and go."""
    names, now = ("ann", "bo", "cleo"), now_ms()
    made = {name: [await board.topic(f"{name} {n}", "x", by=name) for n in range(3)] for name in names}
    work = [
        thanking.thank(board.db, board.viewer(thanks), one.post_id, now=now)
        for thanks in names
        for author in names
        if author != thanks
        for one in made[author]
    ]
    removals = [
        moderation.remove_topic(board.db, board.viewer("mod"), made[name][0].topic_id, "", now=now)
        for name in names
    ]
    async with asyncio.timeout(PATIENCE):
        done = await asyncio.gather(*work, *removals, return_exceptions=True)
    assert {type(one) for one in done if isinstance(one, BaseException)} <= {NotFound}
    await assert_agrees(board)


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Has two writers, if they can, both hold their posts before either looks at who quotes them."""
    tell = news.tell_quoting

    def arrange() -> None:
        both = asyncio.Barrier(2)

        async def meet(*arguments: object) -> None:
            with contextlib.suppress(TimeoutError, asyncio.BrokenBarrierError):
                await asyncio.wait_for(both.wait(), 0.5)
            await tell(*arguments)  # type: ignore[arg-type]  # handed through

        monkeypatch.setattr(news, "tell_quoting", meet)

    return arrange


@pytest.mark.parametrize("removes", [False, True])
async def test_posts_that_quote_each_other_never_wait_for_each_other(
    board: WholeBoard, meeting: Callable[[], None], removes: bool
) -> None:
    now, ann, mod = now_ms(), board.viewer("ann"), board.viewer("mod")
    one, other = [await board.topic(f"Topic {n}", "x", by="cleo") for n in range(2)]
    first = await board.reply(one.topic_id, "First", by="ann")
    second = await board.reply(other.topic_id, f"[quote={first.post_id}]", by="ann")
    mutual = Edit(f"Edited\n\n[quote={second.post_id}]", 10**9)
    await posting.edit(board.db, ann, first.post_id, mutual, now=now)
    meeting()
    work: list[Awaitable[Posted]]
    if removes:
        work = [moderation.remove_post(board.db, mod, post.post_id, "", now=now) for post in (first, second)]
    else:
        work = [
            posting.edit(
                board.db, ann, post.post_id, Edit(f"Again\n\n[quote={quoted.post_id}]", 10**9), now=now
            )
            for post, quoted in ((first, second), (second, first))
        ]
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*work)
    await assert_agrees(board)


async def test_a_quote_made_while_its_source_is_removed_does_not_outlive_it(
    board: WholeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """moira's removal has asked who quotes the post; bo, who is about to, must not be done before it."""
    source = await board.topic("Source", "Secret words", by="ann")
    place = await board.topic("Elsewhere", "x", by="cleo")
    has_asked, replied = asyncio.Event(), asyncio.Event()
    tell = news.tell_quoting_topic

    async def pausing(writer: Writer, topic_id: int) -> None:
        await tell(writer, topic_id)
        has_asked.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(replied.wait(), 0.5)

    monkeypatch.setattr(news, "tell_quoting_topic", pausing)

    async def reply() -> Posted:
        await has_asked.wait()
        made = await board.reply(place.topic_id, f"[quote={source.post_id}]\n\nQuoting", by="bo")
        replied.set()
        return made

    removal = moderation.remove_post(board.db, board.viewer("mod"), source.post_id, "", now=now_ms())
    gone, made = await asyncio.gather(removal, reply())
    async with board.db.snapshot() as reader:
        logged = await event_log.since(reader, min(made.after, gone.after), 1000)
    told = [one.seq for one in logged if one.event.kind is Kind.POST and one.event.object_id == made.post_id]
    assert max(told) > gone.after  # at the removal or after it, open pages were told to look at the reply
    await assert_agrees(board)
