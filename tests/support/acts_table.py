"""Who may do what to which topic and post: one table, written as rules people can read.

Said here, and asked of nobody: what the board's own rules answer is held against it. A row has grants, each
is for some people unless something is in the way (or only where it is so). And one rule stands before all
rows: nobody does anything in a category that is not for him.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

NOT_STAFF = ("guest", "waiting", "ann", "bo", "carl", "dora")
STAFF = ("mod", "ada")
EVERYBODY = NOT_STAFF + STAFF  # carl moderates this category, dora another one
MEMBERS = EVERYBODY[2:]
HERE = ("carl", *STAFF)  # who moderates this category

FOR = {"everyone": EVERYBODY, "members": MEMBERS, "staff": STAFF}  # whom a category is for
WRITERS = ("ann", "carl", "mod", "ada", "gone")  # gone: an author who has left
SENIORS = {"mod": ("carl",), "ada": ("carl", "mod")}  # of those who moderate here, whose senior a writer is


@dataclass(frozen=True, slots=True)
class Situation:
    """A post in a topic in a category. The opening post is one that others have answered, or nobody has."""

    category: str
    writer: str
    kind: str  # "answer", "answered opening", "lone opening"
    locked: bool
    archived: bool
    topic_removed: bool
    post_removed: bool
    merged: bool = False  # the topic into another one, with the post

    def words(self, person: str) -> set[str]:
        """All that may be in the person's way, or must be so."""
        said = {
            "own": self.writer == person,
            "gone": self.writer == "gone",
            "senior's": person in SENIORS.get(self.writer, ()),
            "locked": self.locked,
            "archived": self.archived,
            "topic removed": self.topic_removed,
            "removed": self.topic_removed or self.post_removed,
            "answered opening": self.kind == "answered opening",
        }
        return {word for word, is_so in said.items() if is_so}


@dataclass(frozen=True, slots=True)
class Grant:
    """These people may, unless one of these words is true of the situation; with `only`, where that is."""

    who: tuple[str, ...]
    unless: tuple[str, ...] = ()
    only: str = ""

    def covers(self, person: str, words: set[str]) -> bool:
        """Whether it lets that person do it."""
        return (
            person in self.who and words.isdisjoint(self.unless) and (self.only == "" or self.only in words)
        )


SHUT = ("locked", "archived")
ACTS: dict[str, tuple[Grant, ...]] = {
    "see the category": (Grant(EVERYBODY),),
    "see the topic": (Grant(EVERYBODY, ("topic removed",)), Grant(HERE)),
    "see the post": (Grant(EVERYBODY, ("removed",)), Grant(HERE)),
    "start a topic": (Grant(MEMBERS, ("archived",)),),
    "reply": (Grant(MEMBERS, ("topic removed", *SHUT)), Grant(HERE, ("topic removed", "archived"))),
    "thank": (Grant(MEMBERS, ("own", "removed", *SHUT)), Grant(HERE, ("own", "removed", "archived"))),
    "edit": (
        Grant(MEMBERS, ("removed", *SHUT), only="own"),
        Grant(HERE, ("removed", "archived", "senior's")),
    ),
    "remove the post": (
        Grant(MEMBERS, ("removed", "answered opening", *SHUT), only="own"),
        Grant(HERE, ("removed", "senior's")),  # what harms has to go from an archive too
    ),
    "report": (Grant(MEMBERS, ("removed", "own")),),
    "report the topic": (Grant(MEMBERS, ("topic removed", "own")),),
    "join posts": (Grant(HERE, ("removed", "archived", "senior's", "gone")),),
    "ask to edit": (Grant(HERE, ("own", "gone", "removed", "archived", "senior's")),),
    "remove the topic": (Grant(HERE, ("senior's",)),),
    "rename": (Grant(HERE, ("topic removed", "senior's")),),
    "lock or pin": (Grant(HERE),),
    "restore": (Grant(HERE),),
    "purge": (Grant(("ada",)),),
    "write in slow mode without waiting": (Grant(HERE),),
    "move within the category": (Grant(HERE),),
    "move to another category": (Grant(STAFF),),
    "move to the staff room": (Grant(STAFF),),
    "merge within the category": (Grant(HERE, ("topic removed",)),),
    "merge into another category": (Grant(STAFF, ("topic removed",)),),
    "merge into a removed topic": (),
}

# What is about the board and nobody's post.
BOARD_ACTS = {
    "write at all": MEMBERS,
    "admit who asked to join": STAFF,
    "read the log": STAFF,
    "administer": ("ada",),
}
SANCTIONED_BY = dict.fromkeys(NOT_STAFF[1:], STAFF) | {"mod": ("ada",), "ada": ()}


def may(person: str, act: str, situation: Situation) -> bool:
    """What the table says."""
    words = situation.words(person)
    return person in FOR[situation.category] and any(grant.covers(person, words) for grant in ACTS[act])


def every_situation() -> Iterator[Situation]:
    """All of them, impossible ones (an opening post that stands alone, removed with its topic) too."""
    yes_no = (False, True)
    kinds = ("answer", "answered opening", "lone opening")
    for found in product(FOR, WRITERS, kinds, yes_no, yes_no, yes_no, yes_no):
        yield Situation(*found)
