"""Who may join: the board's policy, and what it makes of somebody who asks."""

from enum import StrEnum

from server.domain.clock import HOUR
from server.domain.viewer import Role

BURST = HOUR
"""Milliseconds within which sign-ups are counted."""
MAX_SIGN_UPS = 10_000
"""Bound of the setting `sign_ups_an_hour`."""


class SignUp(StrEnum):
    """How one becomes a member."""

    OPEN = "open"
    APPROVAL = "approval"
    INVITATION = "invitation"
    CLOSED = "closed"


def first_role(policy: SignUp, *, invited: bool, burst: bool) -> Role | None:
    """What somebody who signs up becomes at first; None when he may not join this way.

    When many join at once, a moderator looks at the new ones: robots meet a queue, and people never have to
    prove that they are none. Somebody whom an administrator invited has been looked at.
    """
    if policy is SignUp.CLOSED or (policy is SignUp.INVITATION and not invited):
        return None
    if invited:
        return Role.MEMBER
    return Role.WAITING if policy is SignUp.APPROVAL or burst else Role.MEMBER
