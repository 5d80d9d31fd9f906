"""R2's acts on posts that wait for a moderator."""

from server.actions import approval
from server.actions.posting import Posted
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from tests.actions.r2_acts import Perform, act, conversation
from tests.support.approval_scene import approve, decline, set_rules, withdraw
from tests.support.model_board import ModelBoard


async def _waits(board: ModelBoard) -> Posted:
    """bo's answer to ann waits, and quotes her."""
    opening, _, _ = await conversation(board)
    await set_rules(board.db, posts=50)
    return await board.reply(opening.topic_id, f"[quote={opening.post_id}]\n\nSoup.", by="bo")


@act("posting.reply")
async def one_that_waits(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    await set_rules(board.db, posts=50)
    return lambda: board.reply(opening.topic_id, by="bo")


@act("approval.approve")
async def an_answer(board: ModelBoard) -> Perform:
    sent = await _waits(board)
    return lambda: approve(board, sent.pending_id)


@act("approval.approve")
async def a_new_topic_for_members(board: ModelBoard) -> Perform:
    await conversation(board)
    await set_rules(board.db, posts=50)
    sent = await board.topic(by="bo", where=Audience.MEMBERS)
    return lambda: approve(board, sent.pending_id)


@act("approval.decline")
async def an_answer_that_waits(board: ModelBoard) -> Perform:
    sent = await _waits(board)
    return lambda: decline(board, sent.pending_id)


@act("approval.reopen")
async def one_that_was_declined(board: ModelBoard) -> Perform:
    sent = await _waits(board)
    await decline(board, sent.pending_id)
    return lambda: approval.reopen(board.db, board.viewer("mod"), sent.pending_id, now=now_ms())


@act("pending.withdraw")
async def ones_own(board: ModelBoard) -> Perform:
    sent = await _waits(board)
    return lambda: withdraw(board, sent.pending_id, by="bo")
