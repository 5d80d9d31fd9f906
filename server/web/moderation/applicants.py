"""Who waits to become a member, and the moderators' answers."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import admission
from server.domain.channels import MODERATION
from server.domain.clock import now_ms
from server.domain.errors import Invalid, NotFound
from server.domain.viewer import Scope
from server.store import applicants, event_log
from server.views.filters import iso
from server.views.page_models import ApplicantsPage, Form, LiveRoot
from server.web import state
from server.web.moderation.shown import moderation_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import Json, json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

MAX_SHOWN = 100  # who waited for longest; the others follow when they are answered
_SAVED = {"approved": "Approved. A new member may write now.", "declined": "Declined. The account is closed."}


async def show_applicants(request: Request) -> Response:
    """`GET /moderation/members`."""
    return await _page(request, _SAVED.get(request.query_params.get("saved", ""), ""))


async def approve(request: Request) -> Response:
    """`POST /moderation/members/{id}/approve`."""
    await admission.approve(state.database(request), viewer(request), path_id(request), now=now_ms())
    return json_answer({"approved": True}) if wants_json(request) else _back("approved")


async def decline_form(request: Request) -> Response:
    """`GET /moderation/members/{id}/decline`: asks for the reason."""
    return await _ask_why(request, Form())


async def decline(request: Request) -> Response:
    """`POST /moderation/members/{id}/decline`."""
    values = await fields(request, "reason")
    try:
        await admission.decline(
            state.database(request), viewer(request), path_id(request), values["reason"], now=now_ms()
        )
    except Invalid as error:
        if wants_json(request):
            raise
        return await _ask_why(request, Form(values, error.fields), 422)
    return json_answer({"declined": True}) if wants_json(request) else _back("declined")


async def _ask_why(request: Request, form: Form, status: int = 200) -> Response:
    member_id = path_id(request)
    async with state.database(request).snapshot() as reader:
        applicant = (await applicants.several(reader, [member_id])).get(member_id)
    if applicant is None:
        raise NotFound(admission.ANSWERED)
    return await moderation_page(
        request, "applicants", status, template="decline", form=form, applicant=applicant
    )


def _back(saved: str) -> Response:
    return see_other(f"/moderation/members?saved={saved}")


async def _page(request: Request, saved: str) -> Response:
    async with state.database(request).snapshot() as reader:
        head = await event_log.head(reader)
        found = await applicants.waiting(reader, MAX_SHOWN)
        total = await applicants.count(reader)
    if wants_json(request):
        told: list[Json] = [
            {
                "id": one.id,
                "username": one.username,
                "mail_domain": one.mail_domain,
                "asked_at": iso(one.asked_at),
            }
            for one in found
        ]
        return json_answer({"members": told, "total": total, "epoch": head.epoch, "position": head.seq})
    live = LiveRoot(head.epoch, head.seq, (str(MODERATION),))
    shown = ApplicantsPage(tuple(found), total, live)
    return await moderation_page(request, "applicants", page=shown, saved=saved)


routes = [
    get("/moderation/members", show_applicants, Policy.STAFF, Scope.MODERATE),
    post("/moderation/members/{id:int}/approve", approve, Policy.STAFF, Scope.MODERATE),
    get("/moderation/members/{id:int}/decline", decline_form, Policy.STAFF, Scope.MODERATE),
    post("/moderation/members/{id:int}/decline", decline, Policy.STAFF, Scope.MODERATE),
]
