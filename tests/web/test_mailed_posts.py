"""Who removes a post learns how many were told of it by mail, which can't be called back (R15)."""

from html import unescape

from server.store import outbox
from tests.support.whole_board import WholeBoard


async def test_the_page_before_removing_says_how_many_letters_are_gone(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    opening = await board.topic("Sleep", "How?")
    answer = await board.reply(opening.topic_id, "Warm milk.")
    path = f"/posts/{answer.post_id}/remove"
    async with board.browser("mod") as mod:
        assert "by mail" not in (await mod.get(path)).text
        async with board.db.begin() as writer:
            for name, with_text in (("ann", False), ("cleo", True)):
                number = board.viewer(name).id or 0
                await outbox.note_mailed(writer, number, [answer.post_id], with_text=with_text, now=1)
        page = unescape((await mod.get(path)).text)
    assert "2 members were told of it by mail, and one letter has the beginning of its text" in page
