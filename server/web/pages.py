"""Pages: a template with what every page needs around it."""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.store import settings
from server.web import requests, state

PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Accept, Cookie"}
"""Headers of what differs by viewer and by Accept: a browser may keep it, and asks each time."""


async def page(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """The rendered template, which gets `viewer`, `board`, `here` and `status` beside the context given."""
    async with state.database(request).snapshot() as reader:
        board = await settings.board(reader)
    html = state.renderer(request).html(
        template,
        viewer=requests.viewer(request),
        board=board,
        here=requests.here(request),
        status=status,
        **context,
    )
    return HTMLResponse(html, status, PRIVATE)
