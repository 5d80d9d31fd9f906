"""One browser's connection: what it says, what it follows, and what it is told.

Everything here is called and returns at once, whatever carries the messages (`Link`): a parked connection or
Starlette's socket. A task exists only while a command has to ask the database. `push` is all that publishing
costs per reader: no encoding, no reading, no task.

A reader whose link takes no more is *behind*: what is published is not kept for it. When the link drains it
asks for what changed since, like a browser that comes back, and gets it merged.
"""

import asyncio
from typing import Protocol

from server.domain.channels import Channel
from server.domain.clock import now_ms
from server.domain.credentials import Credentials
from server.domain.viewer import Viewer
from server.live.commands import Command, Commands
from server.live.frames import Frame
from server.live.limits import MESSAGES_A_SECOND, MESSAGES_AT_ONCE, Bucket
from server.live.messages import Error, encode
from server.live.protocol import (
    INVALID,
    RESYNC,
    SIGNED_OUT,
    TOO_MANY_MESSAGES,
    TOO_SLOW,
    ClientMessage,
    Close,
    ErrorCode,
    Hello,
    ProtocolError,
    Typing,
    parse,
)
from server.live.state import LiveState

HELLO_WITHIN = 10.0  # seconds


class Link(Protocol):
    """What carries a session's messages. Nothing here waits, and nothing raises."""

    def write(self, frame: Frame) -> None:
        """Sends the frame after those before it; nothing once it was closed."""

    def close(self, close: Close) -> None:
        """Sends the close after what was written, and cuts the connection if that takes too long."""

    def abort(self) -> None:
        """Cuts the connection."""

    def ping(self) -> None:
        """Asks for a sign of life, and cuts a connection that gave none since it was last asked."""

    def backlog(self) -> int:
        """How much of what was written is not under way yet; its unit is the link's own."""


class _Nowhere:
    """The link of a connection that is gone."""

    def write(self, frame: Frame) -> None: ...

    def close(self, close: Close) -> None: ...

    def abort(self) -> None: ...

    def ping(self) -> None: ...

    def backlog(self) -> int:
        return 0


_NOWHERE = _Nowhere()


