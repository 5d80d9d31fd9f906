"""The address `/live`: who may open a socket, and the room's life with the server.

    async with live_room(db, renderer, origins, authenticate, limits=True) as app.state.live: ...

`routes` has the WebSocket; `polling.poll` answers GET on the same address.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from server.domain.viewer import Role
from server.live.catch_up import Sources
from server.live.hub import Hub
from server.live.limits import network_of
from server.live.polling import poll
from server.live.protocol import DRAINING, TOO_MANY_SOCKETS
from server.live.relay import Relay
from server.live.rights import RoleOf
from server.live.session import Session
from server.live.state import AddressOf, Authenticate, LiveState
from server.live.wakeup import Wakeup
from server.store import members
from server.store.database import Database, Reader
from server.views.render import Renderer

__all__ = ["Authenticate", "LiveState", "live_room", "poll", "routes"]

log = logging.getLogger(__name__)

DRAIN_WITHIN = 3.0  # seconds for sockets to close when the server stops


async def live(websocket: WebSocket) -> None:
    """Serves one browser. A foreign page is refused before anything else is looked at (S19)."""
    state: LiveState = websocket.app.state.live
    origins = websocket.headers.getlist("origin")
    if len(origins) != 1 or origins[0] not in state.origins:
        await _deny(websocket, 403, "Only this board's own pages may connect.")
        return
    address = network_of(state.address_of(websocket))
    if state.limits and not state.handshakes.take(address):
        await _deny(websocket, 429, "Too many connections at once. Try again in a moment.")
        return
    try:
        viewer = await state.authenticate(websocket.cookies)
    except Exception:
        log.exception("a handshake failed")
        await _deny(websocket, 503, "Try again in a moment.")
        return
    counted = state.limits and state.places.take(viewer, address)
    try:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):  # gone already
            await websocket.accept()
            if state.limits and not counted:
                # After accept, so that the browser learns the code and polls instead.
                await websocket.close(TOO_MANY_SOCKETS.code, TOO_MANY_SOCKETS.reason)
                return
            await Session(websocket, viewer, state).run()
    finally:
        if counted:
            state.places.give_back(viewer, address)


routes: list[BaseRoute] = [WebSocketRoute("/live", live)]


def _peer(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


async def _role_of(reader: Reader, member_id: int) -> Role | None:
    account = await members.by_id(reader, member_id)
    return None if account is None or account.disabled else account.role


@contextlib.asynccontextmanager
async def live_room(
    db: Database,
    renderer: Renderer,
    origins: frozenset[str],
    authenticate: Authenticate,
    *,
    limits: bool = True,
    address_of: AddressOf = _peer,
    sources: Sources | None = None,
    role_of: RoleOf = _role_of,
) -> AsyncIterator[LiveState]:
    """Follows the log as long as it is entered; at its end sockets are closed (4000) and the relay stops.

    `address_of` has to look through trusted proxies, or everyone behind one counts as one address.
    `sources` and `role_of` are for tests.
    """
    sources = sources or Sources(renderer)
    hub, wakeup = Hub(), Wakeup()
    relay = Relay(db, hub, sources, role_of, wakeup)
    db.listeners.append(wakeup.notify)
    await relay.start()
    task = asyncio.create_task(relay.run())
    try:
        yield LiveState(db, renderer, relay, hub, origins, authenticate, limits, sources, address_of)
    finally:
        db.listeners.remove(wakeup.notify)
        await _drain(hub)
        task.cancel()
        await asyncio.wait([task])


async def _drain(hub: Hub) -> None:
    """Closes every socket, and waits for them as long as DRAIN_WITHIN."""
    hub.end_all(DRAINING)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_WITHIN):
            await hub.wait_until_empty()


async def _deny(websocket: WebSocket, status: int, message: str) -> None:
    """Refuses the handshake with an HTTP answer."""
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(PlainTextResponse(f"{message}\n", status))
    else:
        await websocket.close()  # the server makes it a 403
