"""R2's acts on members."""

from server.actions import sanctions
from server.domain.clock import DAY, now_ms
from server.domain.sanctions import Draft, SanctionKind
from tests.actions.r2_acts import Perform, act
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


@act("sanctions.end_due")
async def a_ban_whose_time_has_come(board: ModelBoard) -> Perform:
    await _impose(board, SHOWN_BAN, now_ms() - 8 * DAY)
    return lambda: sanctions.end_due(board.db, now=now_ms())
