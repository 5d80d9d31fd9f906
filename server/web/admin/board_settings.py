"""The board's texts and numbers: the first page of the administrators."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.actions.settings import change_settings
from server.domain.errors import Invalid
from server.domain.settings import DEFAULTS
from server.store import post_numbers, settings
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import fields, is_ticked, viewer, wants_json
from server.web.responses import json_answer
from server.web.routing import get, post
from server.web.show import blank_form, returned_form

_NUMBER = "next_post_number"


async def show_settings(request: Request) -> Response:
    """`GET /admin/settings`."""
    async with state.database(request).snapshot() as reader:
        values = await settings.every(reader)
        values[_NUMBER] = str(await post_numbers.upcoming(reader))
    saved = request.query_params.get("saved") == "yes"
    return await admin_page(request, "settings", form=blank_form(values), saved=saved)


async def save_settings(request: Request) -> Response:
    """`POST /admin/settings`."""
    values = await fields(request, *DEFAULTS, _NUMBER, "accept_again")
    try:
        await change_settings(
            state.database(request),
            viewer(request),
            values,
            values[_NUMBER],
            accept_again=is_ticked(values["accept_again"]),
        )
    except Invalid as error:
        if wants_json(request):
            raise
        form = returned_form(values, error)
        return await admin_page(request, "settings", 422, form=form, saved=False)
    if wants_json(request):
        return json_answer({"saved": True})
    return RedirectResponse("/admin/settings?saved=yes", 303)


async def admin(_: Request) -> Response:
    """`GET /admin`."""
    return RedirectResponse("/admin/settings", 303)


routes = [
    get("/admin", admin, Policy.ADMIN),
    get("/admin/settings", show_settings, Policy.ADMIN),
    post("/admin/settings", save_settings, Policy.ADMIN),
]
