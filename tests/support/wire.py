"""The server's end of a page's sockets, played by the test: it hears hello and says what it likes.

async def test_…(open_live: Open, wire: Wire) -> None:
    page = await open_live(posts(range(1, 3)))
    await wire.hello()                      # waits for the connection, answers `ready`
    wire.say(changes(10, 12, put_post(3)))
"""

import asyncio
import json
from typing import Any

from playwright.async_api import WebSocketRoute

PATIENCE = 10.0  # seconds for the page to connect or to speak, on a busy machine


class Wire:
    """Takes every socket that the page opens; `hello` waits for the next."""

    def __init__(self) -> None:
        self.sockets: asyncio.Queue[WebSocketRoute] = asyncio.Queue()
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.socket: WebSocketRoute | None = None
        self.opened = 0

    def accept(self, socket: WebSocketRoute) -> None:
        """For `page.route_web_socket`."""
        self.opened += 1
        socket.on_message(lambda text: self.heard.put_nowait(json.loads(text)))
        self.sockets.put_nowait(socket)

    async def greeted(self) -> dict[str, Any]:
        """Waits for the next connection and its first message, and leaves it without an answer."""
        self.socket = await asyncio.wait_for(self.sockets.get(), PATIENCE)
        hello = await self.next()
        assert hello["type"] == "hello"
        return hello

    async def hello(self, **fields: object) -> dict[str, Any]:
        """Waits for the next connection and its first message, and answers `ready` with these fields too."""
        hello = await self.greeted()
        self.say(ready(hello["channels"], **fields))
        return hello

    async def next(self) -> dict[str, Any]:
        """The page's next message."""
        return await asyncio.wait_for(self.heard.get(), PATIENCE)

    async def close(self, code: int | None = None) -> None:
        """Ends the socket; without a code, as a network does."""
        assert self.socket is not None
        await self.socket.close(code=code)

    def say(self, *messages: dict[str, object]) -> None:
        """Sends these."""
        assert self.socket is not None
        for message in messages:
            self.socket.send(json.dumps(message))


def ready(channels: list[str] | None = None, **fields: object) -> dict[str, object]:
    """The answer to hello."""
    known = ["topic:12"] if channels is None else channels
    return {"type": "ready", "epoch": "e", "position": 10, "channels": known, "denied": [], **fields}
