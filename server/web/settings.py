"""A member's own settings: one page, a list of sections, each a form with an address of its own.

One more section is a name in SECTIONS, a template `settings/_{name}.html`, its values in `_values`, a route.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.actions.presence import choose_presence
from server.domain.errors import Invalid
from server.store import presence
from server.views.page_models import Form
from server.web import state
from server.web.pages import page as html_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post

SECTIONS = ("presence",)


async def show_settings(request: Request) -> Response:
    """`GET /settings`; `?saved=presence` says which section was saved just now."""
    values = await _values(request)
    if wants_json(request):
        return json_answer(values)
    saved = request.query_params.get("saved", "")
    return await _page(request, Form(values), saved=saved if saved in SECTIONS else "")


async def save_presence(request: Request) -> Response:
    """`POST /settings/presence`."""
    given = await fields(request, "presence")
    try:
        chosen = await choose_presence(state.database(request), viewer(request), given["presence"])
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, Form(await _values(request), error.fields), 422)
    if wants_json(request):
        return json_answer({"presence": chosen.value})
    return see_other("/settings?saved=presence#presence")


async def _values(request: Request) -> Mapping[str, str]:
    """What is chosen now, of all sections."""
    member_id = viewer(request).id
    assert member_id is not None  # the policy let in members only
    async with state.database(request).snapshot() as reader:
        return {"presence": (await presence.showing(reader, member_id)).value}


async def _page(request: Request, form: Form, status: int = 200, saved: str = "") -> Response:
    return await html_page(request, "settings/show.html", status, form=form, sections=SECTIONS, saved=saved)


routes = [
    get("/settings", show_settings, Policy.MEMBER),
    post("/settings/presence", save_presence, Policy.MEMBER),
]
