"""S5: a hundred people signing in at once neither stop the event loop nor fill the memory."""

import asyncio
import itertools
import statistics
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from argon2.profiles import RFC_9106_LOW_MEMORY

from server.actions import accounts
from server.actions.limits import Limits
from server.actions.passwords import RUNNING, WAITING, Passwords
from tests.support.small_board import PASSWORD, SmallBoard, small_board

LOGINS = 100
MOST_MEMORY = 300  # MiB more than before
MOST_LAG = 0.050  # seconds, in the middle of the load and beyond what the machine has without it
STATM = Path("/proc/self/statm")
PAGE = 4096  # bytes

pytestmark = [pytest.mark.slow, pytest.mark.alone]


class Watched(Passwords):
    """Counts how many hash at the same time."""

    def __init__(self) -> None:
        super().__init__(RFC_9106_LOW_MEMORY)
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0
        self.done = 0

    def _verify(self, stored: str, password: str) -> bool:
        with self._lock:
            self._now += 1
            self.done += 1
            self.most = max(self.most, self._now)
        try:
            return super()._verify(stored, password)
        finally:
            with self._lock:
                self._now -= 1


class Watch:
    def __init__(self) -> None:
        self.lags: list[float] = []  # seconds
        self.memory = 0  # MiB

    async def look(self) -> None:
        while True:
            due = time.perf_counter() + 0.005
            await wait_until(due)
            self.lags.append(time.perf_counter() - due)
            self.memory = max(self.memory, memory())


async def wait_until(due: float) -> None:
    loop = asyncio.get_running_loop()
    reached = asyncio.Event()
    loop.call_later(due - time.perf_counter(), reached.set)
    await reached.wait()


def memory() -> int:
    return int(STATM.read_text().split()[1]) * PAGE // 2**20 if STATM.exists() else 0


@asynccontextmanager
async def watching() -> AsyncIterator[Watch]:
    watch = Watch()
    task = asyncio.create_task(watch.look())
    try:
        yield watch
    finally:
        task.cancel()


async def sign_in(board: SmallBoard, passwords: Passwords, number: int) -> str:
    login = "Ann" if number % 2 else f"Nobody {number}"  # both kinds hash
    try:
        await accounts.sign_in(
            board.db, passwords, login, PASSWORD, remember=False, now=1, limits=Limits(enabled=False)
        )
    except Exception as error:  # counted below
        return type(error).__name__
    return "signed in"


async def test_a_hundred_sign_ins_at_once_are_bounded(sqlite_url: str) -> None:
    passwords = Watched()
    async with small_board(sqlite_url, profile=RFC_9106_LOW_MEMORY) as board:
        await board.add("Ann")
        before = memory()
        async with watching() as idle:
            await wait_until(time.perf_counter() + 0.5)
        async with watching() as busy:
            started = time.perf_counter()
            outcomes = await asyncio.gather(*(sign_in(board, passwords, number) for number in range(LOGINS)))
            took = time.perf_counter() - started
    passwords.close()
    counts = Counter(outcomes)
    assert set(counts) <= {"signed in", "Invalid", "Overloaded"}
    assert passwords.most == RUNNING
    assert passwords.done <= RUNNING + WAITING + RUNNING  # the queue moves while the last ones still arrive
    assert counts["Overloaded"] >= LOGINS - passwords.done
    assert took > 0.1  # the premise: there was work
    assert busy.memory - before <= MOST_MEMORY
    assert statistics.median(busy.lags) <= statistics.median(idle.lags) + MOST_LAG


async def test_one_hash_on_the_loop_would_have_been_seen(sqlite_url: str) -> None:
    """The premise of the test above: its watch sees a loop that is stopped for the length of one hash."""
    stored = Passwords()
    async with watching() as busy:
        for _ in itertools.repeat(None, 3):
            stored._hasher.hash("x")  # on purpose on the loop
            await asyncio.sleep(0)
            await wait_until(time.perf_counter() + 0.001)
    stored.close()
    assert max(busy.lags) > 0.02
