"""Signing in and out, the first administrator, and who I am; joining is in sign_up.py."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.actions import accounts, sessions, setup
from server.actions.members import NewMember
from server.domain.clock import now_ms
from server.domain.errors import ForumError, Invalid, SecondFactorRequired
from server.domain.viewer import GUEST, Scope
from server.views.page_models import Form
from server.views.viewer_styles import viewer_css
from server.web import state
from server.web.account_forms import account_form_again
from server.web.kept import welcome_back
from server.web.pages import page
from server.web.policies import Policy
from server.web.requests import device, fields, is_ticked, local_path, viewer, wants_json
from server.web.responses import delete_session_cookie, json_answer, see_other
from server.web.routing import get, post
from server.web.second_step import ask_for_code
from server.web.welcome import about, origin, sign_in_again, sign_in_page, welcome

_FOR_AN_HOUR = {"Cache-Control": "private, max-age=3600"}  # its rules may change with a new version


async def login_form(request: Request) -> Response:
    """`GET /login`; who is signed in already goes where he wanted to. `?done=reset` says what was done."""
    target = local_path(request.query_params.get("next", "/"))
    if viewer(request).is_signed_in:
        return see_other(target)
    done = request.query_params.get("done", "")
    return await sign_in_page(request, Form({"next": target, "done": done}))


async def login(request: Request) -> Response:
    """`POST /login`; a program may send `code` along, where a second factor is on."""
    values = await fields(request, "login", "password", "code", "remember", "next", "kept")
    remember = is_ticked(values["remember"])
    try:
        signed_in = await accounts.sign_in(
            state.database(request),
            state.passwords(request),
            values["login"],
            values["password"],
            values["code"],
            remember=remember,
            now=now_ms(),
            limits=state.limits(request),
            origin=origin(request),
        )
    except SecondFactorRequired as waits:
        return await ask_for_code(request, waits, values, remember=remember)
    except ForumError as error:
        if wants_json(request):
            raise
        return await sign_in_again(request, values, error, field="password")
    return await welcome_back(request, signed_in, values)


async def logout(request: Request) -> Response:
    """`POST /logout`: also tells the browser to forget pages that were for members."""
    await sessions.sign_out(state.database(request), viewer(request), now=now_ms())
    answer = json_answer(about(GUEST)) if wants_json(request) else see_other("/")
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
    return json_answer(about(viewer(request)), headers={"Cache-Control": "no-store"})


async def show_viewer_styles(request: Request) -> Response:
    """`GET /viewers/{id}.css`: what a member's own posts look like to him. Nothing in it is secret."""
    return Response(viewer_css(request.path_params["id"]), media_type="text/css", headers=_FOR_AN_HOUR)


def new_member(values: Mapping[str, str]) -> NewMember:
    """Who wants to become a member, by the fields of the form."""
    accepts = is_ticked(values.get("rules", ""))
    return NewMember(values["username"], values["email"], values["password"], accepts_rules=accepts)


routes = [
    get("/login", login_form, Policy.ANYONE),
    post("/login", login, Policy.ANYONE),
    post("/logout", logout, Policy.ANYONE),
    get("/setup/{token}", setup_form, Policy.ANYONE),
    post("/setup/{token}", make_first_administrator, Policy.ANYONE),
    get("/viewer", show_viewer, Policy.ANYONE, Scope.READ),
    get("/viewers/{id:int}.css", show_viewer_styles, Policy.ANYONE, Scope.READ),
]
