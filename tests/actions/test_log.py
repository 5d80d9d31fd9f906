"""What staff do is written down with whom it concerned, is told live, and is taken back from the log."""

import pytest

from server.actions import moderation, posting, sanctions, undoing
from server.actions.departures import depart_next
from server.actions.posting import Edit
from server.actions.undoing import UNDO
from server.domain.acts import ACTS
from server.domain.channels import MODERATION, Channel, Thing
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, NotFound
from server.domain.leaving import COOLING_OFF, Departure, Leaving
from server.store import audit, event_log, integrity, leavers, moderation_log, topics
from server.store.database import Database
from server.store.moderation_log import Line, Narrowed
from server.views import patches
from tests.support.model_board import ModelBoard, model_board
from tests.support.undoable_acts import BEFORE, DO, id_of


async def lines(db: Database, *, for_admins: bool = False, **narrowed: object) -> list[Line]:
    wanted = Narrowed(**narrowed)  # type: ignore[arg-type]  # fields by name
    async with db.snapshot() as reader:
        return await moderation_log.page(reader, wanted, for_admins=for_admins, before=None, limit=50)


async def remove(board: ModelBoard, post_id: int, reason: str = "advertising") -> None:
    await moderation.remove_post(board.db, board.viewer("mod"), post_id, reason, now=now_ms())


async def told(board: ModelBoard, after: int) -> list[str]:
    """What is put on the moderators' channel from there on."""
    async with board.db.snapshot() as reader:
        events = await event_log.on_channel(reader, MODERATION, after, 100)
        found = await patches.patches(reader, board.renderer, MODERATION, events)
    return [patch.target for patch in found if patch.op == "put" and patch.target.startswith("log-")]


async def test_a_line_says_who_did_what_to_whose_thing_and_why(database_url: str) -> None:
    async with model_board(database_url) as board:
        opening = await board.topic()
        reply = await board.reply(opening.topic_id)
        await remove(board, reply.post_id)
        line = (await lines(board.db))[0]
        assert (line.actor, line.act, line.object_kind, line.object_id) == (
            "moira", "remove_post", "post", reply.post_id
        )  # fmt: skip
        assert (line.name, line.member_id, line.reason) == ("bo", board.viewer("bo").id, "advertising")
        html = board.renderer.html("moderation/_line.html", line=line)
        assert "<b>moira</b> removed <a" in html
        assert f"bo’s post #{reply.post_id}</a>: <span" in html
        assert "Take soup" not in html


async def test_lines_are_found_by_who_and_whom_and_what_and_when_and_why(database_url: str) -> None:
    async with model_board(database_url) as board:
        bo, mod, ada = (board.viewer(name) for name in ("bo", "mod", "ada"))
        opening = await board.topic()
        reply = await board.reply(opening.topic_id)
        await remove(board, reply.post_id, "100% Advertising_")
        await moderation.set_locked(board.db, ada, opening.topic_id, True, now=now_ms())
        acts = {
            "words": (await lines(board.db, words="100% adv"), ["remove_post"]),
            "not a pattern": (await lines(board.db, words="1%g_"), []),
            "who": (await lines(board.db, actor_id=ada.id, object_kind="topic"), ["lock"]),
            "whom": (await lines(board.db, member_id=bo.id, object_kind="post"), ["remove_post"]),
            "what": (await lines(board.db, act="lock"), ["lock"]),
            "kind": (await lines(board.db, object_kind="topic"), ["lock"]),
            "when": (await lines(board.db, until=now_ms() - 60_000, actor_id=mod.id), []),
            "since": (await lines(board.db, since=now_ms() - 60_000, actor_id=mod.id), ["remove_post"]),
        }
        for what, (found, wanted) in acts.items():
            assert [line.act for line in found] == wanted, what


async def test_what_members_do_with_their_accounts_is_not_in_the_staffs_part(database_url: str) -> None:
    async with model_board(database_url) as board:
        async with board.db.begin() as writer:
            line_id = await audit.note(writer, None, "sign_in_failed", "member", 1, now=now_ms())
        assert writer.events == []
        assert line_id not in [line.id for line in await lines(board.db)]
        assert line_id in [line.id for line in await lines(board.db, for_admins=True)]
        async with board.db.snapshot() as reader:
            assert await moderation_log.line(reader, line_id) is None


