"""Joining two posts of one author: one text, every thank-you once, and all of it can be taken apart again."""

import pytest

from server.actions import moderation, post_joins, posting, purging, topic_moves
from server.actions.asking import ask_to_edit
from server.actions.composing import source_of
from server.actions.post_joins import EDITED_BECAUSE, REMOVED_BECAUSE
from server.actions.posting import Edit, Posted
from server.actions.purging import Purge
from server.actions.topic_moves import Chosen, NewTopic
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, ForumError, Invalid, NotFound, SignInRequired
from server.domain.markup import MAX_BODY, MAX_QUOTES
from server.domain.models import Post, Rendering
from server.domain.notices import NoticeKind
from server.domain.viewer import Audience
from server.store import integrity, notices, posts
from server.store import post_joins as written
from tests.support.crawl import in_tables
from tests.support.joined_posts import everything, join, scene, undo_from_log
from tests.support.model_board import ModelBoard, model_board

STAFF = Rendering(Audience.STAFF, staff=True)


async def shown(board: ModelBoard, posted: Posted) -> Post:
    async with board.db.snapshot() as reader:
        return (await posts.several(reader, [posted.post_id], STAFF))[posted.post_id]


async def test_the_later_text_stands_under_the_earlier_one_and_comes_apart_again(database_url: str) -> None:
    async with model_board(database_url) as board:
        on = await scene(board)
        before = await everything(board)

        made = await join(board, on.later)
        assert made.post_id == on.earlier.post_id
        both = await shown(board, on.earlier)
        assert [quote.text for quote in both.quotes] == ["before a count"]
        assert both.html.index("more") < both.html.index("\ue000") < both.html.index("And tea.")
        assert (both.edited_by, both.edit_reason) == ("moira", EDITED_BECAUSE)
        assert {thank.username for thank in both.thanks} == {"ann", "carl"}
        gone = await shown(board, on.later)
        assert gone.removal is not None
        assert (gone.removal.reason, gone.html) == (REMOVED_BECAUSE, "")
        assert [thank.username for thank in gone.thanks] == ["carl"]  # who thanked for both has done so once
        (quote,) = (await shown(board, on.quoting)).quotes
        assert quote.text == "Cold soup"
        async with board.db.snapshot() as reader:
            assert await integrity.findings(reader) == []
            (notice, *_) = await notices.page(reader, board.viewer("bo").id or 0, None, 10)
            state = await posts.state(reader, on.earlier.post_id)
            assert state is not None
            source = await source_of(reader, board.viewer("bo"), state)
        assert notice.kind is NoticeKind.POSTS_JOINED
        assert notice.target is not None
        assert notice.target.post_id == on.earlier.post_id
        assert source == (
            "Soup helps. Cold soup helps *more*.\n\n"
            f"[quote={on.opening.post_id}]\nbefore a count\n[/quote]\n\nAnd tea."
        )

        await undo_from_log(board)
        assert await everything(board) == before
        with pytest.raises(ForumError):
            await undo_from_log(board)


async def test_of_two_that_say_the_same_one_copy_goes(database_url: str) -> None:
    async with model_board(database_url) as board:
        opening = await board.topic("Sleep")
        quoted = f"[quote={opening.post_id}]\n\nSend me home."
        one, two = [await board.reply(opening.topic_id, quoted) for _ in range(2)]
        before = await everything(board)
        await join(board, one)  # the earlier one stays, whichever was named
        left = await shown(board, one)
        assert (left.removal, left.edited_at, len(left.quotes)) == (None, None, 1)
        assert (await shown(board, two)).removal is not None
        edit = Edit("Something else.", left.version)
        await posting.edit(board.db, board.viewer("bo"), one.post_id, edit, now=now_ms())
        await posting.edit(
            board.db, board.viewer("bo"), one.post_id,
            Edit(quoted, (await shown(board, one)).version), now=now_ms(),
        )  # fmt: skip
        await moderation.restore_post(board.db, board.viewer("mod"), two.post_id, now=now_ms())
        after = await everything(board)
        assert after["thanks"] == before["thanks"]
        assert after["members"] == before["members"]
        assert (await shown(board, two)).removal is None


async def test_only_who_moderates_there_and_is_no_junior_joins_posts(database_url: str) -> None:
    async with model_board(database_url) as board:
        on = await scene(board)
        for name, refusal in ((None, SignInRequired), ("ann", Forbidden), ("bo", Forbidden)):
            with pytest.raises(refusal):
                await join(board, on.later, by=name)
        both = [await board.reply(on.opening.topic_id, f"Number {n}", by="ada") for n in range(2)]
        for name in ("mod", "carl"):
            with pytest.raises(Forbidden):
                await join(board, both[1], by=name)
        await join(board, both[1], by="ada")
        await join(board, on.later, by="carl")  # moderates this category
        hidden = await board.topic(where=Audience.STAFF, by="mod")
        twice = await board.reply(hidden.topic_id, by="mod")
        for name in ("carl", "bo"):
            with pytest.raises(NotFound):
                await join(board, twice, by=name)
        with pytest.raises(Forbidden):  # nor does he take apart what a senior wrote
            await post_joins.undo(board.db, board.viewer("mod"), both[1].post_id, now=now_ms())


