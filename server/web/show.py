"""Answering with a page: HTML from its template, or JSON for programs, from the same values."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.domain.clock import now_ms
from server.domain.errors import Forbidden, ForumError, Invalid, NotFound, Overloaded, TooManyRequests
from server.domain.settings import Board
from server.domain.viewer import Viewer
from server.store import settings
from server.store.database import Reader
from server.store.drivers import Reading
from server.views import dependencies as views
from server.views.as_json import Json
from server.views.dependencies import dependencies
from server.views.page_models import Form
from server.views.render import LONG
from server.web import state
from server.web.page_cache import Offer, offer
from server.web.pages import PRIVATE, html_answer, rendered
from server.web.pages import page as html_page
from server.web.requests import viewer, wants_json
from server.web.responses import headers_of, status_of

Page = TypeVar("Page")
Shown = TypeVar("Shown", bound=views.Page)
Loader = Callable[[Reader, Viewer], Reading[Page]]
MAX_PAGE = 1_000_000
MAX_ID = 2**53 - 1  # what JavaScript counts exactly


@dataclass(frozen=True, slots=True)
class Loaded(Generic[Page]):
    """A page's values, and what every page says about the board."""

    page: Page
    board: Board


async def load(request: Request, loader: Loader[Page]) -> Loaded[Page]:
    """What a view loads for this viewer, in one snapshot."""
    who = viewer(request)

    async def reading(reader: Reader) -> Loaded[Page]:
        return Loaded(await loader(reader, who), await settings.board(reader))

    return await state.database(request).read(reading)


def show(
    request: Request,
    template: str,
    loaded: Loaded[Shown],
    as_json: Callable[[Shown], Json],
    **context: object,
) -> Response:
    """The page in the form the request asks for; offered to all guests when one of them asks."""
    page = loaded.page
    answer: Response
    if wants_json(request):
        answer = JSONResponse(as_json(page), headers=PRIVATE)
        until, seal = now_ms() + LONG, bytes(answer.body)
    else:
        html = rendered(request, template, loaded.board, {"page": page, **context})
        answer, until, seal = html_answer(html), html.until, html.seal
    if not viewer(request).is_signed_in:
        offer(request, Offer(page.live.position, dependencies(page), until, seal))
    return answer


def unlisted(answer: Response) -> Response:
    """The answer, which search engines are asked to leave out. The page itself says so too."""
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def page_number(request: Request) -> int:
    """The `page` of the query, 1 when there is none. Raises NotFound for what is no page."""
    text = request.query_params.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MAX_PAGE:
        raise NotFound
    return int(text[:9])


def path_id(request: Request) -> int:
    """The id in the path. Raises NotFound for one that no object can have."""
    found = int(request.path_params["id"])
    if not 1 <= found <= MAX_ID:
        raise NotFound
    return found


def blank_form(values: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None) -> Form:
    """A form to fill in, with a fresh token that makes a repeated submit harmless."""
    return Form(values or {}, problems or {}, secrets.token_urlsafe(18))


REFUSALS = (Invalid, Forbidden, TooManyRequests, Overloaded)
"""What brings a form back: something typed is wrong, or this is not the moment."""


def returned_form(values: Mapping[str, str], error: ForumError, field: str = "body") -> Form:
    """The form as it comes back: filled, with a sentence beside each wrong field, its token kept.

    What is no field's fault stands beside `field`.
    """
    problems = error.fields if isinstance(error, Invalid) else {field: error.message}
    return Form(values, problems, values.get("form_token", "") or secrets.token_urlsafe(18))


async def form_again(
    request: Request, template: str, values: Mapping[str, str], error: ForumError, **context: object
) -> Response:
    """The page with the returned form, so that nothing typed is lost."""
    form = returned_form(values, error)
    answer = await html_page(request, template, status=status_of(error), form=form, **context)
    answer.headers.update(headers_of(error))
    return answer


def submit_token(request: Request, values: Mapping[str, str]) -> str:
    """What makes this write harmless to repeat: the header Idempotency-Key, else the field form_token."""
    return request.headers.get("idempotency-key", "") or values.get("form_token", "")
