"""R2's acts of members who leave: dora's name, and her words if she wants that, go from every page."""

from server.actions import departures, thanking
from server.actions.members import NewMember, add_member
from server.domain.clock import now_ms
from server.domain.leaving import Departure, Leaving
from server.domain.viewer import Role, Viewer
from server.store import leavers
from tests.actions.r2_acts import Perform, act
from tests.support.model_board import ModelBoard
from tests.support.small_board import PASSWORD


async def _dora_leaves(board: ModelBoard, how: Leaving) -> Perform:
    """She began a topic that was answered and one that was not, answered, was quoted, and said thank you."""
    draft = NewMember("dora", "dora@example.org", PASSWORD)
    number = await add_member(board.db, board.passwords, draft, Role.MEMBER, now=now_ms())
    board.people["dora"] = Viewer(number, "dora", Role.MEMBER)
    asked = await board.topic("Is it the heart?", by="dora")
    await board.reply(asked.topic_id, f"[quote={asked.post_id}]\n\nAsk them.", by="bo")
    await board.reply(asked.topic_id, "I did.", by="dora")
    alone = await board.topic("Nobody there?", by="dora")
    anns = await board.topic("Soup helps.", by="ann")
    answer = await board.reply(anns.topic_id, "It did not help me.", by="dora")
    await board.reply(anns.topic_id, f"[quote={answer.post_id}]\nhelp me\n[/quote]\n\nOh.", by="ann")
    await board.topic(f"[quote={alone.post_id}]\n\nI am here.", by="bo")
    await thanking.thank(board.db, board.viewer("dora"), anns.post_id, now=now_ms())
    async with board.db.begin() as writer:
        await leavers.plan(writer, Departure(number, how, now_ms() - 1))
    return lambda: departures.depart_next(board.db, now=now_ms())


@act("departures.depart_next")
async def without_her_name(board: ModelBoard) -> Perform:
    return await _dora_leaves(board, Leaving.ANONYMISE)


@act("departures.depart_next")
async def with_all_that_she_wrote(board: ModelBoard) -> Perform:
    return await _dora_leaves(board, Leaving.ERASE)
