"""uvicorn's WebSocket protocol, made able to let go: after the handshake a connection can be parked.

`fireside serve` names this class as uvicorn's `ws`. The endpoint finds `park` among the scope's extensions,
hands it the connection's session and returns: the task ends, and a light object (`connections/parked.py`)
stays on the transport. Of 25 KB and a task for each reader remain about 3 KB, and frames go straight to it.

uvicorn closes the transport when its task returns and waits for its set of connections when it ends. So this
object is left with a transport that is none, and the parked one takes its place in the set.
"""

import asyncio
import logging
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any, TypeAlias, cast

from uvicorn._types import ASGISendEvent
from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.protocol import Protocol as FrameProtocol

from server.live.connections.parked import Listener, Parked

EXTENSION = "fireside.park"

Park: TypeAlias = Callable[[Listener], bool]

_LOG = logging.getLogger("server.live.handshakes")
_LOG.setLevel(logging.WARNING)  # uvicorn tells of every handshake, with its query (S25)


class WireProtocol(WebSocketsSansIOProtocol):
    """One connection, from the first byte of its handshake until it is parked or closed."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],  # uvicorn's
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.logger = self.conn.logger = _LOG
        self._came_early = False

    def data_received(self, data: bytes) -> None:
        """Takes the handshake, which comes whole; what follows before it was answered is noticed."""
        self._came_early = self.handshake_initiated
        super().data_received(data)

    def take_over(
        self,
        transport: asyncio.Transport,
        server: tuple[str, int | None] | None,
        client: tuple[str, int] | None,
        *,
        is_secure: bool,
    ) -> None:
        """Takes the transport from the HTTP protocol that knows these ends of it (`web/request_heads.py`)."""
        self.connections.add(self)
        self.transport, self.server, self.client = transport, server, client
        self.scheme = "wss" if is_secure else "ws"

    def take_head(
        self, method: str, target: bytes, http_version: str, headers: Sequence[tuple[bytes, bytes]]
    ) -> None:
        """Takes the head of a handshake as the HTTP protocol has read it."""
        head = Headers()
        for name, value in headers:
            head.set_insecure(name.decode("ascii"), value.decode("latin-1"))
        self.conn.parser.close()
        self.conn.parser = FrameProtocol.parse(self.conn)  # what comes now are frames
        next(self.conn.parser)
        self.handle_connect(Request(target.decode("ascii"), head, method, f"HTTP/{http_version}"))

    def handle_connect(self, event: Request) -> None:
        """Begins the application's task, which may park the connection."""
        super().handle_connect(event)
        scope = getattr(self, "scope", None)  # there is none for a handshake that was refused
        if scope is not None:
            scope["extensions"][EXTENSION] = self.park

    async def send(self, message: ASGISendEvent) -> None:
        """As uvicorn's, which takes a handshake that was refused for one that was forgotten."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True

    def start_keepalive(self) -> None:
        """Waits for `park`: parked connections are asked for signs of life by one sweep."""

    def park(self, listener: Listener) -> bool:
        """Gives the transport to the listener; False when it cannot be, because frames came already.

        To be called at once after `accept`. No browser speaks before, and what did stays with uvicorn.
        """
        if self._came_early:
            super().start_keepalive()
            return False
        transport, self.transport = self.transport, cast("asyncio.Transport", _NONE)
        self.connections.discard(self)
        self._let_go()
        if transport.is_closing():
            listener.gone()
            return True
        parked = Parked(transport, cast("set[object]", self.connections), listener)
        transport.set_protocol(parked)
        parked.open()
        return True

    def _let_go(self) -> None:
        """Cuts the circles of references, so that everything of the handshake is freed when the task ends.

        The collector would find them too, but late: with many connections 10 KB of each stay for a while.
        """
        self.scope["extensions"].pop(EXTENSION)
        self.conn.parser.close()


def park_of(scope: MutableMapping[str, Any]) -> Park | None:  # ASGI's scope
    """How the connection of the scope is parked; None on other servers."""
    park: Park | None = scope.get("extensions", {}).get(EXTENSION)
    return park


class _NoTransport:
    """What is left to uvicorn's object when the transport belongs to somebody else."""

    def close(self) -> None:
        """Nothing."""

    def is_closing(self) -> bool:
        """It is as good as closed."""
        return True


_NONE = _NoTransport()