async def test_new_lines_are_told_to_staff_and_to_nobody_else(database_url: str) -> None:
    async with model_board(database_url) as board:
        opening = await board.topic()
        await moderation.set_locked(board.db, board.viewer("mod"), opening.topic_id, True, now=now_ms())
        async with board.db.snapshot() as reader:
            after = (await event_log.head(reader)).seq
        await moderation.set_locked(board.db, board.viewer("mod"), opening.topic_id, False, now=now_ms())
        locked, unlocked = sorted(line.id for line in await lines(board.db, object_kind="topic"))
        assert set(await told(board, after)) == {f"log-{unlocked}", f"log-{locked}"}  # its button goes
        async with board.db.snapshot() as reader:
            for channel in (Channel(Thing.TOPIC, opening.topic_id), Channel(Thing.BOARD)):
                events = await event_log.on_channel(reader, channel, after, 100)
                assert "log" not in {logged.event.kind for logged in events}


@pytest.mark.parametrize("name", sorted(UNDO))
async def test_an_act_that_has_an_opposite_is_undone_once(database_url: str, name: str) -> None:
    async with model_board(database_url) as board:
        mod, ada, bo = (board.viewer(one) for one in ("mod", "ada", "bo"))
        topic = (await board.topic()).topic_id
        reply = await board.reply(topic)
        now = now_ms()
        if name in BEFORE:
            await DO[BEFORE[name]](board, topic, reply.post_id)
        await DO[name](board, topic, reply.post_id)
        (line,) = [one for one in await lines(board.db) if one.act == name][:1]
        assert line.can_undo
        with pytest.raises(NotFound):
            await undoing.undo(board.db, bo, line.id, now=now)
        if ACTS[name].by_admins:
            with pytest.raises(Forbidden):
                await undoing.undo(board.db, mod, line.id, now=now)
        await undoing.undo(board.db, ada, line.id, now=now)
        found = await lines(board.db)
        assert found[0].act == ACTS[name].undo
        assert not next(one for one in found if one.id == line.id).can_undo
        with pytest.raises(Forbidden):
            await undoing.undo(board.db, ada, line.id, now=now)


def test_every_act_that_names_its_opposite_has_a_function_for_it() -> None:
    assert {act.name for act in ACTS.values() if act.undo} == UNDO.keys()


async def test_somebody_who_left_is_named_nowhere_in_the_log(database_url: str) -> None:
    async with model_board(database_url) as board:
        bo = board.viewer("bo")
        reply = await board.reply((await board.topic()).topic_id)
        await remove(board, reply.post_id)
        assert (await lines(board.db, member_id=bo.id))[0].name == "bo"
        long_ago = now_ms() - COOLING_OFF - 1
        async with board.db.begin() as writer:
            await leavers.plan(writer, Departure(id_of(board, "bo"), Leaving.ANONYMISE, long_ago))
            after = writer.after
        while await depart_next(board.db, now=now_ms()):
            pass
        assert f"log-{(await lines(board.db, act='remove_post'))[0].id}" in await told(board, after)
        assert [line.object_kind for line in await lines(board.db, member_id=bo.id)] == ["member"]
        assert "bo" not in {line.name for line in await lines(board.db)}


async def last(db: Database, act: str) -> Line:
    return (await lines(db, act=act))[0]


async def refusal(board: ModelBoard, line: Line, by: str = "ada") -> str:
    """What a moderator reads who was a moment too late with Undo."""
    with pytest.raises(Forbidden) as refused:
        await undoing.undo(board.db, board.viewer(by), line.id, now=now_ms())
    return refused.value.message


