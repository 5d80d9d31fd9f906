"""S39: the client's address is only what trusted proxies say (ASVS 4.1.3, 15.3.4)."""

import ipaddress
from types import SimpleNamespace

import pytest
from starlette.requests import HTTPConnection

from server.config import Config
from server.web.requests import client_address

PROXIES = ("10.0.0.0/8", "::1/128")


def connection(peer: str | None, *forwarded: str, proxies: tuple[str, ...] = PROXIES) -> HTTPConnection:
    config = Config("", trusted_proxies=tuple(ipaddress.ip_network(proxy) for proxy in proxies))
    return HTTPConnection(
        {
            "type": "http",
            "headers": [(b"x-forwarded-for", line.encode()) for line in forwarded],
            "client": (peer, 1) if peer else None,
            "app": SimpleNamespace(state=SimpleNamespace(config=config)),
        }
    )


def test_a_stranger_cannot_name_an_address() -> None:
    assert client_address(connection("192.0.2.1", "127.0.0.1")) == "192.0.2.1"


def test_without_trusted_proxies_not_even_loopback_can() -> None:
    assert client_address(connection("127.0.0.1", "203.0.113.7", proxies=())) == "127.0.0.1"


def test_a_trusted_proxy_can() -> None:
    assert client_address(connection("10.0.0.1", "203.0.113.7")) == "203.0.113.7"


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        (("127.0.0.1, 203.0.113.7",), "203.0.113.7"),  # the client wrote the first entry itself
        (("127.0.0.1", "203.0.113.7"), "203.0.113.7"),  # or sent a header of its own
        (("203.0.113.7, 10.0.0.2, 10.0.0.3",), "203.0.113.7"),  # a chain of our own proxies
        (("10.9.9.9",), "10.9.9.9"),  # somebody inside
        (("nonsense, 10.0.0.2",), "10.0.0.2"),
        (("",), "10.0.0.1"),
        (("unknown",), "10.0.0.1"),
        (("203.0.113.7:4711",), "203.0.113.7"),
        (("[2001:db8::7]",), "2001:db8::7"),
        (("::ffff:203.0.113.7",), "203.0.113.7"),
    ],
)
def test_the_nearest_untrusted_entry_counts(forwarded: tuple[str, ...], expected: str) -> None:
    assert client_address(connection("10.0.0.1", *forwarded)) == expected


def test_a_chain_without_end_is_not_followed() -> None:
    assert (
        client_address(connection("10.0.0.1", ", ".join(["203.0.113.7", *["10.0.0.2"] * 5000]))) == "10.0.0.2"
    )


def test_an_unknown_peer_is_nobody() -> None:
    assert client_address(connection(None, "203.0.113.7")) == ""
