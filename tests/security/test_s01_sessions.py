"""S1: the session cookie, and what a dump of the database is worth (ASVS 7.2.3, 3.3.1-3.3.4)."""

import secrets

import httpx

from server.actions.sessions import new_token
from tests.support.small_board import PASSWORD, SmallBoard, small_board


async def cookie_of(board: SmallBoard, **fields: str) -> tuple[httpx.AsyncClient, str]:
    async with board.visitor() as ann:
        answer = await ann.post("/login", data={"login": "Ann", "password": PASSWORD} | fields)
        assert answer.status_code == 303
        return ann, answer.headers.get_list("set-cookie")[0]  # the marks of known devices follow (S8)


async def test_over_https_the_cookie_has_every_attribute(sqlite_url: str) -> None:
    async with small_board(sqlite_url, public_url="https://forum.example.org") as board:
        await board.add("Ann")
        _, cookie = await cookie_of(board)
    name, _, rest = cookie.partition("=")
    attributes = {part.strip().lower() for part in rest.split(";")[1:]}
    assert name == "__Host-sid"
    assert attributes == {
        "secure",
        "httponly",
        "samesite=lax",
        "path=/",
    }  # no domain: no sibling host gets it


async def test_on_this_machine_it_is_the_same_without_tls(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board:
        await board.add("Ann")
        _, cookie = await cookie_of(board)
    assert cookie.startswith("sid=")
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {"httponly", "samesite=lax", "path=/"}


async def test_a_remembered_cookie_lives_as_long_as_its_session_can(sqlite_url: str) -> None:
    async with small_board(sqlite_url) as board:
        await board.add("Ann")
        _, cookie = await cookie_of(board, remember="1")
    assert f"max-age={180 * 24 * 3600}" in cookie.lower()


def test_a_token_is_256_bits_of_the_systems_generator() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {len(secrets.token_urlsafe(32))}


async def test_a_dump_of_the_database_signs_nobody_in(database_url: str) -> None:
    async with small_board(database_url) as board:
        await board.add("Ann")
        signed_in = await board.sign_in("Ann")
        assert await board.is_signed_in(signed_in.token)  # the premise
        async with board.db.snapshot() as reader:
            rows = await reader.all("SELECT * FROM sessions") + await reader.all("SELECT * FROM members")
        dump = [value for row in rows for value in row]
        assert all(signed_in.token not in str(value) for value in dump)
        assert all(PASSWORD not in str(value) for value in dump)
        (hashed,) = [value for value in dump if isinstance(value, bytes | bytearray | memoryview)]
        for stolen in (bytes(hashed).hex(), bytes(hashed).decode("latin-1"), *map(str, dump)):
            assert not await board.is_signed_in(stolen)
