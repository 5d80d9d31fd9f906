"""What the viewer is told that concerns him."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import notices as acts
from server.domain.channels import Channel, Thing
from server.domain.clock import now_ms
from server.domain.errors import Invalid, SignInRequired
from server.domain.viewer import Scope
from server.store import event_log, notices
from server.views.filters import iso
from server.views.page_models import NOTICES_A_PAGE, LiveRoot, NoticesPage
from server.web import state
from server.web.pages import page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import Json, json_answer, see_other
from server.web.routing import get, post

LONGEST_NUMBER = 18  # digits; more are no number of ours
ALL = 10**LONGEST_NUMBER  # above every number


async def show_notices(request: Request) -> Response:
    """`GET /notices?before=`: the newest, or those before a number."""
    who = viewer(request)
    if who.id is None:
        raise SignInRequired
    before = _number(request.query_params.get("before", ""))
    async with state.database(request).snapshot() as reader:
        head = await event_log.head(reader)
        found = await notices.page(reader, who.id, before, NOTICES_A_PAGE + 1)
    live = LiveRoot(head.epoch, head.seq, (str(Channel(Thing.MEMBER, who.id)),))
    shown = NoticesPage(tuple(found[:NOTICES_A_PAGE]), before is None, len(found) > NOTICES_A_PAGE, live)
    if wants_json(request):
        return json_answer(_told(shown, who.unread))
    return await page(request, "notices/show.html", page=shown)


async def read(request: Request) -> Response:
    """`POST /notices/read`: the viewer has read them, up to the number `up_to` where there is one."""
    values = await fields(request, "up_to")
    up_to = _number(values["up_to"]) if values["up_to"] else ALL
    if up_to is None:
        raise Invalid({"up_to": "Please say up to which notice, by its number."})
    left = await acts.read(state.database(request), viewer(request), up_to, now=now_ms())
    return json_answer({"unread": left}) if wants_json(request) else see_other("/notices")


def _told(shown: NoticesPage, unread: int) -> Json:
    return {
        "notices": [
            {
                "id": notice.id,
                "kind": notice.kind.value,
                "words": notice.words,
                "at": iso(notice.at),
                "read": notice.read_at is not None,
                "topic_id": notice.target.topic_id if notice.target else None,
                "post_id": notice.target.post_id if notice.target else None,
            }
            for notice in shown.notices
        ],
        "unread": unread,
        "epoch": shown.live.epoch,
        "position": shown.live.position,
    }


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


routes = [
    get("/notices", show_notices, Policy.SIGNED_IN, Scope.READ),
    post("/notices/read", read, Policy.SIGNED_IN, Scope.WRITE),
]
