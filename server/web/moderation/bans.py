"""Who is silenced or banned now, and ending it; and taking back a warning or a note."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import sanctions as acts
from server.domain.channels import MODERATION
from server.domain.clock import now_ms
from server.domain.errors import NotFound
from server.domain.viewer import Scope
from server.store import event_log, member_records, sanctions
from server.views.addresses import record_url
from server.views.page_models import BANS_A_PAGE, BansPage, LiveRoot
from server.web import state
from server.web.moderation.sanctions_told import sanction_told
from server.web.moderation.shown import moderation_page
from server.web.policies import Policy
from server.web.requests import came_from, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

_BANS = "/moderation/bans"


async def show_bans(request: Request) -> Response:
    """`GET /moderation/bans`."""
    async with state.database(request).snapshot() as reader:
        head = await event_log.head(reader)
        found = await sanctions.running(reader, BANS_A_PAGE + 1)
    live = LiveRoot(head.epoch, head.seq, (str(MODERATION),))
    shown = BansPage(tuple(found[:BANS_A_PAGE]), len(found) > BANS_A_PAGE, live)
    if wants_json(request):
        told = [sanction_told(one) for one in shown.sanctions]
        return json_answer({"bans": told, "epoch": live.epoch, "position": live.position})
    saved = "Done. It is over." if "saved" in request.query_params else ""
    return await moderation_page(request, "bans", page=shown, saved=saved)


async def end(request: Request) -> Response:
    """`POST /moderation/sanctions/{id}/end`."""
    member_id = await acts.end(state.database(request), viewer(request), path_id(request), now=now_ms())
    if wants_json(request):
        return json_answer({"ended": True})
    if came_from(request).partition("?")[0] == _BANS:
        return see_other(f"{_BANS}?saved=ended")
    async with state.database(request).snapshot() as reader:
        record = await member_records.find(reader, member_id)
    if record is None:
        raise NotFound
    return see_other(f"{record_url(record)}?saved=ended")


routes = [
    get(_BANS, show_bans, Policy.STAFF, Scope.MODERATE),
    post("/moderation/sanctions/{id:int}/end", end, Policy.STAFF, Scope.MODERATE),
]
