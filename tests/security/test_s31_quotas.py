"""S31: what is kept for one member and for all together is bounded, and what is replaced or gone is freed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from server.actions import departures, profiles, uploads
from server.actions.images import Images
from server.actions.limits import Limits
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid
from server.domain.leaving import Departure, Leaving
from server.domain.viewer import Role, Viewer
from server.store import leavers
from server.store import uploads as rows
from server.store.avatars import Avatars
from server.web.admin import routes as admin_routes
from server.web.settings import routes as settings_routes
from tests.support.pictures import phone_photo
from tests.support.small_board import PROGRAM, SmallBoard, small_board

ADA, ANN, BO = 1, 2, 3


@pytest_asyncio.fixture
async def board(database_url: str, tmp_path: Path) -> AsyncIterator[SmallBoard]:
    routes = [*admin_routes, *settings_routes]
    async with small_board(database_url, routes, data_dir=tmp_path) as board:
        await board.add("Ada", Role.ADMIN)
        await board.add("Ann")
        await board.add("Bo")
        yield board


def avatars(board: SmallBoard) -> Avatars:
    return Avatars(board.config.data_dir)


async def upload(board: SmallBoard, member_id: int) -> str:
    return await profiles.change_picture(
        board.db,
        avatars(board),
        Images(),
        Viewer(member_id, "", Role.MEMBER),
        phone_photo(),
        now=now_ms(),
        limits=Limits(enabled=False),
    )


async def allow(board: SmallBoard, **values: int) -> None:
    given = {"member_uploads_kb": 1000, "board_uploads_mb": 2000} | values
    texts = {name: str(value) for name, value in given.items()}
    await uploads.change_limits(board.db, Viewer(ADA, "Ada", Role.ADMIN), texts, now=now_ms())


async def taken(board: SmallBoard) -> tuple[int, int]:
    found = await board.db.read(rows.taken)
    return found.size, found.uploads


def on_disk(board: SmallBoard) -> int:
    folder = board.config.data_dir / "uploads" / "avatars"
    return sum(path.stat().st_size for path in folder.iterdir())


async def test_what_is_kept_is_counted_and_what_goes_is_freed(board: SmallBoard) -> None:
    for _ in range(2):  # the second replaces the first
        await upload(board, ANN)
        assert await taken(board) == (on_disk(board), 1)
    await upload(board, BO)
    assert await taken(board) == (on_disk(board), 2)
    bo = Viewer(BO, "Bo", Role.MEMBER)
    await profiles.remove_picture(board.db, avatars(board), bo, now=now_ms())
    assert await taken(board) == (on_disk(board), 1)
    async with board.db.begin() as writer:
        await leavers.plan(writer, Departure(ANN, Leaving.ANONYMISE, now_ms() - 1))
    await departures.depart_next(board.db, avatars(board), now=now_ms())
    assert await taken(board) == (0, 0)
    assert on_disk(board) == 0


async def test_a_member_has_so_much_room(board: SmallBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    await upload(board, ANN)
    size, _ = await taken(board)
    monkeypatch.setattr(uploads, "KB", size // 25)  # a limit below what the photograph takes
    await allow(board, member_uploads_kb=20)
    with pytest.raises(Invalid) as refused:
        await upload(board, BO)
    assert "There is no room for this picture" in refused.value.fields["picture"]
    assert await taken(board) == (on_disk(board), 1)  # nothing was left behind
    await upload(board, ANN)  # one of the same size in place of hers


async def test_the_board_has_so_much_room(board: SmallBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    await upload(board, ANN)
    size, _ = await taken(board)
    monkeypatch.setattr(uploads, "MB", size + size // 2)  # which is room for one and a half
    await allow(board, board_uploads_mb=1)
    with pytest.raises(Invalid) as refused:
        await upload(board, BO)
    assert "no room for more pictures on this board" in refused.value.fields["picture"]
    assert await taken(board) == (on_disk(board), 1)
    await upload(board, ANN)


async def test_pictures_of_before_are_counted_once(board: SmallBoard) -> None:
    name = await upload(board, ANN)
    size, _ = await taken(board)
    async with board.db.begin() as writer:
        await rows.free(writer, name)  # as it was before uploads were counted
    assert await profiles.count_pictures(board.db, avatars(board), now=now_ms()) == 1
    assert await profiles.count_pictures(board.db, avatars(board), now=now_ms()) == 0
    assert await taken(board) == (size, 1)


async def test_administrators_set_the_limits_and_nobody_else(board: SmallBoard) -> None:
    for somebody in (Viewer(None, "", Role.GUEST), Viewer(ANN, "Ann", Role.MODERATOR)):
        with pytest.raises(Forbidden):
            await uploads.change_limits(board.db, somebody, {}, now=now_ms())
    async with board.member("Ada") as ada:
        wrong = {"member_uploads_kb": "x", "board_uploads_mb": "50"}
        refused = await ada.post("/admin/uploads", data=wrong)
        assert refused.status_code == 422
        assert "a whole number from 20 to 100,000." in refused.text
        assert 'value="50"' in refused.text
        right = wrong | {"member_uploads_kb": "500"}
        assert (await ada.post("/admin/uploads", data=right)).status_code == 303
        told = (await ada.get("/admin/uploads", headers=PROGRAM)).json()
        assert told == {
            "member_uploads_kb": "500", "board_uploads_mb": "50", "taken": 0, "uploads": 0,
        }  # fmt: skip
