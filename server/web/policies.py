"""Who may call a route at all. What is allowed inside it is for `domain/permissions`, in the action.

Programs with a token (`actions/tokens.py`) are let in where a route says which scope it needs, and nowhere
else: what is new is closed to them until somebody decides.
"""

from collections.abc import Awaitable, Callable
from enum import Enum

from starlette.requests import Request
from starlette.responses import Response

from server.actions.writers import WAITING
from server.domain.errors import Forbidden, ScopeMissing, SecondFactorDemanded, SignInRequired
from server.domain.viewer import Role, Scope, Viewer
from server.web.requests import viewer

Handler = Callable[[Request], Awaitable[Response]]


class Policy(Enum):
    """The least role that a route is for; SIGNED_IN is for members and who waits to be one.

    MODERATES is for staff and for members who moderate some category; what they may do there, and where, is
    for `domain/permissions`.
    """

    ANYONE = "guest"
    SIGNED_IN = "waiting"
    MEMBER = "member"
    MODERATES = "moderates"
    STAFF = "moderator"
    ADMIN = "admin"

    def admits(self, who: Viewer) -> bool:
        """Whether a route with this policy is for the viewer at all."""
        if self is Policy.SIGNED_IN:
            return who.is_signed_in
        if self is Policy.MODERATES:
            return who.is_moderating
        return who.role.rank >= Role(self.value).rank


_REFUSALS = {
    Policy.MEMBER: WAITING,  # who is signed in and still no member
    Policy.MODERATES: "Only moderators can do this.",
    Policy.STAFF: "Only moderators can do this.",
    Policy.ADMIN: "Only administrators can do this.",
}


def guarded(policy: Policy, handler: Handler, scope: Scope | None = None) -> Handler:
    """The handler, called only for viewers the policy lets in, and programs whose token has the scope.

    Others get SignInRequired, Forbidden or ScopeMissing; None keeps all programs out. Staff whose rights wait
    for a second factor get SecondFactorDemanded.
    """

    async def endpoint(request: Request) -> Response:
        who = viewer(request)
        if who.grant is not None and (scope is None or not who.grant.scope.covers(scope)):
            raise ScopeMissing(scope.value if scope else "")
        if policy.admits(who):
            return await handler(request)
        if not who.is_signed_in:
            raise SignInRequired
        if who.lacks_second_factor:
            raise SecondFactorDemanded
        raise Forbidden(_REFUSALS[policy])

    endpoint.__name__ = endpoint.__qualname__ = handler.__name__
    return endpoint
