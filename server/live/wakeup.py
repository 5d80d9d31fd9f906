"""What makes the relay look at the log: a commit in this process, or a second without one.

A wake-up carries no data and may be lost; losing it costs at most `BACKSTOP`. Other sources (another
process on the same SQLite file, another machine) call `notify` too, and nothing else changes.
"""

import asyncio

BACKSTOP = 1.0  # seconds between two looks at most


class Wakeup:
    """Commits before a look are told once."""

    def __init__(self, backstop: float = BACKSTOP) -> None:
        self._backstop = backstop
        self._event = asyncio.Event()

    def notify(self, position: int = 0) -> None:  # noqa: ARG002  # listeners of commits are told the position
        """Something was committed. For the event loop's own thread."""
        self._event.set()

    async def wait(self) -> None:
        """Returns after the next commit, or at the backstop."""
        try:
            async with asyncio.timeout(self._backstop):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()
