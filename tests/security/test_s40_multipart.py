"""S40: forms with files are bounded before they are read, in bytes and parts; elsewhere no file is taken."""

import tempfile
from collections.abc import AsyncIterator

import pytest

from server.actions.images import MAX_UPLOAD
from server.web import uploads
from server.web.requests import MAX_BODY
from server.web.settings import routes
from server.web.uploads import LARGER, PICTURE
from tests.support.pictures import phone_photo, written_as
from tests.support.small_board import PROGRAM, small_board

FORM = "multipart/form-data; boundary=x"


def part(name: str, content: bytes, file: str = "") -> bytes:
    kind = f'; filename="{file}"' if file else ""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{kind}\r\n\r\n'.encode() + content + b"\r\n"


async def test_more_than_fits_is_refused_by_what_it_says_and_by_what_comes(sqlite_url: str) -> None:
    pieces = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal pieces
        yield part("picture", b"", "a.jpg")[:-2]
        while True:
            pieces += 1
            yield b"x" * 65_536

    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            bo.headers["content-type"] = FORM
            said = await bo.post(PICTURE, content=b"", headers={"content-length": str(LARGER[PICTURE] + 1)})
            assert said.status_code == 413
            assert "10 MB" in said.text
            came = await bo.post(PICTURE, content=endless(), headers=PROGRAM)
            assert (came.status_code, came.json()["error"]["code"]) == (413, "large")
            assert pieces * 65_536 <= LARGER[PICTURE] + 2 * 65_536
            elsewhere = await bo.post("/settings/profile", content=b"x" * (MAX_BODY + 1))
            assert elsewhere.status_code == 413


async def test_a_file_of_just_the_size_is_read_and_one_byte_more_gets_a_sentence(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            photo = phone_photo()
            for length, status in ((MAX_UPLOAD, 200), (MAX_UPLOAD + 1, 422)):
                padded = photo + b"\0" * (length - len(photo))
                answer = await bo.post(PICTURE, files={"picture": ("a.jpg", padded)}, headers=PROGRAM)
                assert answer.status_code == status, length


@pytest.mark.parametrize(
    "body",
    [
        part("picture", b"a", "a.jpg") + part("picture", b"b", "b.jpg") + b"--x--\r\n",
        b"".join(part(f"f{number}", b"a") for number in range(uploads.MAX_PARTS + 1)) + b"--x--\r\n",
        part("other", b"a" * (uploads.MAX_PART + 1)) + b"--x--\r\n",
        b"--x\r\n" + b"X-Header: a\r\n" * 99_999,
        b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n",
        b"no form at all",
    ],
    ids=["two files", "many fields", "a large field", "many headers", "no name", "no form"],
)
async def test_a_form_that_is_none_of_ours_is_malformed(sqlite_url: str, body: bytes) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            answer = await bo.post(PICTURE, content=body, headers=PROGRAM | {"content-type": FORM})
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed")


@pytest.mark.parametrize("kind", ["multipart/form-data", "image/jpeg", "application/json", ""])
async def test_another_kind_of_body_is_said_to_be_one(sqlite_url: str, kind: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            answer = await bo.post(PICTURE, content=b"x", headers=PROGRAM | {"content-type": kind})
            assert answer.status_code == (400 if kind.startswith("multipart") else 415)


async def test_a_file_is_never_put_on_the_disk_as_it_came(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = written_as("PNG") + b"\0" * (MAX_UPLOAD // 2)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            answer = await bo.post(PICTURE, files={"picture": ("a.png", noise)}, headers=PROGRAM)
            assert answer.status_code == 200


async def test_other_forms_take_no_file(sqlite_url: str) -> None:
    async with small_board(sqlite_url, routes) as board:
        await board.add("Bo")
        async with board.member("Bo") as bo:
            answer = await bo.post("/settings/profile", files={"about": ("a.txt", b"x")}, headers=PROGRAM)
            assert answer.status_code == 400
