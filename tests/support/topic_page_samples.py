"""Values for the pages on which moderators act on whole topics, for `page_samples`."""

from server.actions.topic_moves import Chosen
from server.domain.models import Post, Topic
from server.views.page_models import Form
from server.web.topic_moves import Picking
from tests.support.board_page_samples import EVIL

ACTS = ("rename", "move", "pin", "slow", "merge")


def topic_pages(topic: Topic, posts: tuple[Post, ...], form: Form) -> dict[str, dict[str, object]]:
    """Each template with the values that it shows."""
    common: dict[str, object] = {
        "topic": topic,
        "form": form,
        "categories": [(EVIL, [("3", EVIL)])],
        "paces": (("0", EVIL),),
        "near": [topic],
    }
    picking = Picking(topic, posts, 1, 2, Chosen(frozenset({99, 7}), 100))
    pages: dict[str, dict[str, object]] = {f"topics/{act}.html": {"act": act, **common} for act in ACTS}
    return pages | {"topics/split.html": {"picking": picking, **common}}
