"""What members are asked for on their profiles: making, describing, ordering and archiving fields."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.actions import profile_fields as actions
from server.domain.clock import now_ms
from server.domain.errors import Invalid, NotFound
from server.domain.profile_fields import VISIBILITIES, FieldDraft, FieldKind, ProfileField
from server.store import profile_fields
from server.views import administration
from server.views.page_models import Form
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import Json, json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

_DESCRIBED = ("label", "kind", "visibility", "choices")
_NEW = {"kind": FieldKind.SHORT.value, "visibility": "members"}
SEEN_BY = (
    ("members", "Members"),
    ("everyone", "Everyone, guests too"),
    ("staff", "The member and staff only"),
)


async def show_fields(request: Request) -> Response:
    """`GET /admin/fields`."""
    if wants_json(request):
        return json_answer(await _told(request))
    return await _page(request, saved=request.query_params.get("saved") == "yes")


async def show_field(request: Request) -> Response:
    """`GET /admin/fields/{id}`: its form."""
    return await _page(request, path_id(request))


async def add_field(request: Request) -> Response:
    """`POST /admin/fields`."""
    given = await fields(request, *_DESCRIBED)
    try:
        await actions.add_field(state.database(request), viewer(request), FieldDraft(**given), now=now_ms())
    except Invalid as error:
        return await _refused(request, 0, given, error)
    return await _done(request)


async def change_field(request: Request) -> Response:
    """`POST /admin/fields/{id}`."""
    field_id, given = path_id(request), await fields(request, *_DESCRIBED)
    try:
        await actions.change_field(
            state.database(request), viewer(request), field_id, FieldDraft(**given), now=now_ms()
        )
    except Invalid as error:
        return await _refused(request, field_id, given, error)
    return await _done(request)


async def archive_field(request: Request) -> Response:
    """`POST /admin/fields/{id}/archive`."""
    return await _archive(request, archived=True)


async def restore_field(request: Request) -> Response:
    """`POST /admin/fields/{id}/restore`."""
    return await _archive(request, archived=False)


async def raise_field(request: Request) -> Response:
    """`POST /admin/fields/{id}/up`."""
    await actions.raise_field(state.database(request), viewer(request), path_id(request), now=now_ms())
    return await _done(request)


async def _archive(request: Request, *, archived: bool) -> Response:
    try:
        await actions.archive_field(
            state.database(request), viewer(request), path_id(request), archived=archived, now=now_ms()
        )
    except Invalid as error:
        return await _refused(request, 0, _NEW, error)
    return await _done(request)


async def _done(request: Request) -> Response:
    if wants_json(request):
        return json_answer(await _told(request))
    return see_other("/admin/fields?saved=yes")


async def _refused(request: Request, field_id: int, given: Mapping[str, str], error: Invalid) -> Response:
    if wants_json(request):
        raise error
    return await _page(request, field_id, Form(given, error.fields), 422)


async def _every(request: Request) -> list[ProfileField]:
    return await state.database(request).read(profile_fields.every)


async def _told(request: Request) -> Json:
    return {
        "fields": [
            {"id": one.id, **_described(one), "archived": one.archived} for one in await _every(request)
        ]
    }


def _described(one: ProfileField) -> dict[str, str]:
    seen = next(name for name, audience in VISIBILITIES.items() if audience is one.visibility)
    return {
        "label": one.label,
        "kind": one.kind.value,
        "visibility": seen,
        "choices": "\n".join(one.choices),
    }


async def _page(
    request: Request, field_id: int = 0, form: Form | None = None, status: int = 200, *, saved: bool = False
) -> Response:
    """All fields and the form of a new one, or the form of that field alone. Raises NotFound."""
    async with state.database(request).snapshot() as reader:
        page = await administration.live_page(reader)
        asked = await administration.asked_for(reader, page.live.position)
    changing = next((one for one in (*asked.active, *asked.archived) if one.id == field_id), None)
    if field_id and changing is None:
        raise NotFound
    return await admin_page(
        request,
        "fields",
        status,
        form=form or Form(_described(changing) if changing else _NEW),
        changing=changing,
        page=page,
        asked=asked,
        kinds=administration.KINDS,
        seen_by=SEEN_BY,
        saved=saved,
    )


routes = [
    get("/admin/fields", show_fields, Policy.ADMIN),
    post("/admin/fields", add_field, Policy.ADMIN),
    get("/admin/fields/{id:int}", show_field, Policy.ADMIN),
    post("/admin/fields/{id:int}", change_field, Policy.ADMIN),
    post("/admin/fields/{id:int}/archive", archive_field, Policy.ADMIN),
    post("/admin/fields/{id:int}/restore", restore_field, Policy.ADMIN),
    post("/admin/fields/{id:int}/up", raise_field, Policy.ADMIN),
]
