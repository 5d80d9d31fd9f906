"""The moderators' guide, and the form in which administrators write it."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from server.actions.guide import write_guide
from server.domain import markup
from server.domain.clock import now_ms
from server.domain.errors import Invalid
from server.domain.viewer import Scope
from server.store import settings
from server.views.page_models import Form
from server.web import state
from server.web.moderation.shown import moderation_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post


async def show_guide(request: Request) -> Response:
    """`GET /moderation/guide`."""
    source = await _source(request)
    if wants_json(request):
        return json_answer({"guide": source})
    html = (await asyncio.to_thread(markup.render, source, {})).html
    return await moderation_page(request, "guide", html=html, saved="saved" in request.query_params)


async def guide_form(request: Request) -> Response:
    """`GET /admin/guide`."""
    return await _form(request, Form({"guide": await _source(request)}))


async def save_guide(request: Request) -> Response:
    """`POST /admin/guide`."""
    values = await fields(request, "guide")
    try:
        await write_guide(state.database(request), viewer(request), values["guide"], now=now_ms())
    except Invalid as error:
        if wants_json(request):
            raise
        return await _form(request, Form(values, error.fields), 422)
    return json_answer({"saved": True}) if wants_json(request) else see_other("/moderation/guide?saved=yes")


async def _source(request: Request) -> str:
    async with state.database(request).snapshot() as reader:
        return await settings.text(reader, "guide")


async def _form(request: Request, form: Form, status: int = 200) -> Response:
    return await moderation_page(request, "guide", status, template="guide_form", form=form)


routes = [
    get("/moderation/guide", show_guide, Policy.MODERATES, Scope.MODERATE),
    get("/admin/guide", guide_form, Policy.ADMIN),
    post("/admin/guide", save_guide, Policy.ADMIN),
]
