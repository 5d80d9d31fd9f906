"""How one becomes a member: the page for administrators."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions.settings import change_joining
from server.domain.clock import now_ms
from server.domain.errors import Invalid
from server.store import applicants, settings
from server.views.page_models import Form
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import fields, is_ticked, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post

_FIELDS = ("sign_up", "confirm_first", "sign_ups_an_hour")


async def show_joining(request: Request) -> Response:
    """`GET /admin/sign-up`."""
    async with state.database(request).snapshot() as reader:
        values = {name: await settings.text(reader, name) for name in _FIELDS}
    if wants_json(request):
        return json_answer(values)
    return await _page(request, Form(values), saved=request.query_params.get("saved") == "yes")


async def save_joining(request: Request) -> Response:
    """`POST /admin/sign-up`."""
    values = await fields(request, *_FIELDS)
    try:
        await change_joining(
            state.database(request),
            viewer(request),
            values["sign_up"],
            values["sign_ups_an_hour"],
            confirm_first=is_ticked(values["confirm_first"]),
            now=now_ms(),
        )
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, Form(values, error.fields), 422)
    return json_answer(values) if wants_json(request) else see_other("/admin/sign-up?saved=yes")


async def _page(request: Request, form: Form, status: int = 200, *, saved: bool = False) -> Response:
    async with state.database(request).snapshot() as reader:
        waiting = await applicants.count(reader)
    return await admin_page(request, "joining", status, form=form, saved=saved, waiting=waiting)


routes = [
    get("/admin/sign-up", show_joining, Policy.ADMIN),
    post("/admin/sign-up", save_joining, Policy.ADMIN),
]
