"""The WebSocket `/live`: who may open one. GET on the same address is `polling.poll`."""

import contextlib
import logging
from collections.abc import Mapping

from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from server.domain.credentials import shown_by
from server.domain.errors import TokenRefused
from server.live.connections.outbox import serve
from server.live.limits import network_of
from server.live.session import Session
from server.live.state import LiveState
from server.live.wire import park_of

log = logging.getLogger(__name__)


async def live(websocket: WebSocket) -> None:
    """Serves one browser, or program. A foreign page is refused before anything else is looked at (S19).

    No page can send the header Authorization with a socket: a program that does needs no Origin. If it sends
    one nevertheless, it has to be ours.
    """
    state: LiveState = websocket.app.state.live
    origins = websocket.headers.getlist("origin")
    shown = shown_by(websocket)
    needs_none = shown.bearer is not None and not origins
    if not needs_none and (len(origins) != 1 or origins[0] not in state.origins):
        await _deny(websocket, 403, "Only this board's own pages may connect.")
        return
    if state.hub.is_closed:
        await _deny(websocket, 503, "The board restarts. Try again in a moment.")
        return
    address = network_of(state.address_of(websocket))
    if state.limits and not state.handshakes.take(address):
        await _deny(websocket, 429, "Too many connections at once. Try again in a moment.")
        return
    since = state.relay.recent.head
    try:
        viewer = await state.authenticate(shown)
    except TokenRefused as error:
        await _deny(websocket, 401, error.message, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return
    except Exception:
        log.exception("a handshake failed")
        await _deny(websocket, 503, "Try again in a moment.")
        return
    refusal = state.places.take(viewer, address) if state.limits else None
    counted = state.limits and refusal is None
    session = Session(viewer, state, shown, since, address if counted else None)
    try:
        await websocket.accept()
    except (RuntimeError, WebSocketDisconnect, OSError):
        session.gone()
        return
    if refusal is not None:
        # After accept, so that the browser learns the code and polls, or comes back later.
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):  # gone already
            await websocket.close(refusal.code, refusal.reason)
    elif (park := park_of(websocket.scope)) is None or not park(session):
        await serve(websocket, session)


routes: list[BaseRoute] = [WebSocketRoute("/live", live)]


async def _deny(
    websocket: WebSocket, status: int, message: str, headers: Mapping[str, str] | None = None
) -> None:
    """Refuses the handshake with an HTTP answer."""
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(PlainTextResponse(f"{message}\n", status, headers))
    else:
        await websocket.close()  # the server makes it a 403
