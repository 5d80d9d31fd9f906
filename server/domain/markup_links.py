"""Links: which addresses may be linked, and which bare addresses in running text become links.

Only http, https and mailto (S28, ASVS 1.2.2), never relative, never with a user name before the host
(`https://nejm.org@evil.example`). The text of a bare address stays exactly what was written: nothing is
decoded for display, so a punycode host cannot dress up as another one.
"""

import re
from collections.abc import Iterator
from importlib.resources import files

from linkify_it.main import LinkifyIt, Match
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# Hosts are punycode by now. What this lets through and no browser would open loses its href in the sanitiser.
_ADDRESS = re.compile(
    r"https?://[a-z0-9._-]+(?::[0-9]{1,5})?(?:[/?#]|\Z)|mailto:[^\s@]+@[^\s@]+\Z", re.IGNORECASE
)

# A bare host is linked when its last label is one of these. Country codes that are English words are left
# out: people forget the space after a full stop ("I slept.It helped"). Those link only after www. or https.
_BARE_ENDINGS = (files("server.domain") / "data" / "linked_endings.txt").read_text(encoding="utf-8").split()

# What a path of the board is made of: no second slash or backslash, by which a browser would go elsewhere.
_PATH = re.compile(r"/(?!/)[a-z0-9._~/?#=&%+-]*", re.IGNORECASE)

_TRAILING = ".,:;!?'\"*"  # the sentence's, not the address's
_MAYBE = re.compile(r"://|\.\w")  # without either nothing is an address
_INSIDE = ".-/:@_=&?#%+~"  # an address that begins behind one of these is part of another


SHOWN_ADDRESS = "auto"
"""What the parser notes of a link whose text is its own address."""

MAX_ADDRESS = 2_000
"""Characters of the longest bare address that becomes a link."""
_RUN = re.compile(r"\S+")
_SCHEME = re.compile(r"(?:^|[^a-z0-9.+-])(https?)\Z", re.IGNORECASE)


def board_path(address: str) -> str | None:
    """The address if it is a path of this board, which only the board itself links; else None."""
    return address if _PATH.fullmatch(address) else None


