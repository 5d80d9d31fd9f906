"""Signing in and out, the first administrator, and who I am; joining is in sign_up.py."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.actions import accounts, sessions, setup
from server.actions.accounts import Origin
from server.actions.members import NewMember
from server.actions.sessions import SignedIn
from server.domain.clock import now_ms
from server.domain.errors import ForumError, Invalid
from server.domain.viewer import GUEST, Viewer
from server.views.page_models import Form
from server.views.viewer_styles import viewer_css
from server.web import state
from server.web.account_forms import account_form_again
from server.web.pages import page
from server.web.policies import Policy
from server.web.requests import (
    client_address,
    device,
    fields,
    is_ticked,
    local_path,
    network_of,
    viewer,
    wants_json,
)
from server.web.responses import (
    Json,
    delete_session_cookie,
    json_answer,
    see_other,
    set_session_cookie,
)
from server.web.routing import get, post

_FOR_AN_HOUR = {"Cache-Control": "private, max-age=3600"}  # its rules may change with a new version


async def login_form(request: Request) -> Response:
    """`GET /login`; who is signed in already goes where he wanted to. `?done=reset` says what was done."""
    target = local_path(request.query_params.get("next", "/"))
    if viewer(request).is_signed_in:
        return see_other(target)
    done = request.query_params.get("done", "")
    return await page(request, "accounts/login.html", form=Form({"next": target, "done": done}))


async def login(request: Request) -> Response:
    """`POST /login`."""
    values = await fields(request, "login", "password", "remember", "next")
    try:
        signed_in = await accounts.sign_in(
            state.database(request),
            state.passwords(request),
            values["login"],
            values["password"],
            remember=is_ticked(values["remember"]),
            now=now_ms(),
            limits=state.limits(request),
            origin=origin_of(request),
        )
    except ForumError as error:
        return await account_form_again(request, "accounts/login.html", values, error)
    return welcome(request, signed_in, values["next"])


async def logout(request: Request) -> Response:
    """`POST /logout`: also tells the browser to forget pages that were for members."""
    await sessions.sign_out(state.database(request), viewer(request), now=now_ms())
    answer = json_answer(_about(GUEST)) if wants_json(request) else see_other("/")
    delete_session_cookie(answer, state.site(request))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


async def setup_form(request: Request) -> Response:
    """`GET /setup/{token}`."""
    await setup.check_setup_link(state.database(request), request.path_params["token"], now=now_ms())
    return await page(request, "accounts/setup.html", form=Form())


async def make_first_administrator(request: Request) -> Response:
    """`POST /setup/{token}`."""
    values = await fields(request, "username", "email", "password")
    try:
        signed_in = await setup.make_first_administrator(
            state.database(request),
            state.passwords(request),
            request.path_params["token"],
            new_member(values),
            device=device(request),
            now=now_ms(),
        )
    except Invalid as error:
        return await account_form_again(request, "accounts/setup.html", values, error)
    return welcome(request, signed_in, "/", status=201)


async def show_viewer(request: Request) -> Response:
    """`GET /viewer`: who I am."""
    return json_answer(_about(viewer(request)), headers={"Cache-Control": "no-store"})


async def show_viewer_styles(request: Request) -> Response:
    """`GET /viewers/{id}.css`: what a member's own posts look like to him. Nothing in it is secret."""
    return Response(viewer_css(request.path_params["id"]), media_type="text/css", headers=_FOR_AN_HOUR)


def new_member(values: Mapping[str, str]) -> NewMember:
    """Who wants to become a member, by the fields of the form."""
    accepts = is_ticked(values.get("rules", ""))
    return NewMember(values["username"], values["email"], values["password"], accepts_rules=accepts)


def origin_of(request: Request) -> Origin:
    """Where the request comes from, for limits and the list of devices."""
    return Origin(network_of(client_address(request)), device(request), viewer(request))


def welcome(request: Request, signed_in: SignedIn, target: str, status: int = 200) -> Response:
    """The answer to who is signed in now: his session's cookie, and the way to where he was going."""
    answer: Response
    if wants_json(request):
        answer = json_answer(_about(signed_in.viewer), status)
    else:
        answer = see_other(local_path(target))
    set_session_cookie(answer, state.site(request), signed_in.token, remember=signed_in.remember)
    return answer


def _about(who: Viewer) -> Json:
    if not who.is_signed_in:
        return {"role": who.role.value}
    return {"id": who.id, "username": who.username, "role": who.role.value, "unread": 0}


routes = [
    get("/login", login_form, Policy.ANYONE),
    post("/login", login, Policy.ANYONE),
    post("/logout", logout, Policy.ANYONE),
    get("/setup/{token}", setup_form, Policy.ANYONE),
    post("/setup/{token}", make_first_administrator, Policy.ANYONE),
    get("/viewer", show_viewer, Policy.ANYONE),
    get("/viewers/{id:int}.css", show_viewer_styles, Policy.ANYONE),
]
