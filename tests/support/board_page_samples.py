"""What the pages about the board itself are rendered with in tests: shape, limits, announcements."""

from collections.abc import Mapping
from dataclasses import replace

from server.actions.word_checks import Tried
from server.domain.announcements import Announcement
from server.domain.board_limits import BOUNDS
from server.domain.board_shape import ShapedCategory, ShapedSection
from server.domain.help_lines import HelpLine
from server.domain.viewer import Audience, Role
from server.domain.watched_words import Action, WatchedWord
from server.store.category_moderators import CategoryModerator
from server.views.page_models import Form
from server.views.watched_words import WordChoices, grouped

NOW = 1_795_354_320_000  # 22 November 2026, 13:32 UTC
EVIL = "<script>alert(1)</script>\"onload='x'"

announcement = Announcement(4, EVIL, Audience.MEMBERS, NOW, NOW + 1)
shaped_category = ShapedCategory(
    3, 1, EVIL, EVIL, Audience.PUBLIC, unlisted=True, archived=True, archived_shown=True, topics=1, posts=2,
    slug="treatments", version=4, is_used=True,
)  # fmt: skip
shaped_section = ShapedSection(1, EVIL, (shaped_category, replace(shaped_category, id=4, is_used=False)))
help_lines = (HelpLine(EVIL, EVIL, "116 123", EVIL),)
shaped: dict[str, object] = {
    "shape": [shaped_section, ShapedSection(2, "Empty", ())],
    "order": "1:3,4;2:",
    "moderators": [CategoryModerator(3, 9, EVIL, Role.MEMBER)],
    "seen_by": (("everyone", "Everyone", "Guests too."),),
}
words = (
    WatchedWord(3, EVIL, EVIL, language=EVIL),
    WatchedWord(4, EVIL, action=Action.LINK, instead=EVIL),
    WatchedWord(5, EVIL, action=Action.REPLACE, instead=EVIL),
    WatchedWord(6, "casino*", action=Action.FLAG),
)
word_choices = WordChoices((EVIL,), 60, 200, 300)


def board_pages(form: Form, places: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Templates with their contexts."""
    return {
        "admin/announcements.html": {
            "form": form,
            "saved": EVIL,
            "changing": None,
            "standing": [announcement],
            "coming": [announcement],
            "over": [announcement],
            "zone": "UTC",
            **places,
        },
        "admin/categories.html": {"form": form, "saved": EVIL, **shaped, "changing": None, **places},
        "admin/category.html": {"form": form, "saved": EVIL, **shaped, "changing": shaped_category, **places},
        "admin/section.html": {"form": form, "saved": EVIL, **shaped, "changing": shaped_section, **places},
        "admin/words.html": {
            "form": form,
            "groups": grouped(words),
            "total": len(words),
            "languages": [EVIL],
            "language": EVIL,
            "tried": Tried(words, "<p>soup</p>"),
            "saved": "out",
            "choices": word_choices,
            **places,
        },
        "admin/word.html": {"form": form, "changing": words[0], "choices": word_choices, **places},
        "admin/help_lines.html": {"form": form, "saved": True, **places},
        "help_lines/show.html": {"lines": help_lines, "post_id": 7},
        "admin/limits.html": {"form": form, "saved": True, "bounds": BOUNDS, **places},
    }
