"""S7, as far as it is text and status: nobody learns here who has an account (ASVS 6.3.8)."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from server.actions.passwords import Passwords
from server.actions.settings import change_joining
from server.domain.clock import now_ms
from server.domain.viewer import Role, Viewer
from tests.support.small_board import CHEAP, PASSWORD, SmallBoard, small_board


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(sqlite_url) as board:
        await board.add("Ann")
        yield board


def shape(answer: httpx.Response, *typed: str) -> tuple[int, list[tuple[str, str]], str]:
    """An answer without what was typed, the token and what depends on their length."""
    headers = sorted((name, value) for name, value in answer.headers.items() if name != "content-length")
    text = answer.text
    for value in typed:
        text = text.replace(value, "…")
    return (
        answer.status_code,
        [(name, re.sub("(sid|known)=[^;]+", r"\1=…", value)) for name, value in headers],
        text,
    )


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(board: SmallBoard) -> None:
    for known, unknown in (("Ann", "Bob"), ("ann@example.org", "bob@example.org")):
        for accept in ("text/html", "application/json"):
            async with board.visitor(Accept=accept) as mallory:
                one = await mallory.post("/login", data={"login": known, "password": "wrong horse"})
                other = await mallory.post("/login", data={"login": unknown, "password": "wrong horse"})
            assert one.status_code == 422
            assert shape(one, known) == shape(other, unknown)


async def test_an_unknown_name_costs_a_hash_too() -> None:
    seen: list[str] = []

    class Watched(Passwords):
        def _verify(self, stored: str, password: str) -> bool:
            seen.append(stored)
            return super()._verify(stored, password)

    passwords = Watched(CHEAP)
    await passwords.matches(await passwords.hash("x"), "y")
    await passwords.matches(None, "y")
    passwords.close()
    costs = [stored.rsplit("$", 2)[0] for stored in seen]
    assert costs == ["$argon2id$v=19$m=8,t=1,p=1"] * 2


async def test_signing_up_with_a_known_address_is_answered_like_any_other(board: SmallBoard) -> None:
    form = {"password": PASSWORD, "rules": "on"}
    async with board.visitor() as known, board.visitor() as unknown:
        one = await known.post("/signup", data=form | {"username": "Bob", "email": "ann@example.org"})
        other = await unknown.post("/signup", data=form | {"username": "Cleo", "email": "cleo@example.org"})
        assert one.status_code == 303
        assert shape(one) == shape(other)
        assert (await known.get("/viewer")).json()["username"] == "Bob"


async def test_whose_address_it_was_still_signs_in_by_it(board: SmallBoard) -> None:
    form = {"username": "Bob", "email": "Ann@example.org", "password": "two green kettles", "rules": "on"}
    async with board.visitor() as bob:
        await bob.post("/signup", data=form)
    for password, status in ((PASSWORD, 303), ("two green kettles", 422)):
        async with board.visitor() as visitor:
            answer = await visitor.post("/login", data={"login": "ann@example.org", "password": password})
            assert answer.status_code == status
    async with board.visitor() as bob:
        assert (
            await bob.post("/login", data={"login": "Bob", "password": "two green kettles"})
        ).status_code == 303


async def test_who_waits_with_a_known_address_is_answered_like_any_other(board: SmallBoard) -> None:
    await change_joining(board.db, Viewer(None, "", Role.ADMIN), "approval", "20", now=now_ms())
    form = {"password": PASSWORD, "rules": "on"}
    async with board.visitor() as known, board.visitor() as unknown:
        one = await known.post("/signup", data=form | {"username": "Bob", "email": "ann@example.org"})
        other = await unknown.post("/signup", data=form | {"username": "Cleo", "email": "cleo@example.org"})
        assert (one.status_code, one.headers["location"]) == (303, "/waiting")
        assert shape(one) == shape(other)


async def test_a_robot_learns_from_no_trap_whether_an_address_is_known(board: SmallBoard) -> None:
    async with board.visitor() as robot:
        answers = []
        for email in ("ann@example.org", "cleo@example.org"):
            form = {"username": "Bob", "email": email, "password": PASSWORD, "rules": "on"}
            answers.append(await robot.post("/signup", data=form | {"form_time": "x"}))
        one, other = (re.sub(r"\d+\.[0-9a-f]{64}", "…", answer.text) for answer in answers)
        assert one.replace("ann@", "cleo@") == other
        assert [answer.status_code for answer in answers] == [422, 422]
