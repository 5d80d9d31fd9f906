"""Every route says whom it is for, and means it (S33, ASVS 8.3.1)."""

import re

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, WebSocketRoute

from server.domain.viewer import Role
from server.web.policies import Policy
from server.web.routing import GuardedRoute, get, post
from tests.support.small_board import small_board

WRITES_FOR_ANYONE = {
    "/login",
    "/login/code",
    "/login/passkey",
    "/login/passkey/options",
    "/signup",
    "/logout",
    "/setup/{token}",
    "/forgot",
    "/reset/{token}",
    "/confirm/{token}",
    "/unsubscribe/{token}",
    "/unsubscribe/undo",
}


async def enter(_: Request) -> Response:
    return PlainTextResponse("welcome")


ROUTES = [get(f"/{policy.name.lower()}", enter, policy) for policy in Policy]


def test_every_route_of_the_board_has_a_policy() -> None:
    from server.web.routes import routes

    assert len(routes) > 20  # the premise: these are all of them
    every: list[BaseRoute] = list(routes)
    assert [route for route in every if not isinstance(route, GuardedRoute)] == []
    assert all(isinstance(route.policy, Policy) for route in routes)


def test_the_application_adds_only_guarded_routes_and_the_socket() -> None:
    from server.app import create_app
    from server.config import Config

    others = [
        route
        for route in create_app(Config("sqlite:///never.db")).routes
        if not isinstance(route, GuardedRoute)
    ]
    assert [route.path for route in others if isinstance(route, WebSocketRoute)] == ["/live"]
    assert [route for route in others if not isinstance(route, WebSocketRoute)] == []


def test_writes_are_for_members_but_for_the_ways_in() -> None:
    from server.web.routes import routes

    writes = [route for route in routes if not (route.methods or set()) & {"GET", "HEAD"}]
    for_anyone = {route.path for route in writes if route.policy is Policy.ANYONE}
    assert for_anyone == WRITES_FOR_ANYONE


def test_no_route_answers_both_reading_and_writing() -> None:
    from server.web.routes import routes

    for route in routes:
        assert (route.methods or set()) in ({"GET", "HEAD"}, {"POST"}, {"PUT"}, {"PATCH"}, {"DELETE"}), (
            route.path
        )


def test_a_route_without_a_policy_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="policy"):
        get("/open", enter)  # type: ignore[call-arg]  # that is the point


@pytest.mark.parametrize(
    ("role", "open_to"),
    [
        (None, ["ANYONE"]),
        (Role.WAITING, ["ANYONE", "SIGNED_IN"]),
        (Role.MEMBER, ["ANYONE", "SIGNED_IN", "MEMBER"]),
        (Role.MODERATOR, ["ANYONE", "SIGNED_IN", "MEMBER", "MODERATES", "STAFF"]),
        (Role.ADMIN, ["ANYONE", "SIGNED_IN", "MEMBER", "MODERATES", "STAFF", "ADMIN"]),
    ],
)
async def test_a_policy_lets_in_its_role_and_those_above(
    sqlite_url: str, role: Role | None, open_to: list[str]
) -> None:
    async with small_board(sqlite_url, ROUTES) as board:
        if role:
            await board.add("Ann", role)
        async with board.member("Ann") if role else board.visitor() as ann:
            answers = {policy.name: await ann.get(f"/{policy.name.lower()}") for policy in Policy}
    assert [name for name, answer in answers.items() if answer.text == "welcome"] == open_to
    refused = {answer.status_code for name, answer in answers.items() if name not in open_to}
    assert refused <= ({403} if role else {303})


async def test_a_guest_is_led_to_sign_in_and_back(sqlite_url: str) -> None:
    routes = [*ROUTES, post("/write", enter, Policy.MEMBER)]
    async with small_board(sqlite_url, routes) as board, board.visitor() as guest:
        reading = await guest.get("/member?page=2")
        assert reading.headers["location"] == "/login?next=/member%3Fpage%3D2"
        page = f"{board.origin}/topics/12?page=2"
        writing = await guest.post("/write", headers={"Referer": page})
        assert writing.headers["location"] == "/login?next=/topics/12%3Fpage%3D2"
        as_json = await guest.post("/write", headers={"Accept": "application/json"})
        assert (as_json.status_code, as_json.json()["error"]["code"]) == (401, "sign_in")


async def test_what_is_not_there_is_a_page_or_json(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board, board.visitor() as guest:
        missing = await guest.get("/nowhere")
        assert missing.status_code == 404
        assert re.search(r"<h1>.+</h1>", missing.text)
        as_json = await guest.get("/nowhere", headers={"Accept": "application/json"})
        assert as_json.json()["error"]["code"] == "not_found"
        wrong_method = await guest.post("/viewer", headers={"Accept": "application/json"})
        assert (wrong_method.status_code, wrong_method.json()["error"]["code"]) == (405, "method")
