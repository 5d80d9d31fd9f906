"""R2's acts that move posts between topics."""

from server.actions import moderation, topic_moves
from server.actions.posting import Posted
from server.actions.topic_moves import Chosen, NewTopic
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from server.store import topic_moves as written
from tests.actions.r2_acts import Perform, act, conversation, full_topic
from tests.support.model_board import ModelBoard


def _split(board: ModelBoard, topic_id: int, chosen: Chosen, to: Audience = Audience.PUBLIC) -> Perform:
    new = NewTopic("A topic of its own", board.places[to])
    mod = board.viewer("mod")
    return lambda: topic_moves.split(board.db, mod, topic_id, chosen, new, now=now_ms())


def _merge(board: ModelBoard, topic: Posted, into: Posted) -> Perform:
    mod = board.viewer("mod")
    return lambda: topic_moves.merge(board.db, mod, topic.topic_id, into.topic_id, now=now_ms())


def _these(*posted: Posted) -> Chosen:
    return Chosen(frozenset(one.post_id for one in posted))


@act("topic_moves.split")
async def one_post_that_is_quoted(board: ModelBoard) -> Perform:
    opening, reply, _ = await conversation(board)
    return _split(board, opening.topic_id, _these(reply))


@act("topic_moves.split")
async def the_opening_post_to_members(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    return _split(board, opening.topic_id, _these(opening), Audience.MEMBERS)


@act("topic_moves.split")
async def everything_from_a_post_on(board: ModelBoard) -> Perform:
    opening, reply, _ = await conversation(board)
    return _split(board, opening.topic_id, Chosen(onwards=reply.post_id), Audience.STAFF)


@act("topic_moves.split")
async def some_of_the_first_page(board: ModelBoard) -> Perform:
    opening = await full_topic(board)
    for number in range(21, 26):
        await board.reply(opening.topic_id, f"Number {number}", by="bo")
    ids = frozenset(range(opening.post_id + 3, opening.post_id + 7))
    return _split(board, opening.topic_id, Chosen(ids))


@act("topic_moves.split")
async def the_whole_second_page(board: ModelBoard) -> Perform:
    opening = await full_topic(board)
    later = await board.reply(opening.topic_id, "Number 21", by="bo")
    return _split(board, opening.topic_id, Chosen(onwards=later.post_id))


@act("topic_moves.move_posts")
async def between_posts_that_are_there(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    stray = await board.reply(opening.topic_id, "For the other topic.", by="ann")
    other = await board.topic(by="bo")
    await board.reply(other.topic_id, "Later.", by="bo")
    mod, chosen = board.viewer("mod"), _these(stray)
    return lambda: topic_moves.move_posts(
        board.db, mod, opening.topic_id, chosen, other.topic_id, now=now_ms()
    )


@act("topic_moves.move_posts")
async def an_older_opening_post(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board)
    other = await board.topic(by="bo", where=Audience.MEMBERS)
    mod, chosen = board.viewer("mod"), _these(opening)
    return lambda: topic_moves.move_posts(
        board.db, mod, opening.topic_id, chosen, other.topic_id, now=now_ms()
    )


@act("topic_moves.merge")
async def a_newer_one_into_an_older_one(board: ModelBoard) -> Perform:
    older = await board.topic(by="bo")
    opening, _, _ = await conversation(board)
    await board.reply(older.topic_id, "At last.", by="ann")
    return _merge(board, opening, older)


@act("topic_moves.merge")
async def an_older_one_with_a_removed_post_into_one_for_members(board: ModelBoard) -> Perform:
    opening, reply, _ = await conversation(board)
    await moderation.remove_post(board.db, board.viewer("mod"), reply.post_id, "rude", now=now_ms())
    newer = await board.topic(by="bo", where=Audience.MEMBERS)
    return _merge(board, opening, newer)


@act("topic_moves.merge")
async def one_for_members_into_one_for_everybody(board: ModelBoard) -> Perform:
    opening, _, _ = await conversation(board, Audience.MEMBERS)
    newer = await board.topic(by="bo")
    return _merge(board, opening, newer)


@act("topic_moves.merge")
async def a_full_page_into_another(board: ModelBoard) -> Perform:
    older = await full_topic(board)
    newer = await full_topic(board)
    return _merge(board, newer, older)


async def _last_move(board: ModelBoard) -> int:
    async with board.db.snapshot() as reader:
        found = await written.find(reader, int(await reader.value("SELECT MAX(id) FROM topic_moves") or 0))
    assert found is not None
    return found.id


@act("topic_moves.undo")
async def of_a_merge(board: ModelBoard) -> Perform:
    older = await board.topic(by="bo", where=Audience.MEMBERS)
    opening, _, _ = await conversation(board)
    await _merge(board, opening, older)()
    move = await _last_move(board)
    return lambda: topic_moves.undo(board.db, board.viewer("mod"), move, now=now_ms())


@act("topic_moves.undo")
async def of_a_split(board: ModelBoard) -> Perform:
    opening, reply, _ = await conversation(board)
    await _split(board, opening.topic_id, _these(opening, reply))()
    move = await _last_move(board)
    return lambda: topic_moves.undo(board.db, board.viewer("mod"), move, now=now_ms())
