"""The outermost middleware: a guest's page that is kept is sent as it is, and nothing further runs.

What is kept is what left the whole application before, security headers included, so that a page from here
differs from a fresh one in nothing. A handler offers it (`page_cache.offer`); it is kept when its status is
200 and it sets no cookie. Whoever sends a session cookie, even a wrong one, or other credentials goes past.

A page that many want at once is made once: the others wait for it.
"""

import asyncio
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.domain.clock import DAY
from server.web.copies import Copy, RawHeaders, Wish, accepts_gzip
from server.web.page_cache import Offer, PageCache
from server.web.requests import prefers_json
from server.web.site import Site

SAME_FOR = 10_000  # positions of the log; two pages that stand further apart never count as the same one
WAITS = 3  # times that a request waits for another one's page, before it makes its own

_READING = ("GET", "HEAD")
_ONCE = frozenset((b"host", b"cookie", b"accept", b"accept-encoding", b"authorization", b"if-none-match"))

Key = tuple[str, bytes, bool]


@dataclass(frozen=True, slots=True)
class _Asked:
    key: Key
    wish: Wish
    head: bool


class GuestPages:
    """See above. `clock` is the time in milliseconds UTC."""

    def __init__(self, app: ASGIApp, site: Site, cache: PageCache, clock: Callable[[], int]) -> None:
        self.app = app
        self._hosts = frozenset(host.encode() for host in site.allowed_hosts)
        self._cookie_name = site.cookie_name.encode()
        self._cache = cache
        self._clock = clock
        self._making: dict[Key, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = self._asked(scope) if scope["type"] == "http" and scope["method"] in _READING else None
        if asked is None:
            await self.app(scope, receive, send)
            return
        copy = self._cache.find(asked.key) or await self._made_by_another(asked.key)
        if copy is None:
            await self._make(asked, scope, receive, send)
        else:
            await _send(copy, asked, send)

    def _asked(self, scope: Scope) -> _Asked | None:
        """What is asked for, None when it is not for here."""
        found: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in _ONCE:
                if name in found:
                    return None
                found[name] = value
        get = found.get
        if get(b"host", b"").lower() not in self._hosts or b"authorization" in found:
            return None
        if b"cookie" in found and self._cookie_name in found[b"cookie"]:
            return None
        wish = Wish(accepts_gzip(get(b"accept-encoding", b"").decode("latin-1")), get(b"if-none-match", b""))
        as_json = prefers_json(get(b"accept", b"").decode("latin-1"))
        return _Asked((scope["path"], scope["query_string"], as_json), wish, scope["method"] == "HEAD")

    async def _made_by_another(self, key: Key) -> Copy | None:
        for _ in range(WAITS):
            making = self._making.get(key)
            if making is None:
                return None
            await making.wait()
            copy = self._cache.find(key)
            if copy is not None:
                return copy
        return None

    async def _make(self, asked: _Asked, scope: Scope, receive: Receive, send: Send) -> None:
        making = asyncio.Event()
        self._making.setdefault(asked.key, making)
        catching = _Catching(scope.setdefault("state", {}), send)
        generation = self._cache.generation

        def done() -> None:
            making.set()
            if self._making.get(asked.key) is making:
                del self._making[asked.key]

        async def keeping(message: Message) -> None:
            caught = await catching.take(message)
            if caught is None:
                return
            now = self._clock()
            copy = _copy(caught, now)
            self._cache.keep(asked.key, copy, caught.offer, generation, now)
            done()  # before sending: this reader may be slow
            await _send(copy, asked, send)

        try:
            await self.app(scope, receive, keeping)
        finally:
            done()


@dataclass(frozen=True, slots=True)
class _Caught:
    headers: RawHeaders
    body: bytes
    offer: Offer


class _Catching:
    """Holds back an answer that is offered until it is whole; all else passes."""

    def __init__(self, state: MutableMapping[str, Any], send: Send) -> None:
        self._state = state
        self._send = send
        self._headers: RawHeaders | None = None
        self._body = b""

    async def take(self, message: Message) -> _Caught | None:
        """The whole answer, when this message completes it."""
        if message["type"] == "http.response.start" and self._is_offered(message):
            self._headers = message["headers"]
            return None
        if self._headers is None or message["type"] != "http.response.body":
            await self._send(message)
            return None
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return None
        return _Caught(self._headers, self._body, self._state["offer"])

    def _is_offered(self, start: Message) -> bool:
        sets_cookie = any(name == b"set-cookie" for name, _ in start["headers"])
        return start["status"] == 200 and "offer" in self._state and not sets_cookie


def _copy(caught: _Caught, now: int) -> Copy:
    """Two pages are the same one when only their positions differ, which every event of the board moves.

    Whoever holds one of them catches up from its position. So it must not be too old for that: pages of two
    days, or SAME_FOR apart, are different ones.
    """
    position = caught.offer.position
    before, _, after = caught.offer.seal.partition(b'position="%d"' % position)
    if not after:  # JSON says it otherwise
        before, _, after = caught.offer.seal.partition(b'"position":%d' % position)
    era = b"%d %d " % (now // DAY, position // SAME_FOR)
    return Copy(caught.headers, caught.body, (era, before, after))


async def _send(copy: Copy, asked: _Asked, send: Send) -> None:
    form = copy.form(asked.wish)
    await send({"type": "http.response.start", "status": form.status, "headers": form.headers.copy()})
    await send({"type": "http.response.body", "body": b"" if asked.head else form.body})
