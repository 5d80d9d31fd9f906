"""Is this your address? The page that a letter's link leads to.

Opening it changes nothing (S14): mail programs and scanners open links too.
"""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import addresses
from server.domain.clock import now_ms
from server.web import state
from server.web.pages import page
from server.web.policies import Policy
from server.web.requests import viewer, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post


async def confirm_form(request: Request) -> Response:
    """`GET /confirm/{token}`."""
    found = await addresses.confirmation_of(
        state.database(request), request.path_params["token"], now=now_ms()
    )
    return await page(request, "accounts/confirm.html", found=found)


async def confirm(request: Request) -> Response:
    """`POST /confirm/{token}`."""
    found = await addresses.confirm(state.database(request), request.path_params["token"], now=now_ms())
    if wants_json(request):
        return json_answer({"username": found.username, "email": found.address})
    if viewer(request).id == found.member_id:
        return see_other("/settings/mail?saved=confirmed")
    return see_other("/login?done=confirmed")


routes = [
    get("/confirm/{token}", confirm_form, Policy.ANYONE),
    post("/confirm/{token}", confirm, Policy.ANYONE),
]
