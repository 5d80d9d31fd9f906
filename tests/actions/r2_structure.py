"""R2's acts of administrators on the board's shape: who moderates a category of its own."""

from server.actions import category_moderators
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from tests.actions.r2_acts import Perform, act, conversation
from tests.support.model_board import ModelBoard


@act("category_moderators.appoint")
async def a_badge_beside_her_posts_there(board: ModelBoard) -> Perform:
    await conversation(board)
    place = board.places[Audience.PUBLIC]
    return lambda: category_moderators.appoint(board.db, board.viewer("ada"), place, "ann", now=now_ms())


@act("category_moderators.dismiss")
async def a_badge_that_goes(board: ModelBoard) -> Perform:
    await conversation(board)
    place, ada = board.places[Audience.PUBLIC], board.viewer("ada")
    ann = await category_moderators.appoint(board.db, ada, place, "ann", now=now_ms())
    return lambda: category_moderators.dismiss(board.db, ada, place, ann, now=now_ms())
