"""Who is looking: roles, scopes, audiences and the viewer that every rule takes as an argument."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from server.domain.preferences import Preferences
from server.domain.standing import GOOD, Standing


class Role(StrEnum):
    """What an account may do on the whole board; each role may do all the earlier ones may.

    WAITING is somebody who asked to join and whom no moderator has looked at yet: a guest with a name. He may
    sign in and read what guests read. Because it is a role like the others, every rule, page and socket that
    knows guests from members treats him rightly without knowing him, and approving him is a change of role,
    which open tabs hear of like any other.
    """

    GUEST = "guest"
    WAITING = "waiting"
    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Seniority, 0 (guests, and who waits) to 3 (administrator)."""
        return _RANKS[self]


_RANKS = {Role.GUEST: 0, Role.WAITING: 0, Role.MEMBER: 1, Role.MODERATOR: 2, Role.ADMIN: 3}


class Audience(IntEnum):
    """A group that sees the same bytes. A thing for one audience may be seen by every larger one."""

    PUBLIC = 0
    MEMBERS = 1
    STAFF = 2


class Scope(StrEnum):
    """What a program may do with a token; each may do what the one before may.

    None reaches the account itself, or administration.
    """

    READ = "read"
    WRITE = "write"
    MODERATE = "moderate"

    def covers(self, needed: "Scope") -> bool:
        """Whether a token of this scope may do what needs that one."""
        return _ORDER.index(self) >= _ORDER.index(needed)

    def limit(self, role: Role) -> Role:
        """What is left of its owner's role: a moderator at most with `moderate`, else a member at most."""
        most = Role.MODERATOR if self is Scope.MODERATE else Role.MEMBER
        return role if role.rank <= most.rank else most


_ORDER = (Scope.READ, Scope.WRITE, Scope.MODERATE)


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody has who came with a token instead of a cookie, and until when (milliseconds UTC)."""

    scope: Scope
    ends_at: int


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person, or nobody in particular, on whose behalf something is read or done.

    `id` and `session_id` are None for guests and for the board's own jobs. `joined_at` is in
    milliseconds UTC. `standing` says whether he may write now, and `standing_at` is the position of the log
    at which that changed.
    With `lacks_second_factor` this is a moderator or an administrator whose role is a member's for now: the
    board demands a second factor of staff, and there is none yet.
    `preferences` say how the pages look that he opens, and are not part of who he is: two values that differ
    in nothing else are the same viewer. Guests chose nothing, so that all of them get the same page.
    `open_cases` are the reports and posts that wait for staff, and `cases_at` likewise.
    `unread` are the notices he has not read, and `told_at` the position of the log at which that changed;
    they are not part of who he is either, nor is `version`, the position of the last change of his account.
    `grant` is None for browsers, which may do all that the role may; for a program's token `role` is what is
    left of the account's with it.
    `moderated` are the categories that an administrator gave this member to moderate; of staff, who moderate
    all of them, none is named. There, and nowhere else, he sees and does what moderators do.
    """

    id: int | None
    username: str
    role: Role
    session_id: int | None = None
    joined_at: int = 0
    standing: Standing = field(default=GOOD, compare=False)
    picture: str = ""
    lacks_second_factor: bool = False
    preferences: Preferences = field(default=Preferences(), compare=False)
    unread: int = field(default=0, compare=False)
    told_at: int = field(default=0, compare=False)
    open_cases: int = field(default=0, compare=False)
    cases_at: int = field(default=0, compare=False)
    standing_at: int = field(default=0, compare=False)
    version: int = field(default=0, compare=False)
    grant: Grant | None = None
    moderated: frozenset[int] = frozenset()

    def left_of(self, role: Role) -> Role:
        """What this viewer is when the account has that role."""
        return self.grant.scope.limit(role) if self.grant else role

    def left_of_categories(self, given: frozenset[int]) -> frozenset[int]:
        """What this viewer moderates when the account was given these categories."""
        return given if self.grant is None or self.grant.scope is Scope.MODERATE else frozenset()

    @property
    def audience(self) -> Audience:
        """The widest audience this viewer belongs to."""
        if self.role.rank >= Role.MODERATOR.rank:
            return Audience.STAFF
        return Audience.MEMBERS if self.role is Role.MEMBER else Audience.PUBLIC

    @property
    def is_signed_in(self) -> bool:
        """Whether it is somebody in particular, a member or one who waits to be one."""
        return self.id is not None

    @property
    def is_member(self) -> bool:
        """Whether a member is signed in."""
        return self.id is not None and self.role.rank >= Role.MEMBER.rank

    @property
    def is_waiting(self) -> bool:
        """Whether it is somebody who asked to join and was not approved yet."""
        return self.role is Role.WAITING

    @property
    def is_staff(self) -> bool:
        """Whether the viewer moderates the whole board."""
        return self.audience is Audience.STAFF

    @property
    def is_moderating(self) -> bool:
        """Whether the viewer moderates anything, be it one category."""
        return self.is_staff or bool(self.moderated)

    def moderates(self, category_id: int) -> bool:
        """Whether the viewer moderates that category. Whether he sees it is another question."""
        return self.is_staff or category_id in self.moderated


GUEST = Viewer(id=None, username="", role=Role.GUEST)
