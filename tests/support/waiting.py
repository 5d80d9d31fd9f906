"""Waiting for a state: the only place in the tests that may sleep."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

Result = TypeVar("Result")

PAUSE = 0.02  # seconds between two looks


@overload
async def eventually(look: Callable[[], Awaitable[Result]], timeout: float = 5.0) -> Result: ...


@overload
async def eventually(look: Callable[[], Result], timeout: float = 5.0) -> Result: ...


async def eventually(look: Callable[[], Result | Awaitable[Result]], timeout: float = 5.0) -> Result:
    """Calls `look` until it raises no AssertionError and returns what it returned.

    After `timeout` seconds its last AssertionError is raised. `look` may be async; it is looked once
    even when the timeout is 0. Example:

        await eventually(lambda: check(hub.sessions == 0))
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            found = look()
            return await found if inspect.isawaitable(found) else found
        except AssertionError as not_yet:
            if time.monotonic() >= deadline:
                not_yet.add_note(f"still so after {timeout} seconds")
                raise
        await asyncio.sleep(PAUSE)


def check(truth: object, message: str = "not yet") -> None:
    """An assertion that fits into a lambda."""
    if not truth:
        raise AssertionError(message)


async def act_slowly(seconds: float) -> None:
    """Is slow on purpose: for a slow writer or reader in a test, never for waiting until something is so."""
    await asyncio.sleep(seconds)
