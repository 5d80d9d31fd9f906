"""`GET /live`: the socket's messages as a JSON array, for browsers that cannot keep a socket open."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from server.domain.channels import Channel
from server.domain.credentials import shown_by
from server.domain.errors import Invalid, Overloaded
from server.domain.viewer import Viewer
from server.live.messages import Reset, ServerMessage, ready
from server.live.protocol import Fields, Hello, ProtocolError, hello_of
from server.live.resuming.catch_up import Asked, Caught, catch_up
from server.live.state import LiveState

_MAX_DIGITS = 16  # of a position
_TRIES = 3  # while the account changes under the request


async def poll(request: Request) -> JSONResponse:
    """What a socket would get from hello to the last change. Raises Invalid for a wrong query."""
    state: LiveState = request.app.state.live
    hello = _asked(request)
    names = {name: Channel.parse(name) for name in hello.channels}
    asked = Asked([one for one in names.values() if one is not None], hello.epoch, hello.position)
    viewer, caught = await _read(request, state, asked)
    denied = [name for name, channel in names.items() if channel not in caught.allowed]
    allowed = [str(channel) for channel in caught.allowed]
    messages: list[ServerMessage] = [ready(caught.head, viewer, allowed, denied)]
    if caught.reset is not None:
        messages.append(Reset(caught.reset))
    messages += caught.changes.values()
    return JSONResponse([message.content() for message in messages], headers={"Cache-Control": "no-store"})


async def _read(request: Request, state: LiveState, asked: Asked) -> tuple[Viewer, Caught]:
    viewer = await state.authenticate(shown_by(request))
    for _ in range(_TRIES):
        async with state.turns, state.db.snapshot() as reader:
            caught = await catch_up(reader, state.sources, viewer, asked)
        # Rights lost before the snapshot count: who is it after it was read?
        before, viewer = viewer, await _again(state, request, viewer)
        if _rights(before) == _rights(viewer):
            return viewer, caught
    raise Overloaded("Your account changed just now. Try again in a moment.")


async def _again(state: LiveState, request: Request, viewer: Viewer) -> Viewer:
    return await state.authenticate(shown_by(request)) if viewer.is_signed_in else viewer


def _rights(viewer: Viewer) -> tuple[object, ...]:
    return viewer.id, viewer.session_id, viewer.role, viewer.moderated


def _asked(request: Request) -> Hello:
    query = request.query_params
    fields: Fields = {"channels": list(query.get("channels", "").replace(",", " ").split())}
    if query.get("epoch"):
        fields["epoch"] = query["epoch"]
    if position := query.get("position"):
        digits = position.isascii() and position.isdigit() and len(position) <= _MAX_DIGITS
        fields["position"] = int(position) if digits else position
    try:
        return hello_of(fields)
    except ProtocolError as error:
        raise Invalid({error.message.partition(":")[0]: error.message}) from None
