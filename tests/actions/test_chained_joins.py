"""Posts that were joined one after the other come apart in the opposite order."""

import pytest

from server.actions import moderation, post_joins, thanking
from server.domain.clock import now_ms
from server.domain.errors import Forbidden
from tests.support.joined_posts import everything, join, scene, undo_from_log
from tests.support.model_board import model_board


@pytest.mark.parametrize("last_first", [True, False], ids=["the last two first", "the first two first"])
async def test_what_was_joined_in_a_chain_comes_apart_in_the_opposite_order(
    database_url: str, last_first: bool
) -> None:
    async with model_board(database_url) as board:
        on = await scene(board)
        third = await board.reply(on.opening.topic_id, "And rest.")
        for name in ("ann", "carl"):
            await thanking.thank(board.db, board.viewer(name), third.post_id, now=now_ms())
        states = [await everything(board)]
        pairs = [(third, on.later), (on.later, on.earlier)]
        for later, earlier in pairs if last_first else reversed([(third, on.earlier), pairs[1]]):
            await join(board, later, earlier)
            states.append(await everything(board))
        first, second = (third, on.later) if last_first else (on.later, third)
        mod = board.viewer("mod")
        for take_apart in (post_joins.undo, moderation.restore_post):
            with pytest.raises(Forbidden, match=f"apart first: restore #{second.post_id}, and then"):
                await take_apart(board.db, mod, first.post_id, now=now_ms())
        assert await everything(board) == states[2]
        await undo_from_log(board)
        assert await everything(board) == states[1]
        await moderation.restore_post(board.db, mod, first.post_id, now=now_ms())
        assert await everything(board) == states[0]
