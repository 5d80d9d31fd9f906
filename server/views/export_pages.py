"""The pages of an export: readable without the board, in any browser, and on paper."""

from collections.abc import Sequence

from server.store.own_things import OwnAccount, OwnPost
from server.views.render import TEMPLATES, Renderer, unquoted

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
            posts=[(post, unquoted(post.html)) for post in posts],
            page=page,
        )
