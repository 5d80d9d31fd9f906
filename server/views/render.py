"""Turns values into HTML. One template per thing: the page and the push render the same partial."""

from collections.abc import Callable, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.domain.markup import split_quotes
from server.domain.models import Post, Quote
from server.views import addresses, filters

TEMPLATES = Path(__file__).parent / "templates"
_GLOBALS: tuple[Callable[..., object], ...] = (
    filters.ago,
    filters.count,
    filters.day,
    filters.exact,
    filters.hue,
    filters.initials,
    filters.iso,
    filters.order,
    filters.pages_of,
    filters.plural,
    addresses.category_url,
    addresses.member_url,
    addresses.post_url,
    addresses.topic_url,
)


class Renderer:
    """The templates, compiled once per process.

    `static` gives the versioned URL of a client file, `modules` are the URLs of its scripts.

    Everything is escaped unless it is Markup, and a name that nobody passed is an error.
    """

    def __init__(self, static: Callable[[str], str], modules: Sequence[str] = ()) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update({function.__name__: function for function in _GLOBALS})
        self._environment.globals.update(
            static=static, modules=modules, post_html=self.post_html, document_html=_document_html
        )

    def html(self, template: str, **context: object) -> str:
        """The template filled with the context. Raises UndefinedError when the context lacks a name."""
        return self._environment.get_template(template).render(context)

    def post_html(self, post: Post) -> Markup:
        """The post's stored HTML with each quote as its source reads today."""
        pieces: list[str] = []
        quotes = iter(post.quotes)
        for piece in split_quotes(post.html):
            if isinstance(piece, str):
                pieces.append(piece)
            else:
                quote = next(quotes, Quote(piece.post_id, None, None))
                pieces.append(self.html("posts/_quote.html", quote=quote))
        return Markup("".join(pieces))  # noqa: S704 - sanitised when the post was written (domain/markup.py)


def _document_html(html: str) -> Markup:
    """A rendered document under its page's h1: Markdown's headings begin at h3, here they begin at h2."""
    for old, new in (("h3", "h2"), ("h4", "h3")):
        html = html.replace(f"<{old}>", f"<{new}>").replace(f"</{old}>", f"</{new}>")
    return Markup(html)  # noqa: S704 - sanitised by domain/markup.py
