"""Password hashing: argon2id, never on the event loop, never more at once than the machine can bear (S5).

One hash takes 64 MiB and some tens of milliseconds. RUNNING of them run at a time and WAITING may wait; who
comes then is told to try again, because a queue without end is an outage for everybody.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret_raw
from argon2.profiles import RFC_9106_LOW_MEMORY

from server.domain.errors import Overloaded

Result = TypeVar("Result")

RUNNING = 4  # hashes at a time
WAITING = 32  # callers in the queue
_BUSY = "Many people are signing in right now. Please try again in a moment."


class Passwords:
    """Hashes and checks passwords. Raises Overloaded when too many wait."""

    def __init__(self, profile: argon2.Parameters = RFC_9106_LOW_MEMORY) -> None:
        self._hasher = argon2.PasswordHasher.from_parameters(profile)
        self._profile = profile
        self._nobodys = _hash_of_nobody(profile)
        self._threads = ThreadPoolExecutor(RUNNING, thread_name_prefix="argon2")
        self._callers = 0

    async def hash(self, password: str) -> str:
        """The hash to store, in PHC format with its salt and parameters."""
        return await self._run(lambda: self._hasher.hash(password))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether it is the password of that hash. None, for "there is no account", takes as long (S7)."""
        return await self._run(lambda: self._verify(stored or self._nobodys, password))

    async def digest(self, code: str, salt: bytes) -> bytes:
        """What is stored of a code that has to be found by itself: as dear as `hash`, alike for one salt."""
        return await self._run(lambda: self._digest(code, salt))

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's, so that it should be made anew."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Ends the threads; nothing waits for what they still do."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def _digest(self, code: str, salt: bytes) -> bytes:
        costs = self._profile
        return hash_secret_raw(
            code.encode(),
            salt,
            costs.time_cost,
            costs.memory_cost,
            costs.parallelism,
            costs.hash_len,
            costs.type,
        )

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._callers >= RUNNING + WAITING:
            raise Overloaded(_BUSY)
        self._callers += 1
        try:
            # The pool has as many threads as hashes may run, so cancelled callers cannot raise their number.
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._callers -= 1


def _hash_of_nobody(profile: argon2.Parameters) -> str:
    """A hash that no password has and that costs as much to check as any other."""
    salt, digest = "A" * -(-profile.salt_len * 8 // 6), "A" * -(-profile.hash_len * 8 // 6)
    costs = f"m={profile.memory_cost},t={profile.time_cost},p={profile.parallelism}"
    return f"$argon2id$v={profile.version}${costs}${salt}${digest}"
