"""What every request passes, outermost first; pure ASGI, each class one check.

GuestPages       pages of guests that are kept as they left all of the below are sent (`guest_pages.py`)
SecurityHeaders  on every answer, the refusals below included
LastResort       an unforeseen error becomes a 500 that says sorry
HostCheck        only our own names are answered (S10)
BodyLimit        large bodies are refused before they are read
OriginCheck      no other site can make a browser write here (S14)
SessionLoader    the cookie, or a program's token, becomes a Viewer: the only way to be one (S11)
"""

import re
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.actions import sessions
from server.domain.clock import now_ms
from server.domain.credentials import bearer_of
from server.domain.errors import ForumError, TokenRefused, TooManyRequests
from server.domain.viewer import GUEST
from server.store.database import Database
from server.web import state
from server.web.guest_pages import GuestPages
from server.web.page_cache import PageCache
from server.web.pages import PRIVATE
from server.web.requests import MAX_BODY, client_address, network_of
from server.web.responses import bare_answer, error_answer, sorry
from server.web.site import Site
from server.web.uploads import LARGER

_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
_WITHOUT_SESSION = ("/static/", "/avatars/", "/healthz")  # the same for everyone: no need to look anybody up
_ONE_CLICK = re.compile(r"/unsubscribe/\d+\.[a-z_]+\.[\w-]+\Z", re.ASCII)
_MB = 1024 * 1024
WRONG_TOKENS = (30, 15 * 60)  # of one network, in seconds
_HSTS_AGE = 365 * 24 * 60 * 60  # seconds

_WRONG_HOST = (
    "This board does not answer under this address. If it should, set PUBLIC_URL to the address that people "
    "use, like https://forum.example.org, and start it again."
)
_WRONG_ORIGIN = (
    "This was sent from a page that is not part of this board, so nothing was done. Please open the board "
    "itself and try again. If this is the board, its PUBLIC_URL is not the address you use."
)
_TOO_LARGE = "This is too large: at most {} can be sent at once. Please go back and make it smaller."


def stack(
    site: Site, db: Database, clock: Callable[[], int] = now_ms, pages: PageCache | None = None
) -> list[Middleware]:
    """All of it in order, for `Starlette(middleware=...)`. Without `pages` none are kept."""
    cache = PageCache() if pages is None else pages
    return [
        Middleware(GuestPages, site=site, cache=cache, clock=clock),
        Middleware(SecurityHeaders, site=site),
        Middleware(LastResort),
        Middleware(HostCheck, site=site),
        Middleware(BodyLimit),
        Middleware(OriginCheck, site=site),
        Middleware(SessionLoader, site=site, db=db, clock=clock),
    ]


class SecurityHeaders:
    """Headers that tell the browser what this board never does (S15, S16). A handler's own value stands.

    What says nothing about being kept is for its reader alone: even a redirect tells a hidden topic's title.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self._headers = _raw(security_headers(site))
        self._private = _raw(PRIVATE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                said = {name for name, _ in headers}
                further = self._headers if b"cache-control" in said else self._headers + self._private
                message["headers"] = headers + [header for header in further if header[0] not in said]
            await send(message)

        await self.app(scope, receive, with_headers)


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def security_headers(site: Site) -> dict[str, str]:
    """The headers' names and values."""
    # Older browsers do not count a socket as 'self'. CSP has no way to write an IPv6 address.
    sockets = sorted(origin.replace("http", "ws", 1) for origin in site.origins if "[" not in origin)
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": " ".join(["'self'", *sockets]),
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "fireside",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return headers | ({"Strict-Transport-Security": f"max-age={_HSTS_AGE}"} if site.secure else {})


