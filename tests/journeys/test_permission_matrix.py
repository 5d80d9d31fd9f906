"""Who may open which page of the board itself and write there, as page and as JSON.

What is about topics, posts and categories is in the table of acts (test_acts_table.py); what waits, is
reported, was done to a member or is taken back in those beside it (test_moderation_table.py,
test_undo_table.py).
"""

import contextlib
import re

import httpx
import pytest

from server.web.routing import GuardedRoute
from tests.support.http_acts import HTTP_ACTS, PAGES
from tests.support.moderation_table import ON_MEMBERS, ON_SANCTIONS, REPORTED_ROWS, WAITING_ROWS
from tests.support.tested_elsewhere import ELSEWHERE
from tests.support.undo_table import UNDO_ROWS
from tests.support.whole_board import WholeBoard

GENERATED = (*WAITING_ROWS, *REPORTED_ROWS, *ON_MEMBERS, *ON_SANCTIONS, *UNDO_ROWS)
_NUMBER = re.compile(r"{\w+:int}")
EVERYBODY = (None, "ann", "bo", "mod", "ada")  # ann wrote what it is about
FOR_ALL = {
    "GET /": (200, 200, 200, 200, 200),
    "GET /latest": (200, 200, 200, 200, 200),
    "GET /members/ann": (200, 200, 200, 200, 200),
    "GET /rules": (200, 200, 200, 200, 200),
    "GET /help": (200, 200, 200, 200, 200),
    "GET /privacy": (200, 200, 200, 200, 200),
    "GET /viewer": (200, 200, 200, 200, 200),
    "GET /live": (200, 200, 200, 200, 200),
    "GET /healthz": (200, 200, 200, 200, 200),
    "GET /members/ann/report": (401, 403, 200, 200, 200),
    "POST /members/ann/reports": (401, 403, 422, 422, 422),
    "GET /notices": (401, 200, 200, 200, 200),
    "POST /notices/read": (401, 200, 200, 200, 200),
    "GET /settings": (401, 200, 200, 200, 200),
    "GET /settings/name": (401, 200, 200, 200, 200),
    "POST /settings/name": (401, 422, 422, 422, 422),
    "POST /settings/presence": (401, 422, 422, 422, 422),
    "POST /settings/password": (401, 422, 422, 422, 422),
    "GET /settings/reading": (401, 200, 200, 200, 200),
    "POST /settings/reading": (401, 422, 422, 422, 422),
    "GET /settings/mail": (401, 200, 200, 200, 200),
    "POST /settings/mail/address": (401, 422, 422, 422, 422),
    "POST /settings/mail/letters": (401, 200, 200, 200, 200),
    "POST /unsubscribe/undo": (404, 404, 404, 404, 404),
    "GET /settings/data": (401, 200, 200, 200, 200),
    "POST /settings/data/exports": (401, 422, 422, 422, 422),
    "POST /settings/data/leave": (401, 422, 422, 422, 422),
    "POST /settings/data/stay": (401, 404, 404, 404, 404),
    "GET /forgot": (200, 200, 200, 200, 200),
    "GET /rules/accept": (401, 200, 200, 200, 200),
    "POST /rules/accept": (401, 422, 422, 422, 422),
    "GET /waiting": (303, 303, 303, 303, 303),
    "GET /moderation/members": (401, 403, 403, 200, 200),
    "GET /moderation/guide": (401, 403, 403, 200, 200),
    "GET /settings/history": (401, 200, 200, 200, 200),
    "GET /moderation/log": (401, 403, 403, 200, 200),
    "GET /moderation/log?show=accounts": (401, 403, 403, 403, 200),
    "GET /moderation/bans": (401, 403, 403, 200, 200),
    "GET /settings/standing": (401, 200, 200, 200, 200),
    "POST /settings/standing/read": (401, 200, 200, 200, 200),
    "GET /members/ann/card": (200, 200, 200, 200, 200),
    "GET /settings/profile": (401, 200, 200, 200, 200),
    "POST /settings/profile": (401, 200, 200, 200, 200),
    "POST /settings/profile/picture": (401, 415, 415, 415, 415),
    "POST /settings/profile/picture/remove": (401, 200, 200, 200, 200),
    "GET /settings/two-step": (401, 200, 200, 200, 200),
    "POST /settings/two-step/start": (401, 422, 422, 422, 422),
    "POST /settings/two-step/on": (401, 422, 422, 422, 422),
    "POST /settings/two-step/codes": (401, 422, 422, 422, 422),
    "POST /settings/two-step/off": (401, 422, 422, 422, 422),
    "POST /settings/passkeys": (401, 422, 422, 422, 422),
    "POST /settings/passkeys/options": (401, 422, 422, 422, 422),
    "GET /settings/programs": (401, 200, 200, 200, 200),
    "POST /settings/programs": (401, 422, 422, 422, 422),
}


