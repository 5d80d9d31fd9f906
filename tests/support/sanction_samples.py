"""Values for the pages about acts on members."""

from dataclasses import replace

from server.domain.sanctions import SanctionKind
from server.domain.sweeps import Extent, Progress, SweepState
from server.domain.viewer import Role
from server.store.member_records import MemberRecord, RemovedPost
from server.store.sanctions import Sanction
from server.views.page_models import BansPage, Form, LiveRoot, RecordPage
from tests.support.board_page_samples import EVIL, NOW

live = LiveRoot("9f2c", 4710, ("board",))
form = Form({"next": EVIL, "reason": EVIL}, {"reason": EVIL, "": EVIL}, "token")
places = {"places": (("a", "/a", "A"), ("b", "/b", "B")), "place": "a"}
sanction = Sanction(
    5, 9, EVIL, SanctionKind.BAN, 3, "Mod", NOW, NOW, EVIL, EVIL, True, None, None, None, 6, ""
)  # fmt: skip
swept = replace(sanction, id=8, sweep=Progress(SweepState.REMOVING, 60, 20))
warned = replace(sanction, id=6, kind=SanctionKind.WARNING, until=None)
noted = replace(sanction, id=7, kind=SanctionKind.NOTE, ended_at=NOW, ended_by=EVIL)
record = MemberRecord(9, EVIL, Role.MEMBER, "", NOW, NOW, NOW, 12, 3, 4, 1, 7)
removed_post = RemovedPost(99, 12, EVIL, NOW, EVIL, EVIL, 8)

SANCTION_PAGES: dict[str, dict[str, object]] = {
    "moderation/bans.html": {"page": BansPage((sanction,), True, live), "saved": EVIL, **places},
    "moderation/member.html": {
        "page": RecordPage(record, (swept, sanction, noted, warned), (removed_post,), True, live),
        "form": replace(form, values={"kind": "ban", "lasts": "week", "reason": EVIL, "private": EVIL}),
        "kinds": (("warning", EVIL, EVIL), ("ban", "Ban", EVIL)),
        "presets": (("rude", EVIL),),
        "lengths": (("week", "A week"),),
        "saved": EVIL,
        **places,
    },
    "moderation/sweep.html": {
        "record": record,
        "extent": Extent(3, 2, 5, 4, 1, has_profile=True),
        "form": replace(form, values={"with_answered": "1", "lasts": "good", "reason": EVIL}),
        "presets": (("rude", EVIL),),
        "lengths": (("good", "For good"),),
        **places,
    },
    "settings/standing.html": {
        "form": form,
        "told": [sanction, replace(warned, read_at=NOW)],
        "owed": [warned],
        "saved": True,
        **places,
    },
    "settings/warning.html": {
        "form": Form({"send_to": EVIL, "next": "/"}),
        "owed": [warned],
        "carried": {"body": EVIL, "title": EVIL},
    },
}
