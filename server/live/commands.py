"""What a browser asked for, one after the other: joining, leaving, making up for what was not sent.

It lives only as long as something is to do, and a task only while something has to be asked of the database.
"""

import asyncio
import logging
from collections import deque
from typing import Protocol

from server.domain.channels import Channel
from server.domain.credentials import Credentials
from server.domain.errors import TokenRefused
from server.domain.viewer import GUEST
from server.live.hub import Follower
from server.live.messages import Changes, Dropped, Error, Reset, ServerMessage, encode, ready
from server.live.protocol import (
    MAX_CHANNELS,
    OVERLOADED,
    RESYNC,
    SIGNED_OUT,
    Close,
    ErrorCode,
    Hello,
    Subscribe,
    Unsubscribe,
)
from server.live.resuming.catch_up import Asked, Caught
from server.live.resuming.joining import Parsed, join, join_from_memory, parsed, settle, wanted
from server.live.state import LiveState

log = logging.getLogger(__name__)

MAX_PENDING = 8  # commands that wait for the one before

Command = Hello | Subscribe | Unsubscribe


class Asker(Follower, Protocol):
    """Who asks."""

    shown: Credentials | None  # by a member
    since: int  # where the log stood before the viewer was read
    epoch: str  # what its positions count in
    closing: Close | None
    is_full: bool  # nothing can be sent now
    behind: int | None  # the position after which something was not sent

    def done(self) -> None:
        """Everything is done; the next command begins anew."""


class Commands:
    """The commands of one asker."""

    def __init__(self, asker: Asker, state: LiveState) -> None:
        self._asker = asker
        self._state = state
        self._waiting: deque[Command] = deque()
        self._worker: asyncio.Task[None] | None = None

    def add(self, command: Command) -> bool:
        """Puts the command behind the others; False when there are too many."""
        if len(self._waiting) >= MAX_PENDING:
            return False
        self._waiting.append(command)
        return True

    def cancel(self) -> None:
        """The asker is gone."""
        if self._worker is not None:
            self._worker.cancel()

    def go_on(self) -> None:
        """Does what can be done at once, and leaves the rest to a task."""
        asker = self._asker
        if self._worker is not None or asker.is_full:
            return
        while asker.behind is None and self._waiting and asker.closing is None:
            if not self._handle_at_once(self._waiting[0]):
                break
            self._waiting.popleft()
        if (self._waiting or asker.behind is not None) and asker.closing is None:
            self._worker = asyncio.create_task(self._work())
        else:
            asker.done()

    async def _work(self) -> None:
        asker = self._asker
        try:
            while asker.closing is None and not asker.is_full:
                if asker.behind is not None:
                    await self._make_up(asker.behind)
                elif self._waiting:
                    await self._handle(self._waiting.popleft())
                else:
                    asker.done()
                    break
        except Exception:
            log.exception("a subscription failed; the socket is closed and may come back")
            asker.end(OVERLOADED)
        finally:
            self._worker = None

    def _handle_at_once(self, command: Command) -> bool:
        """Whether nothing had to be asked for it."""
        if isinstance(command, Unsubscribe):
            self._leave(command)
            return True
        asked = parsed(command)
        if self._has_room_for(command, asked):
            before = self._state.hub.channels_of(self._asker)
            caught = join_from_memory(
                self._state, self._asker, self._asker.since, wanted(command, asked, self._asker.epoch)
            )
            if caught is None:
                return False
            self._answer(command, asked, before, caught)
        return True

    async def _handle(self, command: Command) -> None:
        if isinstance(command, Unsubscribe):
            self._leave(command)
            return
        asked = parsed(command)
        if self._has_room_for(command, asked):
            before = self._state.hub.channels_of(self._asker)
            caught = await self._join(wanted(command, asked, self._asker.epoch))
            if caught is not None:
                self._answer(command, asked, before, caught)

    async def _make_up(self, position: int) -> None:
        """Asks for what was not sent while nothing could be."""
        channels = tuple(self._state.hub.channels_of(self._asker))
        for channel in channels:
            self._state.hub.join(channel, self._asker)  # which holds what is published from here on
        self._asker.behind = None
        caught = await self._join(Asked(channels, self._asker.epoch, position))
        if caught is not None:
            if lost := [str(channel) for channel in channels if channel not in caught.allowed]:
                self._say(Dropped(lost))
            self._settle(caught)

    def _leave(self, command: Unsubscribe) -> None:
        for channel in parsed(command).values():
            if channel is not None:
                self._state.hub.leave(channel, self._asker)

    def _has_room_for(self, command: Command, asked: Parsed) -> bool:
        followed = self._state.hub.channels_of(self._asker)
        if isinstance(command, Hello) or len(followed.union(filter(None, asked.values()))) <= MAX_CHANNELS:
            return True
        self._say(Error(ErrorCode.DENIED, f"channels: at most {MAX_CHANNELS} at a time. Leave some first."))
        return False

    def _answer(
        self, command: Hello | Subscribe, asked: Parsed, before: frozenset[Channel], caught: Caught
    ) -> None:
        self._asker.epoch = caught.head.epoch
        denied = [name for name, channel in asked.items() if channel not in caught.allowed]
        if isinstance(command, Hello):
            allowed = [str(channel) for channel in caught.allowed]
            self._say(ready(caught.head, self._asker.viewer, allowed, denied))
        else:
            if lost := [name for name in denied if asked[name] in before]:
                self._say(Dropped(lost))
            if refused := [name for name in denied if name not in lost]:
                self._say(Error(ErrorCode.DENIED, f"Not there, or not for you: {', '.join(refused)}."))
            _tell_that_nothing_was_missed(command, caught)
        self._settle(caught)

    def _settle(self, caught: Caught) -> None:
        """First what was missed, then what was held meanwhile; without a pause in between."""
        if caught.reset is not None:
            self._say(Reset(caught.reset))
        for changes in caught.changes.values():
            self._say(changes)
        held = settle(self._state.hub, self._asker, caught)
        if held and self._asker.is_full:
            self._asker.behind = caught.head.seq
        else:
            for frame in held:
                self._asker.say(frame)

    async def _join(self, asked: Asked) -> Caught | None:
        return await join(self._state, self._asker, self._asker.since, asked, self._is_still_itself)

    async def _is_still_itself(self) -> bool:
        """Whether account and session still are what they were; asked after the snapshot was read.

        A right lost before the snapshot is seen here, one lost later comes through the log, where
        this socket has been known since before.
        """
        asker = self._asker
        if asker.shown is not None:
            try:
                now = await self._state.authenticate(asker.shown)
            except TokenRefused:
                now = GUEST
            if (now.id, now.session_id) != (asker.viewer.id, asker.viewer.session_id):
                asker.end(SIGNED_OUT)
            elif (now.role, now.moderated) != (asker.viewer.role, asker.viewer.moderated):
                asker.end(RESYNC)
        return asker.closing is None

    def _say(self, message: ServerMessage) -> None:
        self._asker.say(encode(message))


def _tell_that_nothing_was_missed(command: Subscribe, caught: Caught) -> None:
    """An answer where there is nothing to tell: a browser that asks whether its socket lives can hear it."""
    if command.position is None or caught.reset is not None:
        return
    for channel in caught.allowed:
        if channel not in caught.changes:
            caught.changes[channel] = Changes(channel, command.position, caught.head.seq, ())