async def ask(client: httpx.AsyncClient, method: str, path: str, as_json: bool) -> httpx.Response:
    fields = {"title": "A title", "body": "Some words.", "version": "999999", "reason": "x"}
    headers = {"Accept": "application/json" if as_json else "text/html"}
    return await client.request(method, path, data=None if method == "GET" else fields, headers=headers)


def as_page(status: int, method: str) -> set[int]:
    """The status of the same answer for a browser without JavaScript."""
    if status == 401:  # to sign in; a form that was filled in comes along (test_ended_sessions.py)
        return {401} if method == "POST" else {303}
    if method == "GET":  # some lead on to where the thing has its page
        return {200, 301, 302} if status == 200 else {status}
    return {303} if status in (200, 201) else {status}


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "page"])
async def test_pages_of_the_board_itself(sqlite_board: WholeBoard, as_json: bool) -> None:
    for number, name in enumerate(EVERYBODY):
        async with sqlite_board.browser(name) as client:
            for act, statuses in FOR_ALL.items():
                method, _, path = act.partition(" ")
                answer = await ask(client, method, path, as_json)
                right = {statuses[number]} if as_json else as_page(statuses[number], method)
                assert answer.status_code in right, f"{name}: {act}: {answer.status_code}"


async def test_administration_is_for_administrators_only(sqlite_board: WholeBoard) -> None:
    """Every route below /admin that there is; what it is about need not be there to keep others out."""
    doors = {None: {401}, "ann": {403}, "mod": {403}}
    async with contextlib.AsyncExitStack() as open_ones:
        clients = {
            name: await open_ones.enter_async_context(sqlite_board.browser(name)) for name in EVERYBODY
        }
        for route in sqlite_board.server.app.routes:
            if not isinstance(route, GuardedRoute) or not route.path.startswith("/admin"):
                continue
            method, path = next(iter((route.methods or set()) - {"HEAD"})), _NUMBER.sub("999999", route.path)
            for name in ("ann", "mod", None):
                for as_json in (True, False):
                    answer = await ask(clients[name], method, path, as_json)
                    right = doors[name] if as_json or name else as_page(401, method)
                    assert answer.status_code in right, f"{name}: {method} {path}: {answer.status_code}"
            for as_json in (True, False):
                answer = await ask(clients["ada"], method, path, as_json)
                right = {404, 422} if "999999" in path else {200, 303, 422}
                assert answer.status_code in right, f"{method} {path}: {answer.status_code}"


def _shape(request: str) -> str:
    """The request whatever it is about."""
    return re.sub(r"{[^}]*}", "{}", request)


def test_the_tables_name_every_route(sqlite_url: str) -> None:
    from server.app import create_app
    from server.config import Config

    named = {f"{act.method} {act.path}".replace("{second}", "{post}") for act in (*HTTP_ACTS, *PAGES)}
    named |= FOR_ALL.keys()
    generated = {_shape(row.request) for row in GENERATED}
    missing = []
    for route in create_app(Config(sqlite_url)).routes:
        if not isinstance(route, GuardedRoute) or route.path in ELSEWHERE or route.path.startswith("/admin"):
            continue
        method = next(iter((route.methods or set()) - {"HEAD"}))
        thing = {"topics": "topic", "posts": "post", "categories": "category"}.get(
            route.path.split("/")[1], ""
        )
        path = (
            route.path.replace("{id:int}", f"{{{thing}}}").replace("{slug}", "x").replace("{username}", "ann")
        )
        if f"{method} {path}" not in named and f"{method} {_shape(route.path)}" not in generated:
            missing.append(f"{method} {path}")
    assert missing == []
