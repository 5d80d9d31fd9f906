"""The event loop that the server uses too, so that a load and a baseline are not slower than they need be."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

Result = TypeVar("Result")


def run(work: Coroutine[object, object, Result]) -> Result:
    """Like asyncio.run, on uvloop where it is installed."""
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        return runner.run(work)


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415  # not for every system
    except ImportError:
        return None
    return uvloop.new_event_loop
