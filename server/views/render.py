"""Turns values into HTML. One template per thing: the page and the push render the same partial.

What partials use all the time (icons, names, ages) are macros that every template knows as filters. Imports
and calls in a partial cost more than all else, and `"heart" | icon` is done when the template is compiled.

Rendering is for one thread, the event loop's.
"""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.runtime import Macro
from markupsafe import Markup

from server.domain.acts import act_called
from server.domain.clock import DAY, now_ms
from server.domain.devices import device_name
from server.domain.events import Kind, LoggedEvent
from server.domain.languages import language_name
from server.domain.letters import letter_name
from server.domain.markup import split_quotes
from server.domain.models import Post, Quote
from server.views import addresses, filters, history
from server.views.compiled import COMPILED
from server.views.fragments import Fragment, Fragments, Versioned
from server.views.watched_words import word_says

TEMPLATES = Path(__file__).parent / "templates"
LONG = 365 * DAY  # milliseconds that a rendering without any age in it is right at least

# Templates of one thing: what the thing is called in them, and the events that name it.
_THINGS = {
    "posts/_post.html": ("post", Kind.POST),
    "members/_post.html": ("item", Kind.POST),
    "topics/_head.html": ("topic", Kind.TOPIC),
    "topics/_merged.html": ("merged", Kind.TOPIC),
    "topics/_row.html": ("topic", Kind.TOPIC),
    "topics/_newest.html": ("topic", Kind.TOPIC),
    "categories/_head.html": ("category", Kind.CATEGORY),
    "categories/_row.html": ("category", Kind.CATEGORY),
    "members/_card.html": ("profile", Kind.MEMBER),
    "members/_me.html": ("me", Kind.MEMBER),
    "moderation/_applicant.html": ("applicant", Kind.MEMBER),
    "admin/_row.html": ("row", Kind.MEMBER),
    "admin/_facts.html": ("file", Kind.MEMBER),
    "admin/_role.html": ("file", Kind.MEMBER),
    "admin/_sessions.html": ("file", Kind.MEMBER),
    "admin/_door.html": ("file", Kind.MEMBER),
    "admin/_history.html": ("file", Kind.MEMBER),
    "admin/_invitations.html": ("invited", Kind.INVITATION),
    "admin/_fields.html": ("asked", Kind.SETTINGS),
    "admin/_archived.html": ("asked", Kind.SETTINGS),
    "admin/_mail.html": ("letterbox", Kind.LETTER),
    "moderation/_line.html": ("line", Kind.LOG),
    "members/_standing.html": ("shown", Kind.MEMBER),
    "moderation/_record.html": ("record", Kind.MEMBER),
    "moderation/_removed_post.html": ("removed_post", Kind.POST),
    "moderation/_ban.html": ("sanction", Kind.SANCTION),
    "moderation/_sanction.html": ("sanction", Kind.SANCTION),
    "notices/_notice.html": ("notice", Kind.NOTICE),
    "notices/_unread.html": ("unread", Kind.MEMBER),
    "moderation/_case.html": ("case", Kind.REPORT),
    "moderation/_pending.html": ("pending", Kind.PENDING),
    "moderation/_pending_count.html": ("waiting", Kind.PENDING),
    "posts/_pending.html": ("pending", Kind.PENDING),
    "moderation/_tally.html": ("open", Kind.REPORT),
}
_MARK = Markup("\x00")  # the place of a fragment on a page; no field that people fill in takes it
REMEMBERED = 4096  # people whose link is kept
_FUNCTIONS: tuple[Callable[..., object], ...] = (
    device_name,
    letter_name,
    language_name,
    act_called,
    history.act_words,
    history.thing_url,
    history.thing_words,
    filters.count,
    filters.day,
    filters.exact,
    filters.hue,
    filters.initials,
    filters.iso,
    filters.order,
    filters.pages_of,
    filters.plural,
    filters.said,
    filters.slow_words,
    addresses.category_url,
    addresses.member_url,
    addresses.record_url,
    addresses.picture_url,
    addresses.post_url,
    addresses.topic_url,
    addresses.viewer_channels,
    word_says,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page. `until` is when one of its words changes, in milliseconds UTC.

    `seal` says all that `body` says, in fewer bytes: fragments stand in it by their digests.
    """

    body: bytes
    seal: bytes
    until: int


class _Environment(Environment):
    """Templates share one plain dictionary of names: each rendering copies it, and Jinja's own is slow."""

    def make_globals(self, d: MutableMapping[str, object] | None) -> MutableMapping[str, object]:
        assert not d, "names are known to all templates or passed to one"
        return self.globals


class Renderer:
    """The templates, compiled once per process, and the fragments that were made with them.

    `static` gives the versioned URL of a client file, `modules` are the URLs of its scripts.

    Everything is escaped unless it is Markup, and a name that nobody passed is an error.
    """

    def __init__(
        self,
        static: Callable[[str], str],
        modules: Sequence[str] = (),
        *,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self.fragments = Fragments()
        self._clock = clock
        self._until = 0  # when a word of what is being rendered changes
        self._put_in: list[Fragment] | None = None  # the fragments of the page that is being rendered
        self._templates: dict[str, Template] = {}
        self._environment = _Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=COMPILED,
        )
        known, filters = self._environment.globals, self._environment.filters
        for function in _FUNCTIONS:
            known[function.__name__] = filters[function.__name__] = function
        filters.update(ago=self._ago, right_until=self._right_until, thing=self._thing, written=_written)
        filters.update(unquoted=unquoted)
        known.update(static=static, modules=modules)
        known.update(post_html=self.post_html, document_html=_document_html, guide_html=_guide_html)
        icons = self._macros("icons.html")
        filters["icon"] = icons["icon"]
        people, tags = self._macros("people.html"), self._macros("tags.html")
        filters.update({name: lru_cache(REMEMBERED)(people[name]) for name in ("badge", "face", "person")})
        filters["age"] = people["age"]
        filters.update(date=people["date"], moment=people["moment"])
        look = self._macros("reading.html")
        known.update({name: lru_cache(REMEMBERED)(look[name]) for name in ("reading", "theme")})
        known.update(removed=people["removed"], states=tags["states"], visibility=tags["visibility"])
        known.update(sprite=icons["sprite"](), files=Markup(self.html("files.html").strip()))  # noqa: S704  # as all that is rendered

    def page(self, template: str, **context: object) -> Rendered:
        """The template filled with the context. Raises UndefinedError when the context lacks a name.

        What is around the fragments is rendered with a mark in place of each; then they are put in as the
        bytes that are kept.
        """
        self._until = self._clock() + LONG
        put_in: list[Fragment] = []
        self._put_in = put_in
        try:
            around = self.html(template, **context).encode()
        finally:
            self._put_in = None
        pieces = around.split(_MARK.encode())
        if len(pieces) != len(put_in) + 1:  # somebody's text has the mark in it
            body = self.html(template, **context).encode()
            return Rendered(body, body, self._until)
        body = b"".join(chain.from_iterable(zip(pieces, [*(one.html for one in put_in), b""], strict=True)))
        return Rendered(body, b"".join((around, *(one.digest for one in put_in))), self._until)

    def html(self, template: str, **context: object) -> str:
        """As `page`, for a part of one."""
        found = self._templates.get(template)
        if found is None:
            found = self._templates[template] = self._environment.get_template(template)
        return found.render(context)

    def thing(self, template: str, value: Versioned, **flags: object) -> Markup:
        """One thing's HTML, without white space around it: as it was kept, or rendered."""
        now, until, put_in, given = self._clock(), self._until, self._put_in, tuple(flags.values())
        found = self.fragments.find(template, value, given, now)
        if found is None:
            self._until, self._put_in = now + LONG, None
            html = self.html(template, **{_THINGS[template][0]: value}, **flags).strip()
            found = Fragment.of(value, html, self._until)
            self.fragments.keep(template, given, found)
            self._put_in = put_in
        self._until = min(until, found.until)
        if put_in is not None:
            put_in.append(found)
            return _MARK
        return Markup(found.html.decode())  # noqa: S704  # it was escaped when it was rendered

    def _thing(self, value: Versioned, template: str, **flags: object) -> Markup:
        return self.thing(template, value, **flags)

    def forget(self, events: Sequence[LoggedEvent] | None) -> None:
        """Drops what the events name from memory; None stands for all of it."""
        if events is None:
            self.fragments.clear()
            return
        for logged in events:
            for template, (_, kind) in _THINGS.items():
                if kind is logged.event.kind:
                    self.fragments.forget(template, logged.event.object_id, logged.seq)

    def _macros(self, template: str) -> dict[str, Macro]:
        module = self._environment.get_template(template).module
        return {name: found for name in dir(module) if isinstance(found := getattr(module, name), Macro)}

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
        return Markup("".join(pieces))  # noqa: S704  # sanitised when the post was written (domain/markup.py)

    def _right_until(self, ms: int) -> str:
        """Notes that the page is not right any more from then on; says nothing."""
        self._until = min(self._until, ms)
        return ""

    def _ago(self, ms: int) -> str:
        words, until = filters.ago(ms, self._clock())
        self._until = min(self._until, until)
        return words


def _written(html: str) -> Markup:
    """What somebody wrote about himself, or tries out, as it was rendered and sanitised."""
    return Markup(html)  # noqa: S704  # sanitised by domain/markup.py


def unquoted(html: str) -> Markup:
    """A post's stored HTML with a mention of each quote: its words are somebody else's."""
    quoted = '<blockquote class="quiet">Quote of post #{}</blockquote>'
    pieces = (
        piece if isinstance(piece, str) else quoted.format(piece.post_id) for piece in split_quotes(html)
    )
    return Markup("".join(pieces))  # noqa: S704  # sanitised when the post was written (domain/markup.py)


def _guide_html(html: str) -> Markup:
    """The guide below its page's h2, as Markdown's headings are anyway."""
    return Markup(html)  # noqa: S704  # sanitised by domain/markup.py


def _document_html(html: str) -> Markup:
    """A rendered document under its page's h1: Markdown's headings begin at h3, here they begin at h2."""
    for old, new in (("h3", "h2"), ("h4", "h3")):
        html = html.replace(f"<{old}>", f"<{new}>").replace(f"</{old}>", f"</{new}>")
    return Markup(html)  # noqa: S704  # sanitised by domain/markup.py
