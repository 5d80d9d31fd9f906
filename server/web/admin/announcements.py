"""Announcements for administrators: what stands at the top of the pages, what will, and what did."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.actions import announcements as actions
from server.domain.announcements import (
    Announcement,
    AnnouncementDraft,
    audience_word,
    local_time,
    zone_of,
)
from server.domain.clock import DAY, now_ms
from server.domain.errors import Invalid, NotFound
from server.store import announcements
from server.store.database import Reader
from server.views.filters import iso
from server.views.page_models import Form
from server.web import state
from server.web.admin.shown import admin_page
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post
from server.web.show import path_id

_PATH = "/admin/announcements"
_TYPED = ("text", "audience", "begins", "ends")
MAX_SHOWN = 50  # announcements, those that end last
_SAVED = {
    "yes": "Saved. It shows on every page at its time, also on open ones.",
    "ended": "Taken down, on open pages too.",
}


async def show_announcements(request: Request) -> Response:
    """`GET /admin/announcements`."""
    if wants_json(request):
        return await _told(request)
    return await _page(request)


async def show_announcement(request: Request) -> Response:
    """`GET /admin/announcements/{id}`: its form."""
    return await _page(request, path_id(request))


async def add_announcement(request: Request) -> Response:
    """`POST /admin/announcements`."""
    values = await fields(request, *_TYPED)
    try:
        draft = AnnouncementDraft(**values)
        await actions.announce(state.database(request), viewer(request), draft, now=now_ms())
    except Invalid as error:
        return await _refused(request, 0, values, error)
    return await _done(request, "yes")


async def change_announcement(request: Request) -> Response:
    """`POST /admin/announcements/{id}`."""
    number, values = path_id(request), await fields(request, *_TYPED)
    try:
        draft = AnnouncementDraft(**values)
        await actions.change_announcement(
            state.database(request), viewer(request), number, draft, now=now_ms()
        )
    except Invalid as error:
        return await _refused(request, number, values, error)
    return await _done(request, "yes")


async def end_announcement(request: Request) -> Response:
    """`POST /admin/announcements/{id}/end`."""
    await actions.take_down(state.database(request), viewer(request), path_id(request), now=now_ms())
    return await _done(request, "ended")


async def _refused(request: Request, number: int, values: Mapping[str, str], error: Invalid) -> Response:
    if wants_json(request):
        raise error
    return await _page(request, number, Form(values, error.fields), 422)


async def _done(request: Request, saved: str) -> Response:
    return await _told(request) if wants_json(request) else see_other(f"{_PATH}?saved={saved}")


async def _latest(request: Request) -> list[Announcement]:
    async def reading(reader: Reader) -> list[Announcement]:
        return await announcements.latest(reader, MAX_SHOWN)

    return await state.database(request).read(reading)


async def _told(request: Request) -> Response:
    return json_answer(
        {
            "announcements": [
                {
                    "id": one.id,
                    "text": one.text,
                    "audience": audience_word(one.audience),
                    "begins_at": iso(one.begins_at),
                    "ends_at": iso(one.ends_at),
                }
                for one in await _latest(request)
            ]
        }
    )


async def _page(request: Request, number: int = 0, form: Form | None = None, status: int = 200) -> Response:
    """All announcements and the form of a new one, or the form of that one alone. Raises NotFound."""
    found, now, zone = await _latest(request), now_ms(), zone_of(viewer(request).preferences.zone)
    changing = next((one for one in found if one.id == number), None)
    if number and changing is None:
        raise NotFound
    begun = {"audience": "everyone", "begins": "", "ends": local_time(now + 7 * DAY, zone)}
    if changing is not None:
        begun = {
            "text": changing.text,
            "audience": audience_word(changing.audience),
            "begins": local_time(changing.begins_at, zone),
            "ends": local_time(changing.ends_at, zone),
        }
    return await admin_page(
        request,
        "announcements",
        status,
        form=form or Form(begun),
        changing=changing,
        standing=[one for one in found if one.stands(now)],
        coming=[one for one in found if one.begins_at > now],
        over=[one for one in found if one.ends_at <= now],
        zone=zone,
        saved=_SAVED.get(request.query_params.get("saved", ""), ""),
    )


routes = [
    get(_PATH, show_announcements, Policy.ADMIN),
    post(_PATH, add_announcement, Policy.ADMIN),
    get(f"{_PATH}/{{id:int}}", show_announcement, Policy.ADMIN),
    post(f"{_PATH}/{{id:int}}", change_announcement, Policy.ADMIN),
    post(f"{_PATH}/{{id:int}}/end", end_announcement, Policy.ADMIN),
]
