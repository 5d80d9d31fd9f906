"""What the board is compared with: servers that do one thing and nothing else, each in a process of its own.

python -m server.bench.baselines KIND PORT FILE

The sockets answer whatever a client says first with the text in FILE. `broadcast` and `send_loop` send the
rest of a message that begins with SAY to everyone. `page` answers every request with the bytes in FILE.
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.server import ServerProtocol

from server.bench.frames import SAY
from server.bench.loops import run

BACKLOG = 2048  # connections that wait to be accepted; uvicorn's number


def serve_broadcast(port: int, ready: str) -> None:
    """`websockets.broadcast`, as its documentation has it."""
    connections: set[ServerConnection] = set()

    async def follow(connection: ServerConnection) -> None:
        connections.add(connection)
        try:
            async for message in connection:
                text = str(message)
                if text.startswith(SAY):
                    broadcast(connections, text.removeprefix(SAY))
                else:
                    await connection.send(ready)
        finally:
            connections.discard(connection)

    async def listen() -> None:
        async with serve(follow, "127.0.0.1", port, compression=None, backlog=BACKLOG) as server:
            await server.serve_forever()

    run(listen())


def serve_send_loop(port: int, ready: str) -> None:
    """A Starlette endpoint that calls `send_text` for one after the other."""
    sockets: set[WebSocket] = set()

    async def follow(socket: WebSocket) -> None:
        await socket.accept()
        sockets.add(socket)
        try:
            async for text in socket.iter_text():
                if text.startswith(SAY):
                    for one in tuple(sockets):
                        await one.send_text(text.removeprefix(SAY))
                else:
                    await socket.send_text(ready)
        finally:
            sockets.discard(socket)

    _serve_app(Starlette(routes=[WebSocketRoute("/live", follow)]), port)


def serve_asgi(port: int, ready: str) -> None:
    """uvicorn's sans-I/O protocol with an application that has no framework and no board."""

    async def follow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            raise NotImplementedError  # uvicorn answers 500, which says that it is there
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": ready})

    _serve_app(follow, port)


def serve_page(port: int, body: str) -> None:
    """A Starlette response of bytes that never change."""
    content = body.encode()

    async def answer(_: Request) -> Response:
        return Response(content, media_type="text/html")

    _serve_app(Starlette(routes=[Route("/{path:path}", answer)]), port)


class SansIo(asyncio.Protocol):
    """The `websockets` library's protocol without anything around it: the least a server in Python does."""

    def __init__(self, ready: bytes) -> None:
        self._ready = ready
        self._protocol = ServerProtocol(max_size=16 * 1024)
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    def data_received(self, data: bytes) -> None:
        """Accepts the handshake, and answers each text."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Handshake):
                self._protocol.send_response(self._protocol.accept(event))
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._protocol.send_text(self._ready)
        self._transport.writelines(self._protocol.data_to_send())
        if self._protocol.close_expected():
            self._transport.close()


def serve_sans_io(port: int, ready: str) -> None:
    """`SansIo` for every connection."""
    content = ready.encode()

    async def listen() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SansIo(content), "127.0.0.1", port, backlog=BACKLOG)
        await server.serve_forever()

    run(listen())


def _serve_app(app: ASGIApp, port: int) -> None:
    uvicorn.run(
        app,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
    )


KINDS: dict[str, Callable[[int, str], None]] = {
    "broadcast": serve_broadcast,
    "send_loop": serve_send_loop,
    "asgi": serve_asgi,
    "page": serve_page,
    "sans_io": serve_sans_io,
}

if __name__ == "__main__":
    _, kind, number, file = sys.argv
    KINDS[kind](int(number), Path(file).read_text())
