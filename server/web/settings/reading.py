"""How a member reads: colours, the size of text, times, and calm.

What is chosen comes with each request's session and stands in the head of every page the member opens, so
that it holds before anything is drawn. Theme, size of text and stillness are CSS and work without JavaScript.
Times are written in UTC by the server, because what is pushed and kept is the same for everybody, and say so;
with JavaScript they are in the chosen zone and format (`client/elements/times.js`). That replies wait is
JavaScript's too (`client/lib/waiting.js`): without it none arrives before the page is loaded again.
"""

from starlette.requests import Request
from starlette.responses import Response

from server.actions.preferences import choose_preferences
from server.domain.clock import now_ms
from server.domain.errors import Invalid
from server.domain.preferences import DEVICE, Preferences, preferences_from
from server.domain.zones import REGIONS
from server.views.page_models import Form
from server.web import state
from server.web.policies import Policy
from server.web.requests import fields, is_ticked, viewer, wants_json
from server.web.responses import Json, json_answer, see_other
from server.web.routing import get, post
from server.web.settings.shown import settings_page

ZONES = (
    ("", ((DEVICE, "As on your device"),)),
    *((region.label, tuple((zone.name, zone.label) for zone in region.zones)) for region in REGIONS),
)
"""What the form offers: groups of values and labels."""


async def show_reading(request: Request) -> Response:
    """`GET /settings/reading`."""
    chosen = viewer(request).preferences
    if wants_json(request):
        return json_answer(_told(chosen))
    return await _page(request, Form(_filled(chosen)), saved="saved" in request.query_params)


async def save_reading(request: Request) -> Response:
    """`POST /settings/reading`: all choices at once. The page it leads to shows them."""
    given = await fields(request, "theme", "text_size", "zone", "hours", "calm")
    calm = is_ticked(given.pop("calm"))
    try:
        chosen = preferences_from(**given, calm=calm)
    except Invalid as error:
        if wants_json(request):
            raise
        return await _page(request, Form(given | {"calm": "1" if calm else ""}, error.fields), 422)
    await choose_preferences(state.database(request), viewer(request), chosen)
    return json_answer(_told(chosen)) if wants_json(request) else see_other("/settings/reading?saved")


def _told(chosen: Preferences) -> dict[str, Json]:
    return {
        "theme": chosen.theme.value,
        "text_size": chosen.text_size.value,
        "zone": chosen.zone,
        "hours": chosen.hours.value,
        "calm": chosen.calm,
    }


def _filled(chosen: Preferences) -> dict[str, str]:
    return {name: str(value) for name, value in _told(chosen).items()} | {"calm": "1" if chosen.calm else ""}


async def _page(request: Request, form: Form, status: int = 200, *, saved: bool = False) -> Response:
    return await settings_page(request, "reading", status, form=form, saved=saved, zones=ZONES, now=now_ms())


routes = [
    get("/settings/reading", show_reading, Policy.MEMBER),
    post("/settings/reading", save_reading, Policy.MEMBER),
]
