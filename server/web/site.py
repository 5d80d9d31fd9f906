"""What the web room has to know of the configuration: how browsers and proxies reach this board."""

import ipaddress
from pathlib import Path
from typing import Protocol

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Site(Protocol):
    """`server.config.Config` is one; nothing in this room reads the environment."""

    @property
    def public_url(self) -> str:
        """The origin of links that leave the board (S10), or empty on one machine."""

    @property
    def address(self) -> str:
        """Where people find the board, for links that are handed over; never by `Host` (S10)."""

    @property
    def origins(self) -> frozenset[str]:
        """Origins whose pages may write."""

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """`Host` headers that are answered, lower case."""

    @property
    def secure(self) -> bool:
        """Whether browsers come over https."""

    @property
    def sends_mail(self) -> bool:
        """Whether letters leave for a mail server."""

    @property
    def exports_dir(self) -> Path:
        """Where what members take along is packed."""

    @property
    def cookie_name(self) -> str:
        """The session cookie."""

    @property
    def marks_cookie_name(self) -> str:
        """The cookie with the marks of who signed in here before."""

    @property
    def trusted_proxies(self) -> tuple[Network, ...]:
        """Whose X-Forwarded-For is believed."""
