"""The queue's buttons, when two moderators do the same."""

from server.actions import moderation, reports
from server.domain.clock import now_ms
from server.domain.reports import Subject
from tests.support.whole_board import NO_LIMITS, WholeBoard, sqlite_board

__all__ = ["sqlite_board"]


async def test_removing_what_is_gone_already_answers_as_if_one_had_been_first(
    sqlite_board: WholeBoard,
) -> None:
    board = sqlite_board
    asked = await board.topic("Sleep", "How?", by="ann")
    spam = await board.reply(asked.topic_id, "Buy my lamp.", by="bo")
    case_id = await reports.report(
        board.db, board.viewer("ann"), Subject.POST, spam.post_id, reason="advertising", details="",
        now=now_ms(), limits=NO_LIMITS,
    )  # fmt: skip
    await moderation.remove_post(board.db, board.viewer("ada"), spam.post_id, "a lamp", now=now_ms())
    async with board.browser("mod") as mod:
        assert f"case-{case_id}" in (await mod.get("/moderation")).text  # the premise
        done = await mod.post(f"/moderation/reports/{case_id}/remove", data={"reason": "Advertising"})
        assert (done.status_code, done.headers["location"]) == (303, "/moderation?saved=removed")
        shown = (await mod.get(done.headers["location"])).text
        assert "Removed for everyone, and settled." in shown
        assert f"case-{case_id}" not in shown
        again = await mod.post(f"/moderation/reports/{case_id}/remove", data={"reason": "Advertising"})
        assert again.status_code == 404


async def test_the_second_of_two_who_remove_a_post_reads_that_it_is_gone(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    asked = await board.topic("Sleep", "How?", by="ann")
    spam = await board.reply(asked.topic_id, "Buy my lamp.", by="bo")
    await moderation.remove_post(board.db, board.viewer("ada"), spam.post_id, "a lamp", now=now_ms())
    async with board.browser("mod") as mod, board.browser("ann") as ann:
        for answer in (
            await mod.get(f"/posts/{spam.post_id}/remove"),
            await mod.post(f"/posts/{spam.post_id}/remove", data={"reason": "Advertising"}),
        ):
            assert answer.status_code == 403
            assert "This post is removed already." in answer.text
        assert (await ann.post(f"/posts/{spam.post_id}/remove")).status_code == 404