class LastResort:
    """Answers an unforeseen error with a page that says sorry and nothing else (S41).

    It stands inside SecurityHeaders, so it is ours and not Starlette's, whose own is outside of everything.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watching(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watching)
        except Exception as error:
            answer = sorry(HTTPConnection(scope), error)
            if started:
                raise  # the connection is cut, so that nobody takes half a page for a whole one
            await answer(scope, receive, send)


class HostCheck:
    """Refuses every `Host` that is not ours, so that a forged one never reaches a page or a mail (S10).

    /healthz may be asked by address: load balancers do, and it says nothing but ok.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self._hosts = frozenset(host.encode() for host in site.allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] == "/healthz":
            await self.app(scope, receive, send)
            return
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) == 1 and hosts[0].lower() in self._hosts:
            await self.app(scope, receive, send)
            return
        status = 421 if len(hosts) == 1 else 400
        await answer_instead(status, "host", _WRONG_HOST)(scope, receive, send)


class BodyLimit:
    """Refuses bodies above what their address takes: at once when they say so, else when they exceed it.

    That is MAX_BODY, and more where files are sent (`uploads.LARGER`).
    """

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY) -> None:
        self.app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        limit = LARGER.get(scope["path"], self._limit)
        sentence = _TOO_LARGE.format(f"{limit // 1024} KB" if limit < _MB else f"{limit // _MB} MB")
        if not length.isdecimal() or len(length) > len(str(limit)) or int(length) > limit:
            await answer_instead(413, "large", sentence)(scope, receive, send)
            return
        size = 0

        async def counting() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise HTTPException(413, sentence)  # raised in the handler, answered like its other errors
            return message

        await self.app(scope, counting, send)


class OriginCheck:
    """Lets only our own pages, or programs without cookies, write (S14; Go 1.25's CrossOriginProtection).

    One address takes writes from anywhere, because mail programs send them from wherever they are (RFC 8058),
    and nothing counts there that a browser has: `unsubscribing.py` says why that is safe.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self._origins = site.origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        safe = scope["type"] != "http" or scope["method"] in _SAFE_METHODS or _ONE_CLICK.match(scope["path"])
        if safe or self._is_ours(Headers(scope=scope)):
            await self.app(scope, receive, send)
        else:
            await answer_instead(403, "origin", _WRONG_ORIGIN)(scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        if bearer_of(headers.getlist("authorization")) is not None:
            return True  # no page elsewhere can send that header, and the cookie beside it counts for nothing
        fetched_from, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if fetched_from in ("same-origin", "none") or origin in self._origins:
            return True
        return fetched_from is None and origin is None and "cookie" not in headers


class SessionLoader:
    """Puts the Viewer into `scope["state"]["viewer"]`: the session's member, or a guest.

    A token that is not valid is answered with 401; an address that shows many of them is told to slow down. A
    valid one is never held up by those: 256 bits cannot be guessed, and a program that went wrong in a
    clinic's network must not lock out the others.

    Sockets are asked who they are at `/live`. The row's expiry slides here, at most once a minute; the cookie
    is never written here.
    """

    def __init__(self, app: ASGIApp, site: Site, db: Database, clock: Callable[[], int]) -> None:
        self.app = app
        self._cookie_name = site.cookie_name
        self._db = db
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["viewer"] = GUEST
            connection = HTTPConnection(scope)
            token = connection.cookies.get(self._cookie_name, "")
            bearer = bearer_of(connection.headers.getlist("authorization"))
            if (token or bearer is not None) and not scope["path"].startswith(_WITHOUT_SESSION):
                try:
                    viewer = await sessions.resume(self._db, token, bearer, now=self._clock())
                except TokenRefused as error:
                    await (await self._refused(connection, error))(scope, receive, send)
                    return
                scope["state"]["viewer"] = viewer
        await self.app(scope, receive, send)

    async def _refused(self, connection: HTTPConnection, error: ForumError) -> Response:
        network = network_of(client_address(connection))
        try:
            await state.limits(connection).check("wrong token", network, *WRONG_TOKENS, self._clock())
        except TooManyRequests as too_many:
            error = too_many
        return error_answer(connection, error)


def answer_instead(status: int, code: str, message: str) -> ASGIApp:
    """What answers in the application's place; a socket's handshake is refused with 403."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            await bare_answer(HTTPConnection(scope), status, code, message)(scope, receive, send)

    return refuse
