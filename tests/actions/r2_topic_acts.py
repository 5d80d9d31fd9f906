"""R2's acts on whole topics: title, category, pin, slow mode."""

from server.actions import moderation, topic_acts
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from server.store.topic_writes import Pin
from tests.actions.r2_acts import Perform, act, conversation
from tests.support.model_board import ModelBoard

EVERYWHERE = Pin(pinned=True, everywhere=True)


@act("topic_acts.rename")
async def one_that_others_wrote_in(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    mod = board.viewer("mod")
    return lambda: topic_acts.rename(board.db, mod, opening.topic_id, "Something else", now=now_ms())


def _moving(board: ModelBoard, topic_id: int, to: Audience) -> Perform:
    mod = board.viewer("mod")
    return lambda: topic_acts.move(board.db, mod, topic_id, board.places[to], now=now_ms())


@act("topic_acts.move")
async def from_everybody_to_members(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    return _moving(board, opening.topic_id, Audience.MEMBERS)


@act("topic_acts.move")
async def from_members_to_everybody(board: ModelBoard) -> Perform:
    opening, reply, _ = await conversation(board, Audience.MEMBERS)
    await board.topic(f"[quote={reply.post_id}]\n\nIn public.", where=Audience.PUBLIC)
    return _moving(board, opening.topic_id, Audience.PUBLIC)


@act("topic_acts.move")
async def from_everybody_to_staff_with_a_removed_post(board: ModelBoard) -> Perform:
    opening, reply, _ = await conversation(board)
    await moderation.remove_post(board.db, board.viewer("mod"), reply.post_id, "rude", now=now_ms())
    return _moving(board, opening.topic_id, Audience.STAFF)


@act("topic_acts.move")
async def from_members_to_staff(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board, Audience.MEMBERS)
    return _moving(board, opening.topic_id, Audience.STAFF)


@act("topic_acts.move")
async def from_staff_to_members(board: ModelBoard) -> Perform:
    opening = await board.topic(by="mod", where=Audience.STAFF)
    await board.reply(opening.topic_id, by="ada")
    return _moving(board, opening.topic_id, Audience.MEMBERS)


@act("topic_acts.set_pinned")
async def everywhere(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    for _ in range(20):
        await board.topic(by="bo")
    mod = board.viewer("mod")
    return lambda: topic_acts.set_pinned(board.db, mod, opening.topic_id, EVERYWHERE, now=now_ms())


@act("topic_acts.set_pinned")
async def everywhere_for_members(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board, Audience.MEMBERS)
    mod = board.viewer("mod")
    return lambda: topic_acts.set_pinned(board.db, mod, opening.topic_id, EVERYWHERE, now=now_ms())


@act("topic_acts.set_pinned")
async def let_go_everywhere(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    mod = board.viewer("mod")
    await topic_acts.set_pinned(board.db, mod, opening.topic_id, EVERYWHERE, now=now_ms())
    for _ in range(20):
        await board.topic(by="bo")
    return lambda: topic_acts.set_pinned(board.db, mod, opening.topic_id, Pin(pinned=False), now=now_ms())


@act("topic_acts.end_pins")
async def one_whose_time_is_over(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    now, mod = now_ms(), board.viewer("mod")
    pin = Pin(pinned=True, everywhere=True, until=now + 1)
    await topic_acts.set_pinned(board.db, mod, opening.topic_id, pin, now=now)
    return lambda: topic_acts.end_pins(board.db, now=now + 1)


@act("topic_acts.set_slow")
async def slow_and_at_ease(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    mod = board.viewer("mod")
    await topic_acts.set_slow(board.db, mod, opening.topic_id + 1, 30, now=now_ms())

    async def perform() -> None:
        await topic_acts.set_slow(board.db, mod, opening.topic_id, 15, now=now_ms())
        await topic_acts.set_slow(board.db, mod, opening.topic_id + 1, 0, now=now_ms())

    return perform
