"""What is the member's own: taking it along."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from server.actions import exports, sessions
from server.domain.clock import now_ms
from server.domain.errors import Invalid, NotFound, TooManyRequests
from server.store import exports as export_rows
from server.views.filters import file_size, iso
from server.views.page_models import Form
from server.web import state
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import Json, headers_of, json_answer, see_other, status_of
from server.web.routing import get, post
from server.web.settings.shown import settings_page
from server.web.show import path_id

_FETCHED = {"Cache-Control": "private, no-store"}


async def show_data(request: Request) -> Response:
    """`GET /settings/data`."""
    return json_answer(await _told(request)) if wants_json(request) else await _page(request, Form())


async def ask_for_export(request: Request) -> Response:
    """`POST /settings/data/exports`: packs everything."""
    values = await fields(request, "current")
    try:
        await exports.ask_for_export(
            state.database(request),
            state.passwords(request),
            viewer(request),
            values["current"],
            now=now_ms(),
            limits=state.limits(request),
        )
    except (Invalid, TooManyRequests) as error:
        if wants_json(request):
            raise
        problems = error.fields if isinstance(error, Invalid) else {"current": error.message}
        answer = await _page(request, Form({}, problems), status_of(error))
        answer.headers.update(headers_of(error))
        return answer
    return json_answer(await _told(request)) if wants_json(request) else see_other("/settings/data")


async def fetch_export(request: Request) -> Response:
    """`GET /settings/data/exports/{id}`: the file, for its owner only, signed in."""
    found = await exports.export_to_fetch(
        state.database(request), viewer(request), path_id(request), now=now_ms()
    )
    file = state.site(request).exports_dir / Path(found.file).name
    if not file.is_file():
        raise NotFound("This file is gone. Please have your things packed anew.")
    return FileResponse(file, media_type="application/zip", filename="fireside.zip", headers=_FETCHED)


async def _told(request: Request) -> Json:
    member_id = sessions.member_of(viewer(request))
    found = await state.database(request).read(lambda reader: export_rows.of_member(reader, member_id))
    if found is None:
        return {"export": None}
    ends_at = None if found.ends_at is None else iso(found.ends_at)
    return {
        "export": {
            "id": found.id,
            "state": found.state.value,
            "percent": found.percent,
            "size": found.size,
            "ends_at": ends_at,
            "url": f"/settings/data/exports/{found.id}" if ends_at else None,
        }
    }


async def _page(request: Request, form: Form, status: int = 200) -> Response:
    member_id = sessions.member_of(viewer(request))
    found = await state.database(request).read(lambda reader: export_rows.of_member(reader, member_id))
    size = file_size(found.size) if found else ""
    return await settings_page(request, "data", status, form=form, export=found, size=size)


routes = [
    get("/settings/data", show_data, Policy.MEMBER),
    post("/settings/data/exports", ask_for_export, Policy.MEMBER),
    get("/settings/data/exports/{id:int}", fetch_export, Policy.MEMBER),
]
