"""What every request passes: hosts, sizes, sessions, and the last resort."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message

from server.domain.clock import DAY, HOUR, MINUTE, now_ms
from server.web import requests
from server.web.policies import Policy
from server.web.requests import MAX_BODY
from server.web.routing import get, post
from tests.support.small_board import SmallBoard, small_board


async def echo(request: Request) -> Response:
    values = await requests.fields(request, "body")
    return JSONResponse({"size": len(values["body"])})


async def who(request: Request) -> Response:
    return JSONResponse(requests.viewer(request).username)


async def fail(request: Request) -> Response:
    raise RuntimeError(f"the secret is {request.url}")


ROUTES = [
    post("/echo", echo, Policy.ANYONE),
    get("/who", who, Policy.ANYONE),
    get("/fail", fail, Policy.ANYONE),
    get("/healthz", who, Policy.ANYONE),
]


class Clock:
    def __init__(self) -> None:
        self.now = now_ms()

    def __call__(self) -> int:
        return self.now


async def test_this_machines_names_are_answered_and_others_told_what_to_set(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board, board.visitor() as guest:
        for host in ("127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000"):
            assert (await guest.get("/who", headers={"Host": host})).status_code == 200, host
        for host in (
            "evil.example",
            "127.0.0.1",
            "127.0.0.1:80",
            "localhost.evil.example:8000",
            "192.0.2.1:8000",
            "",
        ):
            refused = await guest.get("/who", headers={"Host": host})
            assert refused.status_code == 421, host
            assert "PUBLIC_URL" in refused.text
            assert "nosniff" in refused.headers["x-content-type-options"]


async def test_a_public_board_answers_under_its_name(sqlite_url: str) -> None:
    public = "https://forum.example.org"
    async with small_board(sqlite_url, ROUTES, public_url=public) as board, board.visitor() as guest:
        for host in ("forum.example.org", "FORUM.example.org", "forum.example.org:443", "localhost:8000"):
            assert (await guest.get("/who", headers={"Host": host})).status_code == 200, host
        for host in ("forum.example.org:8000", "forum.example.org.", "www.forum.example.org", "evil.example"):
            assert (await guest.get("/who", headers={"Host": host})).status_code == 421, host


async def test_health_may_be_asked_by_address(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board, board.visitor() as guest:
        assert (await guest.get("/healthz", headers={"Host": "10.0.0.7:8000"})).status_code == 200


async def test_a_socket_for_another_host_is_refused(sqlite_url: str) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    scope = {
        "type": "websocket",
        "path": "/live",
        "headers": [(b"host", b"evil.example")],
        "query_string": b"",
    }
    async with small_board(sqlite_url) as board:
        await board.app(scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_a_body_at_the_limit_is_taken_and_one_above_refused_before_it_is_read(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board, board.visitor() as ann:
        fits = await ann.post("/echo", data={"body": "x" * (MAX_BODY - len("body="))})
        assert fits.json() == {"size": MAX_BODY - len("body=")}
        large = await ann.post("/echo", data={"body": "x" * MAX_BODY})
        assert large.status_code == 413
        assert "256 KB" in large.text
        as_json = await ann.post(
            "/echo", data={"body": "x" * MAX_BODY}, headers={"Accept": "application/json"}
        )
        assert as_json.json()["error"]["code"] == "large"


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
async def test_a_body_that_hides_its_size_is_cut_at_the_limit(sqlite_url: str, accept: str) -> None:
    pieces = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal pieces
        yield b"body="
        while pieces < 1000:
            pieces += 1
            yield b"x" * 65_536

    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
    async with small_board(sqlite_url, ROUTES) as board, board.visitor() as mallory:
        answer = await mallory.post("/echo", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert pieces <= MAX_BODY // 65_536 + 1


async def test_an_unforeseen_error_says_sorry_and_nothing_else(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with small_board(sqlite_url, ROUTES) as board, board.visitor() as guest:
        answer = await guest.get("/fail")
        as_json = await guest.get("/fail", headers={"Accept": "application/json"})
    assert answer.status_code == 500
    assert "sorry" in answer.text
    assert as_json.json()["error"]["code"] == "failed"
    for text in (answer.text, as_json.text):
        assert "secret" not in text
        assert "RuntimeError" not in text
    assert answer.headers["content-security-policy"]
    assert "the secret is" in caplog.text  # the log has it


async def test_the_log_of_an_error_has_no_token_and_a_bounded_path(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    routes = [get("/reset/{token}", fail, Policy.ANYONE), get("/fail/{rest:path}", fail, Policy.ANYONE)]
    async with small_board(sqlite_url, routes) as board, board.visitor() as guest:
        assert (await guest.get("/reset/very%0Aprivate")).status_code == 500
        assert (await guest.get(f"/fail/%1B[2Kroot signed in{'x' * 500}")).status_code == 500
    first, second = [record.getMessage() for record in caplog.records if record.name == "fireside"]
    assert first == "GET /reset/… failed"
    assert second.startswith("GET /fail/?[2Kroot signed inxxx")
    assert len(second) < 250


async def test_a_session_slides_at_most_once_a_minute_and_sets_no_cookie(sqlite_url: str) -> None:
    clock = Clock()
    async with small_board(sqlite_url, ROUTES, clock=clock) as board:
        await board.add("Ann")
        signed_in = await board.sign_in("Ann", remember=True, now=clock.now)
        async with board.visitor() as ann:
            ann.cookies.set("sid", signed_in.token)
            started = await seen_and_expires(board)
            clock.now += MINUTE - 1
            await look(ann, "Ann")
            assert await seen_and_expires(board) == started
            clock.now += 1
            await look(ann, "Ann")
            assert await seen_and_expires(board) == (clock.now, clock.now + 30 * DAY)


async def test_a_session_that_is_not_remembered_ends_after_a_day_however_busy(sqlite_url: str) -> None:
    clock = Clock()
    async with small_board(sqlite_url, ROUTES, clock=clock) as board:
        await board.add("Ann")
        signed_in = await board.sign_in("Ann", now=clock.now)
        async with board.visitor() as ann:
            ann.cookies.set("sid", signed_in.token)
            for _ in range(23):
                clock.now += HOUR
                await look(ann, "Ann")
            clock.now += HOUR
            await look(ann, "")


async def test_an_unknown_cookie_is_a_guest(sqlite_url: str) -> None:
    async with small_board(sqlite_url, ROUTES) as board, board.visitor() as mallory:
        for token in ("x", "x" * 43, "x" * 5000, "\xe9", '"'):
            answer = await mallory.get("/who", headers=[(b"Cookie", f"sid={token}".encode("latin-1"))])
            assert answer.json() == ""
            assert "set-cookie" not in answer.headers


async def test_there_is_no_other_way_to_be_somebody(sqlite_url: str) -> None:
    """S11: no header names a member (phpBB CVE-2026-48611)."""
    async with small_board(sqlite_url, ROUTES) as board:
        await board.add("Ann")
        for name, value in {
            "Authorization": "Basic QW5uOnNldmVuIHF1aWV0IGxhbnRlcm5z",
            "X-Remote-User": "Ann",
            "X-Forwarded-User": "Ann",
            "Remote-User": "Ann",
        }.items():
            async with board.visitor() as mallory:
                assert (await mallory.get("/who", headers={name: value})).json() == "", name


async def look(client: httpx.AsyncClient, expected: str) -> None:
    answer = await client.get("/who")
    assert answer.json() == expected
    assert "set-cookie" not in answer.headers


async def seen_and_expires(board: SmallBoard) -> tuple[int, int]:
    async with board.db.snapshot() as reader:
        row = await reader.one("SELECT seen_at, expires_at FROM sessions")
    assert row is not None
    return row[0], row[1]


def test_json_errors_have_one_shape() -> None:
    from server.web.responses import error_json

    assert json.loads(json.dumps(error_json("rate", "Slow down."))) == {
        "error": {"code": "rate", "message": "Slow down.", "fields": {}}
    }
