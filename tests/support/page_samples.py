"""Values for every page, with something evil wherever people write."""

from dataclasses import replace

from server.actions.addresses import Confirmation
from server.actions.tokens import Made
from server.domain.exports import Export, State
from server.domain.leaving import Departure, Leaving
from server.domain.letters import Letter
from server.domain.markup import render
from server.domain.models import (
    Author,
    Category,
    CategoryName,
    LastPost,
    Post,
    Profile,
    ProfilePost,
    ProfileValue,
    Quote,
    Removal,
    Section,
    Thank,
    Topic,
)
from server.domain.notices import NoticeKind
from server.domain.profile_fields import FieldKind, ProfileField
from server.domain.viewer import Audience, Role, Scope, Viewer
from server.store.applicants import Applicant
from server.store.audit import History
from server.store.former_names import FormerName
from server.store.invitations import Invitation
from server.store.member_list import ListedMember
from server.store.notices import Notice, Target
from server.store.outbox import Outbox, Stuck
from server.store.passkeys import Passkey
from server.store.profiles import Said
from server.store.sessions import SignedInDevice
from server.store.tokens import Token
from server.store.uploads import Taken
from server.views.administration import AskedFor, Invited, Letterbox, ListedRow, LivePage, MemberFile
from server.views.page_models import (
    ApplicantsPage,
    CategoryPage,
    Form,
    IndexPage,
    LatestPage,
    LiveRoot,
    NoticesPage,
    Pager,
    ProfilePage,
    Reach,
    TopicPage,
    WaitingPage,
)
from server.web.kept import SHOWN, Kept
from server.web.settings.two_step import Shown
from tests.support import board_page_samples, report_samples
from tests.support.board_page_samples import board_pages
from tests.support.sanction_samples import SANCTION_PAGES
from tests.support.topic_page_samples import topic_pages

NOW, EVIL = board_page_samples.NOW, board_page_samples.EVIL

ANN = Viewer(7, "Ann", Role.MEMBER)
MOD = Viewer(3, "Mod", Role.MODERATOR)
ann, bo = Author(7, "Ann"), Author(9, "Bo", personal_text=EVIL)
category_name = CategoryName(3, EVIL, "treatments", Audience.PUBLIC)
topic = Topic(
    12,
    EVIL,
    category_name,
    bo,
    NOW,
    1,
    21,
    pinned=False,
    locked=False,
    version=5,
    last_post=LastPost(99, ann, NOW),
)
category = Category(3, EVIL, "treatments", EVIL, Audience.MEMBERS, 1, 2, 4, (topic,))
thanks = tuple(Thank(number, f"Member {number}") for number in range(1, 6))
post = Post(
    99, 12, 1, bo, NOW, NOW, "Mod", EVIL, 6, render("[quote=65]\n\nWell said.", {}).html, thanks,
    (Quote(65, EVIL, EVIL),),
)  # fmt: skip
removed = replace(post, id=100, html="", removal=Removal(NOW, "Mod", EVIL))
value = ProfileValue(EVIL, EVIL, Audience.MEMBERS)
profile = Profile(9, "Bo", Role.ADMIN, EVIL, NOW, 1, 5, 4, about_html="<h3>I</h3>", fields=(value,))
asked = ProfileField(4, EVIL, FieldKind.LONG, Audience.MEMBERS)
choice = replace(asked, id=5, kind=FieldKind.CHOICE, choices=(EVIL, "b"))
profile_post = ProfilePost(99, 12, EVIL, NOW, 6, EVIL)
live = LiveRoot("9f2c", 4710, ("board",))
pager = Pager(2, 14, 270, "/topics/12/x")
form = Form(
    {"body": EVIL, "password": "correct horse", "next": EVIL, "title": EVIL},
    {"body": EVIL, "": EVIL},
    "token",
)

notice = Notice(5, NoticeKind.ROLE_CHANGED, EVIL, NOW - 60_000, None, 9, Target(12, EVIL, None))
applicant = Applicant(12, EVIL, EVIL, NOW, 5)
invitation = Invitation(1, EVIL, EVIL, NOW, NOW, None, 3, 1, ((9, EVIL),))
listed = ListedMember(9, EVIL, EVIL, Role.MEMBER, NOW, 4, NOW, NOW)
device = SignedInDevice(5, EVIL, NOW, NOW, remember=True)

passkey = Passkey(5, 7, b"id", b"key", 0, EVIL, NOW, None)
places = {"places": (("a", "/a", "A"), ("b", "/b", "B")), "place": "a"}

