"""Tests that look at how busy the machine is run while no other does, although several processes run tests.

Every test holds a shared lock for as long as it runs, one that is marked `alone` an exclusive lock. A gate
before the lock lets who waits for the exclusive one in before those who come later.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest


@pytest.fixture(scope="session")
def turns(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator["Turns | None"]:
    """The locks that all processes of this run share; None where there is one process only."""
    if not hasattr(request.config, "workerinput"):
        yield None
        return
    folder = tmp_path_factory.getbasetemp().parent  # the run's own, above those of its processes
    with (folder / "gate.lock").open("w") as gate, (folder / "turn.lock").open("w") as turn:
        yield Turns(gate, turn)


class Turns:
    """Who may run now."""

    def __init__(self, gate: IO[str], turn: IO[str]) -> None:
        self._gate, self._turn = gate, turn

    @contextmanager
    def take(self, *, alone: bool) -> Iterator[None]:
        """Waits for the turn of a test, and holds it."""
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        try:
            fcntl.flock(self._turn, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        finally:
            fcntl.flock(self._gate, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)


@pytest.fixture(autouse=True)
def turn(turns: Turns | None, request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test's turn."""
    if turns is None:
        yield
        return
    with turns.take(alone=request.node.get_closest_marker("alone") is not None):
        yield
