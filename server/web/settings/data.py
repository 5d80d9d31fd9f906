"""What is the member's own: taking it along, and leaving."""

from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from server.actions import exports, leaving, sessions
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, ForumError, Invalid, NotFound, TooManyRequests
from server.domain.exports import Export
from server.store import exports as export_rows
from server.store import leavers
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
    if wants_json(request):
        return json_answer(await _told(request))
    return await _page(request, Form(), saved=request.query_params.get("saved", ""))


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
        return await _again(request, {}, error, beside="current")
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


async def leave(request: Request) -> Response:
    """`POST /settings/data/leave`: in a week, with `how` to leave."""
    values = await fields(request, "how", "leave_password")
    try:
        await leaving.ask_to_leave(
            state.database(request),
            state.passwords(request),
            viewer(request),
            values["how"],
            values["leave_password"],
            now=now_ms(),
            limits=state.limits(request),
        )
    except (Invalid, Forbidden, TooManyRequests) as error:
        return await _again(request, {"how": values["how"]}, error, beside="leave_password")
    return json_answer(await _told(request)) if wants_json(request) else see_other("/settings/data#leave")


async def stay(request: Request) -> Response:
    """`POST /settings/data/stay`: the member has changed his mind."""
    await leaving.stay(state.database(request), viewer(request), now=now_ms())
    if wants_json(request):
        return json_answer(await _told(request))
    return see_other("/settings/data?saved=stay#leave")


async def _again(request: Request, kept: Mapping[str, str], error: ForumError, *, beside: str) -> Response:
    if wants_json(request):
        raise error
    problems = error.fields if isinstance(error, Invalid) else {beside: error.message}
    answer = await _page(request, Form(kept, problems), status_of(error))
    answer.headers.update(headers_of(error))
    return answer


async def _told(request: Request) -> Json:
    member_id = sessions.member_of(viewer(request))
    async with state.database(request).snapshot() as reader:
        export = await export_rows.of_member(reader, member_id)
        departure = await leavers.planned(reader, member_id)
    return {
        "export": None if export is None else _export_told(export),
        "leaving": None if departure is None else {"how": departure.how.value, "at": iso(departure.at)},
    }


def _export_told(export: Export) -> Json:
    ends_at = None if export.ends_at is None else iso(export.ends_at)
    return {
        "id": export.id,
        "state": export.state.value,
        "percent": export.percent,
        "size": export.size,
        "ends_at": ends_at,
        "url": f"/settings/data/exports/{export.id}" if ends_at else None,
    }


async def _page(request: Request, form: Form, status: int = 200, saved: str = "") -> Response:
    member_id = sessions.member_of(viewer(request))
    async with state.database(request).snapshot() as reader:
        export = await export_rows.of_member(reader, member_id)
        departure = await leavers.planned(reader, member_id)
    return await settings_page(
        request,
        "data",
        status,
        form=form,
        export=export,
        size=file_size(export.size) if export else "",
        departure=departure,
        saved=saved,
    )


routes = [
    get("/settings/data", show_data, Policy.SIGNED_IN),
    post("/settings/data/exports", ask_for_export, Policy.SIGNED_IN),
    get("/settings/data/exports/{id:int}", fetch_export, Policy.SIGNED_IN),
    post("/settings/data/leave", leave, Policy.SIGNED_IN),
    post("/settings/data/stay", stay, Policy.SIGNED_IN),
]