async def test_what_cannot_be_joined_is_refused_with_a_sentence(database_url: str) -> None:
    async with model_board(database_url) as board:
        on = await scene(board)
        elsewhere = await board.topic("Another topic", by="bo")
        for into in (on.opening, on.later, elsewhere):
            with pytest.raises(Invalid, match="same author"):
                await join(board, on.later, into)
        with pytest.raises(Invalid, match="no other post"):
            await join(board, elsewhere)
        long = await board.reply(on.opening.topic_id, "x" * (MAX_BODY - 10))
        with pytest.raises(Invalid, match="characters"):
            await join(board, long)
        lines = "".join(f"[quote={on.opening.post_id}]\n\nand\n\n" for _ in range(MAX_QUOTES))
        many = await board.reply(on.opening.topic_id, lines)
        with pytest.raises(Invalid, match="quotes"):
            await join(board, many, on.later)
        await moderation.set_locked(board.db, board.viewer("mod"), on.opening.topic_id, True, now=now_ms())
        await join(board, on.later)  # a locked topic is open to who moderates it
        with pytest.raises(Invalid, match="same author"):
            await join(board, many, on.later)  # gone by now
        async with board.db.snapshot() as reader:
            assert await integrity.findings(reader) == []


async def test_an_open_code_block_does_not_swallow_the_later_text(database_url: str) -> None:
    async with model_board(database_url) as board:
        on = await scene(board)
        code = await board.reply(on.opening.topic_id, "Look:\n\n```\nWBC 1.2")
        after = await board.reply(on.opening.topic_id, f"[quote={on.opening.post_id}]\n\nIs *that* low?")
        await join(board, after)
        both = await shown(board, code)
        assert "<em>that</em>" in both.html
        assert len(both.quotes) == 1


async def test_after_the_earlier_one_was_edited_only_the_later_one_comes_back(database_url: str) -> None:
    async with model_board(database_url) as board:
        on = await scene(board)
        await join(board, on.later)
        edit = Edit("Both, in better words.", (await shown(board, on.earlier)).version)
        await posting.edit(board.db, board.viewer("bo"), on.earlier.post_id, edit, now=now_ms() + 5)
        with pytest.raises(Forbidden, match="was changed"):
            await undo_from_log(board)
        await moderation.restore_post(board.db, board.viewer("mod"), on.later.post_id, now=now_ms())
        assert (await shown(board, on.later)).removal is None
        assert "better words" in (await shown(board, on.earlier)).html
        with pytest.raises(Forbidden, match="nothing left to undo"):
            await undo_from_log(board)
        async with board.db.snapshot() as reader:
            assert await integrity.findings(reader) == []


async def test_an_open_question_to_its_author_stays_open(database_url: str) -> None:
    async with model_board(database_url) as board:
        on = await scene(board)
        await ask_to_edit(board.db, board.viewer("mod"), on.earlier.post_id, "Which soup?", now=now_ms())
        await join(board, on.later)
        assert (await shown(board, on.earlier)).edit_asked_at is not None


async def test_a_joined_post_leads_to_where_it_stands_until_it_is_erased(database_url: str) -> None:
    async with model_board(database_url) as board:
        on = await scene(board)
        last = await board.reply(on.opening.topic_id, "canary, at last.")
        await join(board, last)
        await join(board, on.later)
        async with board.db.snapshot() as reader:
            assert await written.whereabouts(reader, last.post_id) == on.earlier.post_id
        purge = Purge("a court", str(last.post_id), knows=True)
        await purging.purge_post(board.db, board.viewer("ada"), last.post_id, purge, now=now_ms())
        async with board.db.snapshot() as reader:
            assert await written.whereabouts(reader, last.post_id) == last.post_id
        assert "posts.body" in await in_tables(board.db, "canary")  # in the earlier one
        with pytest.raises(NotFound):
            await post_joins.undo(board.db, board.viewer("mod"), last.post_id, now=now_ms())


async def test_sent_twice_it_is_done_once(database_url: str) -> None:
    async with model_board(database_url) as board:
        on = await scene(board)
        await join(board, on.later, on.earlier)
        once = await everything(board)
        for post, into in ((on.later, on.earlier), (on.earlier, on.later), (on.later, None)):
            assert (await join(board, post, into)).post_id == on.earlier.post_id
        assert await everything(board) == once
        with pytest.raises(Forbidden):
            await join(board, on.later, on.earlier, by="bo")


async def test_restoring_brings_back_the_later_one_alone_where_both_cannot_come_apart(
    database_url: str,
) -> None:
    async with model_board(database_url) as board:
        on = await scene(board)
        mod, ada = board.viewer("mod"), board.viewer("ada")
        both = [await board.reply(on.opening.topic_id, f"Number {n}", by="ada") for n in range(2)]
        await join(board, both[1], by="ada")
        await moderation.restore_post(board.db, mod, both[1].post_id, now=now_ms())  # ada is his senior
        assert (await shown(board, both[1])).removal is None
        assert "Number 1" in (await shown(board, both[0])).html
        await join(board, on.later)
        this, new = Chosen(frozenset({on.earlier.post_id})), NewTopic("Soup", board.places[Audience.PUBLIC])
        await topic_moves.split(board.db, mod, on.opening.topic_id, this, new, now=now_ms())
        with pytest.raises(Forbidden, match="moved"):
            await post_joins.undo(board.db, mod, on.later.post_id, now=now_ms())
        await moderation.restore_post(board.db, ada, on.later.post_id, now=now_ms())
        assert (await shown(board, on.later)).removal is None
        async with board.db.snapshot() as reader:
            assert await integrity.findings(reader) == []


async def test_once_the_joined_post_is_removed_its_words_stand_in_no_public_column(database_url: str) -> None:
    async with model_board(database_url) as board:
        on = await scene(board)
        canary = await board.reply(on.opening.topic_id, "A canary sings.")
        await join(board, canary)
        await moderation.remove_post(board.db, board.viewer("mod"), on.later.post_id, "", now=now_ms())
        found = await in_tables(board.db, "canary")
        assert found
        assert all(column.startswith("posts.removed_") for column in found), found
