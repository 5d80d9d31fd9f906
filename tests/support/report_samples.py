"""Values for the pages about reports, as page_samples has them for the others."""

from collections.abc import Mapping
from dataclasses import replace

from server.domain.approval import Why
from server.domain.models import Post, Topic
from server.domain.reports import Reason, Subject
from server.domain.viewer import Audience, Role
from server.store import cases
from server.store.cases import Case, Looking, Report
from server.store.pending_posts import Pending, PendingPost, Place
from server.views.page_models import CasesPage, Form, LiveRoot, PendingPage

NOW = 1_795_354_320_000  # 22 November 2026, 13:32 UTC
EVIL = "<script>alert(1)</script>\"onload='x'"


def pages(
    form: Form, post: Post, topic: Topic, live: LiveRoot, places: Mapping[str, object]
) -> dict[str, dict[str, object]]:
    """What each of the templates needs."""
    case = Case(
        id=4,
        subject=Subject.POST,
        object_id=5,
        urgent=True,
        opened_at=NOW,
        version=9,
        looking=Looking(3, EVIL, NOW),
        reports=(Report(Reason.WORRIED, EVIL, EVIL, NOW), Report(Reason.OTHER, EVIL, None, NOW)),
        post=post,
        topic=topic,
        author=cases.Author(9, EVIL, Role.MEMBER, False, NOW, 4, 1, 1, 0),
    )
    pending = PendingPost(
        id=6,
        version=7,
        author=post.author,
        joined_at=NOW,
        posts=3,
        place=Place(topic.id, EVIL, 3, EVIL, Audience.PUBLIC),
        title=EVIL,
        body=EVIL,
        html=post.html,
        at=NOW,
        why=Why.WORDS,
        words=EVIL,
        outcome="",
        answered_at=None,
        reason="",
        post_id=None,
    )
    return {
        "reports/new.html": {
            "form": form,
            "what": EVIL,
            "action": "/posts/5/reports",
            "back": "/posts/5",
            "post": post,
            "topic": topic,
            "reasons": (("rules", EVIL, ""),),
            "sent": False,
            "worried": False,
        },
        "moderation/approval.html": {
            "page": PendingPage((pending,), 3, live),
            "saved": EVIL,
            "problem": EVIL,
            **places,
        },
        "moderation/decline_post.html": {"pending": pending, "form": form, **places},
        "posts/pending.html": {
            "page": PendingPage((replace(pending, id=7, outcome="declined", reason=EVIL), pending), 2, live)
        },
        "moderation/queue.html": {
            "page": CasesPage((case,), 3, Pending(0, 4, 2), live),
            "saved": EVIL,
            **places,
        },
    }
