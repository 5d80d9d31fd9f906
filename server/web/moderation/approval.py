"""Posts that wait for a moderator, live for everybody who moderates."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import approval
from server.actions.waiting import is_pending_for
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.viewer import Scope, Viewer
from server.store import event_log, pending_posts
from server.store.database import Reader
from server.store.pending_posts import PendingPost
from server.views import as_json
from server.views.page_models import Form, LiveRoot, PendingPage
from server.web import state
from server.web.moderation.queue import MAX_READ, MAX_SHOWN, queue_channels
from server.web.moderation.shown import moderation_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id
from server.web.told import post_told

_PATH = "/moderation/approval"
_SAVED = {
    "approved": "Approved. Everybody can read it now, and its author was told.",
    "declined": "Declined. Its author has been told why, and has the text.",
}


async def show_approval(request: Request) -> Response:
    """`GET /moderation/approval`."""
    if wants_json(request):
        page = await _load(request)
        return json_answer(as_json.pending_page(page))
    return await _page(request, saved=_SAVED.get(request.query_params.get("saved", ""), ""))


async def approve(request: Request) -> Response:
    """`POST /moderation/approval/{id}/approve`."""
    try:
        made = await approval.approve(
            state.database(request), viewer(request), path_id(request), now=now_ms()
        )
    except (Forbidden, NotFound) as error:
        if wants_json(request):
            raise
        return await _page(request, 409, problem=error.message)
    if wants_json(request):
        return await post_told(request, made.post_id, made.after, made.position)
    return see_other(f"{_PATH}?saved=approved")


async def decline(request: Request) -> Response:
    """`POST /moderation/approval/{id}/decline`: for `reason`, which its author reads."""
    values = await fields(request, "reason")
    try:
        position = await approval.decline(
            state.database(request), viewer(request), path_id(request), values["reason"], now=now_ms()
        )
    except Invalid as error:
        if wants_json(request):
            raise
        return await _ask_why(request, Form(values, error.fields))
    except NotFound as error:
        if wants_json(request):
            raise
        return await _page(request, 409, problem=error.message)
    if wants_json(request):
        return json_answer({"declined": True, "position": position})
    return see_other(f"{_PATH}?saved=declined")


async def _ask_why(request: Request, form: Form) -> Response:
    pending = await state.database(request).read(lambda reader: pending_posts.find(reader, path_id(request)))
    if pending is None or not pending.waits or not is_pending_for(viewer(request), pending):
        raise NotFound(approval.ANSWERED)
    return await moderation_page(
        request, "approval", 422, template="decline_post", form=form, pending=pending
    )


async def _page(request: Request, status: int = 200, *, saved: str = "", problem: str = "") -> Response:
    page = await _load(request)
    return await moderation_page(request, "approval", status, page=page, saved=saved, problem=problem)


async def _load(request: Request) -> PendingPage:
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        head = await event_log.head(reader)
        found = await _for(reader, who)
        total = (await pending_posts.count(reader)).count if who.is_staff else len(found)
    live = LiveRoot(head.epoch, head.seq, queue_channels(who))
    return PendingPage(tuple(found[:MAX_SHOWN]), total, live)


async def _for(reader: Reader, who: Viewer) -> list[PendingPost]:
    read = await pending_posts.waiting(reader, MAX_SHOWN if who.is_staff else MAX_READ)
    return [one for one in read if is_pending_for(who, one)]


routes = [
    get(_PATH, show_approval, Policy.MODERATES, Scope.MODERATE),
    post("/moderation/approval/{id:int}/approve", approve, Policy.MODERATES, Scope.MODERATE),
    post("/moderation/approval/{id:int}/decline", decline, Policy.MODERATES, Scope.MODERATE),
]
