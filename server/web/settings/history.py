"""What moderators did with the viewer's account and with what he wrote: why, where he was told, never who."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import sessions
from server.store import moderation_log
from server.store.moderation_log import Line
from server.views.filters import iso
from server.views.history import act_words, thing_url
from server.views.page_models import Form
from server.web import state
from server.web.policies import Policy
from server.web.requests import viewer, wants_json
from server.web.responses import Json, json_answer
from server.web.routing import get
from server.web.settings.shown import settings_page

LINES = 50  # on a page
LONGEST_NUMBER = 15  # digits


async def show_history(request: Request) -> Response:
    """`GET /settings/history?before=`: the newest, or those before a line."""
    member_id = sessions.member_of(viewer(request))
    before = request.query_params.get("before", "")
    cursor = int(before) if before.isascii() and before.isdigit() and len(before) <= LONGEST_NUMBER else None
    async with state.database(request).snapshot() as reader:
        found = await moderation_log.concerning(reader, member_id, cursor, LINES + 1)
    lines = found[:LINES]
    older = lines[-1].id if len(found) > LINES else None
    if wants_json(request):
        return json_answer({"history": [_told(line) for line in lines], "older": older})
    return await settings_page(request, "history", form=Form(), lines=lines, older=older)


def _told(line: Line) -> Json:
    return {
        "at": iso(line.at),
        "act": line.act,
        "what": act_words(line.act),
        "url": thing_url(line) or None,
        "why": line.reason if line.told else "",
    }


routes = [get("/settings/history", show_history, Policy.MEMBER)]
