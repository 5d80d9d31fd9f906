"""Pages: a template with what every page needs around it."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.domain.settings import Board
from server.store import settings
from server.views.render import Rendered
from server.web import requests, state

PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Accept, Accept-Encoding, Cookie"}
"""Headers of what differs by viewer and by Accept: a browser may keep it, and asks each time."""


async def page(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """The rendered template, which gets `viewer`, `board`, `here` and `status` beside the context given."""
    board = await state.database(request).read(settings.board)
    return html_answer(rendered(request, template, board, context, status), status)


def rendered(
    request: Request, template: str, board: Board, context: Mapping[str, object], status: int = 200
) -> Rendered:
    """What `page` answers with, for those who have read what the board is called."""
    return state.renderer(request).page(
        template,
        viewer=requests.viewer(request),
        board=board,
        here=requests.here(request),
        status=status,
        **context,
    )


def html_answer(found: Rendered, status: int = 200) -> HTMLResponse:
    """A page as an answer."""
    return HTMLResponse(found.body, status, PRIVATE)
