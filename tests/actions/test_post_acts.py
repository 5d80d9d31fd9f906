"""What moderators do with a post, what its author is told of it, and what is erased for good."""

from dataclasses import replace

import pytest

from server.actions import asking, moderation, posting, purging, topic_acts, topic_moves
from server.actions.composing import removed_source
from server.actions.posting import Edit, Posted
from server.actions.purging import PURGED_TITLE, Purge
from server.actions.topic_moves import Chosen, NewTopic
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid
from server.domain.models import Post, Rendering
from server.domain.notices import NoticeKind
from server.domain.viewer import Audience
from server.store import integrity, notices, posts, topics
from server.store.notices import Notice
from tests.support.crawl import in_tables
from tests.support.model_board import ModelBoard, model_board

STAFF = Rendering(Audience.STAFF, staff=True)


async def told(board: ModelBoard, name: str) -> list[Notice]:
    async with board.db.snapshot() as reader:
        return await notices.page(reader, board.viewer(name).id or 0, None, 10)


async def shown(board: ModelBoard, post_id: int) -> Post:
    async with board.db.snapshot() as reader:
        return (await posts.several(reader, [post_id], STAFF))[post_id]


async def agrees(board: ModelBoard) -> bool:
    async with board.db.snapshot() as reader:
        return await integrity.findings(reader) == []


async def remove(board: ModelBoard, posted: Posted, *, tell: bool = True) -> None:
    mod = board.viewer("mod")
    await moderation.remove_post(board.db, mod, posted.post_id, "a clinic's name", tell=tell, now=now_ms())


def purge_of(post_id: int, **changes: object) -> Purge:
    return replace(Purge("a court", f"#{post_id}", knows=True), **changes)  # type: ignore[arg-type]  # fields by name


async def purge(board: ModelBoard, post_id: int, **changes: object) -> None:
    await purging.purge_post(
        board.db, board.viewer("ada"), post_id, purge_of(post_id, **changes), now=now_ms()
    )


async def test_the_author_is_told_why_and_gets_his_own_text(database_url: str) -> None:
    async with model_board(database_url) as board:
        opening = await board.topic("Which clinic?")
        reply = await board.reply(opening.topic_id, f"[quote={opening.post_id}]\nclinic\n[/quote]\n\nMine.")
        await remove(board, reply)
        (notice,) = await told(board, "bo")
        assert (notice.kind, notice.words, notice.target) == (
            NoticeKind.POST_REMOVED, "a clinic's name", None
        )  # fmt: skip
        assert notice.own_text == reply.post_id
        async with board.db.snapshot() as reader:
            text = await removed_source(reader, board.viewer("bo"), reply.post_id)
        assert text is not None
        assert "clinic" in text
        assert "Mine." in text
        mod = board.viewer("mod")
        await moderation.restore_post(board.db, mod, reply.post_id, now=now_ms())
        back, before = await told(board, "bo")
        assert back.kind is NoticeKind.POST_RESTORED
        assert back.target is not None
        assert before.own_text is None


async def test_who_is_not_to_be_told_is_not_told_and_neither_is_who_did_it_himself(database_url: str) -> None:
    async with model_board(database_url) as board:
        opening = await board.topic()
        first, second = [await board.reply(opening.topic_id) for _ in range(2)]
        await remove(board, first, tell=False)
        bo = board.viewer("bo")
        await moderation.remove_post(board.db, bo, second.post_id, "", tell=True, now=now_ms())
        await moderation.restore_post(board.db, board.viewer("mod"), first.post_id, now=now_ms())
        assert await told(board, "bo") == []


async def test_an_author_is_asked_to_edit_until_he_does(database_url: str) -> None:
    async with model_board(database_url) as board:
        reply = await board.reply((await board.topic()).topic_id, "At Saint Mary's.")
        mod, bo = board.viewer("mod"), board.viewer("bo")
        for viewer, words, error in ((mod, " ", Invalid), (bo, "x", Forbidden), (mod, "x" * 501, Invalid)):
            with pytest.raises(error):
                await asking.ask_to_edit(board.db, viewer, reply.post_id, words, now=now_ms())
        asked = await asking.ask_to_edit(board.db, mod, reply.post_id, "No clinics, please.", now=now_ms())
        assert (await shown(board, reply.post_id)).edit_asked_at is not None
        (notice,) = await told(board, "bo")
        assert (notice.kind, notice.words) == (NoticeKind.EDIT_ASKED, "No clinics, please.")
        edit = Edit("At a clinic.", asked.position)
        await posting.edit(board.db, bo, reply.post_id, edit, now=now_ms())
        assert (await shown(board, reply.post_id)).edit_asked_at is None
        senior = await board.reply(asked.topic_id, by="ada")
        with pytest.raises(Forbidden):
            await asking.ask_to_edit(board.db, mod, senior.post_id, "x", now=now_ms())


async def test_an_edit_by_a_moderator_is_told_and_says_so(database_url: str) -> None:
    async with model_board(database_url) as board:
        reply = await board.reply((await board.topic()).topic_id, "At Saint Mary's.")
        edit = Edit("At a clinic.", reply.position, "no clinics")
        await posting.edit(board.db, board.viewer("mod"), reply.post_id, edit, now=now_ms())
        (notice,) = await told(board, "bo")
        assert (notice.kind, notice.words) == (NoticeKind.POST_EDITED, "no clinics")
        html = board.renderer.html("posts/_post.html", post=await shown(board, reply.post_id), staff=False)
        assert "by moderator moira: no clinics" in html


