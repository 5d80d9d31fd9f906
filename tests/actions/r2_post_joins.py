"""R2's acts that put two posts of one author together, and take them apart again."""

from server.actions import moderation, post_joins, thanking
from server.actions.posting import Posted
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from tests.actions.r2_acts import Perform, act, conversation, full_topic
from tests.support.model_board import ModelBoard


def _join(board: ModelBoard, later: Posted, by: str = "mod") -> Perform:
    return lambda: post_joins.join(board.db, board.viewer(by), later.post_id, now=now_ms())


async def _two_that_are_quoted_and_thanked(board: ModelBoard) -> tuple[Posted, Posted]:
    """bo's answer and his next one, each quoted elsewhere; ann thanked for the later one, carl for both."""
    opening, reply, _ = await conversation(board)
    later = await board.reply(opening.topic_id, f"[quote={opening.post_id}]\nthe count\n[/quote]\n\nAnd tea.")
    await board.topic(f"[quote={later.post_id}]\n\nTea it is.", where=Audience.MEMBERS)
    for name, post in (("ann", later), ("carl", later), ("carl", reply)):
        await thanking.thank(board.db, board.viewer(name), post.post_id, now=now_ms())
    return reply, later


@act("post_joins.join")
async def two_that_are_quoted_and_thanked(board: ModelBoard) -> Perform:
    _, later = await _two_that_are_quoted_and_thanked(board)
    return _join(board, later)


@act("post_joins.join")
async def the_same_twice_by_a_moderator_of_the_category(board: ModelBoard) -> Perform:
    opening = await board.topic("Before a count?")
    return _join(board, await board.reply(opening.topic_id, "Before a count?", by="ann"), by="carl")


@act("post_joins.join")
async def over_two_pages(board: ModelBoard) -> Perform:
    opening = await full_topic(board)
    return _join(board, await board.reply(opening.topic_id, "Number 21", by="bo"))


@act("post_joins.undo")
async def taken_apart(board: ModelBoard) -> Perform:
    _, later = await _two_that_are_quoted_and_thanked(board)
    await _join(board, later)()
    return lambda: post_joins.undo(board.db, board.viewer("mod"), later.post_id, now=now_ms())


@act("moderation.restore_post")
async def one_that_was_joined_with_another(board: ModelBoard) -> Perform:
    _, later = await _two_that_are_quoted_and_thanked(board)
    await _join(board, later)()
    return lambda: moderation.restore_post(board.db, board.viewer("mod"), later.post_id, now=now_ms())