class LinkingMarkdown(MarkdownIt):
    """A Markdown parser with this module's rules about addresses."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's own name
        """Whether an address, already percent-encoded, may be linked."""
        return _ADDRESS.match(url) is not None

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the parser's own name
        """What a bare address shows: itself."""
        return link


def board_link(address: str) -> str | None:
    """Where the board itself may link, as posts have it: as their authors may, or to a path; else None."""
    href = _rules.normalizeLink(address)
    if board_path(href) or (href.lower().startswith("http") and _rules.validateLink(href)):
        return href
    return None


def linking_parser() -> LinkingMarkdown:
    """A CommonMark parser without raw HTML that links bare addresses and knows images only as links."""
    parser = LinkingMarkdown("commonmark", {"html": False, "linkify": True, "breaks": True})
    parser.linkify = _finder
    parser.enable("linkify")
    parser.inline.ruler.at("linkify", _keep_address)
    parser.core.ruler.push("tidy_links", _tidy_links)
    return parser


class _Finder(LinkifyIt):
    """The linkifier, with three differences: no scheme means https, punctuation never ends an address, and
    runs of more than MAX_ADDRESS characters without white space are left alone. The library looks for a
    closing bracket to the end of the run for each opening one: 20,000 characters of `a.com/(` took a second.
    """

    def pretest(self, text: str) -> bool:
        return _MAYBE.search(text) is not None

    def test(self, text: str) -> bool:
        return bool(super().test(_without_endless(text)))  # type: ignore[no-untyped-call]  # linkify-it-py has no types

    def match(self, text: str) -> list[Match] | None:
        found: list[Match] | None = super().match(_without_endless(text))  # type: ignore[no-untyped-call]  # no types there
        return found

    def normalize(self, match: Match) -> None:
        match.text = match.text.rstrip(_TRAILING)
        match.last_index = match.index + len(match.text)
        match.url = f"https://{match.text}" if match.schema in ("", "www.") else match.text


def _new_finder() -> _Finder:
    """Finds `https://`, `http://`, `www.` and bare hosts with a common ending; no e-mail addresses or IPs."""

    def length_after_www(finder: _Finder, text: str, at: int) -> int:
        before = text[at - len("www.") - 1 : at - len("www.")]
        if before and before in _INSIDE:  # else each of `www.www.www.` would start a search: quadratic
            return 0
        pattern = finder.re.get("after_www")
        if pattern is None:
            source = finder.re["src_host_port_strict"] + finder.re["src_path"]
            pattern = finder.re["after_www"] = re.compile(source, re.IGNORECASE)
        found = pattern.match(text, at)
        return len(found[0]) if found and "." in found[0].split("/", 1)[0] else 0

    finder = _Finder(  # type: ignore[no-untyped-call]  # the library ships no annotations
        schemas={"ftp:": None, "//": None, "mailto:": None, "www.": {"validate": length_after_www}},
        options={"fuzzy_link": True, "fuzzy_email": False, "fuzzy_ip": False},
    )
    finder.tlds(_BARE_ENDINGS, keep_old=False)  # type: ignore[no-untyped-call]  # as above
    return finder


def _without_endless(text: str) -> str:
    """The text with blanks in place of runs that are too long to be an address; positions stay."""
    if len(text) <= MAX_ADDRESS:
        return text
    return _RUN.sub(lambda run: run[0] if len(run[0]) <= MAX_ADDRESS else " " * len(run[0]), text)


def _keep_address(state: StateInline, silent: bool) -> bool:
    """Parser rule: `*` and `_` inside an https or http address are part of it, not emphasis.

    In place of the library's rule of the same purpose, which reads all pending text again at every "://".
    """
    start = state.pos
    if state.linkLevel > 0 or not state.src.startswith("://", start):
        return False
    scheme = _SCHEME.search(state.pending[-len("xhttps") :])
    if scheme is None:
        return False
    start -= len(scheme[1])
    text = state.src[start : start + MAX_ADDRESS + 1]
    if len(text) > MAX_ADDRESS and _RUN.fullmatch(text):
        return False
    found: Match | None = _finder.match_at_start(text)  # type: ignore[no-untyped-call]  # no annotations
    if found is None:
        return False
    address = state.md.normalizeLink(found.text)
    if len(found.text) <= len(scheme[1]) or not state.md.validateLink(address):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[1])]
        opening = state.push("link_open", "a", 1)
        opening.attrs, opening.info = {"href": address}, SHOWN_ADDRESS
        state.push("text", "", 0).content = found.text
        state.push("link_close", "a", -1)
    state.pos = start + len(found.text)
    return True


def _tidy_links(state: StateCore) -> None:
    """Parser rule: images become links, links inside links their text, and no link stays without text."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_visible(_tidy(token.children)))


def _tidy(tokens: list[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        if token.type == "link_open":
            depth += 1
            if depth > 1:
                continue
        elif token.type == "link_close":
            depth -= 1
            if depth > 0:
                continue
        elif token.type == "image":
            yield from _image(token, inside_link=depth > 0)
            continue
        yield token


def _image(image: Token, inside_link: bool) -> Iterator[Token]:
    label = [token for token in _tidy(image.children or []) if token.type not in ("link_open", "link_close")]
    if inside_link:
        yield from label
        return
    yield Token("link_open", "a", 1, attrs={"href": image.attrGet("src") or ""})
    yield from label
    yield Token("link_close", "a", -1)


def _visible(tokens: Iterator[Token]) -> Iterator[Token]:
    """Gives the address as text to a link that shows nothing, so nobody clicks on what they cannot see."""
    opening: Token | None = None
    for token in tokens:
        if token.type == "link_open":
            opening = token
        elif token.type == "link_close" and opening is not None:
            opening.info = SHOWN_ADDRESS
            yield Token("text", "", 0, content=str(opening.attrGet("href") or ""))
        elif token.content.strip():
            opening = None
        yield token


_finder = _new_finder()
_rules = LinkingMarkdown()
