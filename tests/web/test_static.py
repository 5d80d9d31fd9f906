"""The client's files: one request for the styles, no module found out late, nothing outside of the folder.

Themes are sheets of their own, which a browser loads by the media of their links.
"""

import gzip
import re

import httpx

from server.web.static import StaticFiles
from tests.support.whole_board import WholeBoard


async def test_a_page_names_every_file_it_needs_under_an_address_that_may_be_kept_for_ever(
    sqlite_board: WholeBoard,
) -> None:
    async with sqlite_board.browser() as guest:
        page = (await guest.get("/")).text
        found = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert {path.rpartition(".")[2] for path in found} == {"js", "css", "svg"}
        for path in found:
            answer = await guest.get(path)
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]


def test_the_style_sheet_has_its_parts_in_it_and_no_import_left() -> None:
    files = StaticFiles()
    sheet = files._files["styles/app.css"].decode()
    assert "@import" not in sheet
    assert sheet.count("@layer tokens {") == 1


async def test_a_page_of_an_older_version_gets_todays_file_but_must_not_keep_it(
    sqlite_board: WholeBoard,
) -> None:
    async with sqlite_board.browser() as guest:
        answer = await guest.get("/static/0123456789abcdef/app.js")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"


async def test_nothing_outside_of_the_client_is_served(sqlite_board: WholeBoard) -> None:
    async with sqlite_board.browser() as guest:
        for path in ("../pyproject.toml", "..%2fpyproject.toml", "README.md", "tsconfig.json", "/etc/passwd"):
            answer = await guest.get(httpx.URL(f"{sqlite_board.base_url}/static/x/{path}"))
            assert answer.status_code == 404, path


async def test_files_come_packed_and_a_browser_that_has_one_is_told_so(sqlite_board: WholeBoard) -> None:
    files = StaticFiles()
    async with sqlite_board.browser() as guest:
        for version in (files.version, "0123456789abcdef"):
            path = f"/static/{version}/live/page.js"
            plain = await guest.get(path, headers={"Accept-Encoding": "identity"})
            async with guest.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as packed:
                sent = b"".join([part async for part in packed.aiter_raw()])
            assert gzip.decompress(sent) == plain.content == files._files["live/page.js"]
            assert len(sent) < len(plain.content) / 2
            assert packed.headers["content-length"] == str(len(sent))
            for answer in (plain, packed):
                assert answer.headers["vary"] == "Accept-Encoding"
                assert answer.headers["content-type"].startswith("text/javascript")
                assert answer.headers["etag"] == plain.headers["etag"]
            known = await guest.get(path, headers={"If-None-Match": plain.headers["etag"]})
            assert (known.status_code, known.content) == (304, b"")
            assert known.headers["cache-control"] == plain.headers["cache-control"]
            head = await guest.head(path)
            assert (head.status_code, head.content) == (200, b"")
        icon = await guest.get("/favicon.ico")
        assert icon.headers["content-type"] == "image/svg+xml"
        again = await guest.get("/favicon.ico", headers={"If-None-Match": icon.headers["etag"]})
        assert again.status_code == 304
