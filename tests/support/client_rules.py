"""The rules of the house for scripts, styles and templates, and for files of any kind."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.support.rules import Breach, Rule, under

LINES = 300  # that a file has at most
CODE = {".py", ".js", ".css", ".html"}

WRITES_MARKUP = re.compile(
    r"\.(inner|outer)HTML\s*\+?=(?!=)|\binsertAdjacentHTML\b|\bdocument\.write\b"
    r"|\bcreateContextualFragment\b|\bsetHTMLUnsafe\b"
)
# XML namespaces are names, and example.com is nobody's.
FOREIGN = re.compile(
    r"https?://(?!www\.w3\.org/|www\.sitemaps\.org/schemas/|search\.yahoo\.com/mrss/|(www\.)?example\.(com|org)\b)[\w\[]"
    r"|(?:src|href|url\()\s*=?\s*[\"']?//\w"
)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc\s*=)(?![^>]*\btype\s*=\s*[\"']application/(ld\+)?json)[^>]*>"
    r"|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|[\"']\s*javascript:",
    re.IGNORECASE,
)


def is_template(path: PurePosixPath) -> bool:
    return "templates" in path.parts and under(path, "server")


def is_page(path: PurePosixPath) -> bool:
    """Templates that a browser gets; a mail has no content security policy and needs inline styles."""
    return is_template(path) and path.suffix == ".html" and "mail" not in path.parts


def is_short_code(path: PurePosixPath) -> bool:
    return path.suffix in CODE and not {"content", "vendor"}.intersection(path.parts)


def found(pattern: re.Pattern[str], source: str, complaint: str) -> Iterator[Breach]:
    for match in pattern.finditer(source):
        yield source.count("\n", 0, match.start()) + 1, f"{complaint}: {match.group().strip()}"


def writes_markup(source: str) -> Iterator[Breach]:
    return found(WRITES_MARKUP, source, "only live/patches.js puts HTML into a page")


def names_foreign_host(source: str) -> Iterator[Breach]:
    return found(FOREIGN, source, "no third-party host")


def is_inline(source: str) -> Iterator[Breach]:
    # Same length, same lines: what is found still has its line number.
    markup = JINJA.sub(lambda match: re.sub(r"\S", "_", match.group()), source)
    return found(INLINE, markup, "the content security policy refuses inline script and style")


def too_long(source: str) -> Iterator[Breach]:
    if (lines := source.count("\n")) > LINES:
        yield LINES, f"{lines} lines: split at {LINES}"


RULES = [
    Rule(
        "only live/patches.js puts HTML into a page",
        lambda path: (
            path.suffix in {".js", ".mjs"} and under(path, "client") and str(path) != "client/live/patches.js"
        ),
        writes_markup,
        good="if (a.innerHTML == b.innerHTML) { a.textContent = text; }",
        bad="list.innerHTML = `<li>${name}</li>`;",
    ),
    Rule(
        "nothing is loaded from or points at a third-party host",
        lambda path: (
            (under(path, "client") or is_template(path))
            and path.suffix in {*CODE, ".mjs", ".svg", ".xml", ".json"}
        ),
        names_foreign_host,
        good='<svg xmlns="http://www.w3.org/2000/svg"></svg> <script src="/client/app.js"></script>',
        bad='<link rel="stylesheet" href="https://fonts.test/inter.css">',
    ),
    Rule(
        "no inline script, style or handler in a page",
        is_page,
        is_inline,
        good='<script type="module" src="/client/app.js"></script> <p {{ at( style="x") }}>on = off</p>',
        bad='<a href="/" onclick="go()">Home</a>',
    ),
    Rule(
        f"no file has more than {LINES} lines",
        is_short_code,
        too_long,
        good="line\n" * LINES,
        bad="line\n" * (LINES + 1),
    ),
]
