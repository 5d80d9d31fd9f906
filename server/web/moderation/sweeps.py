"""Ban and remove everything: what would go, doing it, and taking it back."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import sanctions, sweeps
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.permissions import may_sanction
from server.domain.sanctions import FOR_GOOD, Draft, SanctionKind, reason_of
from server.domain.sweeps import Extent
from server.domain.viewer import Scope
from server.store import member_records
from server.store import sweeps as rows
from server.store.member_records import MemberRecord
from server.views.addresses import record_url
from server.views.page_models import Form
from server.web import state
from server.web.moderation.members import LENGTHS, PRESET_LABELS, record_of
from server.web.moderation.shown import moderation_page
from server.web.policies import Policy
from server.web.requests import fields, is_ticked, viewer, wants_json
from server.web.responses import Json, json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

_DEFAULTS = {"preset": "advertising", "lasts": FOR_GOOD, "with_answered": "1"}


async def preview(request: Request) -> Response:
    """`GET /moderation/members/{username}/sweep`: what would go."""
    return await _page(request, await record_of(request), Form(_DEFAULTS))


async def start(request: Request) -> Response:
    """`POST /moderation/members/{username}/sweep`."""
    values = await fields(request, "preset", "reason", "private", "lasts", "with_answered")
    record = await record_of(request)
    draft = Draft(
        SanctionKind.BAN, reason_of(values["preset"], values["reason"]), values["private"], values["lasts"]
    )
    try:
        number = await sweeps.start_sweep(
            state.database(request),
            viewer(request),
            record.id,
            draft,
            with_answered=is_ticked(values["with_answered"]),
            now=now_ms(),
        )
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, record, Form(values, error.fields), 422)
    if wants_json(request):
        return json_answer({"sanction": number}, 202)
    return see_other(f"{record_url(record)}?saved=swept")


async def undo(request: Request) -> Response:
    """`POST /moderation/sanctions/{id}/undo`: ends the ban and brings back what was removed with it."""
    member_id = await sweeps.undo(state.database(request), viewer(request), path_id(request), now=now_ms())
    if wants_json(request):
        return json_answer({"undoing": True}, 202)
    async with state.database(request).snapshot() as reader:
        record = await member_records.find(reader, member_id)
    if record is None:
        raise NotFound
    return see_other(f"{record_url(record)}?saved=undone")


async def _page(request: Request, record: MemberRecord, form: Form, status: int = 200) -> Response:
    if not may_sanction(viewer(request), record.id, record.role):
        raise Forbidden(sanctions.NOT_YOURS)
    async with state.database(request).snapshot() as reader:
        extent = await rows.extent(reader, record.id)
    if wants_json(request):
        return json_answer(_told(extent))
    return await moderation_page(
        request,
        "bans",
        status,
        template="sweep",
        record=record,
        extent=extent,
        form=form,
        presets=PRESET_LABELS,
        lengths=LENGTHS,
    )


def _told(extent: Extent) -> Json:
    return {
        "topics": extent.topics,
        "answered": extent.answered,
        "answers": extent.answers,
        "replies": extent.replies,
        "thanks": extent.thanks,
        "profile": extent.has_profile,
        "pending": extent.pending,
    }


routes = [
    get("/moderation/members/{username}/sweep", preview, Policy.STAFF, Scope.MODERATE),
    post("/moderation/members/{username}/sweep", start, Policy.STAFF, Scope.MODERATE),
    post("/moderation/sanctions/{id:int}/undo", undo, Policy.STAFF, Scope.MODERATE),
]
