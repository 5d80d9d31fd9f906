"""R2's acts that concern a single post: asking its author to edit it, and erasing it for good."""

from server.actions import asking, moderation, posting, purging
from server.actions.posting import Edit, Posted
from server.actions.purging import Purge
from server.domain.clock import now_ms
from tests.actions.r2_acts import Perform, act, conversation
from tests.support.model_board import ModelBoard


async def _remove(board: ModelBoard, posted: Posted) -> None:
    await moderation.remove_post(
        board.db, board.viewer("mod"), posted.post_id, "rude", tell=True, now=now_ms()
    )


async def _purge(board: ModelBoard, posted: Posted) -> Posted:
    purge = Purge("a court asks for it", str(posted.post_id), knows=True, tell=True)
    return await purging.purge_post(board.db, board.viewer("ada"), posted.post_id, purge, now=now_ms())


@act("purging.purge_post")
async def a_removed_reply_that_is_quoted(board: ModelBoard) -> Perform:
    _, reply, _ = await conversation(board)
    await _remove(board, reply)
    return lambda: _purge(board, reply)


@act("purging.purge_post")
async def the_opening_of_a_removed_topic(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    await _remove(board, opening)
    return lambda: _purge(board, opening)


@act("purging.purge_post")
async def a_reply_that_left_with_its_topic_which_comes_back(board: ModelBoard) -> Perform:
    opening, reply, _ = await conversation(board)
    await _remove(board, opening)

    async def perform() -> None:
        await _purge(board, reply)
        await moderation.restore_topic(board.db, board.viewer("mod"), opening.topic_id, now=now_ms())

    return perform


async def _ask(board: ModelBoard, posted: Posted) -> Posted:
    words = "Please leave the name of the clinic out."
    return await asking.ask_to_edit(board.db, board.viewer("mod"), posted.post_id, words, now=now_ms())


@act("asking.ask_to_edit")
async def a_reply(board: ModelBoard) -> Perform:
    _, reply, _ = await conversation(board)
    return lambda: _ask(board, reply)


@act("asking.stop_asking")
async def one_that_is_fine_as_it_is(board: ModelBoard) -> Perform:
    _, reply, _ = await conversation(board)
    await _ask(board, reply)
    return lambda: asking.stop_asking(board.db, board.viewer("mod"), reply.post_id, now=now_ms())


@act("posting.edit")
async def what_its_author_was_asked_to_change(board: ModelBoard) -> Perform:
    _, reply, _ = await conversation(board)
    asked = await _ask(board, reply)
    edit = Edit("Soup helps. Warm soup.", asked.position)
    return lambda: posting.edit(board.db, board.viewer("bo"), reply.post_id, edit, now=now_ms())


@act("posting.edit")
async def somebody_elses_by_a_moderator(board: ModelBoard) -> Perform:
    _, reply, _ = await conversation(board)
    edit = Edit("Soup helps.", reply.position, "a name left out")
    return lambda: posting.edit(board.db, board.viewer("mod"), reply.post_id, edit, now=now_ms())
