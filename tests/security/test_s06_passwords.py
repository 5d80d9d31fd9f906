"""S6: which passwords are taken (ASVS 6.2.1-6.2.12). The rule's table is in domain/test_passwords.py."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.sign_ups import opened
from tests.support.small_board import SmallBoard, small_board


@pytest_asyncio.fixture
async def board(sqlite_url: str) -> AsyncIterator[SmallBoard]:
    async with small_board(sqlite_url) as board:
        yield board


def form(password: str) -> dict[str, str]:
    return {"username": "Rosalind", "email": "franklin@example.org", "password": password, "rules": "on"}


@pytest.mark.parametrize(
    "password",
    [
        "",
        "1234567",
        "password",
        "12345678",
        "aaaaaaaa",
        "fireside1",
        "rosalind",
        "franklin@example.org",
        "x" * 129,
    ],
)
async def test_a_password_that_is_guessed_first_is_refused_beside_its_field(
    board: SmallBoard, password: str
) -> None:
    async with board.visitor(Accept="application/json") as ann:
        answer = await ann.post("/signup", data=form(password))
    assert answer.status_code == 422
    assert set(answer.json()["error"]["fields"]) == {"password"}


OTHERS = [
    "rain on tin",
    "qz7!pw-k",
    "drei Möwen",
    " led zeppelin ",
    "пятнадцать сов",
    "🦉🌧🚲🍐🕯🧵🪁🥾",
    "to and fro, " * 10,
]


@pytest.mark.parametrize("password", OTHERS)
async def test_any_other_is_taken_as_it_is_typed(board: SmallBoard, password: str) -> None:
    async with board.visitor() as ann:
        assert (await ann.post("/signup", data=form(password) | await opened(board.db))).status_code == 303
    async with board.visitor() as ann:
        right = await ann.post("/login", data={"login": "Rosalind", "password": password})
        assert right.status_code == 303
    for wrong in (password[1:], password[:-1], f"{password} ", password.swapcase() + "x"):
        async with board.visitor() as mallory:
            refused = await mallory.post("/login", data={"login": "Rosalind", "password": wrong})
            assert refused.status_code == 422, wrong
