"""Values for the pages about the log and about single posts; see `page_samples`."""

from dataclasses import replace

from server.store.copies import Candidate
from server.store.moderation_log import Line
from server.views.page_models import LogPage
from server.web.post_acts import Copy, Doomed
from server.web.post_joins import Joining
from tests.support.page_samples import EVIL, NOW, form, live, places, post, topic

line = Line(
    8, NOW, "remove_post", 3, EVIL, "post", 99, EVIL, 9, EVIL, EVIL, EVIL, EVIL,
    told=True, for_admins=False, version=7, can_undo=True,
)  # fmt: skip
candidate = Candidate(101, 12, EVIL, EVIL, NOW, EVIL)

LOG_PAGES: dict[str, dict[str, object]] = {
    "posts/ask.html": {"post": post, "topic": topic, "form": form},
    "posts/join.html": {"joining": Joining(post, topic, (post, post), post, post), "form": form},
    "posts/purge.html": {"doomed": Doomed(99, 12, EVIL, True, 98), "form": form},
    "posts/copies.html": {"post_id": 99, "copies": [Copy(candidate, 80)], "looked": 2_000},
    "posts/own_text.html": {"post_id": 99, "answer_to": topic, "form": form},
    "moderation/guide.html": {
        "html": "<h3>Be kind</h3><ul><li>A<ul><li>B</li></ul></li></ul>",
        "saved": True,
        **places,
    },
    "moderation/guide_form.html": {"form": form, **places},
    "settings/history.html": {"form": form, "lines": [line], "older": 5, **places},
    "moderation/log.html": {
        "form": form,
        "page": LogPage(
            (line, replace(line, id=9, object_kind="topic", act=EVIL)), True, "/moderation/log", live
        ),
        "narrowed": True,
        "accounts": False,
        "acts": [("", [(EVIL, EVIL)])],
        "kinds": (("post", EVIL),),
        "saved": EVIL,
        "problem": EVIL,
        **places,
    },
}
