"""What a request shows to say who sends it: cookies, or a token in the header Authorization."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

_SCHEME = "bearer"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came. `bearer` is None without a Bearer header; any other value is what stood in it."""

    cookies: Mapping[str, str]
    bearer: str | None = None


class Request(Protocol):
    """What is asked of a request, whoever carries it."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """By their names."""

    @property
    def headers(self) -> "Headers":
        """As they came."""


class Headers(Protocol):
    """Headers that may come more than once."""

    def getlist(self, key: str) -> list[str]:
        """All values of that name."""


def shown_by(request: Request) -> Credentials:
    """What the request shows."""
    return Credentials(request.cookies, bearer_of(request.headers.getlist("authorization")))


def bearer_of(authorization: Sequence[str]) -> str | None:
    """The token in the Authorization headers (RFC 6750, 2.1), "" for one that cannot be read.

    None when nobody tries to sign in by one: other schemes, like Basic, are ignored (S11). Two headers of
    which one is a Bearer are unreadable: nobody knows which of them a proxy has looked at.
    """
    bearers = [header for header in authorization if header.partition(" ")[0].lower() == _SCHEME]
    if not bearers:
        return None
    return bearers[0].partition(" ")[2].strip() if len(authorization) == 1 else ""
