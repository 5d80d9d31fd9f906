"""S34: a write is judged by how things are when it is written, not when its form was opened (ASVS 15.4.2)."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from server.actions import composing, moderation, posting, thanking
from server.actions.posting import Draft, Edit, Posted
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, ForumError, NotFound
from server.domain.events import Event, Kind
from server.domain.viewer import Audience
from server.store import categories, integrity, posts, topics
from tests.support.whole_board import NO_LIMITS, WholeBoard

Write = Callable[[WholeBoard, Posted, Posted], Awaitable[object]]
Change = Callable[[WholeBoard, Posted, Posted], Awaitable[object]]


async def reply(board: WholeBoard, topic: Posted, _: Posted) -> object:
    draft = Draft(f"[quote={topic.post_id}]\n\nA reply.")
    return await posting.reply(
        board.db, board.viewer("bo"), topic.topic_id, draft, now=now_ms(), limits=NO_LIMITS
    )


async def edit(board: WholeBoard, _: Posted, own: Posted) -> object:
    return await posting.edit(
        board.db, board.viewer("bo"), own.post_id, Edit("Changed.", 10**9), now=now_ms()
    )


async def thank(board: WholeBoard, topic: Posted, _: Posted) -> object:
    return await thanking.thank(board.db, board.viewer("bo"), topic.post_id, now=now_ms())


async def take_back(board: WholeBoard, _: Posted, own: Posted) -> object:
    return await moderation.remove_post(board.db, board.viewer("bo"), own.post_id, "", now=now_ms())


async def lock(board: WholeBoard, topic: Posted, _: Posted) -> object:
    return await moderation.set_locked(
        board.db, board.viewer("mod"), topic.topic_id, locked=True, now=now_ms()
    )


async def remove(board: WholeBoard, topic: Posted, _: Posted) -> object:
    return await moderation.remove_topic(board.db, board.viewer("mod"), topic.topic_id, "", now=now_ms())


async def remove_opening(board: WholeBoard, topic: Posted, _: Posted) -> object:
    return await moderation.remove_post(board.db, board.viewer("mod"), topic.post_id, "", now=now_ms())


async def hide(board: WholeBoard, topic: Posted, _: Posted) -> object:
    """The topic's category is for staff from now on."""
    async with board.db.begin() as writer:
        found = await topics.hold(writer, topic.topic_id)
        assert found is not None
        await categories.set_visibility(writer, found.category_id, Audience.STAFF)
        writer.append(
            Event(Kind.CATEGORY, found.category_id, Audience.MEMBERS, category_id=found.category_id)
        )
    return None


WRITES: list[Write] = [reply, edit, thank, take_back]
CHANGES: dict[Change, type[ForumError]] = {
    lock: Forbidden,
    remove: NotFound,
    remove_opening: NotFound,
    hide: NotFound,
}


async def furnish(board: WholeBoard) -> tuple[Posted, Posted]:
    """A topic for members, and bo's answer in it; members' categories count on no profile."""
    topic = await board.topic("Sleep", "How?", by="ann", where=Audience.MEMBERS)
    return topic, await board.reply(topic.topic_id, "Warm milk.", by="bo")


async def state(board: WholeBoard, topic: Posted, own: Posted) -> tuple[object, ...]:
    """All that a write could have changed."""
    async with board.db.snapshot() as reader:
        return (
            await topics.state(reader, topic.topic_id),
            await posts.state(reader, topic.post_id),
            await posts.state(reader, own.post_id),
            await reader.all("SELECT post_id, member_id FROM thanks"),
            await reader.all("SELECT post_id, quoted_id FROM quotes"),
            await integrity.findings(reader),
        )


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
async def test_what_was_allowed_when_the_form_was_opened_is_refused_now(
    sqlite_board: WholeBoard, write: Write, change: Change
) -> None:
    board = sqlite_board
    topic, own = await furnish(board)
    await change(board, topic, own)
    before = await state(board, topic, own)
    with pytest.raises(CHANGES[change]):
        await write(board, topic, own)
    assert await state(board, topic, own) == before
    assert before[-1] == []
    other, others = await furnish_elsewhere(board)
    await write(board, other, others)  # the premise: elsewhere the same is allowed


async def furnish_elsewhere(board: WholeBoard) -> tuple[Posted, Posted]:
    topic = await board.topic("Elsewhere", "How?", by="ann")
    return topic, await board.reply(topic.topic_id, "Warm milk.", by="bo")


@pytest.mark.parametrize("change", [lock, remove, remove_opening], ids=lambda change: change.__name__)
@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
async def test_of_two_at_once_one_comes_first(board: WholeBoard, write: Write, change: Change) -> None:
    """Both orders are fine; half of each is not."""
    outcomes = []
    for round_number in range(8):
        topic, own = await furnish_elsewhere(board)
        both = [write(board, topic, own), change(board, topic, own)]
        done = await asyncio.gather(*(both if round_number % 2 else both[::-1]), return_exceptions=True)
        answer, changed = done if round_number % 2 else done[::-1]
        assert not isinstance(changed, BaseException)
        outcomes.append(answer)
        if isinstance(answer, BaseException):
            assert isinstance(answer, CHANGES[change])
        async with board.db.snapshot() as reader:
            assert await integrity.findings(reader) == []
    assert len(outcomes) == 8


async def test_a_closed_category_takes_no_new_topic(board: WholeBoard) -> None:
    topic, own = await furnish(board)
    bo, draft = board.viewer("bo"), Draft("Body", "Title")
    place = board.places[Audience.MEMBERS]
    await posting.start_topic(board.db, bo, place, draft, now=now_ms(), limits=NO_LIMITS)  # the premise
    await hide(board, topic, own)
    with pytest.raises(NotFound):
        await posting.start_topic(board.db, bo, place, draft, now=now_ms(), limits=NO_LIMITS)


async def test_a_topic_is_not_started_in_a_category_that_closes_under_it(
    board: WholeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It closes after the first look and before the transaction."""
    topic, own = await furnish(board)

    async def closing(*arguments: object) -> object:
        await hide(board, topic, own)
        return await composing.compose(*arguments)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(posting, "compose", closing)
    place, draft = board.places[Audience.MEMBERS], Draft("Body", "Title")
    for write in (
        posting.start_topic(board.db, board.viewer("bo"), place, draft, now=now_ms(), limits=NO_LIMITS),
        posting.reply(board.db, board.viewer("bo"), topic.topic_id, draft, now=now_ms(), limits=NO_LIMITS),
    ):
        with pytest.raises(NotFound):
            await write
        async with board.db.begin() as writer:
            await categories.set_visibility(writer, place, Audience.MEMBERS)
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []
