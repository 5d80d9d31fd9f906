"""A member's standing: warnings that he has to read before he writes, and what moderators did before.

A write that was refused because of a warning comes along in the form, as with new rules (`web/rules.py`):
who has read it has sent it too. A program gets 403 with the code `warning`, and no token reads in its owner's
place.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ExceptionHandler

from server.actions import sanctions as acts
from server.domain.clock import now_ms
from server.domain.errors import WarningOwed
from server.store import sanctions
from server.store.sanctions import Sanction
from server.views.filters import iso
from server.views.page_models import Form
from server.web import state
from server.web.carried import carried
from server.web.pages import page
from server.web.policies import Policy
from server.web.requests import came_from, fields, here, local_path, viewer, wants_json
from server.web.responses import Json, json_answer, on_forum_error, see_other
from server.web.routing import get, post
from server.web.settings.shown import settings_page

MAX_DIGITS = 15
_OWN = ("warnings", "send_to", "next")


async def show_standing(request: Request) -> Response:
    """`GET /settings/standing?next=/topics/12`: `next` is where one goes on after reading a warning."""
    told, owed = await _read(request)
    if wants_json(request):
        return json_answer({"may_write": viewer(request).standing.may_write, "sanctions": _told(told)})
    values = {"next": local_path(request.query_params["next"])} if "next" in request.query_params else {}
    return await settings_page(
        request,
        "standing",
        form=Form(values),
        told=[one for one in told if one not in owed],
        owed=owed,
        saved="saved" in request.query_params,
    )


async def read_warnings(request: Request) -> Response:
    """`POST /settings/standing/read`: then on to `next`, or with the write that waited to `send_to`."""
    values = await fields(request, *_OWN)
    ids = [int(one) for one in values["warnings"].split() if one.isascii() and one.isdigit()]
    ids = [one for one in ids[:100] if one < 10**MAX_DIGITS]
    await acts.read_warnings(state.database(request), viewer(request), ids, now=now_ms())
    if wants_json(request):
        return json_answer({"read": True})
    if values["send_to"]:
        return RedirectResponse(local_path(values["send_to"]), 307)  # with its fields
    return see_other(local_path(values["next"]) if values["next"] else "/settings/standing?saved=read")


async def on_warning_owed(request: Request, error: Exception) -> Response:
    """A write of somebody who has to read first: the warning, with the write in the form."""
    if wants_json(request) or not isinstance(error, WarningOwed):
        return await on_forum_error(request, error)
    values: Mapping[str, str] = {"next": came_from(request)}
    if request.method == "POST":
        values = {**values, "send_to": here(request)}
    _, owed = await _read(request)
    return await page(
        request,
        "settings/warning.html",
        403,
        form=Form(values),
        owed=owed,
        carried=await carried(request, _OWN),
    )


async def _read(request: Request) -> tuple[list[Sanction], list[Sanction]]:
    """What the viewer was told, newest first; and the warnings of it that he has not read."""
    member_id = viewer(request).id
    assert member_id is not None  # the policy let in members only
    async with state.database(request).snapshot() as reader:
        told = await sanctions.of_member(reader, member_id, told=True)
        owed = await sanctions.owed(reader, member_id)
    return told, owed


def _told(found: list[Sanction]) -> list[Json]:
    return [
        {
            "id": one.id,
            "kind": one.kind.value,
            "at": iso(one.at),
            "reason": one.reason,
            "until": iso(one.until) if one.until is not None else None,
            "ended_at": iso(one.ended_at) if one.ended_at is not None else None,
            "read_at": iso(one.read_at) if one.read_at is not None else None,
        }
        for one in found
    ]


EXCEPTION_HANDLERS: dict[int | type[Exception], ExceptionHandler] = {WarningOwed: on_warning_owed}
"""For create_app, beside the others."""

routes = [
    get("/settings/standing", show_standing, Policy.MEMBER),
    post("/settings/standing/read", read_warnings, Policy.MEMBER),
]
