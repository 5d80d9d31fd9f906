"""Invitations: making a link, seeing who came by it, ending it."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import invitations
from server.domain.clock import now_ms
from server.domain.errors import Invalid
from server.domain.joining import SignUp
from server.store import invitations as stored
from server.store import settings
from server.store.invitations import Invitation
from server.views import administration
from server.views.filters import iso
from server.views.page_models import Form
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import Json, json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

_BLANK = {"note": "", "places": "1", "days": "14"}


async def show_invitations(request: Request) -> Response:
    """`GET /admin/invitations`."""
    if wants_json(request):
        return json_answer({"invitations": [_told(one) for one in await _newest(request)]})
    return await _page(request, Form(_BLANK), ended=request.query_params.get("saved") == "ended")


async def make_invitation(request: Request) -> Response:
    """`POST /admin/invitations`: the link stands in this answer and nowhere else."""
    values = await fields(request, "note", "places", "days")
    try:
        token = await invitations.invite(
            state.database(request),
            viewer(request),
            values["note"],
            values["places"],
            values["days"],
            now=now_ms(),
        )
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, Form(values, error.fields), 422)
    url = f"{state.site(request).address}/signup?invitation={token}"
    if wants_json(request):
        return json_answer({"url": url}, 201)
    return await _page(request, Form(_BLANK), 201, url=url)


async def end_invitation(request: Request) -> Response:
    """`POST /admin/invitations/{id}/end`."""
    await invitations.end_invitation(state.database(request), viewer(request), path_id(request), now=now_ms())
    return (
        json_answer({"ended": True}) if wants_json(request) else see_other("/admin/invitations?saved=ended")
    )


async def _newest(request: Request) -> list[Invitation]:
    async with state.database(request).snapshot() as reader:
        return await stored.newest(reader, administration.MAX_INVITATIONS)


async def _page(
    request: Request, form: Form, status: int = 200, *, url: str = "", ended: bool = False
) -> Response:
    async with state.database(request).snapshot() as reader:
        page = await administration.live_page(reader)
        policy = await settings.text(reader, "sign_up")
        invited = await administration.invited(reader, page.live.position, now=now_ms())
    return await admin_page(
        request,
        "invitations",
        status,
        form=form,
        url=url,
        ended=ended,
        page=page,
        invited=invited,
        is_closed=policy == SignUp.CLOSED,
    )


def _told(one: Invitation) -> Json:
    return {
        "id": one.id,
        "note": one.note,
        "made_by": one.made_by,
        "created_at": iso(one.created_at),
        "expires_at": iso(one.expires_at),
        "ended_at": iso(one.ended_at) if one.ended_at else None,
        "places": one.places,
        "used": one.used,
        "open": one.is_open(now_ms()),
        "members": [{"id": member_id, "username": username} for member_id, username in one.members],
    }


routes = [
    get("/admin/invitations", show_invitations, Policy.ADMIN),
    post("/admin/invitations", make_invitation, Policy.ADMIN),
    post("/admin/invitations/{id:int}/end", end_invitation, Policy.ADMIN),
]
