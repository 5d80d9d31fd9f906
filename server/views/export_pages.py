"""The pages of an export: readable without the board, in any browser, and on paper."""

from collections.abc import Sequence

from markupsafe import Markup

from server.domain.markup import split_quotes
from server.store.own_things import OwnAccount, OwnPost
from server.views.render import TEMPLATES, Renderer

PICTURE = "picture.webp"


class ExportPages:
    """Renders them. They stand alone: nothing is fetched from anywhere."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    @property
    def style(self) -> str:
        """Their style sheet, `style.css`."""
        return (TEMPLATES / "export" / "style.css").read_text(encoding="utf-8")

    def index(self, account: OwnAccount, forum_name: str, posts: int, pages: int, *, made_at: int) -> str:
        """The first page: who it is, and the way to the others."""
        return self._renderer.html(
            "export/index.html",
            picture=PICTURE,
            account=account,
            forum=forum_name,
            posts=posts,
            pages=pages,
            made_at=made_at,
        )

    def posts(self, account: OwnAccount, forum_name: str, posts: Sequence[OwnPost], page: int) -> str:
        """A page of posts."""
        return self._renderer.html(
            "export/posts.html",
            account=account,
            forum=forum_name,
            posts=[(post, own_html(post.html)) for post in posts],
            page=page,
        )


def own_html(html: str) -> Markup:
    """A post's stored HTML with a mention of each quote: its words are somebody else's."""
    quoted = '<blockquote class="quiet">Quote of post #{}</blockquote>'
    pieces = (
        piece if isinstance(piece, str) else quoted.format(piece.post_id) for piece in split_quotes(html)
    )
    return Markup("".join(pieces))  # noqa: S704  # sanitised when the post was written (domain/markup.py)
