"""Watched words that keep nobody from posting: reported, linked or replaced."""

from dataclasses import replace

import pytest

from server.actions import approval, composing, moderation, posting, reports, word_checks
from server.actions.posting import Draft, Edit
from server.domain.clock import now_ms
from server.domain.errors import Invalid
from server.domain.reports import Outcome
from server.domain.validation import MAX_TITLE
from server.domain.viewer import Audience
from server.domain.watched_words import Action, WatchedWord
from server.store import integrity, posts, quotes
from server.store import watched_words as rows
from tests.support.model_board import NO_LIMITS, ModelBoard, model_board
from tests.support.report_scene import queue


async def watch(board: ModelBoard, text: str, action: Action, instead: str = "") -> None:
    async with board.db.begin() as writer:  # words that cannot be chosen yet too
        await rows.add(writer, WatchedWord(0, text, action=action, instead=instead), by=None, now=now_ms())


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


async def html_of(board: ModelBoard, post_id: int) -> str:
    async with board.db.snapshot() as reader:
        return str(await reader.value("SELECT html FROM posts WHERE id = :id", id=post_id))


async def test_replaced_and_linked_words_hold_for_all_and_leave_the_source_alone(database_url: str) -> None:
    async with model_board(database_url) as board:
        await watch(board, "casino*", Action.REPLACE, "gambling")
        await watch(board, "sleep lab", Action.LINK, "/topics/1/x")
        topic, ann, mod = await board.topic("How?"), board.viewer("ann"), board.viewer("mod")
        posted, html = topic, ""
        for name in ("ann", "mod"):
            posted = await board.reply(topic.topic_id, "The *sleep lab* beside the casino", by=name)
            html = await html_of(board, posted.post_id)
            assert '<em><a href="/topics/1/x" rel="ugc nofollow noopener">sleep lab</a></em>' in html
            assert "beside the gambling" in html
            async with board.db.snapshot() as reader:
                state = await posts.state(reader, posted.post_id)
                assert state is not None
                assert await composing.source_of(reader, ann, state) == "The *sleep lab* beside the casino"
        await moderation.remove_post(board.db, mod, posted.post_id, "", now=now_ms())
        await moderation.restore_post(board.db, mod, posted.post_id, now=now_ms())
        assert await html_of(board, posted.post_id) == html
        quote = f"[quote={posted.post_id}]\nbeside the gambling\n[/quote]\n\nWhere?"
        quoting = await board.reply(topic.topic_id, quote, by="ann")
        async with board.db.snapshot() as reader:
            (quoted,) = (await quotes.of_posts(reader, [quoting.post_id], Audience.PUBLIC))[quoting.post_id]
            assert quoted.text == "beside the gambling"
            assert await integrity.findings(reader) == []


async def test_what_was_written_before_changes_with_its_next_edit_only(database_url: str) -> None:
    async with model_board(database_url) as board:
        topic, ann = await board.topic("How?"), board.viewer("ann")
        posted = await board.reply(topic.topic_id, "The casino.", by="ann")
        await watch(board, "casino", Action.REPLACE, "***")
        assert "casino" in await html_of(board, posted.post_id)
        edit = Edit("The casino!", posted.position)
        await posting.edit(board.db, ann, posted.post_id, edit, now=now_ms())
        assert await html_of(board, posted.post_id) == "<p>The ***!</p>"


async def test_words_of_a_title_are_replaced_however_long_it_gets(database_url: str) -> None:
    async with model_board(database_url) as board:
        await watch(board, "casino", Action.REPLACE, "a house where people play")
        draft = Draft("Soup.", "Casino " * 20)
        posted = await posting.start_topic(
            board.db, board.viewer("ann"), 1, draft, now=now_ms(), limits=NO_LIMITS
        )
        async with board.db.snapshot() as reader:
            title = await reader.value("SELECT title FROM topics WHERE id = :id", id=posted.topic_id)
        assert str(title).startswith("a house where people play a house")
        assert len(str(title)) <= MAX_TITLE


async def test_a_topic_that_waits_is_shown_by_the_list_that_holds_when_it_is_approved(
    database_url: str,
) -> None:
    async with model_board(database_url) as board:
        await watch(board, "poker", Action.HOLD)
        draft = Draft("Poker in the casino.", "Casino or poker?")
        sent = await posting.start_topic(
            board.db, board.viewer("ann"), 1, draft, now=now_ms(), limits=NO_LIMITS
        )
        await watch(board, "casino", Action.REPLACE, "***")
        posted = await approval.approve(board.db, board.viewer("mod"), sent.pending_id, now=now_ms())
        assert await html_of(board, posted.post_id) == "<p>Poker in the ***.</p>"
        async with board.db.snapshot() as reader:
            title = await reader.value("SELECT title FROM topics WHERE id = :id", id=posted.topic_id)
        assert title == "*** or poker?"
        assert await queue(board) == []  # a moderator has read it


async def test_a_word_that_is_replaced_hides_no_other(sqlite_url: str) -> None:
    async with model_board(sqlite_url) as board:
        await watch(board, "cure", Action.REPLACE, "remedy")
        await watch(board, "miracle cure", Action.BLOCK)
        topic = await board.topic()
        with pytest.raises(Invalid, match="does not take “miracle cure”"):
            await board.reply(topic.topic_id, "A mir**acle cu**re", by="ann")


async def test_links_of_the_board_leave_a_newcomer_his_own(sqlite_url: str) -> None:
    async with model_board(sqlite_url) as board:
        for name in ("sleep", "lab", "soup"):
            await watch(board, name, Action.LINK, "/help")
        topic, now = await board.topic("How?"), now_ms()
        new = replace(board.viewer("ann"), joined_at=now)
        draft = Draft("sleep lab soup https://a.example https://b.example")
        await posting.reply(board.db, new, topic.topic_id, draft, now=now, limits=NO_LIMITS)
        more = Draft(f"{draft.body} https://c.example")
        with pytest.raises(Invalid, match="here are 3"):
            await posting.reply(board.db, new, topic.topic_id, more, now=now, limits=NO_LIMITS)


async def test_trying_a_text_says_what_it_meets_and_how_it_is_seen(sqlite_url: str) -> None:
    async with model_board(sqlite_url) as board:
        await watch(board, "casino", Action.REPLACE, "***")
        await watch(board, "poker", Action.FLAG)
        tried = await word_checks.try_out(board.db, "[quote=1]\nx\n[/quote]\n\nPoker in the **casino**")
        assert [word.text for word in tried.words] == ["casino", "poker"]
        assert tried.html == "<p>Poker in the <strong>***</strong></p>"