PAGES: dict[str, dict[str, object]] = {
    **SANCTION_PAGES,
    "index.html": {"page": IndexPage((Section(1, EVIL, (category,)),), (topic,), live)},
    "latest.html": {"page": LatestPage((topic,), pager, live)},
    "categories/show.html": {"page": CategoryPage(category, (topic,), pager, staff=True, live=live)},
    "topics/show.html": {
        "page": TopicPage(topic, (post, removed), pager, staff=True, live=live),
        "form": form,
    },
    "topics/new.html": {"category": category_name, "form": form},
    **topic_pages(topic, (post, removed), form),
    "topics/reply.html": {"topic": topic, "form": form},
    "posts/edit.html": {"post": post, "topic": topic, "form": form},
    "posts/conflict.html": {"post": post, "topic": topic, "form": form, "theirs": EVIL},
    "posts/remove.html": {"post": post, "topic": topic, "form": form, "reach": Reach(38, 2, 3, 1)},
    "members/show.html": {"page": ProfilePage(profile, (profile_post,), live)},
    "accounts/login.html": {"form": form, "passkey_host": "localhost"},
    "accounts/code.html": {"form": form, "by_recovery": True, "other": "/login/code"},
    "accounts/signup.html": {"form": form, "rules_html": "<h3>Be kind</h3>"},
    "accounts/setup.html": {"form": form},
    **board_pages(form, places),
    "admin/settings.html": {"form": form, "saved": True, **places},
    "settings/account.html": {"form": form, "sections": ["presence"], "saved": "presence", **places},
    "documents/show.html": {"title": EVIL, "html": "<h3>Reading</h3><p>Everything.</p>"},
    "accounts/forgot.html": {"form": form, "sent": EVIL},
    "accounts/reset.html": {"form": form, "username": EVIL},
    "accounts/confirm.html": {"found": Confirmation(9, EVIL, EVIL)},
    "accounts/kept.html": {"kept": Kept("/topics/1/posts", "/", {"body": EVIL, "x": EVIL}), "labels": SHOWN},
    "accounts/unsubscribe.html": {"letter": "answers", "step": "ended", "undo": EVIL},
    "settings/name.html": {
        "form": form,
        "formerly": [FormerName(EVIL, NOW)],
        "next_at": None,
        **places,
    },
    "settings/mail.html": {
        "form": form,
        "saved": "sent",
        "address": {"email": EVIL, "confirmed": False},
        "choices": form,
        **places,
    },
    "settings/reading.html": {
        "form": form,
        "saved": True,
        "zones": (("", (("device", EVIL),)), (EVIL, ((EVIL, EVIL),))),
        "now": NOW,
        **places,
    },
    "settings/data.html": {
        "form": form,
        "export": Export(3, 9, State.WAITING, NOW, 20, 50, "x.zip", 0, None, 1),
        "size": "1 KB",
        "departure": Departure(9, Leaving.ERASE, NOW),
        "saved": "",
        **places,
    },
    "admin/mail.html": {
        "form": None,
        "saved": "tested",
        "page": LivePage(live),
        "letterbox": Letterbox(
            Outbox(2, 5_208, 1, NOW, EVIL),
            (
                Stuck(3, Letter.RECOVER, EVIL, NOW, NOW, 2, EVIL),
                Stuck(4, Letter.TEST, "", NOW, None, 9, EVIL),
            ),
            5,
        ),
        "leaves": False,
        **places,
    },
    "accounts/closed.html": {"message": EVIL},
    "accounts/waiting.html": {"page": WaitingPage(live)},
    "rules/accept.html": {
        "form": Form({"accept_to": EVIL, "next": "/"}, {"accept_rules": EVIL}),
        "carried": {"body": EVIL, "title": EVIL},
        "version": 3,
        "rules_html": "<h3>Be kind</h3>",
    },
    **report_samples.pages(form, post, topic, live, places),
    "notices/show.html": {"page": NoticesPage((notice,), False, True, live)},
    "moderation/applicants.html": {
        "page": ApplicantsPage((applicant,), 101, live),
        "saved": EVIL,
        **places,
    },
    "moderation/decline.html": {"form": form, "applicant": applicant, **places},
    "admin/joining.html": {"form": form, "saved": True, "waiting": 2, **places},
    "admin/invitations.html": {
        "form": form,
        "url": EVIL,
        "ended": True,
        "is_closed": True,
        "page": LivePage(live),
        "invited": Invited((invitation, replace(invitation, ended_at=NOW)), NOW, 5),
        **places,
    },
    "admin/members.html": {
        "form": form,
        "labels": (("all", "Everybody"),),
        "page": LivePage(live),
        "rows": (ListedRow(listed, 5),),
        "limit": 50,
        "takes_new": True,
        "pager": Pager(2, 3, 101, "/admin/members?show=all"),
        **places,
    },
    "admin/member.html": {
        "form": form,
        "page": LivePage(live),
        "file": MemberFile(
            listed, (FormerName(EVIL, NOW),), (device,), (History(NOW, "Ada", "close_account", EVIL),), 5
        ),
        "saved": EVIL,
        "url": EVIL,
        **places,
    },
    "admin/uploads.html": {"form": form, "saved": True, "taken": Taken(5_208, 2), "size": EVIL, **places},
    "admin/fields.html": {
        "form": form,
        "changing": None,
        "page": LivePage(live),
        "asked": AskedFor((asked, choice), (asked,), 5),
        "saved": True,
        "kinds": (("long", "A longer text"), ("choice", EVIL)),
        "seen_by": (("members", EVIL),),
        **places,
    },
    "settings/profile.html": {
        "form": replace(form, values={asked.name: EVIL}),
        "profile": Said(EVIL, EVIL, ""),
        "fields": [asked, choice],
        "names": ("picture",),
        "most": 9,
        "saved": "texts",
        **places,
    },
    "settings/two_step.html": {
        "form": form,
        "shown": Shown("started", 2, [passkey], "ABCDEFGH", "otpauth://totp/x"),
        "saved": "passkey",
        "codes": (),
        "most_codes": 10,
        "passkey_host": "localhost",
        **places,
    },
    "settings/programs.html": {
        "form": form,
        "ended": True,
        "most": 20,
        "made": Made(5, EVIL, EVIL),
        "tokens": [Token(5, EVIL, Scope.READ, NOW, None, NOW), Token(6, EVIL, Scope.WRITE, NOW, NOW, NOW)],
        **places,
    },
    "errors/show.html": {"status": 404, "title": EVIL, "message": EVIL},
}
