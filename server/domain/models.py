"""What the store hands out and the views show: frozen values, times in integer milliseconds UTC."""

from dataclasses import dataclass
from typing import NamedTuple

from server.domain.standing import Term
from server.domain.viewer import Audience, Role


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something, as shown beside it. `id` is None when the account is gone."""

    id: int | None
    username: str
    role: Role = Role.MEMBER
    personal_text: str = ""
    picture: str = ""  # the name of its files; empty without one
    moderates: bool = False  # one of the category's own moderators; said of authors of posts only


@dataclass(frozen=True, slots=True)
class Thank:
    """One thank-you, by name."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A reference to another post as this audience may see it today.

    `author` and `text` are None when the source is removed or not for this audience, `author_id` also when
    the account is gone. `category_id` is never shown: it says whose change brings the text or takes it away.
    """

    post_id: int
    author: str | None
    text: str | None
    author_id: int | None = None
    category_id: int | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """Who removed something, when and why; for staff only."""

    at: int
    by: str
    reason: str
    can_restore: bool = True  # not where the text was erased for good


@dataclass(frozen=True, slots=True)
class Post:
    """A post as one audience sees it.

    `place` counts from 1 within the topic and never changes by removals. `html` holds markers
    where quotes go (`markup.split_quotes`); it is empty when `removal` is set.
    """

    id: int
    topic_id: int
    place: int
    author: Author
    created_at: int
    edited_at: int | None
    edited_by: str | None
    edit_reason: str
    version: int
    html: str
    thanks: tuple[Thank, ...]
    quotes: tuple[Quote, ...]
    removal: Removal | None = None
    edited_by_id: int | None = None
    edit_asked_at: int | None = None  # until it is edited; for staff


class PostVersion(NamedTuple):
    """Enough of a post to know it again: its version, and its author's card as it is now."""

    id: int
    version: int
    author_id: int | None
    username: str
    role: str
    personal_text: str
    picture: str
    moderates: bool


@dataclass(frozen=True, slots=True)
class CategoryName:
    """Enough of a category to link to it; in an archived one nobody writes any more."""

    id: int
    name: str
    slug: str
    visibility: Audience
    archived: bool = False
    unlisted: bool = False  # search engines are asked to leave out what stands in it


@dataclass(frozen=True, slots=True)
class LastPost:
    """The newest visible post of a topic."""

    id: int
    author: Author
    created_at: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as shown in its header and in lists. `places` is the highest place taken.

    `pinned_until` is in milliseconds UTC, None for a pin without an end; `slow_minutes` stand between two
    replies of one member, 0 without slow mode.
    """

    id: int
    title: str
    category: CategoryName
    author: Author
    created_at: int
    replies: int
    places: int
    pinned: bool
    locked: bool
    version: int
    last_post: LastPost
    removal: Removal | None = None
    pinned_everywhere: bool = False
    pinned_until: int | None = None
    slow_minutes: int = 0


@dataclass(frozen=True, slots=True)
class MergedTopic:
    """What is left of a topic whose posts all went into another one: the way there."""

    id: int
    version: int
    into: Topic


@dataclass(frozen=True, slots=True)
class Category:
    """A category as shown on the index. Counters count what everyone who may see it can see."""

    id: int
    name: str
    slug: str
    description: str
    visibility: Audience
    topics: int
    posts: int
    version: int
    latest: tuple[Topic, ...] = ()
    archived: bool = False
    unlisted: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A named group of categories on the index."""

    id: int
    name: str
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class ProfileValue:
    """What a member wrote into one of the board's own fields; `visibility` says who may read it."""

    label: str
    value: str
    visibility: Audience


@dataclass(frozen=True, slots=True)
class Profile:
    """A member as one audience may see him: `fields` are those for it, the rest is for everyone."""

    id: int
    username: str
    role: Role
    personal_text: str
    joined_at: int
    posts: int
    thanks_received: int
    version: int
    thanks_given: int = 0
    picture: str = ""
    about_html: str = ""
    fields: tuple[ProfileValue, ...] = ()
    ban: Term | None = None  # that everybody may read of


@dataclass(frozen=True, slots=True)
class ProfilePost:
    """A post on its author's profile: the start of it, and where it stands."""

    id: int
    topic_id: int
    topic_title: str
    created_at: int
    version: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the log; `epoch` changes when history was lost and everyone must start afresh."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Rendering:
    """For whom something is rendered: an audience, and whether staff's tombstones are part of it."""

    audience: Audience
    staff: bool


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as rules see it, read afresh inside a transaction.

    One with `merged_into` is removed too: all of its posts are in that topic now.
    """

    id: int
    category_id: int
    visibility: Audience
    author_id: int | None
    title: str | None
    replies: int
    places: int
    pinned: bool
    locked: bool
    removed: bool
    archived: bool = False  # as its category
    slow_minutes: int = 0
    merged_into: int | None = None
    pinned_everywhere: bool = False
    pinned_until: int | None = None


@dataclass(frozen=True, slots=True)
class PostState:
    """A post as rules see it, read afresh inside a transaction. Texts are None when removed."""

    id: int
    topic_id: int
    place: int
    author_id: int | None
    author_role: Role
    body: str | None
    plain: str | None
    body_version: int
    version: int
    removed: bool
    removed_with_topic: bool
