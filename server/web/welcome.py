"""Coming in, whichever way: where a request comes from, the session that it gets, and the sign-in page."""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.actions.sessions import Origin, SignedIn
from server.domain import known_devices
from server.domain.errors import ForumError, Invalid
from server.domain.passkeys import RelyingParty
from server.domain.viewer import Viewer
from server.store import settings
from server.views.page_models import Form
from server.web import state
from server.web.pages import page
from server.web.requests import client_address, device, local_path, network_of, viewer, wants_json
from server.web.responses import (
    Json,
    headers_of,
    json_answer,
    see_other,
    set_marks_cookie,
    set_session_cookie,
    status_of,
)
from server.web.site import Site

ON_ONE_MACHINE = "localhost"  # the only host without https that browsers make passkeys for


def origin(request: Request) -> Origin:
    """What an action that makes a session wants to know of the request."""
    marks = request.cookies.get(state.site(request).marks_cookie_name, "")
    return Origin(network_of(client_address(request)), device(request), viewer(request), marks)


def welcome(request: Request, signed_in: SignedIn, target: str, status: int = 200) -> Response:
    """The new session's cookie, and the way to where one wanted to go; programs are told who they are."""
    answer: Response
    if wants_json(request):
        answer = json_answer(about(signed_in.viewer), status)
    else:
        answer = see_other(local_path(target))
    keep_signed_in(request, answer, signed_in)
    return answer


def keep_signed_in(request: Request, answer: Response, signed_in: SignedIn) -> None:
    """Gives the browser the new session's cookie, and the mark by which it is known the next time."""
    site = state.site(request)
    set_session_cookie(answer, site, signed_in.token, remember=signed_in.remember)
    if signed_in.mark:
        carried = request.cookies.get(site.marks_cookie_name, "")
        set_marks_cookie(answer, site, known_devices.carry(signed_in.mark, carried))


def about(who: Viewer) -> Json:
    """What programs are told of a viewer."""
    if not who.is_signed_in:
        return {"role": who.role.value}
    told = {"id": who.id, "username": who.username, "role": who.role.value, "unread": who.unread}
    return {**told, "scope": who.grant.scope.value} if who.grant else told


async def sign_in_page(request: Request, form: Form, status: int = 200, **context: object) -> HTMLResponse:
    """The form for name and password, and the button for a passkey."""
    host = passkey_host(state.site(request))
    return await page(request, "accounts/login.html", status, form=form, passkey_host=host, **context)


async def sign_in_again(
    request: Request, values: dict[str, str], error: ForumError, field: str
) -> HTMLResponse:
    """The sign-in page with what is wrong; what is no field's fault stands beside `field`, or above them."""
    problems = error.fields if isinstance(error, Invalid) else {field: error.message}
    kept = {name: values[name] for name in ("login", "remember", "next", "kept") if values.get(name)}
    answer = await sign_in_page(request, Form(kept, problems), status_of(error))
    answer.headers.update(headers_of(error))
    return answer


async def relying_party(request: Request) -> RelyingParty:
    """What passkeys of this board are bound to: its host, by the configuration and never by the request."""
    site = state.site(request)
    host = passkey_host(site)
    async with state.database(request).snapshot() as reader:
        name = await settings.text(reader, "forum_name")
    return RelyingParty(host, name, tuple(one for one in site.origins if urlsplit(one).hostname == host))


def passkey_host(site: Site) -> str:
    """The public host, or ON_ONE_MACHINE; empty where the board is found by a number, which has none."""
    host = urlsplit(site.public_url).hostname if site.public_url else ON_ONE_MACHINE
    try:
        ipaddress.ip_address(host or "")
    except ValueError:
        return host or ""
    return ""
