"""Who is writing: since when, until when, and where he may."""

from collections.abc import AsyncIterator

import pytest_asyncio

from server.actions import moderation, posting
from server.domain.clock import now_ms
from server.live.company.typists import LASTS as TYPING_LASTS
from tests.support.model_board import model_board
from tests.support.presence_scene import Scene, here, typing


@pytest_asyncio.fixture
async def scene(sqlite_url: str) -> AsyncIterator[Scene]:
    async with model_board(sqlite_url) as board:
        yield Scene(board, (await board.topic()).topic_id)


async def test_typing_begins_at_once_and_ends_by_itself(scene: Scene) -> None:
    ann, bo, guest = scene.come("ann"), scene.come("bo"), scene.come()
    await scene.settle()
    guest.take()
    for one in (ann, bo):
        one.take()
        scene.presence.typing(one, scene.topic)
    await scene.look()
    assert ann.take() == [typing(scene, "ann", "bo")]
    assert guest.take() == [typing(scene, unnamed=2)]
    await scene.look(TYPING_LASTS / 2)
    scene.presence.typing(bo, scene.topic)
    await scene.look(TYPING_LASTS / 2)
    await scene.look()
    assert ann.take() == [typing(scene, "bo")]
    newcomer = scene.come()
    await scene.look()
    assert newcomer.take() == [here(scene, unnamed=2, guests=2), typing(scene, unnamed=1)]
    await scene.look(TYPING_LASTS)
    assert ann.take()[-1] == typing(scene)


async def test_typing_ends_with_the_post_and_not_with_an_edit_of_an_older_one(scene: Scene) -> None:
    board = scene.board
    older = await board.reply(scene.topic.id, "Take soup.", by="bo")
    ann, bo = scene.come("ann"), scene.come("bo")
    scene.presence.typing(bo, scene.topic)
    await scene.look()
    assert ann.take()[-1] == typing(scene, "bo")
    change = posting.Edit("Take broth.", older.position)
    await posting.edit(board.db, board.viewer("bo"), older.post_id, change, now=now_ms())
    await scene.look(2.0)
    assert ann.take() == []
    await board.reply(scene.topic.id, "And bread.", by="bo")
    await scene.look()
    assert ann.take() == [typing(scene)]


async def test_nobody_writes_where_he_may_not(scene: Scene) -> None:
    board = scene.board
    mod = board.viewer("mod")
    ann, bo, guest = scene.come("ann"), scene.come("bo"), scene.come()
    moira = scene.come("mod", scene.staff)
    await scene.settle()
    ann.take()
    scene.presence.typing(bo, scene.topic)
    scene.presence.typing(guest, scene.topic)
    scene.presence.typing(moira, scene.staff)
    await scene.look()
    assert ann.take() == [typing(scene, "bo", "moira")]
    await moderation.set_locked(board.db, mod, scene.topic.id, locked=True, now=now_ms())
    await scene.look(2.0)
    assert ann.take() == [typing(scene, "moira")]  # staff may answer in a locked topic


async def test_who_leaves_does_not_write_any_more(scene: Scene) -> None:
    ann, bo = scene.come("ann"), scene.come("bo")
    scene.presence.typing(bo, scene.topic)
    await scene.look()
    assert ann.take()[-1] == typing(scene, "bo")
    scene.go(bo)
    await scene.look(2.0)
    assert ann.take() == [typing(scene)]
