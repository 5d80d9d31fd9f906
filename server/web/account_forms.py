"""Forms of people who are signing in, up or back in: they come back with what was typed, except passwords."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.domain.errors import ForumError, Invalid
from server.views.page_models import Form
from server.web.pages import page
from server.web.requests import wants_json
from server.web.responses import headers_of, status_of


async def account_form_again(
    request: Request,
    template: str,
    values: Mapping[str, str],
    error: ForumError,
    *,
    beside: str = "password",
    **context: object,
) -> Response:
    """The form with what is wrong beside its fields; what belongs to no field stands beside `beside`.

    For a program the error itself is raised.
    """
    if wants_json(request):
        raise error
    problems = error.fields if isinstance(error, Invalid) else {beside: error.message}
    kept = {name: value for name, value in values.items() if name != "password"}
    answer = await page(request, template, status_of(error), form=Form(kept, problems), **context)
    answer.headers.update(headers_of(error))
    return answer
