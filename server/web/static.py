"""The client's files, served from memory under an address that changes with their content.

Modules import each other by relative paths, so one hash stands for the whole client: `/static/{hash}/app.js`.
A page of an older version asks with an older hash and gets today's file, which it must not keep.

They are packed when the process starts, and a browser that has a file of another version already is told so.

A style sheet's imports are filled in here, and pages name all modules at once (`modules`), so nobody on a
slow line waits for twenty files one after the other.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from server.domain.errors import NotFound
from server.domain.viewer import Scope
from server.web.copies import Copy, Wish, accepts_gzip, gzip
from server.web.policies import Policy
from server.web.routing import GuardedRoute, get

CLIENT = Path(__file__).parents[2] / "client"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_IMPORT = re.compile(r'@import url\("([\w.-]+)"\) layer\((\w+)\);')
_FOR_EVER = "public, max-age=31536000, immutable"


class StaticFiles:
    """The files as they are when the process starts."""

    def __init__(self, root: Path = CLIENT) -> None:
        paths = sorted(path for path in root.rglob("*") if path.suffix in _TYPES)
        self._files = {path.relative_to(root).as_posix(): _content(path) for path in paths}
        digest = hashlib.sha256()
        for name, content in self._files.items():
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        self.version = digest.hexdigest()[:16]
        self._current = {name: _copy(name, content, _FOR_EVER) for name, content in self._files.items()}
        self._outdated = {name: _copy(name, content, "no-cache") for name, content in self._files.items()}

    def url(self, path: str) -> str:
        """The address of a client file. KeyError for a file that is not there: a mistake in a template."""
        if path not in self._files:
            raise KeyError(path)
        return f"/static/{self.version}/{path}"

    def modules(self) -> tuple[str, ...]:
        """The addresses of all scripts."""
        return tuple(self.url(path) for path in self._files if path.endswith(".js"))

    async def serve(self, request: Request) -> Response:
        """`GET /static/{version}/{path}`. Raises NotFound."""
        current = request.path_params["version"] == self.version
        copy = (self._current if current else self._outdated).get(str(request.path_params["path"]))
        if copy is None:
            raise NotFound
        packed = accepts_gzip(request.headers.get("accept-encoding", ""))
        form = copy.form(Wish(packed, request.headers.get("if-none-match", "").encode("latin-1")))
        answer = Response(form.body, form.status)
        answer.raw_headers = form.headers.copy()
        return answer

    async def favicon(self, request: Request) -> Response:
        """`GET /favicon.ico`, for browsers that ask without being told."""
        request.path_params.update(version="", path="favicon.svg")
        return await self.serve(request)

    def routes(self) -> list[GuardedRoute]:
        """Where the files are found."""
        return [
            get("/static/{version}/{path:path}", self.serve, Policy.ANYONE, Scope.READ),
            get("/favicon.ico", self.favicon, Policy.ANYONE, Scope.READ),
        ]


def _copy(name: str, content: bytes, kept: str) -> Copy:
    headers = {
        "content-type": _TYPES[Path(name).suffix],
        "cache-control": kept,
        "vary": "Accept-Encoding",
    }
    raw = [(header.encode(), value.encode()) for header, value in headers.items()]
    copy = Copy(raw, content, (content,), _packed)
    copy.pack()
    return copy


@lru_cache(256)
def _packed(content: bytes) -> bytes:
    return gzip(content, 9)


def _content(path: Path) -> bytes:
    if path.suffix != ".css":
        return path.read_bytes()

    def imported(found: re.Match[str]) -> str:
        return f"@layer {found[2]} {{\n{(path.parent / found[1]).read_text()}}}"

    return _IMPORT.sub(imported, path.read_text()).encode()
