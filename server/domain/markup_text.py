"""Plain text: what may be in a source at all, and what a rendered post says without its markup.

Some characters never reach a page. Control characters do nothing good in HTML. Bidirectional overrides and
isolates let a line show something other than what it says ("Trojan Source", CVE-2021-42574). Private-use
characters have no agreed meaning, so they are ours: quote markers are made of them and cannot be forged.
Lone surrogates cannot be encoded at all.
"""

import re
import unicodedata
from html.parser import HTMLParser

ELLIPSIS = "\u2026"

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"
)
_NEWLINE = re.compile("\r\n|[\r\x85\u2028\u2029]")
_OUTER_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")
# fmt: off
_BLOCKS = frozenset((
    "p", "pre", "blockquote", "ul", "ol", "li", "hr", "br", "table", "thead", "tbody", "tr", "h3",
    "h4"
))
# fmt: on
_CELLS = frozenset(("td", "th"))


def without_forbidden(text: str) -> str:
    """The text without control (but newline and tab), bidi, private-use and surrogate characters."""
    return _FORBIDDEN.sub("", text)


def clean_source(source: str) -> str:
    """The source with "\\n" as its only line end, no forbidden characters and no blank lines around it."""
    text = without_forbidden(_NEWLINE.sub("\n", source))
    return _OUTER_BLANK_LINES.sub("", text.rstrip())


def excerpt(text: str, limit: int = 160) -> str:
    """The beginning of a text, on one line: at most `limit` characters, cut at a word with an ellipsis."""
    return cut(" ".join(text.split()), limit)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the ellipsis included; cut after a word unless that wastes half of them."""
    if limit < 1:
        raise ValueError(f"expected a limit of at least 1 character, got {limit}")
    if len(text) <= limit:
        return text
    kept, gap = text[: limit - 1], text[limit - 1]
    if not gap.isspace() and not kept[-1:].isspace():
        words = kept.rsplit(None, 1)
        if len(words) == 2 and len(words[0]) * 2 >= limit:
            kept = words[0]
        elif unicodedata.combining(gap):  # don't leave an accent's letter behind without it
            kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def plain_text(html: str) -> str:
    """What sanitised HTML says: a line for each block and line break, single spaces, no blank lines."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    """Collects text; our own sanitised output is well formed, so nothing else needs care."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parser's signature
        self._space(tag)

    def handle_endtag(self, tag: str) -> None:
        self._space(tag)

    def _space(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in _CELLS:
            self.pieces.append(" ")
