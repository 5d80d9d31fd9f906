"""Routes that carry their policy: there is no other way to make one (S33).

`scope` is what a program's token needs at least; without it none is let in.
"""

from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Route

from server.domain.viewer import Scope
from server.web.policies import Handler, Policy, guarded


class NumberConvertor(Convertor[int]):
    """`{id:int}`: a number that an object can have. Others are no address.

    It stands in for Starlette's own, whose int() fails on 5,000 digits: that would be a 500.
    """

    regex = "[1-9][0-9]{0,14}"  # below 2**53, what JavaScript counts exactly

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Its digits."""
        return str(value)


register_url_convertor("int", NumberConvertor())


class GuardedRoute(Route):
    """A route whose handler is called only for viewers its policy lets in."""

    def __init__(
        self, method: str, path: str, handler: Handler, policy: Policy, scope: Scope | None = None
    ) -> None:
        super().__init__(path, guarded(policy, handler, scope), methods=[method])
        self.policy = policy
        self.scope = scope


def get(path: str, handler: Handler, policy: Policy, scope: Scope | None = None) -> GuardedRoute:
    """A page; HEAD is answered too."""
    return GuardedRoute("GET", path, handler, policy, scope)


def post(path: str, handler: Handler, policy: Policy, scope: Scope | None = None) -> GuardedRoute:
    """A write."""
    return GuardedRoute("POST", path, handler, policy, scope)


def put(path: str, handler: Handler, policy: Policy, scope: Scope | None = None) -> GuardedRoute:
    """A write that programs may repeat."""
    return GuardedRoute("PUT", path, handler, policy, scope)


def patch(path: str, handler: Handler, policy: Policy, scope: Scope | None = None) -> GuardedRoute:
    """A change of a part."""
    return GuardedRoute("PATCH", path, handler, policy, scope)


def delete(path: str, handler: Handler, policy: Policy, scope: Scope | None = None) -> GuardedRoute:
    """A removal."""
    return GuardedRoute("DELETE", path, handler, policy, scope)