async def test_a_purged_post_is_in_no_column_and_cannot_be_restored(database_url: str) -> None:
    async with model_board(database_url) as board:
        opening = await board.topic()
        reply = await board.reply(opening.topic_id, "I take two kanarienvogel at night.")
        edit = Edit("I take kanarienvogel", reply.position, "one kanarienvogel is enough")
        await posting.edit(board.db, board.viewer("bo"), reply.post_id, edit, now=now_ms())
        await board.reply(opening.topic_id, f"[quote={reply.post_id}]\n\nReally?", by="ann")
        ada = board.viewer("ada")
        with pytest.raises(Forbidden, match="remove the post first"):
            await purge(board, reply.post_id)
        await remove(board, reply)
        assert len(await in_tables(board.db, "kanarienvogel")) == 4
        mod = board.viewer("mod")
        with pytest.raises(Forbidden):
            await purging.purge_post(board.db, mod, reply.post_id, purge_of(reply.post_id), now=now_ms())
        for wrong, value in (("reason", " "), ("number", "1"), ("knows", False), ("reason", "x" * 201)):
            with pytest.raises(Invalid) as refused:
                await purge(board, reply.post_id, **{wrong: value})
            assert list(refused.value.fields) == [wrong]
        await purge(board, reply.post_id, tell=True)
        assert await in_tables(board.db, "kanarienvogel") == set()
        tombstone = await shown(board, reply.post_id)
        assert tombstone.removal is not None
        assert (tombstone.removal.reason, tombstone.removal.can_restore) == ("a court", False)
        html = board.renderer.html("posts/_post.html", post=tombstone, staff=True)
        assert "/restore" not in html
        assert "/purge" not in html
        with pytest.raises(Forbidden):
            await moderation.restore_post(board.db, ada, reply.post_id, now=now_ms())
        (notice,) = await told(board, "bo")
        assert (notice.kind, notice.words) == (NoticeKind.POST_PURGED, "a court")
        assert await agrees(board)


async def test_a_purged_opening_keeps_its_topic_and_loses_its_title(database_url: str) -> None:
    async with model_board(database_url) as board:
        opening = await board.topic("About kanarienvogel.")
        reply = await board.reply(opening.topic_id)
        await remove(board, opening)
        await purge(board, opening.post_id)
        await moderation.restore_topic(board.db, board.viewer("mod"), opening.topic_id, now=now_ms())
        assert await in_tables(board.db, "kanarienvogel") == set()
        async with board.db.snapshot() as reader:
            topic = await topics.find(reader, opening.topic_id, STAFF)
        assert topic is not None
        assert topic.title == PURGED_TITLE
        assert "erased" in (await shown(board, opening.post_id)).html
        assert "Take soup" in (await shown(board, reply.post_id)).html
        assert await agrees(board)


async def test_what_was_purged_out_of_a_removed_topic_does_not_come_back_with_it(database_url: str) -> None:
    async with model_board(database_url) as board:
        opening = await board.topic()
        reply = await board.reply(opening.topic_id, "kanarienvogel")
        await remove(board, opening)
        await purge(board, reply.post_id)
        await moderation.restore_topic(board.db, board.viewer("mod"), opening.topic_id, now=now_ms())
        assert (await shown(board, reply.post_id)).removal is not None
        assert await agrees(board)


async def test_an_erased_title_is_in_no_line_of_the_log_about_other_topics(database_url: str) -> None:
    async with model_board(database_url) as board:
        mod, now = board.viewer("mod"), now_ms()
        secret, other = await board.topic(), await board.topic()
        await topic_acts.rename(board.db, mod, secret.topic_id, "About Kanarienvogel", now=now)
        answer = await board.reply(other.topic_id)
        chosen = Chosen(frozenset({answer.post_id}))
        await topic_moves.move_posts(board.db, mod, other.topic_id, chosen, secret.topic_id, now=now)
        await remove(board, secret)
        await purge(board, secret.post_id)
        assert await in_tables(board.db, "Kanarienvogel") == set()
        assert await agrees(board)


async def test_the_last_post_of_a_topic_is_right_whatever_is_purged_or_restored(database_url: str) -> None:
    async with model_board(database_url) as board:
        mod, now = board.viewer("mod"), now_ms()
        gone = await board.topic()
        last = await board.reply(gone.topic_id)
        await moderation.remove_topic(board.db, mod, gone.topic_id, "", now=now)
        await purge(board, last.post_id)
        assert await agrees(board)

        first = await board.topic()
        second, third = await board.reply(first.topic_id), await board.reply(first.topic_id, by="carl")
        await remove(board, second)
        there = NewTopic("Elsewhere", board.places[Audience.PUBLIC])
        chosen = Chosen(frozenset({first.post_id}))
        await topic_moves.split(board.db, mod, first.topic_id, chosen, there, now=now)
        await moderation.restore_post(board.db, mod, second.post_id, now=now)
        assert await agrees(board)
        assert (await shown(board, third.post_id)).place == 1
