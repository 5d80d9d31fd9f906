"""The shape of the board, as administrators see and change it: sections, categories, and who sees them.

Pure: drafts are checked here, orders are worked out here; `actions/board_shape.py` writes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.errors import Invalid
from server.domain.validation import Problems
from server.domain.viewer import Audience

MAX_NAME = 60
MAX_DESCRIPTION = 200
"""In characters."""
MAX_SECTIONS = 30
MAX_CATEGORIES = 200  # of the board; each is a row on the front page

Order = list[tuple[int, list[int]]]  # sections with their categories, in order


class SeenBy(StrEnum):
    """Whom a category is for, as it is chosen in the browser."""

    EVERYONE = "everyone"
    UNLISTED = "unlisted"  # everyone, but search engines are asked to leave it out
    MEMBERS = "members"
    STAFF = "staff"

    @property
    def visibility(self) -> Audience:
        """The least audience that sees it."""
        return _VISIBILITIES[self]

    @classmethod
    def of(cls, visibility: Audience, *, unlisted: bool) -> "SeenBy":
        """What was chosen."""
        if visibility is Audience.PUBLIC:
            return cls.UNLISTED if unlisted else cls.EVERYONE
        return cls.MEMBERS if visibility is Audience.MEMBERS else cls.STAFF


_VISIBILITIES = {
    SeenBy.EVERYONE: Audience.PUBLIC,
    SeenBy.UNLISTED: Audience.PUBLIC,
    SeenBy.MEMBERS: Audience.MEMBERS,
    SeenBy.STAFF: Audience.STAFF,
}


@dataclass(frozen=True, slots=True)
class ShapedCategory:
    """A category as administrators see it. `is_used`: it has a topic, be it a removed one."""

    id: int
    section_id: int
    name: str
    description: str
    visibility: Audience
    unlisted: bool
    archived: bool
    archived_shown: bool
    topics: int
    posts: int
    slug: str
    version: int
    is_used: bool

    @property
    def seen_by(self) -> SeenBy:
        """Whom it is for, as it was chosen."""
        return SeenBy.of(self.visibility, unlisted=self.unlisted)


@dataclass(frozen=True, slots=True)
class ShapedSection:
    """A section with all its categories in order."""

    id: int
    name: str
    categories: tuple[ShapedCategory, ...]


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """A category as typed."""

    section: str
    name: str
    description: str
    seen_by: str


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """A draft that was found right."""

    section_id: int
    name: str
    description: str
    seen_by: SeenBy


def checked_category(draft: CategoryDraft, shape: Sequence[ShapedSection], own_id: int = 0) -> CategoryPlan:
    """What the draft says. Raises Invalid (`name`, `description`, `seen_by`, `section`)."""
    problems, name = Problems(), " ".join(draft.name.split())
    description = " ".join(draft.description.split())
    problems.add("name", name_problem(name))
    others = (one.name.casefold() for section in shape for one in section.categories if one.id != own_id)
    if name.casefold() in others:
        problems.add("name", "There is a category of that name already.")
    if len(description) > MAX_DESCRIPTION:
        problems.add("description", f"Please keep this under {MAX_DESCRIPTION} characters.")
    if draft.seen_by not in tuple(SeenBy):
        problems.add("seen_by", "Please choose one of these.")
    section_id = next((one.id for one in shape if str(one.id) == draft.section), 0)
    if not section_id:
        problems.add("section", "Please choose one of the sections.")
    problems.refuse()
    return CategoryPlan(section_id, name, description, SeenBy(draft.seen_by))


def name_problem(name: str) -> str | None:
    """What is wrong with the name of a category or a section."""
    if not name:
        return "Please give it a name."
    if len(name) > MAX_NAME:
        return f"Please keep the name under {MAX_NAME} characters; it has {len(name)}."
    if not name.isprintable():
        return "Please use letters, digits and signs that can be seen."
    return None


def order_of(shape: Sequence[ShapedSection]) -> Order:
    """The order as it is."""
    return [(section.id, [one.id for one in section.categories]) for section in shape]


def read_order(text: str, shape: Sequence[ShapedSection]) -> Order:
    """The order in `1:5,7;2:9`: section 1 with categories 5 and 7, then section 2 with 9.

    Raises Invalid (`order`) unless it names every section and every category of the board once.
    """
    refused = Invalid({"order": "Somebody changed the board meanwhile. Please look at it as it is now."})
    order: Order = []
    for part in text.split(";"):
        head, _, tail = part.partition(":")
        ids = [head, *filter(None, tail.split(","))]
        if not all(one.isascii() and one.isdigit() and len(one) < 17 for one in ids):
            raise refused
        order.append((int(head), [int(one) for one in ids[1:]]))
    before = order_of(shape)
    if sorted(one for one, _ in order) != sorted(one for one, _ in before):
        raise refused
    if sorted(one for _, ids in order for one in ids) != sorted(one for _, ids in before for one in ids):
        raise refused
    return order


def with_category_moved(order: Order, category_id: int, by: int) -> Order:
    """The category one place up (-1) or down (1); over the edge of its section it goes into the next one."""
    moved = [(section, list(ids)) for section, ids in order]
    place = next((place for place, (_, ids) in enumerate(moved) if category_id in ids), None)
    if place is None:
        return moved
    ids = moved[place][1]
    goal = ids.index(category_id) + by
    if 0 <= goal < len(ids):
        ids.remove(category_id)
        ids.insert(goal, category_id)
    elif 0 <= place + by < len(moved):
        ids.remove(category_id)
        beside = moved[place + by][1]
        beside.insert(len(beside) if by < 0 else 0, category_id)
    return moved


def with_section_moved(order: Order, section_id: int, by: int) -> Order:
    """The section one place up (-1) or down (1)."""
    moved = list(order)
    place = next((place for place, (one, _) in enumerate(moved) if one == section_id), None)
    if place is not None and 0 <= place + by < len(moved):
        moved.insert(place + by, moved.pop(place))
    return moved
