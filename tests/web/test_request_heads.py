"""A request's head has a bound, a body of any allowed size is none of its business, and pages go on."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest_asyncio

from server.config import Config
from server.web.request_heads import MAX_HEAD
from tests.support.servers import running_server

PIECE = b"x" * 16_000


@pytest_asyncio.fixture
async def address(sqlite_url: str) -> AsyncIterator[str]:
    async with running_server(Config(sqlite_url)) as server:
        yield urlsplit(server.base_url).netloc


async def said(address: str, *pieces: bytes) -> bytes:
    """The status line of what the server answers to these bytes, or nothing if it hangs up."""
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await reader.readline()
    finally:
        writer.close()


async def test_a_header_without_end_is_refused(address: str) -> None:
    endless = [PIECE] * (MAX_HEAD // len(PIECE) + 2)
    start = f"GET / HTTP/1.1\r\nHost: {address}\r\nX-Long: ".encode()
    assert b" 400 " in await said(address, start, *endless)


async def test_a_usual_head_and_a_long_body_are_not(address: str) -> None:
    head = f"GET / HTTP/1.1\r\nHost: {address}\r\nX-Long: ".encode()
    assert b" 200 " in await said(address, head + PIECE + b"\r\n\r\n")
    body = b"login=" + b"y" * (2 * MAX_HEAD)
    post = f"POST /login HTTP/1.1\r\nHost: {address}\r\nSec-Fetch-Site: same-origin\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    whole = f"{post}{kind}Content-Length: {len(body)}\r\n\r\n".encode() + body
    assert b" 422 " in await said(address, whole)
