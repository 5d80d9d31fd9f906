"""Pages of a few lines for the client's modules: a server for them, and things as Fireside renders them."""

from collections.abc import Awaitable, Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.async_api import Page

CLIENT = Path(__file__).parents[2] / "client"
TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8"}
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " require-trusted-types-for 'script'; trusted-types fireside"
)
SHEET = """
[hidden] { display: none !important }
body { margin: 0 } article { display: block; height: 120px } header { display: block; height: 60px }
"""

CONNECTION = '<p id="connection" role="status" hidden></p><div id="announcer" role="status"></div>'
SIGNED_IN = 'data-role="member" data-viewer="7"'

Open = Callable[..., Awaitable[Page]]


class StaticFiles:
    """Serves the client's folder, and pages that tests put in."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {"/sheet.css": SHEET, "/favicon.ico": ""}
        files = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                files.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def put(self, body: str, scripts: tuple[str, ...] = (), attributes: str = "") -> None:
        """The page at `/page`; `scripts` are paths of client modules."""
        tags = "".join(f'<script type="module" src="/{script}"></script>' for script in scripts)
        start = '<!doctype html><html lang="en"><title>page</title><link rel="stylesheet" href="/sheet.css">'
        self.pages["/page"] = f"{start}{tags}<body {attributes}>{body}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        file = CLIENT / path.lstrip("/")
        known = path in self.pages or (file.suffix == ".js" and file.is_file())
        text = self.pages[path] if path in self.pages else file.read_text() if known else "not here"
        request.send_response(200 if known else 404)
        kind = "text/css" if path.endswith(".css") else TYPES.get(file.suffix, TYPES[".html"])
        request.send_header("Content-Type", kind)
        request.send_header("Content-Security-Policy", STRICT)
        request.end_headers()
        request.wfile.write(text.encode())


def post(number: int, *, version: int = 1, text: str = "", author: int = 2, place: int | None = None) -> str:
    """A post as the server renders it, as far as the client cares. Its place is its number by default."""
    return (
        f'<article class="post" id="post-{number}" data-version="{version}" data-order="{number}"'
        f' data-place="{number if place is None else place}" data-author="{author}"><div class="body">'
        f"<p>{text or f'words of {number}'}</p></div></article>"
    )


def changes(after: int, position: int, *patches: dict[str, object]) -> dict[str, object]:
    return {
        "type": "changes",
        "channel": "topic:12",
        "after": after,
        "position": position,
        "patches": list(patches),
    }


HEAD = (
    '<header class="topic-head" id="topic-12" data-version="{}" data-pages="{}" data-replies="{}">T</header>'
)


def posts(numbers: range, *, places: str = "1-20", is_open: bool = True, inside: str = "") -> str:
    listed = "".join(post(number) for number in numbers)
    flags = f'data-list="posts" data-places="{places}"{" data-open" if is_open else ""}'
    root = '<main id="live" data-epoch="e" data-position="10" data-channels="topic:12">'
    return f"{root}{HEAD.format(1, 1, 3)}<div {flags}>{listed}</div>{inside}</main>"


def row(number: int, order: int, *, version: int = 1) -> str:
    return (
        f'<article id="row-{number}" data-version="{version}" data-order="{order}">topic {number}</article>'
    )


def rows(*listed: str, limit: int = 3, more: bool = False) -> str:
    flags = "data-open" + (" data-more" if more else "")
    start = f'<main id="live"><div data-list="topics" data-descending data-limit="{limit}" {flags}>'
    return f"{start}{''.join(listed)}</div></main>"


def put(html: str, *, target: str, version: int, order: int, into: str = "posts") -> dict[str, object]:
    return {"op": "put", "target": target, "list": into, "order": order, "version": version, "html": html}


def head(*, replies: int, pages: int, version: int) -> dict[str, object]:
    html = HEAD.format(version, pages, replies)
    return {"op": "put", "target": "topic-12", "version": version, "html": html}


def put_post(number: int, *, version: int = 11, **options: Any) -> dict[str, object]:
    return put(
        post(number, version=version, **options), target=f"post-{number}", version=version, order=number
    )


def put_row(number: int, order: int, *, version: int = 11) -> dict[str, object]:
    html = row(number, order, version=version)
    return put(html, target=f"row-{number}", version=version, order=order, into="topics")


def gone(target: str, version: int = 12) -> dict[str, object]:
    return {"op": "remove", "target": target, "version": version}


APPLY = """async (batches) => {
  const { Patches } = await import("/live/patches.js");
  window.patches ??= new Patches(document.getElementById("live"));
  return batches.map((batch) => {
    const { inserted, removed, incomplete, gone } = window.patches.apply(batch);
    return { inserted: inserted.map(({ id }) => id), removed: removed.map(({ id }) => id), incomplete, gone };
  });
}"""


async def apply(page: Page, *batches: list[dict[str, object]]) -> list[dict[str, Any]]:
    outcomes: list[dict[str, Any]] = await page.evaluate(APPLY, list(batches))
    return outcomes


async def ids(page: Page, name: str = "posts") -> list[str]:
    found: list[str] = await page.evaluate(
        "(name) => [...document.querySelectorAll(`[data-list=${name}] > [id]`)].map(({ id }) => id)", name
    )
    return found
