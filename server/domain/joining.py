"""Who may join: the board's policy, and what it makes of somebody who asks."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Admission:
    """How somebody comes in: what he becomes, and whether a moderator has to look at him first.

    Who waits and needs no moderator waits for his own confirmation of his address.
    """

    role: Role
    needs_approval: bool = False


def admission(policy: SignUp, *, invited: bool, burst: bool, confirms: bool) -> Admission | None:
    """How somebody who signs up comes in; None when he may not join this way.

    `confirms`: he gets a letter, and is to confirm his address before he writes.

    When many join at once, a moderator looks at the new ones: robots meet a queue, and people never have to
    prove that they are none. Somebody whom an administrator invited has been looked at.
    """
    if policy is SignUp.CLOSED or (policy is SignUp.INVITATION and not invited):
        return None
    needs_approval = not invited and (policy is SignUp.APPROVAL or burst)
    return Admission(Role.WAITING if needs_approval or confirms else Role.MEMBER, needs_approval)
