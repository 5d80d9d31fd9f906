"""How much members may do: the page for administrators."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response

from server.actions.board_limits import change_limits
from server.domain.board_limits import BOUNDS
from server.domain.clock import now_ms
from server.domain.errors import Invalid
from server.store import settings
from server.views.page_models import Form
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post


async def show_limits(request: Request) -> Response:
    """`GET /admin/limits`."""
    found = asdict(await state.database(request).read(settings.limits))
    if wants_json(request):
        return json_answer(found)
    form = Form({name: str(value) for name, value in found.items()})
    saved = request.query_params.get("saved") == "yes"
    return await admin_page(request, "limits", form=form, bounds=BOUNDS, saved=saved)


async def save_limits(request: Request) -> Response:
    """`POST /admin/limits`."""
    values = await fields(request, *BOUNDS)
    try:
        await change_limits(state.database(request), viewer(request), values, now=now_ms())
    except Invalid as error:
        if wants_json(request):
            raise
        form = Form(values, error.fields)
        return await admin_page(request, "limits", 422, form=form, bounds=BOUNDS, saved=False)
    return json_answer({"saved": True}) if wants_json(request) else see_other("/admin/limits?saved=yes")


routes = [
    get("/admin/limits", show_limits, Policy.ADMIN),
    post("/admin/limits", save_limits, Policy.ADMIN),
]
