"""Members' pictures, each at an address of its own whose bytes never change.

They were made here, and are served all the same as what a stranger sent: never as a page, in a sandbox, by a
name that says nothing (S31). Only the browser that asked keeps one: a picture that was taken away is not to
live on in a cache between.
"""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from server.domain.errors import NotFound
from server.domain.viewer import Scope
from server.web import state
from server.web.policies import Policy
from server.web.routing import get

HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Disposition": 'attachment; filename="picture.webp"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


async def show_avatar(request: Request) -> Response:
    """`GET /avatars/{name}-{size}.webp`. Raises NotFound."""
    found = await asyncio.to_thread(state.avatars(request).read, str(request.path_params["file"]))
    if found is None:
        raise NotFound
    return Response(found, headers=HEADERS, media_type="image/webp")


routes = [get("/avatars/{file}", show_avatar, Policy.ANYONE, Scope.READ)]
