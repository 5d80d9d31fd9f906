"""R2's acts on members."""

from server.actions import sanctions, sweeps, thanking
from server.domain.clock import DAY, now_ms
from server.domain.sanctions import Draft, SanctionKind
from tests.actions.r2_acts import Perform, act, conversation
from tests.support.model_board import ModelBoard

SHOWN_BAN = Draft(SanctionKind.BAN, "Advertising.", "the third time", "week", on_profile=True)


async def _impose(board: ModelBoard, draft: Draft, now: int) -> int:
    ann = board.viewer("ann").id or 0
    return await sanctions.impose(board.db, board.viewer("mod"), ann, draft, now=now)


@act("sanctions.impose")
async def a_ban_that_everybody_may_read_of(board: ModelBoard) -> Perform:
    await board.topic()
    return lambda: _impose(board, SHOWN_BAN, now_ms())


@act("sanctions.impose", shows=False)
async def a_warning(board: ModelBoard) -> Perform:
    return lambda: _impose(board, Draft(SanctionKind.WARNING, "Please stay kind."), now_ms())


@act("sanctions.end")
async def a_ban_that_was_shown(board: ModelBoard) -> Perform:
    number = await _impose(board, SHOWN_BAN, now_ms())
    return lambda: sanctions.end(board.db, board.viewer("mod"), number, now=now_ms())


@act("sanctions.take_back")
async def a_ban_that_replaced_one_that_was_shown(board: ModelBoard) -> Perform:
    await _impose(board, SHOWN_BAN, now_ms())
    number = await _impose(board, Draft(SanctionKind.BAN, "Longer.", lasts="good"), now_ms())
    return lambda: sanctions.take_back(board.db, board.viewer("mod"), number, now=now_ms())


@act("sanctions.end_due")
async def a_ban_whose_time_has_come(board: ModelBoard) -> Perform:
    await _impose(board, SHOWN_BAN, now_ms() - 8 * DAY)
    return lambda: sanctions.end_due(board.db, now=now_ms())


async def _advertiser(board: ModelBoard) -> None:
    """ann has written in her own topic and in another, was quoted, and has thanked."""
    own, answer, _ = await conversation(board)
    other = await board.topic("Something else.", by="bo")
    await board.reply(other.topic_id, "Buy my lamp.", by="ann")
    await thanking.thank(board.db, board.viewer("ann"), answer.post_id, now=now_ms())
    assert own.topic_id != other.topic_id


async def _begin(board: ModelBoard) -> int:
    draft = Draft(SanctionKind.BAN, "Advertising.", lasts="good")
    ann = board.viewer("ann").id or 0
    return await sweeps.start_sweep(
        board.db, board.viewer("mod"), ann, draft, with_answered=True, now=now_ms()
    )


async def _all_steps(board: ModelBoard) -> None:
    while await sweeps.step(board.db):
        pass


@act("sweeps.start_sweep")
async def of_one_who_advertised(board: ModelBoard) -> Perform:
    await _advertiser(board)
    return lambda: _begin(board)


@act("sweeps.step")
async def until_everything_is_gone(board: ModelBoard) -> Perform:
    await _advertiser(board)
    await _begin(board)
    return lambda: _all_steps(board)


@act("sweeps.undo")
async def before_anything_was_removed(board: ModelBoard) -> Perform:
    await _advertiser(board)
    number = await _begin(board)
    return lambda: sweeps.undo(board.db, board.viewer("mod"), number, now=now_ms())


@act("sweeps.step")
async def until_everything_is_back(board: ModelBoard) -> Perform:
    await _advertiser(board)
    number = await _begin(board)
    await _all_steps(board)
    await sweeps.undo(board.db, board.viewer("mod"), number, now=now_ms())
    return lambda: _all_steps(board)