async def test_undo_is_offered_only_while_the_thing_is_as_the_act_left_it(database_url: str) -> None:
    async with model_board(database_url) as board:
        topic = (await board.topic()).topic_id
        post = (await board.reply(topic)).post_id
        await DO["word_watched"](board, topic, post)
        await DO["word_changed"](board, topic, post)
        changed = await last(board.db, "word_changed")
        assert changed.can_undo
        async with board.db.snapshot() as reader:
            after = (await event_log.head(reader)).seq
        await DO["word_removed"](board, topic, post)
        assert not (await last(board.db, "word_changed")).can_undo
        assert f"log-{changed.id}" in await told(board, after)  # open pages lose the button
        assert "ada stopped watching a word since" in await refusal(board, changed)
        await undoing.undo(board.db, board.viewer("ada"), (await last(board.db, "word_removed")).id, now=1)
        assert (await last(board.db, "word_changed")).can_undo

        await DO["remove_post"](board, topic, post)
        assert (await last(board.db, "remove_post")).can_undo
        await DO["remove_topic"](board, topic, post)
        assert not (await last(board.db, "remove_post")).can_undo  # it comes back when the topic does
        await undoing.undo(board.db, board.viewer("mod"), (await last(board.db, "remove_topic")).id, now=1)
        assert (await last(board.db, "remove_post")).can_undo

        await DO["silence"](board, topic, post)
        silenced = await last(board.db, "silence")
        assert silenced.can_undo
        async with board.db.snapshot() as reader:
            after = (await event_log.head(reader)).seq
        await sanctions.end_due(board.db, now=now_ms() + 8 * 86_400_000)
        assert not (await last(board.db, "silence")).can_undo
        assert f"log-{silenced.id}" in await told(board, after)
        assert "not as this act left it" in await refusal(board, silenced)


async def test_a_question_to_the_author_is_not_taken_back_once_he_has_answered_it(database_url: str) -> None:
    async with model_board(database_url) as board:
        topic = (await board.topic()).topic_id
        post = await board.reply(topic)
        await DO["ask_to_edit"](board, topic, post.post_id)
        asked = await last(board.db, "ask_to_edit")
        assert asked.can_undo
        async with board.db.snapshot() as reader:
            after = (await event_log.head(reader)).seq
        edit = Edit("Take broth.", post.position)
        await posting.edit(board.db, board.viewer("bo"), post.post_id, edit, now=now_ms())
        assert not (await last(board.db, "ask_to_edit")).can_undo
        assert await told(board, after) == [f"log-{asked.id}"]


async def test_a_removed_opening_post_comes_back_with_its_topic(database_url: str) -> None:
    async with model_board(database_url) as board:
        opening = await board.topic()
        await board.reply(opening.topic_id)
        await remove(board, opening.post_id)
        removed = await last(board.db, "remove_post")
        assert removed.can_undo
        async with board.db.snapshot() as reader:
            after = (await event_log.head(reader)).seq
        await undoing.undo(board.db, board.viewer("mod"), removed.id, now=now_ms())
        async with board.db.snapshot() as reader:
            topic = await topics.state(reader, opening.topic_id)
            assert topic is not None
            assert not topic.removed
            assert await integrity.findings(reader) == []
        assert not (await last(board.db, "remove_post")).can_undo
        assert f"log-{removed.id}" in await told(board, after)


async def test_of_two_moderators_the_second_reads_what_the_first_one_did(database_url: str) -> None:
    async with model_board(database_url) as board:
        topic = (await board.topic()).topic_id
        post = (await board.reply(topic)).post_id
        await DO["remove_post"](board, topic, post)
        await DO["warn"](board, topic, post)
        removed, warned = await last(board.db, "remove_post"), await last(board.db, "warn")
        for line in (removed, warned):
            await undoing.undo(board.db, board.viewer("mod"), line.id, now=now_ms())
        assert "moira restored it since" in await refusal(board, removed)
        assert "moira took a warning of bo back since" in await refusal(board, warned)
        await DO["merge"](board, topic, post)
        merged = await last(board.db, "merge")
        into = int(merged.after.partition(" ")[0].removeprefix("#"))
        await DO["merge"](board, into, post)
        assert not (await last_about(board, merged)).can_undo
        assert "moved on since. Undo that first" in await refusal(board, merged)


async def last_about(board: ModelBoard, line: Line) -> Line:
    async with board.db.snapshot() as reader:
        found = await moderation_log.line(reader, line.id)
    assert found is not None
    return found
