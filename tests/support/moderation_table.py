"""Who may do what to what waits, is reported, or was done to a member: rules as people read them.

They stand beside those of the table of acts (acts_table.py), are of their shape, and each row is a request.
A request has a door, which knows nobody's rights but by role; behind it are those for whom the thing is there
at all, and of these, those who may.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.acts_table import FOR, HERE, MEMBERS, SANCTIONED_BY, STAFF, Grant

MODERATING = ("carl", "dora", *STAFF)  # who moderates anything
Grants = tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An act, and the request that does it. `then` is what is answered to who may, where a word is true.

    `lists` are the fields of a page in JSON in which the thing stands for whom it is there: the page is for
    all before whom the door opens.
    """

    act: str
    request: str
    door: tuple[str, ...]
    there: Grants
    may: Grants = ()
    fields: dict[str, str] = field(default_factory=dict)
    then: dict[str, int] = field(default_factory=dict)
    lists: str = ""

    def status(self, person: str, words: set[str]) -> int:
        """What the answer in JSON is; 200 stands for all that say it was done."""
        if person not in self.door:
            return 401 if person == "guest" else 403
        if self.lists:
            return 200
        if not self.is_there(person, words):
            return 404
        if not any(grant.covers(person, words) for grant in self.may):
            return 403
        return next((status for word, status in self.then.items() if word in words), 200)

    def is_there(self, person: str, words: set[str]) -> bool:
        """Whether the thing exists for that person."""
        return any(grant.covers(person, words) for grant in self.there)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A post of ann's that waits, or waited, in a category."""

    category: str
    state: str

    def words(self, person: str) -> set[str]:
        """All that may be in the person's way, or must be so."""
        own = {"own"} if person == "ann" else set()
        return own | {self.state} | ({"not for him"} if person not in FOR[self.category] else set())


WAITS, APPROVED, DECLINED, WITHDRAWN = "waits", "approved", "declined", "withdrawn"
ROOMLESS = ("topic removed", "archived", "moved out of her sight")
_OVER = (APPROVED, DECLINED, WITHDRAWN)
_JUDGED = (Grant(HERE, (*_OVER, "not for him")),)
_HERS = (Grant(MEMBERS, (APPROVED, WITHDRAWN), only="own"),)
WAITING_ROWS = (
    Row("see what waits", "GET /moderation/approval", MODERATING, _JUDGED, lists="pending"),
    Row("see what waits of one's own", "GET /pending", MEMBERS, _HERS, lists="pending"),
    Row(
        "approve", "POST /moderation/approval/{pending}/approve", MODERATING, _JUDGED,
        (Grant(HERE, ROOMLESS),),
    ),
    Row(
        "decline", "POST /moderation/approval/{pending}/decline", MODERATING, _JUDGED, (Grant(HERE),),
        {"reason": "Not here, please."},
    ),
    Row("withdraw", "POST /pending/{pending}/withdraw", MEMBERS, _HERS, _HERS),
)  # fmt: skip


def every_waiting() -> Iterator[Waiting]:
    """In a public category in each state; behind a door, and where its author no longer sees it, too."""
    for state in (WAITS, *_OVER, "topic removed", "archived"):
        yield Waiting("everyone", state)
    yield Waiting("members", WAITS)
    yield Waiting("staff", "moved out of her sight")


SENIORS = {"carl": ("mod", "ada"), "mod": ("ada",)}


@dataclass(frozen=True, slots=True)
class Reported:
    """A case about something of somebody's."""

    subject: str  # "post", "topic", "member"
    category: str
    about: str
    settled: bool = False

    def words(self, person: str) -> set[str]:
        """All that may be in the person's way, or must be so."""
        said = {
            "about himself": self.about == person,
            "about a senior": self.about in SENIORS.get(person, ()),
            "settled": self.settled,
            "a profile": self.subject == "member",
            "not for him": person not in FOR[self.category],
        }
        return {word for word, is_so in said.items() if is_so}


