"""Who may do what to topics and posts, as JSON and as forms: the table of acts, asked of a real board."""

import contextlib

import httpx
import pytest

from server.store import integrity
from tests.support.acts_scene import (
    ARCHIVED,
    BROWSERS,
    GONE,
    OPEN,
    STATES,
    TAKEN,
    Scene,
    set_the_stage,
    situation,
)
from tests.support.acts_table import EVERYBODY, FOR
from tests.support.http_acts import HTTP_ACTS, PAGES, HttpAct
from tests.support.whole_board import WholeBoard, sqlite_board

__all__ = ["sqlite_board"]

DONE = {200, 201, 301, 302, 303}


def right(act: HttpAct, status: int, as_json: bool) -> set[int]:
    """The statuses that say this, for a program or for a browser without JavaScript."""
    if status == 200:
        return DONE
    if as_json or status != 401:
        return {status}
    return {401, 303} if act.method == "POST" else {303}  # with what was typed, where something was


async def ask(client: httpx.AsyncClient, act: HttpAct, at: Scene, as_json: bool) -> httpx.Response:
    fields = {name: at.fill(value) for name, value in act.fields.items()}
    accept = {"Accept": "application/json" if as_json else "text/html"}
    return await client.request(act.method, at.fill(act.path), data=fields, headers=accept)


def requests(category: str, state: str) -> list[tuple[HttpAct, bool]]:
    """All as a program sends them; the forms, behind which the same rules stand, in two situations."""
    asked = [(act, True) for act in (*HTTP_ACTS, *PAGES)]
    if category == "members" and state in (OPEN, TAKEN):
        asked += [(act, False) for act in (*HTTP_ACTS, *PAGES) if act.form]
    return asked


@pytest.mark.parametrize("category", FOR)
async def test_everybody_does_just_what_the_table_says(sqlite_board: WholeBoard, category: str) -> None:
    stage, wrong = await set_the_stage(sqlite_board), []
    async with contextlib.AsyncExitStack() as open_ones:
        clients = {
            name: await open_ones.enter_async_context(sqlite_board.browser(BROWSERS.get(name, name)))
            for name in EVERYBODY
        }
        for state in STATES if category == "everyone" else (OPEN, GONE, TAKEN):
            found, at = situation(category, state), await stage.scene(category, state)
            for act, as_json in requests(category, state):
                for name, client in clients.items():
                    status = act.status(name, found)
                    answer = await ask(client, act, at, as_json)
                    if answer.status_code not in right(act, status, as_json):
                        asked = f"{act.method} {act.path} ({act.row}, {state}, {as_json=})"
                        wrong.append(f"{name}: {asked}: {answer.status_code} instead of {status}")
                    if as_json and answer.status_code >= 400:
                        error = answer.json()["error"]
                        assert error.keys() == {"code", "message", "fields"}
                        assert error["message"].endswith((".", "?"))
                    if act.method != "GET" and status == 200:
                        at = await stage.scene(category, state)
            if state == ARCHIVED:
                await stage.reopen()
    assert wrong == []
    async with sqlite_board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []
