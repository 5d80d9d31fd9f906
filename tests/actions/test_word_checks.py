"""Watched words that keep nobody from posting: the board itself tells moderators of them."""

from server.actions import posting, reports, watched_words
from server.actions.posting import Draft, Edit
from server.domain.clock import now_ms
from server.domain.reports import Outcome
from server.domain.watched_words import Action
from tests.support.model_board import NO_LIMITS, ModelBoard, model_board
from tests.support.report_scene import queue


async def watch(board: ModelBoard, text: str, action: Action) -> int:
    return await watched_words.watch(board.db, board.viewer("ada"), text, "", action=action, now=now_ms())


async def words_about(board: ModelBoard, post_id: int) -> list[str]:
    """What the board itself says of the post in the queue."""
    return [
        report.details
        for case in await queue(board)
        if case.object_id == post_id
        for report in case.reports
        if report.by is None
    ]


async def test_a_flagged_word_is_posted_and_reported_by_the_board_itself(database_url: str) -> None:
    async with model_board(database_url) as board:
        await watch(board, "casino*", Action.FLAG)
        await watch(board, "miracle cure", Action.FLAG)
        topic = await board.topic("How do you sleep?")
        fine = await board.reply(topic.topic_id, "Soup.", by="ann")
        assert await queue(board) == []
        posted = await board.reply(topic.topic_id, "A *miracle cure* and [look](https://casinos.example)")
        assert await words_about(board, posted.post_id) == [
            "The board watches for “casino*”, “miracle cure”, which are in it."
        ]
        assert not (await queue(board))[0].urgent
        draft = Draft("Soup.", "Casinos by the sea")
        titled = await posting.start_topic(
            board.db, board.viewer("ann"), 1, draft, now=now_ms(), limits=NO_LIMITS
        )
        assert await words_about(board, titled.post_id) == [
            "The board watches for “casino*”, which is in it."
        ]
        assert await words_about(board, fine.post_id) == []
        warning = await board.reply(topic.topic_id, "Beware of casinos.", by="mod")
        assert await words_about(board, warning.post_id) == []


async def test_an_edit_is_reported_for_what_it_brings_into_a_post_only(database_url: str) -> None:
    async with model_board(database_url) as board:
        await watch(board, "casino", Action.FLAG)
        await watch(board, "poker", Action.HOLD)
        topic, ann = await board.topic(), board.viewer("ann")
        posted = await board.reply(topic.topic_id, "The casino.", by="ann")
        (case,) = await queue(board)
        await reports.settle(board.db, board.viewer("mod"), case.id, Outcome.DISMISSED, now=now_ms())

        async def change(body: str, version: int) -> int:
            edit = Edit(body, version)
            return (await posting.edit(board.db, ann, posted.post_id, edit, now=now_ms())).position

        version = await change("The casino is closed.", posted.position)
        assert await queue(board) == []
        version = await change("The casino is closed. Soup.", version)
        assert await queue(board) == []
        await change("The casino has poker.", version)
        assert await words_about(board, posted.post_id) == [
            "The board watches for “poker”, “casino”, which are in it."
        ]


async def test_what_speaks_of_harm_and_of_a_flagged_word_is_told_in_both_ways(database_url: str) -> None:
    async with model_board(database_url) as board:
        await watch(board, "casino", Action.FLAG)
        topic = await board.topic()
        posted = await board.reply(topic.topic_id, "The casino took it all. I want to die.", by="ann")
        (case,) = await queue(board)
        assert case.urgent
        assert len(await words_about(board, posted.post_id)) == 2
