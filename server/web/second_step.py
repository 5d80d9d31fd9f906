"""`/login/code`: after the right password, the code of the authenticator app or a recovery code.

Between the two a cookie says whose sign-in waits. A cookie and no hidden field, so that the token stands in
no page (in its cache, in a screenshot, beside a stranger's text), scripts cannot read it, and the page can be
loaded anew. It goes to `/login` and below only, and is over after ten minutes.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.actions import second_step
from server.domain.clock import SECOND, now_ms
from server.domain.errors import (
    Forbidden,
    Invalid,
    Overloaded,
    SecondFactorRequired,
    SignInRequired,
    TooManyRequests,
)
from server.views.page_models import Form
from server.web import state
from server.web.kept import welcome_back
from server.web.pages import page
from server.web.policies import Policy
from server.web.requests import fields, is_ticked, local_path, wants_json
from server.web.responses import error_json, headers_of, json_answer, see_other, status_of
from server.web.routing import get, post
from server.web.site import Site
from server.web.welcome import origin, sign_in_again

_PATH = "/login"
_CODE = "What your authenticator app shows now, or a recovery code."


async def ask_for_code(
    request: Request, waits: SecondFactorRequired, values: Mapping[str, str], *, remember: bool
) -> Response:
    """The answer to a right password where that is not enough: the way to the second step.

    What is kept in the form (`kept.py`) has no place in an address, so then the answer is that step itself.
    """
    answer: Response
    if wants_json(request):
        told = error_json(waits.code, waits.message, {"code": _CODE})
        answer = json_answer(told, status_of(waits))
    else:
        asked = {"remember": "1" if remember else "", "next": local_path(values["next"])}
        kept = values.get("kept", "")
        answer = await _page(request, Form(asked | {"kept": kept})) if kept else see_other(_address(**asked))
    site = state.site(request)
    answer.set_cookie(
        _cookie(site),
        waits.token,
        max_age=second_step.PENDING // SECOND,
        path=_PATH,
        secure=site.secure,
        httponly=True,
        samesite="strict",
    )
    return answer


async def code_form(request: Request) -> Response:
    """`GET /login/code`; `?by=recovery` asks for a recovery code. Without a first step one begins there."""
    asked = {name: request.query_params.get(name, "") for name in ("remember", "next", "by")}
    token = _token(request)
    if not token:
        return see_other(f"{_PATH}?{urlencode({'next': local_path(asked['next'])})}")
    try:
        await second_step.waiting(state.database(request), token, now=now_ms())
    except SignInRequired as over:
        return await _begin_again(request, asked, over)
    return await _page(request, Form(asked))


async def give_code(request: Request) -> Response:
    """`POST /login/code`."""
    values = await fields(request, "code", "remember", "next", "by", "kept")
    try:
        signed_in = await second_step.finish(
            state.database(request),
            state.passwords(request),
            _token(request),
            values["code"],
            remember=is_ticked(values["remember"]),
            now=now_ms(),
            limits=state.limits(request),
            origin=origin(request),
        )
    except (SignInRequired, Forbidden) as over:
        return await _begin_again(request, values, over)
    except (Invalid, TooManyRequests, Overloaded) as error:
        if wants_json(request):
            raise
        problems = error.fields if isinstance(error, Invalid) else {"code": error.message}
        kept = {name: value for name, value in values.items() if name != "code"}
        again = await _page(request, Form(kept, problems), status_of(error))
        again.headers.update(headers_of(error))
        return again
    answer = await welcome_back(request, signed_in, values)
    _forget(answer, state.site(request))
    return answer


async def _page(request: Request, form: Form, status: int = 200) -> HTMLResponse:
    by_recovery = form.value("by") == "recovery"
    other = _address(
        remember=form.value("remember"), next=form.value("next"), by="" if by_recovery else "recovery"
    )
    return await page(request, "accounts/code.html", status, form=form, by_recovery=by_recovery, other=other)


async def _begin_again(
    request: Request, values: dict[str, str], error: SignInRequired | Forbidden
) -> Response:
    if wants_json(request):
        raise error
    answer = await sign_in_again(request, values, error, field="")
    _forget(answer, state.site(request))
    return answer


def _address(**query: str) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"{_PATH}/code?{urlencode(given)}" if given else f"{_PATH}/code"


def _token(request: Request) -> str:
    return request.cookies.get(_cookie(state.site(request)), "")


def _cookie(site: Site) -> str:
    """`__Host-` would need the path `/`; `__Secure-` at least lets no page without https set it."""
    return "__Secure-step" if site.secure else "step"


def _forget(answer: Response, site: Site) -> None:
    answer.delete_cookie(_cookie(site), path=_PATH, secure=site.secure, httponly=True, samesite="strict")


routes = [
    get("/login/code", code_form, Policy.ANYONE),
    post("/login/code", give_code, Policy.ANYONE),
]
