"""How much members may do is set in the browser, within bounds, and holds at once."""

import pytest

from server.actions import board_limits, posting
from server.actions.limits import Limits
from server.actions.posting import Draft, Edit
from server.domain.board_limits import BOUNDS, DEFAULTS, BoardLimits
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, TooManyRequests
from server.domain.viewer import Role, Viewer
from server.store import settings
from tests.support.whole_board import NO_LIMITS, WholeBoard, board, sqlite_board

__all__ = ["board", "sqlite_board"]


async def change(board: WholeBoard, **changes: int) -> None:
    typed = DEFAULTS | {name: str(value) for name, value in changes.items()}
    await board_limits.change_limits(board.db, board.viewer("ada"), typed, now=now_ms())


async def test_a_flood_is_what_administrators_say(board: WholeBoard) -> None:
    asked = await board.topic("Sleep", "How?")
    bo, counters = board.viewer("bo"), Limits()
    await change(board, posts_a_minute=2)

    async def reply() -> None:
        await posting.reply(board.db, bo, asked.topic_id, Draft("So."), now=now_ms(), limits=counters)

    await reply()
    await reply()
    with pytest.raises(TooManyRequests):
        await reply()
    await change(board, posts_a_minute=3)
    await reply()


async def test_a_post_is_as_long_as_administrators_say(board: WholeBoard) -> None:
    asked = await board.topic("Sleep", "How?")
    bo, long = board.viewer("bo"), "x" * 501
    made = await posting.reply(board.db, bo, asked.topic_id, Draft("x"), now=now_ms(), limits=NO_LIMITS)
    await change(board, longest_post=500)
    for acting in (
        posting.reply(board.db, bo, asked.topic_id, Draft(long), now=now_ms(), limits=NO_LIMITS),
        posting.start_topic(board.db, bo, 1, Draft(long, "Long"), now=now_ms(), limits=NO_LIMITS),
        posting.edit(board.db, bo, made.post_id, Edit(long, made.position), now=now_ms()),
    ):
        with pytest.raises(Invalid, match="500 fit"):
            await acting
    await change(board)
    await posting.reply(board.db, bo, asked.topic_id, Draft(long), now=now_ms(), limits=NO_LIMITS)


async def test_who_is_new_and_how_many_links_he_sets(sqlite_board: WholeBoard) -> None:
    board, asked = sqlite_board, await sqlite_board.topic("Sleep", "How?")
    bo = board.viewer("bo")
    new = Viewer(bo.id, bo.username, Role.MEMBER, bo.session_id, joined_at=now_ms() - 60_000)
    links = Draft("https://example.org/1 https://example.org/2 https://example.org/3")

    async def reply() -> None:
        await posting.reply(board.db, new, asked.topic_id, links, now=now_ms(), limits=NO_LIMITS)

    with pytest.raises(Invalid, match="2 links"):
        await reply()
    for changes in ({"new_links": 3}, {"new_for_hours": 0}):
        await change(board, **changes)
        await reply()


async def test_a_picture_is_as_large_as_administrators_say(sqlite_board: WholeBoard) -> None:
    await change(sqlite_board, picture_size=1)
    async with sqlite_board.browser("bo", json=True) as bo:
        refused = await bo.post(
            "/settings/profile/picture",
            files={"picture": ("me.png", b"x" * (2**20 + 1), "image/png")},
        )
        assert refused.status_code == 422
        assert "at most 1 MB" in refused.json()["error"]["fields"]["picture"]
        assert "at most 1 MB" in (await bo.get("/settings/profile", headers={"Accept": "text/html"})).text


@pytest.mark.parametrize("name", BOUNDS)
async def test_each_limit_has_its_bounds(sqlite_board: WholeBoard, name: str) -> None:
    least, most = BOUNDS[name]
    for value in (least, most):
        await change(sqlite_board, **{name: value})
    for wrong in (str(least - 1), str(most + 1), "", "ten", "9" * 30, "1.5"):
        with pytest.raises(Invalid) as refused:
            await board_limits.change_limits(
                sqlite_board.db, sqlite_board.viewer("ada"), DEFAULTS | {name: wrong}, now=now_ms()
            )
        assert refused.value.fields.keys() == {name}
    assert getattr(await sqlite_board.db.read(settings.limits), name) == most


async def test_only_administrators_set_limits(sqlite_board: WholeBoard) -> None:
    for name in (None, "ann", "mod"):
        with pytest.raises(Forbidden):
            await board_limits.change_limits(
                sqlite_board.db, sqlite_board.viewer(name), DEFAULTS, now=now_ms()
            )
    assert await sqlite_board.db.read(settings.limits) == BoardLimits()
