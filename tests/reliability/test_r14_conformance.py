"""R14, conformance: what RFC 6455 asks of a server, on connections that are parked and on uvicorn's own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.reliability.r14_cases import CASES, GOES_ON, KNOWN_OF_UVICORN, Case
from tests.reliability.r14_wire import (
    ACCEPT,
    OURS,
    PONG,
    UVICORNS,
    Heard,
    breaker,
    close_frame,
    connection,
    echo_server,
    request,
)

MANNERS = ("each", "together", "bytewise")
SERVERS = {"parked": OURS, "uvicorn": UVICORNS}


@pytest_asyncio.fixture(scope="module", params=SERVERS)
async def server(request: pytest.FixtureRequest) -> AsyncIterator[tuple[str, int]]:
    """Which one it is, and the port of its echo."""
    async with echo_server(SERVERS[request.param]) as port:
        yield request.param, port


async def play(port: int, case: Case, manner: str) -> Heard:
    """Sends the case's frames; where the server goes on, the client closes when it heard all it should."""
    async with breaker(port) as client:
        frames = case.send
        if case.codes == GOES_ON and not any(one[0] & 0x0F == 8 for one in frames):
            await client.send(frames, manner)
            await client.until(len(case.echoes) + len(case.pongs))
            frames = (close_frame(1000),)
        await client.send(frames, manner)
        return await client.end()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.section} {case.name}")
async def test_frames_get_what_the_rfc_says(server: tuple[str, int], case: Case) -> None:
    name, port = server
    known = KNOWN_OF_UVICORN.get(case.name) if name == "uvicorn" else None
    for manner in MANNERS:
        heard = await play(port, case, manner)
        said = tuple(one for one in heard.frames if one[0] != PONG)
        pongs = tuple(payload for opcode, payload in heard.frames if opcode == PONG)
        if case.codes == GOES_ON:
            assert (said, pongs) == (case.echoes, case.pongs), manner
        else:
            assert said in (case.echoes, ()), manner
            assert pongs in (case.pongs, ()), manner
        assert heard.code in case.codes or heard.code == known, (manner, heard)


async def test_the_handshake_is_answered_with_the_accept_of_the_key(server: tuple[str, int]) -> None:
    async with connection(server[1]) as client:
        head = (await client.shake_hands(request(server[1]))).split("\r\n")
    assert head[0].startswith("HTTP/1.1 101 ")
    answer = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
    assert answer["upgrade"].lower() == "websocket"
    assert answer["connection"].lower() == "upgrade"
    assert answer["sec-websocket-accept"] == ACCEPT
    assert "sec-websocket-extensions" not in answer  # 9.1: none was asked for
    assert "sec-websocket-protocol" not in answer


@pytest.mark.parametrize(
    "wrong",
    [
        {"Sec_WebSocket_Key": ""},
        {"Sec_WebSocket_Key": "c2hvcnQ="},
        {"Sec_WebSocket_Key": "this is no base64 at all"},
        {"Sec_WebSocket_Version": ""},
        {"Sec_WebSocket_Version": "8"},
        {"Connection": "keep-alive"},
        {"Upgrade": "h2c"},
        {"method": "POST"},
    ],
    ids=str,
)
async def test_a_handshake_that_is_wrong_opens_nothing(
    server: tuple[str, int], wrong: dict[str, str]
) -> None:
    async with connection(server[1]) as client:
        head = await client.shake_hands(request(server[1], **wrong))
    assert " 101 " not in head


async def test_a_handshake_of_an_older_http_opens_nothing() -> None:
    async with echo_server(OURS) as port, connection(port) as client:
        assert " 505 " in await client.shake_hands(request(port, version="1.0"))
