"""The help lines, and the words that have them shown: the page for administrators."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions.help_lines import change_help_lines
from server.domain.clock import now_ms
from server.domain.errors import Invalid
from server.domain.help_lines import DEFAULTS
from server.store import settings
from server.store.database import Reader
from server.views.page_models import Form
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post


async def show_lists(request: Request) -> Response:
    """`GET /admin/help-lines`."""

    async def reading(reader: Reader) -> dict[str, str]:
        return {name: await settings.text(reader, name) for name in DEFAULTS}

    found = await state.database(request).read(reading)
    if wants_json(request):
        return json_answer(found)
    saved = request.query_params.get("saved") == "yes"
    return await admin_page(request, "help_lines", form=Form(found), saved=saved)


async def save_lists(request: Request) -> Response:
    """`POST /admin/help-lines`."""
    values = await fields(request, *DEFAULTS)
    try:
        await change_help_lines(state.database(request), viewer(request), values, now=now_ms())
    except Invalid as error:
        if wants_json(request):
            raise
        return await admin_page(request, "help_lines", 422, form=Form(values, error.fields), saved=False)
    return json_answer({"saved": True}) if wants_json(request) else see_other("/admin/help-lines?saved=yes")


routes = [
    get("/admin/help-lines", show_lists, Policy.ADMIN),
    post("/admin/help-lines", save_lists, Policy.ADMIN),
]
