"""The acts of the table as requests: which row each belongs to, for whom its route is, and its fields."""

from dataclasses import dataclass, field

from tests.support.acts_table import EVERYBODY, MEMBERS, STAFF, Situation, may

MODERATING = ("carl", "dora", *STAFF)  # who moderates anything
ADMINISTRATORS = ("ada",)


@dataclass(frozen=True, slots=True)
class HttpAct:
    """`refusals` are what is answered where a word of the situation is true; `only` is one that has to be.

    `not_there` is what somebody hears who moderates here, and not where he wants to move things to. `form` is
    False where no form asks so.
    """

    row: str
    method: str
    path: str
    door: tuple[str, ...]
    fields: dict[str, str] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    only: str = ""
    not_there: int = 403
    form: bool = True

    @property
    def about(self) -> str:
        """The row that says who sees what it is about. `{second}` is not the post that was removed."""
        if self.path.startswith("/categories"):
            return "see the category"
        return "see the post" if self.path.startswith("/posts/{post}") else "see the topic"

    def status(self, person: str, found: Situation) -> int:
        """What the answer in JSON is; 200 stands for all that say it was done."""
        if person not in self.door:
            return 401 if person == "guest" else 403
        leads_on = self.path in ("/topics/{topic}", "/topics/{topic}/x")
        if found.merged and self.path.startswith("/topics") and not leads_on:
            return self.refusals.get("merged", 404)  # only the way to its posts is left
        if not may(person, self.about, found):
            return 404
        words = found.words(person)
        refused = [status for word, status in self.refusals.items() if word in words]
        if refused:
            return refused[0]
        if (self.only == "" or self.only in words) and may(person, self.row, found):
            return 200
        return self.not_there if may(person, "lock or pin", found) else 403


def _form(row: str, path: str, door: tuple[str, ...], **refusals: int) -> HttpAct:
    return HttpAct(
        row, "GET", path, door, refusals={word.replace("_", " "): refusals[word] for word in refusals}
    )


HTTP_ACTS = (
    HttpAct("start a topic", "POST", "/categories/{category}/topics", MEMBERS, {"title": "Hm", "body": "Hm"}),
    HttpAct("reply", "POST", "/topics/{topic}/posts", MEMBERS, {"body": "Some words."}, {"merged": 409}),
    HttpAct("thank", "POST", "/posts/{post}/thanks", MEMBERS),
    HttpAct("thank", "POST", "/posts/{post}/thanks/undo", MEMBERS),
    HttpAct("edit", "POST", "/posts/{post}", MEMBERS, {"body": "Other words.", "version": "999999"}),
    HttpAct("edit", "PATCH", "/posts/{post}", MEMBERS, {"body": "Words.", "version": "999999"}, form=False),
    HttpAct("thank", "PUT", "/posts/{post}/thanks", MEMBERS, form=False),
    HttpAct("thank", "DELETE", "/posts/{post}/thanks", MEMBERS, form=False),
    HttpAct("remove the post", "DELETE", "/posts/{post}", MEMBERS, form=False),
    HttpAct("report", "POST", "/posts/{post}/reports", MEMBERS, {"reason": "rules"}, {"removed": 404}),
    HttpAct(
        "report the topic", "POST", "/topics/{topic}/reports", MEMBERS, {"reason": "rules"},
        {"topic removed": 404},
    ),
    HttpAct("remove the post", "POST", "/posts/{post}/remove", MEMBERS, {"reason": "x"}),
    HttpAct("restore", "POST", "/posts/{post}/restore", MODERATING, refusals={"topic removed": 403}),
    HttpAct("ask to edit", "POST", "/posts/{post}/ask", MODERATING, {"words": "Please shorten it."}),
    HttpAct("join posts", "POST", "/posts/{post}/join", MODERATING, {"into": "{second}"}),
    HttpAct(
        "purge", "POST", "/posts/{post}/purge", ADMINISTRATORS,
        {"reason": "law", "number": "{post}", "knows": "1"}, only="removed",
    ),
    HttpAct(
        "merge within the category", "POST", "/posts/{second}/move", MODERATING,
        {"to": "existing", "topic": "{beside}"},
    ),
    HttpAct(
        "merge into another category", "POST", "/posts/{second}/move", MODERATING,
        {"to": "new", "title": "New", "category": "{elsewhere}"},
        {"topic removed": 403}, not_there=422,
    ),
    HttpAct("lock or pin", "POST", "/topics/{topic}/lock", MODERATING),
    HttpAct("lock or pin", "POST", "/topics/{topic}/unlock", MODERATING),
    HttpAct("lock or pin", "POST", "/topics/{topic}/pin", MODERATING, {"where": "here"}),
    HttpAct("lock or pin", "POST", "/topics/{topic}/unpin", MODERATING),
    HttpAct("lock or pin", "POST", "/topics/{topic}/slow", MODERATING, {"minutes": "5"}),
    HttpAct("rename", "POST", "/topics/{topic}/rename", MODERATING, {"title": "Other"}),
    HttpAct(
        "move within the category", "POST", "/topics/{topic}/move", MODERATING, {"category": "{category}"},
        refusals={"topic removed": 403},
    ),
    HttpAct(
        "move to another category", "POST", "/topics/{topic}/move", MODERATING, {"category": "{elsewhere}"},
        refusals={"topic removed": 403},
    ),
    HttpAct(
        "merge within the category", "POST", "/topics/{topic}/split", MODERATING,
        {"posts": "{second}", "to": "new", "title": "New", "category": "{category}"},
    ),
    HttpAct(
        "merge within the category", "POST", "/topics/{topic}/merge", MODERATING, {"topic": "{beside}"},
        refusals={"senior's": 403},
    ),
    HttpAct("remove the topic", "POST", "/topics/{topic}/remove", MODERATING, {"reason": "x"}),
    HttpAct("restore", "POST", "/topics/{topic}/restore", MODERATING),
)  # fmt: skip

PAGES = (  # posts that went with their topic have no pages of their own: the topic has, and leads there
    _form("see the category", "/categories/{category}/x", EVERYBODY),
    _form("see the topic", "/topics/{topic}", EVERYBODY),
    _form("see the topic", "/topics/{topic}/x", EVERYBODY),
    _form("see the post", "/posts/{post}", EVERYBODY),
    _form("start a topic", "/categories/{category}/new", MEMBERS),
    _form("reply", "/topics/{topic}/reply", MEMBERS),
    _form("edit", "/posts/{post}/edit", MEMBERS, topic_removed=404),
    _form("report", "/posts/{post}/report", MEMBERS, removed=404),
    _form("report the topic", "/topics/{topic}/report", MEMBERS, topic_removed=404),
    _form("remove the post", "/posts/{post}/remove", MEMBERS, topic_removed=404),
    _form("ask to edit", "/posts/{post}/ask", MODERATING, topic_removed=404),
    _form("join posts", "/posts/{post}/join", MODERATING),
    _form("restore", "/posts/{post}/copies", MODERATING),
    HttpAct("purge", "GET", "/posts/{post}/purge", ADMINISTRATORS, only="removed"),
    _form("merge within the category", "/posts/{second}/move", MODERATING),
    _form("merge within the category", "/topics/{topic}/split", MODERATING),
    *(_form("lock or pin", f"/topics/{{topic}}/{act}", MODERATING)
      for act in ("rename", "move", "pin", "slow", "merge")),
)  # fmt: skip
