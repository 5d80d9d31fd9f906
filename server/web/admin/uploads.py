"""How much members may upload, and how much is taken: the page for administrators."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions.uploads import change_limits
from server.domain.clock import now_ms
from server.domain.errors import Invalid
from server.domain.settings import UPLOADS
from server.store import settings, uploads
from server.store.database import Reader
from server.store.uploads import Taken
from server.views.filters import file_size
from server.views.page_models import Form
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post

_SAVED = "/admin/uploads?saved=yes"


async def show_uploads(request: Request) -> Response:
    """`GET /admin/uploads`."""
    values, taken = await _read(request)
    if wants_json(request):
        return json_answer({**values, "taken": taken.size, "uploads": taken.uploads})
    return await _page(request, Form(values), saved=request.query_params.get("saved") == "yes")


async def save_uploads(request: Request) -> Response:
    """`POST /admin/uploads`."""
    values = await fields(request, *UPLOADS)
    try:
        await change_limits(state.database(request), viewer(request), values, now=now_ms())
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, Form(values, error.fields), 422)
    return json_answer((await _read(request))[0]) if wants_json(request) else see_other(_SAVED)


async def _read(request: Request) -> tuple[dict[str, str], Taken]:
    async def reading(reader: Reader) -> tuple[dict[str, str], Taken]:
        return {name: await settings.text(reader, name) for name in UPLOADS}, await uploads.taken(reader)

    return await state.database(request).read(reading)


async def _page(request: Request, form: Form, status: int = 200, *, saved: bool = False) -> Response:
    _, taken = await _read(request)
    return await admin_page(
        request, "uploads", status, form=form, saved=saved, taken=taken, size=file_size(taken.size)
    )


routes = [
    get("/admin/uploads", show_uploads, Policy.ADMIN),
    post("/admin/uploads", save_uploads, Policy.ADMIN),
]
