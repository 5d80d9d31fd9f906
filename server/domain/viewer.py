"""Who is looking: roles, audiences and the viewer that every rule takes as an argument."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from server.domain.preferences import Preferences


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


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person, or nobody in particular, on whose behalf something is read or done.

    `id` and `session_id` are None for guests and for the board's own jobs. `joined_at` is in
    milliseconds UTC. `owes_rules`: the rules changed since he accepted them; he is asked before he writes.
    With `lacks_second_factor` this is a moderator or an administrator whose role is a member's for now: the
    board demands a second factor of staff, and there is none yet.
    `preferences` say how the pages look that he opens, and are not part of who he is: two values that differ
    in nothing else are the same viewer. Guests chose nothing, so that all of them get the same page.
    """

    id: int | None
    username: str
    role: Role
    session_id: int | None = None
    joined_at: int = 0
    owes_rules: bool = False
    picture: str = ""
    lacks_second_factor: bool = False
    preferences: Preferences = field(default=Preferences(), compare=False)

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
        """Whether the viewer moderates."""
        return self.audience is Audience.STAFF


GUEST = Viewer(id=None, username="", role=Role.GUEST)
