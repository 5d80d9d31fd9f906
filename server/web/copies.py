"""Answers as bytes that are given again and again: plain, packed with gzip, or merely "you have it already".

Only for what is the same for everybody. An answer that holds a secret beside something a stranger chose tells
the secret by its packed length (BREACH, CVE-2013-3587), so members' pages, with the tokens of their forms,
are never packed. They have no tag either: no two of them are alike.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from server.web.requests import quality

RawHeaders = list[tuple[bytes, bytes]]

PAYS_FROM = 1024  # bytes: less is one packet on the line anyway
LEVEL = 6  # of zlib: half a millisecond for a long page, once
_GZIP = 31  # zlib's window of 32 KB in gzip's frame
_REMEMBERED = 200  # characters of a header worth remembering what it means
_OF_THIS_BODY = (b"content-length", b"content-encoding", b"etag")


@dataclass(frozen=True, slots=True)
class Wish:
    """In which form somebody takes an answer. `known` is his If-None-Match."""

    packed: bool = False
    known: bytes = b""


@dataclass(frozen=True, slots=True)
class Form:
    """A status, headers and a body, as they are sent."""

    status: int
    headers: RawHeaders
    body: bytes


class Copy:
    """An answer with status 200, kept. `seal` are the bytes that say whether two answers are the same one."""

    __slots__ = ("_headers", "_known", "_packed", "_packing", "_plain", "tag")

    def __init__(
        self,
        headers: RawHeaders,
        body: bytes,
        seal: Iterable[bytes],
        packing: Callable[[bytes], bytes] | None = None,
    ) -> None:
        digest = hashlib.sha256()
        for part in seal:
            digest.update(part)
        # Weak (RFC 9110, 8.8.1): the plain and the packed form, and two positions of the log, share it.
        self.tag = b'"' + digest.hexdigest()[:24].encode() + b'"'
        self._headers = [header for header in headers if header[0] not in _OF_THIS_BODY]
        self._headers.append((b"etag", b"W/" + self.tag))
        self._plain = Form(200, [*self._headers, (b"content-length", b"%d" % len(body))], body)
        self._packed: Form | None = None
        self._known: Form | None = None
        self._packing = packing or gzip

    @property
    def size(self) -> int:
        """Bytes that it takes at most, packed form included."""
        return 2 * len(self._plain.body)

    def form(self, wish: Wish) -> Form:
        """What to send."""
        if wish.known and (self.tag in wish.known or wish.known.strip() == b"*"):
            return self._known or self._make_known()
        if wish.packed:
            return self._packed or self.pack()
        return self._plain

    def pack(self) -> Form:
        """Makes the packed form; the plain one where packing does not pay."""
        plain = self._plain
        packed = self._packing(plain.body) if len(plain.body) >= PAYS_FROM else plain.body
        if len(packed) >= len(plain.body):
            self._packed = plain
        else:
            about_it = [(b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(packed))]
            self._packed = Form(200, self._headers + about_it, packed)
        return self._packed

    def _make_known(self) -> Form:
        self._known = Form(304, [header for header in self._headers if header[0] != b"content-type"], b"")
        return self._known


def gzip(body: bytes, level: int = LEVEL) -> bytes:
    """The body packed; it names no time, so that two servers agree."""
    packing = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    return packing.compress(body) + packing.flush()


def accepts_gzip(header: str) -> bool:
    """Whether Accept-Encoding allows gzip (RFC 9110, 12.5.3); what is not named there is not wanted."""
    return _accepts_gzip(header) if len(header) <= _REMEMBERED else False


@lru_cache(256)
def _accepts_gzip(header: str) -> bool:
    weights: dict[str, float] = {}
    for entry in header.lower().split(","):
        name, _, parameters = entry.partition(";")
        weights[name.strip()] = quality(parameters)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0