_QUEUED = (Grant(("carl",), ("settled", "a profile", "not for him")), Grant(STAFF, ("settled",)))
_DECIDED = (Grant(("carl",), ("about himself", "about a senior")), Grant(STAFF, ("about himself",)))
_TAKEN = (Grant(HERE, ("about himself", "about a senior", "a profile")),)
REPORTED_ROWS = (
    Row("see the case", "GET /moderation", MODERATING, _QUEUED, lists="reports"),
    Row("look", "POST /moderation/reports/{case}/look", MODERATING, _QUEUED, _DECIDED),
    Row("look away", "POST /moderation/reports/{case}/away", MODERATING, _QUEUED, _DECIDED),
    Row(
        "settle", "POST /moderation/reports/{case}/settle", MODERATING, _QUEUED, _DECIDED,
        {"outcome": "dismissed"},
    ),
    Row("remove", "POST /moderation/reports/{case}/remove", MODERATING, _QUEUED, _TAKEN, {"reason": "x"}),
)  # fmt: skip


def every_reported() -> Iterator[Reported]:
    """Each subject, of each rank; in a category for staff too, and settled."""
    for subject in ("post", "topic", "member"):
        for about in ("ann", "carl", "mod", "ada"):
            yield Reported(subject, "everyone", about)
        yield Reported(subject, "everyone", "ann", settled=True)
    yield Reported("post", "members", "ann")
    yield Reported("post", "staff", "mod")
    yield Reported("topic", "staff", "ada")


@dataclass(frozen=True, slots=True)
class Sanctioned:
    """Somebody acted on, or to be; `state` is how what was done to him is: "running", "ended", "undone"."""

    target: str
    kind: str
    state: str = "running"

    def words(self, person: str) -> set[str]:
        """All that may be in the person's way, or must be so."""
        by = TARGETS[self.target]
        said = {"not there": self.target in ("gone", "wim"), "not his junior": person not in by}
        return {word for word, is_so in said.items() if is_so} | {self.state}


# eve is a member, cora moderates a category, wim waits to be let in or not, dom is another moderator, alma
# another administrator, and somebody is gone
TARGETS = {
    "eve": STAFF, "cora": STAFF, "wim": (), "dom": ("ada",), "alma": (), "gone": (),
    "mod": SANCTIONED_BY["mod"], "ada": SANCTIONED_BY["ada"],
}  # fmt: skip
KINDS = ("warning", "note", "silence", "ban")
_KNOWN, _JUNIOR = (Grant(STAFF, ("not there",)),), (Grant(STAFF, ("not his junior",)),)
_WORDS = {"reason": "Please stay kind.", "private": "The third time.", "lasts": "week"}
ON_MEMBERS = (
    Row("see what was done", "GET /moderation/members/{target}", STAFF, _KNOWN, _KNOWN),
    *(
        Row(kind, "POST /moderation/members/{target}/acts", STAFF, _KNOWN, _JUNIOR, _WORDS | {"kind": kind})
        for kind in KINDS
    ),
    Row("see what would go", "GET /moderation/members/{target}/sweep", STAFF, _KNOWN, _JUNIOR),
    Row("remove everything", "POST /moderation/members/{target}/sweep", STAFF, _KNOWN, _JUNIOR, _WORDS),
)
_LASTING = (Grant(STAFF, ("not there",)),)
ON_SANCTIONS = (
    Row(
        "end", "POST /moderation/sanctions/{sanction}/end", STAFF, _LASTING, _JUNIOR,
        then={"ended": 404, "undone": 404},
    ),
    Row(
        "undo", "POST /moderation/sanctions/{sanction}/undo", STAFF, _LASTING, _JUNIOR,
        then={"undone": 404, "nothing went": 404},
    ),
)  # fmt: skip


def every_sanctioned() -> Iterator[tuple[Sanctioned, str]]:
    """What was done to somebody, and the act on it: ended, or undone with all that went with it."""
    for kind in KINDS:
        yield Sanctioned("eve", kind), "end"
        yield Sanctioned("eve", kind, "ended"), "end"
    yield Sanctioned("dom", "silence"), "end"
    yield Sanctioned("mod", "note"), "end"  # one's own is not for oneself to end
    yield Sanctioned("eve", "ban", "nothing went"), "undo"
    for target in ("eve", "dom"):
        for state in ("running", "ended", "undone"):
            yield Sanctioned(target, "sweep", state), "undo"
