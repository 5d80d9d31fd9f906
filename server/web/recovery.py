"""Forgot login: asking for a letter, and the page that its link leads to."""

from starlette.requests import Request
from starlette.responses import Response

from server.actions import recovery
from server.domain.clock import now_ms
from server.domain.errors import ForumError, Invalid, Overloaded
from server.views.page_models import Form
from server.web import state
from server.web.account_forms import account_form_again
from server.web.pages import page
from server.web.policies import Policy
from server.web.requests import client_address, fields, network_of, wants_json
from server.web.responses import json_answer, see_other
from server.web.routing import get, post

_ON_ITS_WAY = (
    "If we know this name or address, a letter is on its way. It comes within a few minutes; please look into"
    " the folder for unwanted mail too."
)


async def forgot_form(request: Request) -> Response:
    """`GET /forgot`; `?sent=yes` says that a letter is on its way, if there is anybody to write to."""
    sent = _ON_ITS_WAY if request.query_params.get("sent") == "yes" else ""
    return await page(request, "accounts/forgot.html", form=Form(), sent=sent)


async def forgot(request: Request) -> Response:
    """`POST /forgot`: the same answer for everybody (S7)."""
    values = await fields(request, "login")
    try:
        await recovery.ask_for_recovery(
            state.database(request),
            values["login"],
            network=network_of(client_address(request)),
            now=now_ms(),
            limits=state.limits(request),
        )
    except ForumError as error:
        return await account_form_again(
            request, "accounts/forgot.html", values, error, beside="login", sent=""
        )
    if wants_json(request):
        return json_answer({"message": _ON_ITS_WAY})
    return see_other("/forgot?sent=yes")


async def reset_form(request: Request) -> Response:
    """`GET /reset/{token}`."""
    username = await recovery.owner_of_reset(
        state.database(request), request.path_params["token"], now=now_ms()
    )
    return await page(request, "accounts/reset.html", form=Form(), username=username)


async def reset(request: Request) -> Response:
    """`POST /reset/{token}`."""
    values, token = await fields(request, "password"), request.path_params["token"]
    try:
        username = await recovery.reset_password(
            state.database(request), state.passwords(request), token, values["password"], now=now_ms()
        )
    except (Invalid, Overloaded) as error:
        username = await recovery.owner_of_reset(state.database(request), token, now=now_ms())
        return await account_form_again(request, "accounts/reset.html", values, error, username=username)
    if wants_json(request):
        return json_answer({"username": username})
    return see_other("/login?done=reset")


routes = [
    get("/forgot", forgot_form, Policy.ANYONE),
    post("/forgot", forgot, Policy.ANYONE),
    get("/reset/{token}", reset_form, Policy.ANYONE),
    post("/reset/{token}", reset, Policy.ANYONE),
]
