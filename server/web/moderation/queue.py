"""The queue of reports, live for everybody who moderates."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import reported, reports, waiting
from server.domain.channels import MODERATION, Channel, Thing
from server.domain.clock import now_ms
from server.domain.viewer import Audience, Scope, Viewer
from server.store import cases, event_log, pending_posts
from server.views.filters import iso
from server.views.page_models import CasesPage, LiveRoot
from server.web import state
from server.web.moderation.shown import moderation_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import Json, json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

MAX_SHOWN = 50  # the most urgent; the others follow when they are settled
MAX_READ = 500  # open cases looked through for those of a category's own moderator
MAX_CHANNELS = 25  # a socket has 30
_SAVED = {
    "acted": "Settled. Who reported it has been thanked.",
    "dismissed": "Settled: nothing to do. Who reported it has been thanked.",
    "removed": "Removed for everyone, and settled.",
}


async def show_queue(request: Request) -> Response:
    """`GET /moderation`."""
    who = viewer(request)
    async with state.database(request).snapshot() as reader:
        head = await event_log.head(reader)
        # Staff see all of them, so that only those shown need reading.
        read = await cases.open_ones(reader, MAX_SHOWN if who.is_staff else MAX_READ)
        found = [case.at(now_ms()) for case in read if waiting.is_case_for(who, case)]
        total = (await cases.open_count(reader)).count if who.is_staff else len(found)
        pending = await pending_posts.count(reader)
    live = LiveRoot(head.epoch, head.seq, queue_channels(who))
    shown = CasesPage(tuple(found[:MAX_SHOWN]), total, pending, live)
    if wants_json(request):
        return json_answer(_told(shown))
    saved = _SAVED.get(request.query_params.get("saved", ""), "")
    return await moderation_page(request, "queue", page=shown, saved=saved)


async def look(request: Request) -> Response:
    """`POST /moderation/reports/{id}/look`: tells the others that the viewer looks at it."""
    until = await reports.look(state.database(request), viewer(request), path_id(request), now=now_ms())
    return json_answer({"until": iso(until)}) if wants_json(request) else see_other("/moderation")


async def look_away(request: Request) -> Response:
    """`POST /moderation/reports/{id}/away`."""
    await reports.look_away(state.database(request), viewer(request), path_id(request))
    return json_answer({"looking": None}) if wants_json(request) else see_other("/moderation")


async def settle(request: Request) -> Response:
    """`POST /moderation/reports/{id}/settle`: `outcome` is acted or dismissed."""
    values = await fields(request, "outcome")
    await reports.settle(
        state.database(request), viewer(request), path_id(request), values["outcome"], now=now_ms()
    )
    return _done(request, values["outcome"])


async def remove(request: Request) -> Response:
    """`POST /moderation/reports/{id}/remove`: removes what is reported, for `reason`, and settles.

    With `tell` the author of a post reads the reason.
    """
    values = await fields(request, "reason", "tell")
    await reported.remove_reported(
        state.database(request), viewer(request), path_id(request), values["reason"],
        tell=bool(values["tell"]), now=now_ms(),
    )  # fmt: skip
    return _done(request, "removed")


def _done(request: Request, what: str) -> Response:
    return json_answer({"settled": what}) if wants_json(request) else see_other(f"/moderation?saved={what}")


def queue_channels(who: Viewer) -> tuple[str, ...]:
    """The channels of a queue for this viewer: the board's, or those of the categories that he moderates."""
    if who.is_staff:
        return (str(MODERATION),)
    own = sorted(who.moderated)[:MAX_CHANNELS]
    return tuple(str(Channel(Thing.CATEGORY, category_id, Audience.STAFF)) for category_id in own)


def _told(shown: CasesPage) -> Json:
    return {
        "reports": [
            {
                "id": case.id,
                "about": {"kind": case.subject.value, "id": case.object_id},
                "urgent": case.urgent,
                "opened_at": iso(case.opened_at),
                "looking": case.looking.username if case.looking else None,
                "said": [
                    {
                        "reason": one.reason.value,
                        "details": one.details,
                        "by": one.by or None,
                        "at": iso(one.at),
                    }
                    for one in case.reports
                ],
            }
            for case in shown.cases
        ],
        "total": shown.total,
        "epoch": shown.live.epoch,
        "position": shown.live.position,
    }


routes = [
    get("/moderation", show_queue, Policy.MODERATES, Scope.MODERATE),
    post("/moderation/reports/{id:int}/look", look, Policy.MODERATES, Scope.MODERATE),
    post("/moderation/reports/{id:int}/away", look_away, Policy.MODERATES, Scope.MODERATE),
    post("/moderation/reports/{id:int}/settle", settle, Policy.MODERATES, Scope.MODERATE),
    post("/moderation/reports/{id:int}/remove", remove, Policy.MODERATES, Scope.MODERATE),
]
