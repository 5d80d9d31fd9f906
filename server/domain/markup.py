"""Markup: what a member writes, turned into what is stored and shown.

CommonMark without raw HTML (single line breaks are kept, bare addresses are linked, tables and
strikethrough work, images are links), then a sanitiser with a small tag list that contains no SVG, MathML,
style or raw-text element, so the known mutation attacks have nothing to mutate (S26, ASVS 1.3.1). Quotes are
references and leave only a marker in the HTML, which the view fills at every reading; see `markup_quotes`.

`render` takes up to half a second for the worst 20,000 characters: call it off the event loop (S27).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import nh3
from markdown_it.rules_core import StateCore

from server.domain.markup_links import LinkingMarkdown, board_path, linking_parser
from server.domain.markup_quotes import (
    MAX_QUOTES,
    PASSAGE_LENGTH,
    QuoteBlock,
    QuoteRef,
    counted_length,
    has_quotes,
    joined,
    passage,
    read,
    relocate,
    repoint,
    resolve,
    split_quotes,
    written,
)
from server.domain.markup_text import clean_source, excerpt, plain_text, without_forbidden
from server.domain.markup_words import KEY, substitute
from server.domain.substitutions import Substitutions, substitutions
from server.domain.watched_words import WatchedWord

__all__ = [
    "ALLOWED_ATTRIBUTES",
    "ALLOWED_TAGS",
    "MAX_BODY",
    "MAX_QUOTES",
    "PASSAGE_LENGTH",
    "Markup",
    "QuoteRef",
    "body_length",
    "excerpt",
    "expand",
    "has_quotes",
    "joined",
    "passage",
    "quote_count",
    "quoted_ids",
    "relocate",
    "render",
    "repoint",
    "split_quotes",
]

MAX_BODY = 20_000
"""Characters in a body, counted by `body_length`."""

# fmt: off
ALLOWED_TAGS = frozenset((
    "p", "br", "strong", "em", "s", "del", "code", "pre", "blockquote", "ul", "ol", "li", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "a", "h3", "h4"
))
# fmt: on
ALLOWED_ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}
"""Attributes an author can set. Without "*", meaning any tag, the sanitiser would let title and lang pass.
Links also get `rel="ugc nofollow noopener"` from it (S28)."""

_HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}


@dataclass(frozen=True, slots=True)
class Markup:
    """A rendered body.

    `body` is the canonical source to store, without copied passages. `html` is sanitised and has a marker
    for each quote (`split_quotes`). `text` is the post's own plain text, a line for each block, single
    spaces: the text that quotes of this post point into. `quotes` are in order of appearance, at most
    MAX_QUOTES. `links` counts the links that its author set, and `said` is `text` before words were replaced.
    """

    body: str
    html: str
    text: str
    quotes: tuple[QuoteRef, ...]
    links: int
    said: str


def body_length(source: str) -> int:
    """Characters of a source that count against MAX_BODY; forbidden ones and outer blank space don't."""
    return counted_length(clean_source(source))


def quote_count(source: str) -> int:
    """Quote blocks in a source; render keeps the first MAX_QUOTES."""
    return sum(isinstance(part, QuoteBlock) for part in read(clean_source(source)))


def quoted_ids(source: str) -> tuple[int, ...]:
    """The posts that a source quotes, in order, each once, at most MAX_QUOTES."""
    blocks = [part for part in read(clean_source(source)) if isinstance(part, QuoteBlock)]
    return tuple(dict.fromkeys(block.ref.post_id for block in blocks[:MAX_QUOTES]))


def render(source: str, texts: Mapping[int, str], watched: Sequence[WatchedWord] = ()) -> Markup:
    """Renders a source, in editor or stored form.

    `texts` holds the plain text (`Markup.text`) of those quoted posts the author may see. A passage that is
    not in its post, or whose post is not there, becomes a quote of the whole post. Quotes beyond MAX_QUOTES
    are left out. `watched` are the board's words: what it links or replaces is so in `html` and `text`, not
    in `body`. Raises ValueError if `body_length(source)` is above MAX_BODY. Rendering `body` again gives the
    same.
    """
    parts = list(read(clean_source(source)))
    length = sum(1 + (len(part) if isinstance(part, str) else part.length) for part in parts) - 1
    if length > MAX_BODY:
        raise ValueError(f"expected a body of at most {MAX_BODY} characters, got {length}")
    quotes: list[QuoteRef] = []
    segments: list[list[str]] = [[]]  # the author's own lines before, between and after the quotes
    lines: list[str] = []
    for part in parts:
        if isinstance(part, str):
            segments[-1].append(part)
            lines.append(part)
        elif len(quotes) < MAX_QUOTES:
            quotes.append(resolve(part, texts))
            segments.append([])
            lines.append(quotes[-1].line)
    words = substitutions(watched)
    own = [_html("\n".join(segment), words) for segment in segments]
    text = plain_text("".join(own))
    said = text
    if words.replaced:
        said = plain_text("".join(_html("\n".join(segment), substitutions(())) for segment in segments))
    markers = ["", *(quote.marker for quote in quotes)]
    return Markup(
        body=clean_source("\n".join(lines)),
        html="".join(marker + html for marker, html in zip(markers, own, strict=True)),
        text=text,
        quotes=tuple(quotes),
        links=sum(html.count("<a ") for html in own) - len(words.linked),
        said=said,
    )


def expand(body: str, texts: Mapping[int, str]) -> str:
    """A stored body as its author edits it: passages written out, from today's plain texts of their posts.

    A quote without a text in `texts` (removed, or hidden from this author) stands alone without its offsets.
    A passage that would make the source longer than MAX_BODY, or ambiguous, stays in its stored form.
    Rendering the result with the same texts gives the same body.
    """
    clean = clean_source(body)
    room = MAX_BODY - counted_length(clean)
    lines: list[str] = []
    for part in read(clean):
        if isinstance(part, QuoteBlock):
            ref = resolve(part, texts)
            lines.append(written(ref, texts, room))
            room -= max(len(lines[-1]) - part.length, 0) if lines[-1] != ref.line else 0
        else:
            lines.append(part)
    return "\n".join(lines)


def _html(source: str, words: Substitutions) -> str:
    if not source.strip():
        return ""
    # Entities (`&#xE000;`) can bring forbidden characters back, so they are taken out once more. That has to
    # happen before the sanitiser: taking something out of an address afterwards could make another address.
    html: str = _markdown.render(source, {KEY: words})
    sanitiser = _sanitiser_with_paths if words.leads_to_paths else _sanitiser
    return sanitiser.clean(without_forbidden(html)).strip()


def _small_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _HEADINGS[token.tag]


def _parser() -> LinkingMarkdown:
    parser = linking_parser()
    parser.enable(["strikethrough", "table"])
    parser.core.ruler.push("small_headings", _small_headings)
    parser.core.ruler.push("words", substitute)
    return parser


def _cleaner(url_relative: Literal["deny"] | Callable[[str], str | None]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(ALLOWED_TAGS),
        attributes=ALLOWED_ATTRIBUTES,
        link_rel="ugc nofollow noopener",
        url_schemes={"http", "https", "mailto"},
        url_relative=url_relative,
    )


_markdown = _parser()
_sanitiser = _cleaner("deny")
_sanitiser_with_paths = _cleaner(board_path)  # only where the board itself has set such a link
