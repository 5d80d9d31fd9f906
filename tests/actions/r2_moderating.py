"""R2's acts of those who moderate, and of authors who take back what they wrote."""

from server.actions import moderation
from server.actions.posting import Posted
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from tests.actions.r2_acts import Perform, act, conversation, full_topic
from tests.support.model_board import ModelBoard


async def _remove(board: ModelBoard, posted: Posted, by: str = "mod") -> Posted:
    return await moderation.remove_post(board.db, board.viewer(by), posted.post_id, "rude", now=now_ms())


@act("moderation.remove_post")
async def a_post_that_is_quoted(board: ModelBoard) -> Perform:
    _, reply, _ = await conversation(board)
    return lambda: _remove(board, reply)


@act("moderation.remove_post")
async def the_last_post_by_its_author(board: ModelBoard) -> Perform:
    _, _, answer = await conversation(board)
    return lambda: _remove(board, answer, by="ann")


@act("moderation.remove_post")
async def the_opening_post(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    return lambda: _remove(board, opening)


@act("moderation.remove_post")
async def one_that_quotes_another_category(board: ModelBoard) -> Perform:
    _, reply, _ = await conversation(board)
    await board.topic(f"[quote={reply.post_id}]\n\nSee there.", where=Audience.MEMBERS)
    return lambda: _remove(board, reply)


@act("moderation.remove_post")
async def a_post_that_only_staff_sees(board: ModelBoard) -> Perform:
    opening = await board.topic(by="mod", where=Audience.STAFF)
    reply = await board.reply(opening.topic_id, by="mod")
    return lambda: _remove(board, reply)


@act("moderation.remove_post")
async def the_last_of_a_page_so_that_another_topic_comes_up(board: ModelBoard) -> Perform:
    old = await board.topic()
    for _ in range(20):
        await board.topic(by="bo")
    reply = await board.reply(old.topic_id)
    return lambda: _remove(board, reply)


async def _restore(board: ModelBoard, posted: Posted) -> Posted:
    return await moderation.restore_post(board.db, board.viewer("mod"), posted.post_id, now=now_ms())


@act("moderation.restore_post")
async def one_that_is_quoted(board: ModelBoard) -> Perform:
    _, reply, _ = await conversation(board)
    await _remove(board, reply)
    return lambda: _restore(board, reply)


@act("moderation.restore_post")
async def one_that_quotes(board: ModelBoard) -> Perform:
    _, reply, answer = await conversation(board)
    await _remove(board, answer)
    await _remove(board, reply)
    return lambda: _restore(board, answer)


@act("moderation.restore_post")
async def the_last_place_of_a_full_page(board: ModelBoard) -> Perform:
    opening = await full_topic(board)
    reply = await board.reply(opening.topic_id)
    await _remove(board, reply)
    return lambda: _restore(board, reply)


async def _remove_topic(board: ModelBoard, posted: Posted) -> int:
    return await moderation.remove_topic(board.db, board.viewer("mod"), posted.topic_id, "rude", now=now_ms())


@act("moderation.remove_topic")
async def one_that_is_quoted_elsewhere(board: ModelBoard) -> Perform:
    opening, reply, _ = await conversation(board)
    await _remove(board, reply)
    return lambda: _remove_topic(board, opening)


@act("moderation.remove_topic")
async def one_that_quotes_a_removed_post(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board, Audience.MEMBERS)
    return lambda: _remove_topic(board, opening)


@act("moderation.remove_topic")
async def so_that_another_one_comes_up(board: ModelBoard) -> Perform:
    for _ in range(20):
        await board.topic()
    last = await board.topic(by="bo")
    return lambda: _remove_topic(board, last)


async def _restore_topic(board: ModelBoard, posted: Posted) -> int:
    return await moderation.restore_topic(board.db, board.viewer("mod"), posted.topic_id, now=now_ms())


@act("moderation.restore_topic")
async def with_a_post_that_was_removed_before(board: ModelBoard) -> Perform:
    opening, reply, _ = await conversation(board)
    await _remove(board, reply)
    await _remove_topic(board, opening)
    return lambda: _restore_topic(board, opening)


@act("moderation.restore_topic")
async def in_the_members_category(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board, Audience.MEMBERS)
    await _remove_topic(board, opening)
    return lambda: _restore_topic(board, opening)


@act("moderation.set_locked")
async def closed_and_open(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    mod = board.viewer("mod")
    await moderation.set_locked(board.db, mod, opening.topic_id, True, now=now_ms())

    async def perform() -> None:
        await moderation.set_locked(board.db, mod, opening.topic_id, False, now=now_ms())
        await moderation.set_locked(board.db, mod, opening.topic_id + 1, True, now=now_ms())

    return perform


@act("moderation.set_pinned")
async def pinned_and_let_go(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    mod = board.viewer("mod")
    await moderation.set_pinned(board.db, mod, opening.topic_id + 1, True, now=now_ms())

    async def perform() -> None:
        await moderation.set_pinned(board.db, mod, opening.topic_id, True, now=now_ms())
        await moderation.set_pinned(board.db, mod, opening.topic_id + 1, False, now=now_ms())

    return perform


@act("moderation.set_pinned")
async def let_go_to_the_second_page(board: ModelBoard) -> Perform:
    old = await board.topic()
    mod = board.viewer("mod")
    await moderation.set_pinned(board.db, mod, old.topic_id, True, now=now_ms())
    for _ in range(20):
        await board.topic(by="bo")
    return lambda: moderation.set_pinned(board.db, mod, old.topic_id, False, now=now_ms())
