"""What each page is made of: frozen values that the templates and the JSON answers share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.domain.models import Category, CategoryName, Post, Profile, ProfilePost, Section, Topic
from server.domain.settings import Board
from server.store.applicants import Applicant
from server.store.cases import Case
from server.store.member_records import MemberRecord, RemovedPost
from server.store.moderation_log import Line
from server.store.notices import Notice
from server.store.pending_posts import Pending, PendingPost
from server.store.sanctions import Sanction


@dataclass(frozen=True, slots=True)
class LiveRoot:
    """What the root element of live content says about itself. `channels` are names."""

    epoch: str
    position: int
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a page stands in a list: `page` and `pages` count from 1, `path` is the list's address."""

    page: int
    pages: int
    total: int
    path: str

    def url(self, page: int) -> str:
        """The address of another page of this list; the first one has no page in its query."""
        return self.path if page <= 1 else f"{self.path}{'&' if '?' in self.path else '?'}page={page}"


@dataclass(frozen=True, slots=True)
class IndexPage:
    """`/`: sections with categories, and the newest topics beside them."""

    sections: tuple[Section, ...]
    newest: tuple[Topic, ...]
    live: LiveRoot

    @property
    def limit(self) -> int:
        """How many topics its margin has room for."""
        return NEWEST_TOPICS


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """`/categories/{id}/{slug}`: pinned topics first, then by latest activity."""

    category: Category
    topics: tuple[Topic, ...]
    pager: Pager
    staff: bool
    live: LiveRoot

    @property
    def limit(self) -> int:
        """How many topics this page has room for."""
        return TOPICS_A_PAGE


@dataclass(frozen=True, slots=True)
class TopicPage:
    """`/topics/{id}/{slug}`: 20 places a page; `staff` says whose rendering this is.

    `replied_at` is when the viewer himself replied last, in milliseconds UTC, where slow mode asks for it.
    `pending` are answers that wait for a moderator: all for who moderates here, else the viewer's own.
    """

    topic: Topic
    posts: tuple[Post, ...]
    pager: Pager
    staff: bool
    live: LiveRoot
    replied_at: int | None = None
    pending: tuple[PendingPost, ...] = ()

    @property
    def first_place(self) -> int:
        """The first place this page has room for."""
        return (self.pager.page - 1) * POSTS_A_PAGE + 1

    @property
    def last_place(self) -> int:
        """The last place this page has room for."""
        return self.pager.page * POSTS_A_PAGE

    @property
    def open(self) -> bool:
        """Whether the topic's end is on this page, so that replies arrive on it."""
        return self.pager.page >= self.pager.pages


@dataclass(frozen=True, slots=True)
class LatestPage:
    """`/latest`: topics of every category the viewer may see, newest activity first."""

    topics: tuple[Topic, ...]
    pager: Pager
    live: LiveRoot

    @property
    def limit(self) -> int:
        """How many topics this page has room for."""
        return TOPICS_A_PAGE


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """`/members/{username}`: the member and the newest posts this audience may see."""

    profile: Profile
    posts: tuple[ProfilePost, ...]
    live: LiveRoot

    @property
    def limit(self) -> int:
        """How many posts this page has room for."""
        return PROFILE_POSTS


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """`/waiting`: what somebody sees who asked to join. Without an address a moderator looks at him first;
    else he is to confirm the address."""

    live: LiveRoot
    address: str = ""


@dataclass(frozen=True, slots=True)
class ApplicantsPage:
    """`/moderation/members`: who waits to be let in, the longest first; `total` of them."""

    applicants: tuple[Applicant, ...]
    total: int
    live: LiveRoot


@dataclass(frozen=True, slots=True)
class CasesPage:
    """`/moderation`: the open cases, urgent ones first, then the oldest; `total` of them. `waiting` are the
    posts that wait for approval."""

    cases: tuple[Case, ...]
    total: int
    waiting: Pending
    live: LiveRoot


@dataclass(frozen=True, slots=True)
class PendingPage:
    """`/moderation/approval` and `/pending`: posts that wait for a moderator; `total` of them."""

    pending: tuple[PendingPost, ...]
    total: int
    live: LiveRoot


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a post has gone until now: how many read its topic at this moment, how many letters that could
    tell of it wait to be written, and how many were sent, `with_text` of them with its beginning."""

    reading: int
    waiting: int
    sent: int
    with_text: int


@dataclass(frozen=True, slots=True)
class LogPage:
    """`/moderation/log`: what was done, newest first; `older` is the address of what follows, if it does.

    `takes_new`: this is the newest of everything, so that new lines arrive.
    """

    lines: tuple[Line, ...]
    takes_new: bool
    older: str
    live: LiveRoot

    @property
    def limit(self) -> int:
        """How many lines this page has room for."""
        return LINES_A_PAGE


@dataclass(frozen=True, slots=True)
class BansPage:
    """`/moderation/bans`: who is silenced or banned, the newest first."""

    sanctions: tuple[Sanction, ...]
    has_more: bool
    live: LiveRoot

    @property
    def limit(self) -> int:
        """How many this page has room for."""
        return BANS_A_PAGE


@dataclass(frozen=True, slots=True)
class RecordPage:
    """`/moderation/members/{username}`: a member for staff. `may_act`: this viewer may warn, silence, ban."""

    record: MemberRecord
    sanctions: tuple[Sanction, ...]
    removed: tuple[RemovedPost, ...]
    may_act: bool
    live: LiveRoot

    @property
    def limit(self) -> int:
        """How many removed posts this page has room for."""
        return REMOVED_POSTS


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """`/notices`: what the member was told, newest first; `has_older` beside those on the page."""

    notices: tuple[Notice, ...]
    is_first: bool
    has_older: bool
    live: LiveRoot

    @property
    def limit(self) -> int:
        """How many notices this page has room for."""
        return NOTICES_A_PAGE

    @property
    def older(self) -> int | None:
        """Before which number the next page goes on; None on the last one."""
        return self.notices[-1].id if self.has_older else None


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it comes back: what was typed, and the sentence beside each field that is wrong.

    `token` makes a repeated submit harmless.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    token: str = ""

    def value(self, name: str) -> str:
        """What was typed into the field, or nothing."""
        return self.values.get(name, "")

    def problem(self, name: str) -> str:
        """What is wrong with the field, or nothing."""
        return self.problems.get(name, "")


POSTS_A_PAGE = 20
TOPICS_A_PAGE = 20
NEWEST_TOPICS = 6  # topics in the index's margin
PROFILE_POSTS = 20
NOTICES_A_PAGE = 50
LINES_A_PAGE = 50  # of the log
BANS_A_PAGE = 200
REMOVED_POSTS = 50

__all__ = [
    "BANS_A_PAGE",
    "NEWEST_TOPICS",
    "NOTICES_A_PAGE",
    "POSTS_A_PAGE",
    "PROFILE_POSTS",
    "REMOVED_POSTS",
    "TOPICS_A_PAGE",
    "BansPage",
    "Board",
    "CasesPage",
    "CategoryName",
    "CategoryPage",
    "Form",
    "IndexPage",
    "LatestPage",
    "LiveRoot",
    "NoticesPage",
    "Pager",
    "PendingPage",
    "ProfilePage",
    "RecordPage",
    "TopicPage",
]
