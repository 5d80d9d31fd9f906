"""Who writes that he wants to harm himself: his post is there, and moderators hear of it first."""

from server.actions import posting
from server.actions.help_lines import change_help_lines
from server.actions.posting import Draft, Edit
from server.domain.clock import now_ms
from server.domain.reports import Reason
from server.store import integrity
from tests.support.model_board import NO_LIMITS, ModelBoard, model_board

HARD = "I want to die."


async def urgent(board: ModelBoard) -> list[tuple[int, int]]:
    """The posts of open cases that are urgent, with the number of reports of each."""
    async with board.db.snapshot() as reader:
        rows = await reader.all(
            "SELECT c.object_id, COUNT(*) FROM cases c JOIN reports r ON r.case_id = c.id"
            " WHERE c.urgent AND r.reporter_id IS NULL AND r.reason = :reason GROUP BY c.object_id"
            " ORDER BY c.object_id",
            reason=Reason.WORRIED.value,
        )
    return [(row[0], row[1]) for row in rows]


async def test_a_post_that_speaks_of_harm_is_there_and_reported_first(database_url: str) -> None:
    async with model_board(database_url) as board:
        ann, mod, now = board.viewer("ann"), board.viewer("mod"), now_ms()
        topic = await posting.start_topic(board.db, ann, 1, Draft("Sleep.", HARD), now=now, limits=NO_LIMITS)
        calm = await board.reply(topic.topic_id, "Soup helps.", by="ann")
        assert await urgent(board) == [(topic.post_id, 1)]
        first = await posting.edit(board.db, ann, calm.post_id, Edit(HARD, calm.position), now=now)
        both = [(topic.post_id, 1), (calm.post_id, 1)]
        assert await urgent(board) == both
        again = Edit(f"{HARD} Thank you.", first.position)
        await posting.edit(board.db, ann, calm.post_id, again, now=now)
        draft = Draft("If you want to die, please call.")
        await posting.reply(board.db, mod, topic.topic_id, draft, now=now, limits=NO_LIMITS)
        quote = f"[quote={topic.post_id}]\n\nI am here."
        await board.reply(topic.topic_id, quote, by="bo")
        assert await urgent(board) == both
        async with board.db.snapshot() as reader:
            assert await integrity.findings(reader) == []


async def test_other_words_hold_from_the_next_post_on(database_url: str) -> None:
    async with model_board(database_url) as board:
        lists = {"help_lines": "", "help_words": "kan ikke mer"}
        await change_help_lines(board.db, board.viewer("ada"), lists, now=now_ms())
        topic = await board.topic(HARD)
        assert await urgent(board) == []
        post = await board.reply(topic.topic_id, "Jeg kan ikke mer.")
        assert await urgent(board) == [(post.post_id, 1)]