class Session:
    """A `hub.Follower`. `start` is the first call, `gone` the last one."""

    __slots__ = (
        "_address",
        "_bucket",
        "_commands",
        "_expiry",
        "_greeted",
        "_hurry",
        "_link",
        "_spoke",
        "_state",
        "behind",
        "closing",
        "epoch",
        "is_full",
        "shown",
        "since",
        "viewer",
    )  # fmt: skip

    def __init__(
        self, viewer: Viewer, state: LiveState, shown: Credentials, since: int, address: str | None
    ) -> None:
        """`since` is where the log stood before the viewer was read; `address` is counted, if it is given."""
        self.viewer = viewer
        self.shown = shown if viewer.is_signed_in else None
        self.since = since
        self.closing: Close | None = None
        self.epoch = ""  # what the browser's positions count in
        self.is_full = False  # the link takes no more
        self.behind: int | None = None  # the position after which something was not sent
        self._state = state
        self._address = address
        self._link: Link
        self._expiry: asyncio.TimerHandle | None = None  # of a program's token, whose end is known
        self._hurry: asyncio.TimerHandle | None = None  # until hello
        self._greeted = False
        self._spoke = False
        self._bucket: Bucket | None = None
        self._commands: Commands | None = None  # while there are any

    # What the link calls

    def start(self, link: Link) -> None:
        """The connection is open."""
        self._link = link
        loop = asyncio.get_running_loop()
        self._hurry = loop.call_later(HELLO_WITHIN, self.end, TOO_SLOW)
        if self.viewer.grant is not None:
            left = max(0, self.viewer.grant.ends_at - now_ms()) / 1000
            self._expiry = loop.call_later(left, self.end, SIGNED_OUT)
        self._state.hub.admit(self)

    def receive(self, message: str | bytes) -> None:
        """The browser said something; bytes are a mistake."""
        if self.closing is not None:
            return
        if self._state.limits:
            self._bucket = self._bucket or Bucket(MESSAGES_A_SECOND, MESSAGES_AT_ONCE)
            if not self._bucket.take():
                self._refuse(TOO_MANY_MESSAGES, ErrorCode.RATE, "Too many messages. Wait a moment.")
                return
        try:
            if isinstance(message, bytes):
                raise ProtocolError(ErrorCode.INVALID, "A message is text.")
            self._dispatch(parse(message))
        except ProtocolError as error:
            self._refuse(INVALID, error.code, error.message)

    def pause(self) -> None:
        """The link takes no more for the moment."""
        self.is_full = True
        self._state.slow.add(self, self._link)

    def resume(self) -> None:
        """The link takes messages again: what was missed comes now."""
        self.is_full = False
        self._state.slow.discard(self)
        if self.behind is not None or self._commands is not None:
            self._work()

    def gone(self) -> None:
        """The connection is closed, however that came about."""
        self._stop_hurrying()
        self._stop_expiring()
        self.closing = self.closing or RESYNC
        self._state.slow.discard(self)
        self._state.hub.dismiss(self)
        if self._commands is not None:
            self._commands.cancel()
        if self._address is not None:
            self._state.places.give_back(self.viewer, self._address)
            self._address = None
        self._link = _NOWHERE  # which held the session: both can be freed now, not when cycles are looked for

    # What the hub calls

    def push(self, frame: Frame) -> None:
        """Sends news of the log; who is behind gets them later, merged."""
        if self.is_full or self.behind is not None:
            if self.behind is None:
                self.behind = self._state.hub.position
        else:
            self._spoke = True
            self._link.write(frame)

    def say(self, frame: Frame) -> None:
        """Sends what nothing later would make up for."""
        self._spoke = True
        self._link.write(frame)

    def hint(self, frame: Frame) -> None:
        """Sends what may as well be missed."""
        if not self.is_full and self.behind is None:
            self._link.write(frame)

    def end(self, close: Close) -> None:
        """Closes after what was sent; nothing that comes later is sent."""
        if self.closing is None:
            self.closing = close
            self._stop_hurrying()
            self._stop_expiring()
            self._link.close(close)

    def ping(self) -> None:
        """Asks for a sign of life; not of one who is slow, whom `SlowReaders` watches."""
        if not self.is_full:
            self._link.ping()

    def is_quiet(self) -> bool:
        """Whether nothing was sent since this was last asked, and nothing is due.

        Before hello nothing is, and while a command waits or runs, a heartbeat would tell the page that it
        has seen what it is about to be told.
        """
        quiet = not self._spoke
        self._spoke = False
        return quiet and self._greeted and self._commands is None and not self.is_full and self.behind is None

    # What the browser says

    def _dispatch(self, message: ClientMessage) -> None:
        if isinstance(message, Hello) == self._greeted:
            raise ProtocolError(ErrorCode.INVALID, "type: expected hello first, and once.")
        if isinstance(message, Typing):
            self._hear_typing(message)
            return
        if isinstance(message, Hello):
            self._greeted = True
            self._stop_hurrying()
        self._work(message)

    def _work(self, command: Command | None = None) -> None:
        """Begins with the command, or with what was not sent, as soon as those before are done."""
        commands = self._commands = self._commands or Commands(self, self._state)
        if command is not None and not commands.add(command):
            self._refuse(TOO_MANY_MESSAGES, ErrorCode.RATE, "Too many subscriptions at once.")
        commands.go_on()

    def done(self) -> None:
        """All commands are done."""
        self._commands = None

    def _hear_typing(self, typing: Typing) -> None:
        channel = Channel.parse(typing.channel)
        if channel is not None and channel in self._state.hub.channels_of(self):
            self._state.presence.typing(self, channel)

    def _refuse(self, close: Close, code: ErrorCode, message: str) -> None:
        self.say(encode(Error(code, message)))
        self.end(close)

    def _stop_expiring(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None

    def _stop_hurrying(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None
