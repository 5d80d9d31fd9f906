"""S31: a picture's file has a random name, is no page, and can do nothing even if it were one."""

import re
from pathlib import Path

import pytest

from server.web.avatars import routes as avatar_routes
from server.web.settings import routes as settings_routes
from tests.support.pictures import phone_photo
from tests.support.small_board import SmallBoard, small_board

ROUTES = [*settings_routes, *avatar_routes]


async def picture_of(board: SmallBoard, name: str) -> str:
    """A new picture's address."""
    async with board.member(name) as member:
        files = {"picture": ("../../evil.html", phone_photo(), "text/html")}
        answer = await member.post(
            "/settings/profile/picture", files=files, headers={"Accept": "application/json"}
        )
        return str(answer.json()["picture"])


async def test_a_picture_is_served_as_a_picture_and_nothing_else(sqlite_url: str, tmp_path: Path) -> None:
    async with small_board(sqlite_url, ROUTES, data_dir=tmp_path) as board:
        await board.add("Ann")
        address = await picture_of(board, "Ann")
        async with board.visitor() as guest:
            answer = await guest.get(address)
            head = await guest.head(address)
        assert answer.content[:4] == b"RIFF"
        assert (head.status_code, head.content) == (200, b"")
        headers = answer.headers
        assert headers["content-type"] == "image/webp"
        assert headers["content-disposition"] == 'attachment; filename="picture.webp"'
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "private, max-age=31536000, immutable"
        assert "set-cookie" not in headers


async def test_names_are_random_and_say_nothing(sqlite_url: str, tmp_path: Path) -> None:
    async with small_board(sqlite_url, ROUTES, data_dir=tmp_path) as board:
        for name in ("Ann", "Bo"):
            await board.add(name)
        found = [await picture_of(board, name) for name in ("Ann", "Ann", "Bo")]
    assert len(set(found)) == 3
    assert all(re.fullmatch(r"/avatars/[0-9a-f]{32}-256\.webp", address) for address in found)
    written = [path for path in tmp_path.rglob("*") if path.is_file() and ".db" not in path.name]
    assert {path.parent for path in written} == {tmp_path / "uploads" / "avatars"}
    assert len(written) == 4  # one picture a member


@pytest.mark.parametrize(
    "path",
    ["x.webp", "..%2f..%2fsecret-64.webp", "%00-64.webp", "{name}-65.webp", "{name}-64.webp.html"],
)
async def test_no_other_file_can_be_asked_for(sqlite_url: str, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret-64.webp").write_text("secret")
    async with small_board(sqlite_url, ROUTES, data_dir=tmp_path) as board:
        await board.add("Ann")
        name = (await picture_of(board, "Ann")).split("/")[-1].partition("-")[0]
        async with board.visitor() as guest:
            assert (await guest.get(f"/avatars/{name}-64.webp")).status_code == 200  # the premise
            assert (await guest.get("/avatars/" + path.format(name=name))).status_code == 404
