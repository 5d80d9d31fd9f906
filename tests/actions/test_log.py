"""What staff do is written down with whom it concerned, is told live, and is taken back from the log."""

import pytest

from server.actions import (
    asking,
    board_shape,
    category_moderators,
    moderation,
    post_joins,
    topic_acts,
    topic_moves,
    undoing,
)
from server.actions.departures import depart_next
from server.actions.member_accounts import close_account
from server.actions.members import change_role
from server.actions.topic_moves import Chosen, NewTopic
from server.actions.undoing import UNDO
from server.domain.acts import ACTS
from server.domain.channels import MODERATION, Channel, Thing
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, NotFound
from server.domain.leaving import COOLING_OFF, Departure, Leaving
from server.domain.viewer import Audience, Role
from server.store import audit, event_log, leavers, moderation_log
from server.store.database import Database
from server.store.moderation_log import Line, Narrowed
from server.views import patches
from tests.support.approval_scene import decline, set_rules
from tests.support.model_board import ModelBoard, model_board


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


async def _remove_topic(board: ModelBoard, topic: int, _: int) -> None:
    await moderation.remove_topic(board.db, board.viewer("mod"), topic, "a double", now=now_ms())


async def _lock(board: ModelBoard, topic: int, _: int) -> None:
    await moderation.set_locked(board.db, board.viewer("mod"), topic, True, now=now_ms())


async def _unlock(board: ModelBoard, topic: int, _: int) -> None:
    await moderation.set_locked(board.db, board.viewer("mod"), topic, False, now=now_ms())


async def _pin(board: ModelBoard, topic: int, _: int) -> None:
    await moderation.set_pinned(board.db, board.viewer("mod"), topic, True, now=now_ms())


async def _unpin(board: ModelBoard, topic: int, _: int) -> None:
    await moderation.set_pinned(board.db, board.viewer("mod"), topic, False, now=now_ms())


async def _close(board: ModelBoard, _: int, __: int) -> None:
    await close_account(board.db, board.viewer("ada"), _id(board, "bo"), "spam", now=now_ms())


async def _role(board: ModelBoard, _: int, __: int) -> None:
    await change_role(board.db, board.viewer("ada"), _id(board, "bo"), Role.MODERATOR, now=now_ms())


async def _remove(board: ModelBoard, _: int, post: int) -> None:
    await remove(board, post)


def _id(board: ModelBoard, name: str) -> int:
    found = board.viewer(name).id
    assert found is not None
    return found


async def _appoint(board: ModelBoard, _: int, __: int) -> None:
    place = board.places[Audience.PUBLIC]
    await category_moderators.appoint(board.db, board.viewer("ada"), place, "bo", now=now_ms())


async def _dismiss(board: ModelBoard, _: int, __: int) -> None:
    place = board.places[Audience.PUBLIC]
    await category_moderators.dismiss(board.db, board.viewer("ada"), place, _id(board, "bo"), now=now_ms())


async def _ask(board: ModelBoard, _: int, post: int) -> None:
    await asking.ask_to_edit(board.db, board.viewer("mod"), post, "No clinics, please.", now=now_ms())


async def _archive(board: ModelBoard, _: int, __: int) -> None:
    place = board.places[Audience.PUBLIC]
    await board_shape.archive_category(board.db, board.viewer("ada"), place, archived=True, now=now_ms())


async def _rename(board: ModelBoard, topic: int, _: int) -> None:
    await topic_acts.rename(board.db, board.viewer("mod"), topic, "Another title", now=now_ms())


async def _move(board: ModelBoard, topic: int, _: int) -> None:
    place = board.places[Audience.MEMBERS]
    await topic_acts.move(board.db, board.viewer("mod"), topic, place, now=now_ms())


async def _slow(board: ModelBoard, topic: int, _: int) -> None:
    await topic_acts.set_slow(board.db, board.viewer("mod"), topic, 30, now=now_ms())


async def _split(board: ModelBoard, topic: int, post: int) -> None:
    new = NewTopic("Of its own", board.places[Audience.PUBLIC])
    chosen = Chosen(frozenset({post}))
    await topic_moves.split(board.db, board.viewer("mod"), topic, chosen, new, now=now_ms())


async def _merge(board: ModelBoard, topic: int, _: int) -> None:
    other = (await board.topic()).topic_id
    await topic_moves.merge(board.db, board.viewer("mod"), topic, other, now=now_ms())


async def _move_posts(board: ModelBoard, topic: int, post: int) -> None:
    other, chosen = (await board.topic()).topic_id, Chosen(frozenset({post}))
    await topic_moves.move_posts(board.db, board.viewer("mod"), topic, chosen, other, now=now_ms())


async def _join(board: ModelBoard, topic: int, _: int) -> None:
    second = await board.reply(topic, "And soup.")
    await post_joins.join(board.db, board.viewer("mod"), second.post_id, now=now_ms())


async def _decline(board: ModelBoard, topic_id: int, post_id: int) -> None:
    await set_rules(board.db, posts=50)
    sent = await board.reply(topic_id)
    await decline(board, sent.pending_id)


DO = {
    "decline_post": _decline,
    "join_posts": _join,
    "merge": _merge,
    "move_posts": _move_posts,
    "split": _split,
    "rename_topic": _rename,
    "move_topic": _move,
    "slow": _slow,
    "ask_to_edit": _ask,
    "category_archived": _archive,
    "appoint_moderator": _appoint,
    "dismiss_moderator": _dismiss,
    "change_role": _role,
    "close_account": _close,
    "lock": _lock,
    "pin": _pin,
    "remove_post": _remove,
    "remove_topic": _remove_topic,
    "unlock": _unlock,
    "unpin": _unpin,
}


BEFORE = {"unlock": "lock", "unpin": "pin", "dismiss_moderator": "appoint_moderator"}


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
            await leavers.plan(writer, Departure(_id(board, "bo"), Leaving.ANONYMISE, long_ago))
            after = writer.after
        while await depart_next(board.db, now=now_ms()):
            pass
        assert f"log-{(await lines(board.db, act='remove_post'))[0].id}" in await told(board, after)
        assert [line.object_kind for line in await lines(board.db, member_id=bo.id)] == ["member"]
        assert "bo" not in {line.name for line in await lines(board.db)}
