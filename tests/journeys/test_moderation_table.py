"""Who may do what to what waits, is reported, or was done to a member: the table, asked of a real board."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest_asyncio

from server.store import integrity
from tests.support.acts_scene import BROWSERS
from tests.support.acts_table import EVERYBODY
from tests.support.moderation_scene import Desk, set_the_desk
from tests.support.moderation_table import (
    ON_MEMBERS,
    ON_SANCTIONS,
    REPORTED_ROWS,
    TARGETS,
    WAITING_ROWS,
    Row,
    Sanctioned,
    every_reported,
    every_sanctioned,
    every_waiting,
)
from tests.support.whole_board import WholeBoard, sqlite_board

__all__ = ["sqlite_board"]

DONE = {200, 201, 202}


@dataclass
class Asked:
    """Everybody asks for everything; what is answered otherwise than the table says is in `wrong`."""

    desk: Desk
    clients: dict[str, httpx.AsyncClient]
    wrong: list[str] = field(default_factory=list)

    async def row(
        self,
        row: Row,
        words: Callable[[str], set[str]],
        make: Callable[[], Awaitable[dict[str, int]]],
        *,
        target: str = "",
        leaving_out: str = "",
    ) -> None:
        """Each person does the row's act with something fresh, once somebody has been let."""
        at = await make()
        for name, client in self.clients.items():
            if name == leaving_out:
                continue
            status = row.status(name, words(name))
            method, _, path = row.request.partition(" ")
            data = row.fields if method == "POST" else None
            answer = await client.request(
                method, path.format(target=target, **at), data=data, headers={"Accept": "application/json"}
            )
            right = DONE if status == 200 else {status}
            told = f"{name}: {row.act} ({words(name)} {target}): {answer.status_code} instead of {status}"
            if answer.status_code not in right:
                self.wrong.append(told)
            elif row.lists and status == 200:
                listed = {one["id"] for one in answer.json()[row.lists]}
                if (next(iter(at.values())) in listed) is not row.is_there(name, words(name)):
                    self.wrong.append(f"{told}, listed: {listed}")
            elif method == "POST" and status == 200:
                at = await make()
            if answer.status_code >= 400:
                assert answer.json()["error"]["message"].endswith((".", "?")), told


@pytest_asyncio.fixture
async def asked(sqlite_board: WholeBoard) -> AsyncIterator[Asked]:
    """Everybody of the table before the moderators' desk."""
    desk = await set_the_desk(sqlite_board)
    async with contextlib.AsyncExitStack() as open_ones:
        yield Asked(
            desk,
            {
                name: await open_ones.enter_async_context(sqlite_board.browser(BROWSERS.get(name, name)))
                for name in EVERYBODY
            },
        )


async def test_everybody_does_to_what_waits_is_reported_or_was_done_what_the_table_says(asked: Asked) -> None:
    desk = asked.desk
    for waiting in every_waiting():
        for row in WAITING_ROWS:
            await asked.row(row, waiting.words, partial(desk.waiting, waiting))
    await desk.stage.reopen()
    for case in every_reported():
        for row in REPORTED_ROWS:
            await asked.row(row, case.words, partial(desk.reported, case))
    for done, act in every_sanctioned():
        row = next(one for one in ON_SANCTIONS if one.act == act)
        await asked.row(row, done.words, partial(desk.sanctioned, done))
    for target in TARGETS:
        for row in ON_MEMBERS:
            words = Sanctioned(target, "").words
            by_senior = "ada" if target == "mod" else ""  # it would end his session
            await asked.row(row, words, _nothing, target=_name(target), leaving_out=by_senior)
    assert "\n".join(asked.wrong) == ""
    async with desk.board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []


async def _nothing() -> dict[str, int]:
    return {}


def _name(target: str) -> str:
    return {"mod": "moira"}.get(target, target)
