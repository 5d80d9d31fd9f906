"""What the tests stand on stands: each server and the browser starts, and trouble is seen."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from tests.support.chromium import OpenPage
from tests.support.postgresql import PostgreSQL
from tests.support.troubles import Troubles
from tests.support.waiting import check, eventually

PAGE = """<!doctype html><html lang=en><title>Fireside</title><h1>Fireside</h1>"""


@pytest_asyncio.fixture
async def static_site() -> AsyncIterator[str]:
    """A page with a strict content security policy, from the smallest server there is."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        policy = "" if request.startswith(b"GET /lax") else "Content-Security-Policy: default-src 'self'\r\n"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{policy}"
        writer.write(f"{head}Content-Length: {len(PAGE)}\r\nConnection: close\r\n\r\n{PAGE}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_good_page_is_no_trouble(page_of: OpenPage, static_site: str, troubles: Troubles) -> None:
    page = await page_of(static_site)
    assert await page.inner_text("h1") == "Fireside"
    assert troubles.seen == []


async def test_trouble_is_seen(page_of: OpenPage, static_site: str, troubles: Troubles) -> None:
    page = await page_of(static_site, path="/strict")
    await page.evaluate("document.body.setAttribute('style', 'color: red')")
    await page.evaluate("console.error('oh no')")
    await page.evaluate("setTimeout(() => { throw new Error('broken') })")
    await page.goto("/lax")
    await page.evaluate("fetch('http://127.0.0.2:9/elsewhere').catch(() => null)")
    await page.evaluate("void new WebSocket('ws://127.0.0.2:9/live')")
    expected = (
        "policy violation: style-src",
        "oh no",
        "broken",
        "foreign request: http:",
        "foreign request: ws:",
    )

    def all_seen() -> None:
        assert [trouble for trouble in expected if trouble not in "\n".join(troubles.seen)] == []

    await eventually(all_seen)
    assert troubles.unexpected
    troubles.allow("")


async def test_a_fresh_postgresql_database_is_empty(postgresql_server: PostgreSQL) -> None:
    url = await postgresql_server.create("template_of_support")
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE kept (id int)")
    await connection.close()
    await postgresql_server.disconnect("template_of_support")

    copy = await asyncpg.connect(await postgresql_server.create("copy_of_support", "template_of_support"))
    assert await copy.fetch("SELECT * FROM kept") == []
    await copy.close()
    await postgresql_server.drop("copy_of_support")
    await postgresql_server.drop("template_of_support")


def test_a_valkey_answers(valkey_url: str) -> None:
    from valkey import Valkey

    with Valkey.from_url(valkey_url) as client:
        assert client.dbsize() == 0
        assert client.set("key", "value")


async def test_eventually_says_what_was_not_so() -> None:
    with pytest.raises(AssertionError, match="not yet"):
        await eventually(lambda: check(False), timeout=0)
