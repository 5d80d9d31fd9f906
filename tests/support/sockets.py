"""A client of the live socket, as a browser is one: it says hello and waits for messages.

async with member_socket(server.base_url, cookie="sid=…") as socket:
    await socket.hello(["topic:12"], epoch, position)
    changes = await socket.next("changes")
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import websockets

Message = dict[str, Any]  # of all types; tests look into them at will

WITHIN = 10.0  # seconds, on a busy machine


class Socket:
    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.connection = connection
        self.seen: list[Message] = []  # everything that came, in order

    async def hello(
        self, channels: Sequence[str], epoch: str | None = None, position: int | None = None
    ) -> Message:
        """Says hello and returns `ready`."""
        await self.say("hello", channels=list(channels), epoch=epoch, position=position)
        return await self.next("ready")

    async def say(self, kind: str, **fields: object) -> None:
        """Sends a message; fields that are None are left out."""
        given = {name: value for name, value in fields.items() if value is not None}
        await self.send(json.dumps({"type": kind, **given}))

    async def send(self, frame: str | bytes) -> None:
        """Sends anything, also to a socket that was closed meanwhile."""
        with contextlib.suppress(websockets.ConnectionClosed):
            await self.connection.send(frame)

    async def next(self, kind: str, within: float = WITHIN) -> Message:
        """The next message of that type; others before it are only in `seen`."""
        async with asyncio.timeout(within):
            while True:
                message = await self.receive()
                if message["type"] == kind:
                    return message

    async def receive(self) -> Message:
        """The next message of any type."""
        message: Message = json.loads(await self.connection.recv())
        self.seen.append(message)
        return message

    async def closed(self, within: float = WITHIN) -> int:
        """Waits for the server to close; the close code. Messages before it are in `seen`."""
        with contextlib.suppress(websockets.ConnectionClosed):
            async with asyncio.timeout(within):
                while True:
                    await self.receive()
        return self.connection.close_code or 0

    def kinds(self) -> list[str]:
        """The types of everything that came, except who is there, which comes by the clock."""
        return [message["type"] for message in self.seen if message["type"] not in ("here", "typing")]


@contextlib.asynccontextmanager
async def member_socket(
    base_url: str,
    cookie: str | None = None,
    origin: str | None = None,
    bearer: str | None = None,
    **options: Any,
) -> AsyncIterator[Socket]:
    """A socket from a page of the board itself, or of `origin`. `cookie` is the header: `sid=…`.

    With `bearer` it is a program's, which says no origin unless one is given.
    """
    headers = {"Cookie": cookie} if cookie else {}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    url = base_url.replace("http", "ws", 1) + "/live"
    # Nothing waits in the client: a test reads when it likes, and leaves at once.
    settings = {
        "proxy": None,
        "compression": None,
        "open_timeout": WITHIN,
        "close_timeout": 1,
        "max_queue": None,
    }
    said = origin or (base_url if bearer is None else None)
    async with websockets.connect(
        url,
        origin=websockets.Origin(said) if said else None,
        additional_headers=headers,
        **settings | options,
    ) as connection:
        yield Socket(connection)


async def refused(base_url: str, headers: Sequence[tuple[str, str]]) -> int:
    """The HTTP status of a handshake with exactly these headers; 101 when it was accepted."""
    url = base_url.replace("http", "ws", 1) + "/live"
    try:
        async with websockets.connect(url, proxy=None, additional_headers=headers, open_timeout=WITHIN):
            return 101
    except websockets.InvalidStatus as error:
        return error.response.status_code
