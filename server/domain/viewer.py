"""Who is looking: roles, audiences and the viewer that every rule takes as an argument."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from server.domain.preferences import Preferences


class Role(StrEnum):
    """What an account may do on the whole board; each role may do all the earlier ones may."""

    GUEST = "guest"
    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Seniority, 0 (guest) to 3 (administrator)."""
        return _RANKS[self]


_RANKS = {Role.GUEST: 0, Role.MEMBER: 1, Role.MODERATOR: 2, Role.ADMIN: 3}


class Audience(IntEnum):
    """A group that sees the same bytes. A thing for one audience may be seen by every larger one."""

    PUBLIC = 0
    MEMBERS = 1
    STAFF = 2


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person, or nobody in particular, on whose behalf something is read or done.

    `id` and `session_id` are None for guests and for the board's own jobs. `joined_at` is in
    milliseconds UTC. `preferences` say how the pages look that he opens, and are not part of who he is:
    two values that differ in nothing else are the same viewer. Guests chose nothing, so that all of them get
    the same page.
    """

    id: int | None
    username: str
    role: Role
    session_id: int | None = None
    joined_at: int = 0
    preferences: Preferences = field(default=Preferences(), compare=False)

    @property
    def audience(self) -> Audience:
        """The widest audience this viewer belongs to."""
        if self.role.rank >= Role.MODERATOR.rank:
            return Audience.STAFF
        return Audience.MEMBERS if self.role is Role.MEMBER else Audience.PUBLIC

    @property
    def is_member(self) -> bool:
        """Whether somebody is signed in."""
        return self.id is not None

    @property
    def is_staff(self) -> bool:
        """Whether the viewer moderates."""
        return self.audience is Audience.STAFF


GUEST = Viewer(id=None, username="", role=Role.GUEST)
