"""Another name for oneself: a page of its own, which the first page of the settings leads to."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import renaming, sessions
from server.domain.clock import now_ms
from server.domain.errors import Invalid, TooManyRequests
from server.domain.names import clean_name
from server.store import former_names
from server.store.database import Reader
from server.store.former_names import FormerName
from server.views.filters import iso
from server.views.page_models import Form
from server.web import state
from server.web.policies import Policy
from server.web.requests import fields, viewer, wants_json
from server.web.responses import headers_of, json_answer, see_other, status_of
from server.web.routing import get, post
from server.web.settings.shown import settings_page


async def show_name(request: Request) -> Response:
    """`GET /settings/name`."""
    if wants_json(request):
        formerly, next_at = await _formerly(request)
        return json_answer(
            {
                "username": viewer(request).username,
                "former": [one.name for one in formerly],
                "next_at": iso(next_at) if next_at else None,
            }
        )
    return await _page(request, Form())


async def change_name(request: Request) -> Response:
    """`POST /settings/name`: `username` and the password, `current`."""
    given = await fields(request, "username", "current")
    try:
        await renaming.change_name(
            state.database(request),
            state.passwords(request),
            viewer(request),
            given["username"],
            given["current"],
            now=now_ms(),
            limits=state.limits(request),
        )
    except (Invalid, TooManyRequests) as error:
        if wants_json(request):
            raise
        problems = error.fields if isinstance(error, Invalid) else {"current": error.message}
        again = await _page(request, Form({"username": given["username"]}, problems), status_of(error))
        again.headers.update(headers_of(error))
        return again
    if wants_json(request):
        return json_answer({"username": clean_name(given["username"])})
    return see_other("/settings?saved=name#name")


async def _formerly(request: Request) -> tuple[list[FormerName], int | None]:
    """The viewer's former names, and when he can change his name again if he can't now."""
    member_id, now = sessions.member_of(viewer(request)), now_ms()

    async def reading(reader: Reader) -> tuple[list[FormerName], int | None]:
        changed_at = await former_names.chosen_at(reader, member_id)
        next_at = None if changed_at is None else changed_at + renaming.APART
        return await former_names.of_member(reader, member_id), next_at if next_at and next_at > now else None

    return await state.database(request).read(reading)


async def _page(request: Request, form: Form, status: int = 200) -> Response:
    formerly, next_at = await _formerly(request)
    return await settings_page(request, "name", status, form=form, formerly=formerly, next_at=next_at)


routes = [
    get("/settings/name", show_name, Policy.MEMBER),
    post("/settings/name", change_name, Policy.MEMBER),
]
