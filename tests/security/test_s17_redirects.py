"""S17: after signing in one stays on this board (Flarum GHSA-733r)."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web.requests import local_path
from tests.support.sign_ups import opened
from tests.support.small_board import PASSWORD, small_board

LOCAL = [
    "/",
    "/topics/12",
    "/topics/12/a-slug?page=2#post-9",
    "/search?q=a//b",
    "/members/Ann%20Smith",
    "/a:b",
    "/über",
]
FOREIGN = [
    "",
    "topics/12",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\x00/evil.example",
    "/topics\\..\\..\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/topics/12\r\nSet-Cookie: sid=x",
    "//[",
    "/" + "x" * 3000,
]


@pytest.mark.parametrize("target", LOCAL)
def test_a_path_of_ours_is_kept(target: str) -> None:
    assert local_path(target) == target


@pytest.mark.parametrize("target", FOREIGN)
def test_anything_else_is_the_front_page(target: str) -> None:
    assert local_path(target) == "/"


@given(st.text(alphabet=st.sampled_from(list("/\\:@?#.%ae\t\n 2f\u2028\uff0f")), max_size=12))
def test_whatever_is_typed_stays_on_the_board(target: str) -> None:
    found = local_path(target)
    assert found.startswith("/")
    assert urlsplit(urljoin("https://forum.example.org/login", found)).netloc == "forum.example.org"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/topics/12"]
)
async def test_every_way_in_goes_there(sqlite_url: str, target: str) -> None:
    expected = "/topics/12" if target == "/topics/12" else "/"
    new = {"username": "Bo", "email": "bo@example.org", "password": PASSWORD, "rules": "on", "next": target}
    async with small_board(sqlite_url) as board:
        await board.add("Ann")
        async with board.visitor() as ann:
            form = {"login": "Ann", "password": PASSWORD, "next": target}
            assert (await ann.post("/login", data=form)).headers["location"] == expected
            for path in ("/login", "/signup"):
                assert (await ann.get(path, params={"next": target})).headers["location"] == expected
        async with board.visitor() as bo:
            assert (await bo.post("/signup", data=new | await opened(board.db))).headers[
                "location"
            ] == expected
