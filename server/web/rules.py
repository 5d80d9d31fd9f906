"""Asking members to accept rules that have changed, and going on with what they were writing.

The write that was refused comes along in the form, field by field: accepting sends the browser on with them
to where they were going (307), so that one who had pressed "Reply" has replied. A program gets 403 with the
code `rules`, accepts here, and writes again.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ExceptionHandler

from server.actions.rules import accept_rules
from server.domain.clock import now_ms
from server.domain.errors import Invalid, RulesChanged
from server.store import settings
from server.views.page_models import Form
from server.web import state
from server.web.carried import carried
from server.web.documents import rules_html
from server.web.pages import page
from server.web.policies import Policy
from server.web.requests import came_from, fields, here, is_ticked, local_path, viewer, wants_json
from server.web.responses import json_answer, on_forum_error, see_other
from server.web.routing import get, post

_OWN = ("accept_rules", "accept_version", "accept_to", "next")
_ACCEPT = "/rules/accept"


async def accept_form(request: Request) -> Response:
    """`GET /rules/accept?next=/topics/12`."""
    target = local_path(request.query_params.get("next", "/"))
    return await _page(request, Form({"next": target}), {})


async def accept(request: Request) -> Response:
    """`POST /rules/accept`: then on to `next`, or with the write that waited to `accept_to`."""
    values = await fields(request, *_OWN)
    try:
        await accept_rules(
            state.database(request),
            viewer(request),
            values["accept_version"],
            accepts=is_ticked(values["accept_rules"]),
            now=now_ms(),
        )
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, Form(values, error.fields), await carried(request, _OWN), 422)
    if wants_json(request):
        return json_answer({"accepted": True})
    if values["accept_to"]:
        return RedirectResponse(local_path(values["accept_to"]), 307)  # with its fields
    return see_other(local_path(values["next"]))


async def on_rules_changed(request: Request, error: Exception) -> Response:
    """A write of somebody who has to accept first: the rules, with the write in the form."""
    if wants_json(request) or not isinstance(error, RulesChanged):
        return await on_forum_error(request, error)
    values = {"next": came_from(request)}
    if request.method == "POST":
        values["accept_to"] = here(request)
    return await _page(request, Form(values), await carried(request, _OWN), 403)


async def _page(request: Request, form: Form, carried: Mapping[str, str], status: int = 200) -> Response:
    async with state.database(request).snapshot() as reader:
        version = await settings.rules_version(reader)
    return await page(
        request,
        "rules/accept.html",
        status,
        form=form,
        carried=carried,
        version=version,
        rules_html=await rules_html(request),
    )


EXCEPTION_HANDLERS: dict[int | type[Exception], ExceptionHandler] = {RulesChanged: on_rules_changed}
"""For create_app, beside the others."""

routes = [
    get(_ACCEPT, accept_form, Policy.MEMBER),
    post(_ACCEPT, accept, Policy.MEMBER),
]
