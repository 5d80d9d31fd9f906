"""S11: there is one way to be somebody; a token in the header Authorization is part of it, nothing else."""

import hashlib

import pytest

from server.domain.clock import DAY, HOUR, now_ms
from server.domain.credentials import bearer_of
from server.domain.viewer import Scope
from server.store.database import Database
from server.web.middleware import WRONG_TOKENS
from tests.support.programs import program, token_of
from tests.support.small_board import PASSWORD
from tests.support.whole_board import WholeBoard, whole_board

GUEST = {"role": "guest"}


def test_only_bearer_is_read_from_the_header() -> None:
    assert bearer_of([]) is None
    assert bearer_of(["Basic YW5uOnB3", "Digest x", ""]) is None
    assert bearer_of(["Bearer abc"]) == bearer_of(["bearer  abc "]) == "abc"
    for unreadable in (["Bearer"], ["Bearer "], ["Bearer a", "Bearer a"], ["Basic YW5u", "Bearer a"]):
        assert bearer_of(unreadable) == "", unreadable
    assert bearer_of(["Bearerabc"]) is None


async def test_a_token_signs_in_and_a_basic_header_does_not(board: WholeBoard) -> None:
    made = await token_of(board, "ann")
    async with program(board, made.secret) as client:
        assert (await client.get("/viewer")).json()["username"] == "ann"
    async with board.browser(json=True) as guest:
        basic = await guest.get("/viewer", auth=("ann", PASSWORD))
        assert basic.json() == GUEST


@pytest.mark.parametrize("json", [True, False], ids=["json", "page"])
async def test_a_wrong_token_is_401_on_every_address_and_never_a_silent_guest(
    sqlite_board: WholeBoard, json: bool
) -> None:
    made = await token_of(sqlite_board, "ann")
    cookie = sqlite_board.tokens["ann"]
    over = await token_of(sqlite_board, "ann", called="old", now=now_ms() - 31 * DAY)
    for wrong in ("x", made.secret[:-1], made.secret + "A", "a" * 5_000, cookie, over.secret):
        async with program(sqlite_board, wrong, Accept="application/json" if json else "text/html") as client:
            for method, path in (("GET", "/"), ("GET", "/nowhere"), ("POST", "/login"), ("GET", "/live")):
                answer = await client.request(method, path)
                assert answer.status_code == 401, f"{path} with {wrong[:12]}"
                assert answer.headers["www-authenticate"].startswith("Bearer")
                assert "location" not in answer.headers
                if json:
                    assert answer.json()["error"]["code"] == "token"


async def test_beside_a_cookie_the_token_alone_counts(sqlite_board: WholeBoard) -> None:
    made = await token_of(sqlite_board, "ann", Scope.READ)
    topic = await sqlite_board.topic("Sleep", "How?", by="ann")
    headers = {"Cookie": sqlite_board.cookie("bo"), "Origin": "https://evil.example"}
    async with program(sqlite_board, made.secret, **headers) as client:
        assert (await client.get("/viewer")).json()["username"] == "ann"
        answer = await client.post(f"/posts/{topic.post_id}/thanks")  # which bo might, by his cookie
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "scope")
    async with program(sqlite_board, "wrong", **headers) as client:
        assert (await client.get("/viewer")).status_code == 401


async def test_a_token_is_no_cookie_and_a_cookie_is_no_token(sqlite_board: WholeBoard) -> None:
    made = await token_of(sqlite_board, "ann")
    name = sqlite_board.config.cookie_name
    async with sqlite_board.browser(json=True) as browser:
        assert (await browser.get("/viewer", headers={"Cookie": f"{name}={made.secret}"})).json() == GUEST


async def test_a_token_counts_in_no_other_place(sqlite_board: WholeBoard) -> None:
    made = await token_of(sqlite_board, "ann", Scope.WRITE)
    topic = await sqlite_board.topic("Sleep", "How?", by="bo")
    places = [
        {"token": made.secret},
        {"access_token": made.secret},
        {"authorization": f"Bearer {made.secret}"},
    ]
    async with sqlite_board.browser(json=True) as guest:
        for place in places:
            assert (await guest.get("/viewer", params=place)).json() == GUEST
            assert (await guest.post(f"/posts/{topic.post_id}/thanks", data=place)).status_code == 401
            assert (await guest.get("/viewer", headers={"X-Token": made.secret})).json() == GUEST
            cookie = "; ".join(f"{name}={value}" for name, value in place.items())
            assert (await guest.get("/viewer", headers={"Cookie": cookie})).json() == GUEST


async def test_no_other_site_gets_an_answer_by_it(sqlite_board: WholeBoard) -> None:
    """S14, S16: CORS stays off, so a browser elsewhere may not even send the header."""
    made = await token_of(sqlite_board, "ann")
    async with program(sqlite_board, made.secret, Origin="https://evil.example") as client:
        answer = await client.options("/", headers={"Access-Control-Request-Headers": "authorization"})
        assert answer.status_code == 405
        for one in (answer, await client.get("/")):
            assert not [name for name in one.headers if name.startswith("access-control")]


async def test_a_cookie_is_checked_as_before_when_the_header_is_another_one(sqlite_board: WholeBoard) -> None:
    topic = await sqlite_board.topic("Sleep", "How?", by="ann")
    async with sqlite_board.browser("bo", json=True) as bo:
        foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        answer = await bo.post(f"/posts/{topic.post_id}/thanks", headers=foreign, auth=("a", "b"))
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin")


async def test_the_database_holds_no_token(board: WholeBoard) -> None:
    made = await token_of(board, "ann")
    async with board.db.snapshot() as reader:
        rows = await reader.all("SELECT token_hash, device, scope FROM sessions WHERE scope <> ''")
    assert rows == [(hashlib.sha256(f"bearer {made.secret}".encode()).digest(), "ann read", "read")]


async def test_many_wrong_tokens_slow_an_address_down_and_a_right_one_passes(sqlite_url: str) -> None:
    async with whole_board(sqlite_url, limits=True) as board:
        made = await token_of(board, "ann")
        async with program(board, "wrong") as wrong, program(board, made.secret) as right:
            most, _ = WRONG_TOKENS
            statuses = [(await wrong.get("/viewer")).status_code for _ in range(most + 2)]
            assert statuses == [401] * most + [429] * 2
            assert int((await wrong.get("/viewer")).headers["retry-after"]) > 0
            assert (await right.get("/viewer")).status_code == 200


async def test_the_last_use_is_noted_to_the_hour(board: WholeBoard) -> None:
    now = now_ms()
    made = await token_of(board, "ann", now=now - 3 * HOUR)
    assert await seen(board.db, made.id) == now - 3 * HOUR
    async with program(board, made.secret) as client:
        await client.get("/viewer")
        first = await seen(board.db, made.id)
        assert first >= now
        await client.get("/viewer")
        assert await seen(board.db, made.id) == first


async def seen(db: Database, number: int) -> int:
    async with db.snapshot() as reader:
        found = await reader.value("SELECT seen_at FROM sessions WHERE id = :id", id=number)
    assert isinstance(found, int)
    return found
