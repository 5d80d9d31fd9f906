"""Answers: redirects, JSON, the session cookie, and, in this one place, what each error becomes."""

import html
import logging
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ExceptionHandler

from server.domain import errors
from server.web import requests
from server.web.pages import PRIVATE, page
from server.web.site import Site

log = logging.getLogger("fireside")

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"

COOKIE_AGE = 180 * 24 * 60 * 60  # seconds: how long a session can last at most; the row says when it ends
OVERLOAD_PAUSE = 5  # seconds after which an overloaded server may be asked again

_STATUSES: dict[type[errors.ForumError], int] = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Merged: 409,
    errors.SignInRequired: 401,
    errors.RulesChanged: 403,
    errors.WarningOwed: 403,
    errors.SecondFactorRequired: 401,
    errors.SecondFactorDemanded: 403,
    errors.Invalid: 422,
    errors.EditConflict: 409,
    errors.TooManyRequests: 429,
    errors.Overloaded: 503,
}
_TITLES = {
    400: "That could not be read",
    401: "Please sign in",
    403: "Not allowed",
    404: "Nothing here",
    405: "That is not possible here",
    409: "Somebody was faster",
    410: "It is gone",
    413: "Too large",
    415: "That could not be read",
    421: "Wrong address",
    422: "Please check what you entered",
    429: "A little slower, please",
    503: "Busy",
}
_CODES = {400: "malformed", 404: "not_found", 405: "method", 410: "gone", 413: "large", 415: "malformed"}
_MESSAGES = {
    404: errors.NotFound().message,
    405: "This address cannot be used in this way.",
}
_SORRY = "Something went wrong here. It was written down, and we are sorry. Please try again in a moment."

YEAR = 365 * 24 * 3600  # seconds


def see_other(path: str) -> RedirectResponse:
    """After a write: go and look there with GET."""
    return RedirectResponse(path, 303)


def json_answer(data: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A JSON answer that is nobody else's."""
    return JSONResponse(data, status, PRIVATE | dict(headers or {}))


def set_session_cookie(response: Response, site: Site, token: str, *, remember: bool) -> None:
    """Keeps the token in the browser: until it is closed, or as long as a session can last (S1)."""
    response.set_cookie(
        site.cookie_name,
        token,
        max_age=COOKIE_AGE if remember else None,
        secure=site.secure,
        httponly=True,
        samesite="lax",
    )


def set_marks_cookie(response: Response, site: Site, marks: str) -> None:
    """Keeps the marks of who signed in here: for a year, also after signing out. They open nothing (S8)."""
    response.set_cookie(
        site.marks_cookie_name,
        marks,
        max_age=YEAR,
        secure=site.secure,
        httponly=True,
        samesite="lax",
    )


def delete_session_cookie(response: Response, site: Site) -> None:
    """Makes the browser forget the token."""
    response.delete_cookie(site.cookie_name, secure=site.secure, httponly=True, samesite="lax")


async def on_forum_error(request: Request, error: Exception) -> Response:
    """A domain error as the page or JSON that CONTRACT promises."""
    if not isinstance(error, errors.ForumError):
        raise error
    if isinstance(error, errors.Forbidden) and requests.viewer(request).lacks_second_factor:
        error = errors.SecondFactorDemanded()  # what staff may do and members may not
    status, headers = status_of(error), headers_of(error)
    if requests.wants_json(request):
        told = error_json(error.code, error.message, _fields(error))
        return json_answer({**told, **_current(error)}, status, headers)
    if isinstance(error, errors.SignInRequired) and not isinstance(error, errors.TokenRefused):
        return see_other(sign_in_path(request))
    if isinstance(error, errors.SecondFactorDemanded):
        return see_other("/settings/two-step")
    return await _error_page(request, status, error.message, headers)


def status_of(error: errors.ForumError) -> int:
    """The HTTP status of a domain error."""
    return next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), 400)


def headers_of(error: errors.ForumError) -> Mapping[str, str]:
    """When to try again, for errors that pass; and what a token lacks (RFC 6750, 3.1)."""
    if isinstance(error, errors.TokenRefused):
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    if isinstance(error, errors.ScopeMissing):
        scope = f', scope="{error.needed}"' if error.needed else ""
        return {"WWW-Authenticate": f'Bearer error="insufficient_scope"{scope}'}
    if isinstance(error, errors.TooManyRequests):
        return {"Retry-After": str(max(1, error.retry_after))}
    return {"Retry-After": str(OVERLOAD_PAUSE)} if isinstance(error, errors.Overloaded) else {}


def sign_in_path(request: Request) -> str:
    """The sign-in page, which leads back to this page, or to the one a refused write was made on."""
    reading = request.method in ("GET", "HEAD")
    back = requests.here(request) if reading else requests.came_from(request)
    return f"/login?next={quote(back, safe='/')}"


async def on_http_error(request: Request, error: Exception) -> Response:
    """What Starlette and our parsing raise: no such address, wrong method, unreadable or too large."""
    if not isinstance(error, HTTPException):
        raise error
    status = error.status_code
    message = _MESSAGES.get(status, error.detail)
    if requests.wants_json(request):
        return json_answer(error_json(_CODES.get(status, "failed"), message), status, error.headers)
    return await _error_page(request, status, message, error.headers)


async def _error_page(
    request: Request, status: int, message: str, headers: Mapping[str, str] | None
) -> Response:
    title = _TITLES.get(status, "Sorry")
    answer = await page(request, "errors/show.html", status, title=title, message=message)
    answer.headers.update(headers or {})
    return answer


def error_json(code: str, message: str, fields: Mapping[str, str] | None = None) -> Mapping[str, Json]:
    """The shape of every JSON error."""
    return {"error": {"code": code, "message": message, "fields": dict(fields or {})}}


def bare_answer(connection: HTTPConnection, status: int, code: str, message: str) -> Response:
    """An error from outside the routes: no template, no database, no viewer."""
    if requests.wants_json(connection):
        return JSONResponse(error_json(code, message), status)
    title = _TITLES.get(status, "Sorry")
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<h1>{title}</h1><p>{html.escape(message)}</p></html>",
        status,
    )


def error_answer(connection: HTTPConnection, error: errors.ForumError) -> Response:
    """A domain error from outside the routes."""
    answer = bare_answer(connection, status_of(error), error.code, error.message)
    answer.headers.update(headers_of(error))
    return answer


def sorry(connection: HTTPConnection, error: Exception) -> Response:
    """The last resort: the log gets what happened, the person does not (S41)."""
    if isinstance(error, errors.ForumError):  # from outside the routes
        return error_answer(connection, error)
    if isinstance(error, ClientDisconnect):
        return Response(status_code=400)  # which nobody hears
    log.error("%s %s failed", connection.scope["method"], requests.path_for_log(connection), exc_info=error)
    return bare_answer(connection, 500, "failed", _SORRY)


def _fields(error: errors.ForumError) -> Mapping[str, str]:
    return error.fields if isinstance(error, errors.Invalid) else {}


def _current(error: errors.ForumError) -> Mapping[str, Json]:
    """The text that was faster, for a program to put its change into."""
    if not isinstance(error, errors.EditConflict):
        return {}
    return {"current": {"version": error.version, "body": error.current_body}}


EXCEPTION_HANDLERS: dict[int | type[Exception], ExceptionHandler] = {
    errors.ForumError: on_forum_error,
    HTTPException: on_http_error,
}
"""For create_app. Everything else is `middleware.LastResort`'s."""
