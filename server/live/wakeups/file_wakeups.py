"""Wake-ups on one SQLite file: whoever commits to it, in whatever process, is noticed within LOOK_EVERY."""

import asyncio
import logging
import sqlite3

from server.live.wakeup import Wakeup
from server.store.data_version import DataVersion

LOOK_EVERY = 0.04  # seconds; half a per cent of a processor, most of it for waking up

log = logging.getLogger(__name__)


class FileWakeups:
    """Looks whether the file changed, and notifies."""

    def __init__(self, version: DataVersion, wakeup: Wakeup) -> None:
        self._version = version
        self._wakeup = wakeup
        self._broken = False

    @property
    def problem(self) -> str:
        """What is wrong, or nothing."""
        return "the database file cannot be watched" if self._broken else ""

    def committed(self, position: int) -> None:  # noqa: ARG002  # listeners of commits are told the position
        """This process committed something, which the relay knows: that is not to be told again."""
        self._moved()

    async def run(self) -> None:
        """Notifies until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self._moved():
                self._wakeup.notify()

    def _moved(self) -> bool:
        try:
            moved = self._version.moved()
        except sqlite3.Error:
            if not self._broken:
                log.exception("the database file cannot be watched; news comes up to a second later")
            self._broken = True
            return False
        self._broken = False
        return moved
