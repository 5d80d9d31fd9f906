"""Being seen, devices and the password: the first page of a member's settings.

One more section is a name in SECTIONS, a template `settings/_{name}.html`, its values in `_values`, a route.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.actions import password_change, sessions
from server.actions.presence import choose_presence
from server.domain.clock import now_ms
from server.domain.devices import device_name
from server.domain.errors import Invalid, TooManyRequests
from server.store import presence
from server.store import sessions as session_rows
from server.store.sessions import SignedInDevice
from server.views.filters import iso
from server.views.page_models import Form
from server.web import state
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import Json, headers_of, json_answer, see_other, set_session_cookie, status_of
from server.web.routing import get, post
from server.web.settings.shown import settings_page
from server.web.show import path_id

SECTIONS = ("name", "presence", "devices", "password")
SAVED = (*SECTIONS, "others")  # what `?saved=` may say


async def show_settings(request: Request) -> Response:
    """`GET /settings`; `?saved=presence` says which section was saved just now."""
    values = await _values(request)
    if wants_json(request):
        return json_answer({**values, "devices": await _devices_told(request)})
    saved = request.query_params.get("saved", "")
    return await _page(request, Form(values), saved=saved if saved in SAVED else "")


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


async def change_password(request: Request) -> Response:
    """`POST /settings/password`."""
    given = await fields(request, "current", "password")
    try:
        signed_in = await password_change.change_password(
            state.database(request),
            state.passwords(request),
            viewer(request),
            given["current"],
            given["password"],
            now=now_ms(),
            limits=state.limits(request),
        )
    except (Invalid, TooManyRequests) as error:
        if wants_json(request):
            raise
        problems = error.fields if isinstance(error, Invalid) else {"current": error.message}
        again = await _page(request, Form(await _values(request), problems), status_of(error))
        again.headers.update(headers_of(error))
        return again
    answer: Response
    if wants_json(request):
        answer = json_answer({"devices": await _devices_told(request)})
    else:
        answer = see_other("/settings?saved=password#password-title")
    set_session_cookie(answer, state.site(request), signed_in.token, remember=signed_in.remember)
    return answer


async def end_device(request: Request) -> Response:
    """`POST /settings/devices/{id}/end`."""
    await sessions.end_device(state.database(request), viewer(request), path_id(request), now=now_ms())
    if wants_json(request):
        return json_answer({"devices": await _devices_told(request)})
    return see_other("/settings?saved=devices#devices")


async def end_other_devices(request: Request) -> Response:
    """`POST /settings/devices/end`."""
    await sessions.end_other_devices(state.database(request), viewer(request), now=now_ms())
    if wants_json(request):
        return json_answer({"devices": await _devices_told(request)})
    return see_other("/settings?saved=others#devices")


async def _devices(request: Request) -> list[SignedInDevice]:
    member_id, now = viewer(request).id, now_ms()
    assert member_id is not None  # the policy let in members only
    return await state.database(request).read(lambda reader: session_rows.of_member(reader, member_id, now))


async def _devices_told(request: Request) -> list[Json]:
    here = viewer(request).session_id
    return [
        {
            "id": one.id,
            "device": device_name(one.device),
            "created_at": iso(one.created_at),
            "seen_at": iso(one.seen_at),
            "here": one.id == here,
        }
        for one in await _devices(request)
    ]


async def _values(request: Request) -> Mapping[str, str]:
    """What is chosen now, of all sections."""
    member_id = viewer(request).id
    assert member_id is not None  # the policy let in members only
    async with state.database(request).snapshot() as reader:
        return {"presence": (await presence.showing(reader, member_id)).value}


async def _page(request: Request, form: Form, status: int = 200, saved: str = "") -> Response:
    return await settings_page(
        request, "account", status, form=form, sections=SECTIONS, saved=saved, devices=await _devices(request)
    )


routes = [
    get("/settings", show_settings, Policy.MEMBER),
    post("/settings/presence", save_presence, Policy.MEMBER),
    post("/settings/password", change_password, Policy.MEMBER),
    post("/settings/devices/end", end_other_devices, Policy.MEMBER),
    post("/settings/devices/{id:int}/end", end_device, Policy.MEMBER),
]
