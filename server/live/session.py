"""One socket: a reader that only parses and queues, a worker that joins channels, an outbox.

The reader never waits for the database, because a server that is busy with a message reads no pongs and
cuts a healthy browser. The worker lives only while there are commands. `push` is all that publishing
costs per reader: no encoding, no reading, no task.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping

from starlette.websockets import WebSocket, WebSocketDisconnect

from server.domain.channels import Channel
from server.domain.viewer import Viewer
from server.live.catch_up import Asked, Caught, catch_up
from server.live.hub import Held
from server.live.limits import MESSAGES_A_SECOND, MESSAGES_AT_ONCE, Bucket
from server.live.messages import Dropped, Error, Ready, Reset, ServerMessage, encode
from server.live.outbox import Outbox
from server.live.protocol import (
    INVALID,
    MAX_CHANNELS,
    OVERLOADED,
    RESYNC,
    SIGNED_OUT,
    TOO_MANY_MESSAGES,
    TOO_SLOW,
    ClientMessage,
    Close,
    ErrorCode,
    Hello,
    ProtocolError,
    Subscribe,
    Typing,
    Unsubscribe,
    parse,
)
from server.live.state import LiveState

log = logging.getLogger(__name__)

HELLO_WITHIN = 10.0  # seconds
CLOSE_WITHIN = 2.0  # seconds for what was pushed and the close frame
MAX_PENDING = 8  # commands that wait for the worker

Command = Hello | Subscribe | Unsubscribe


class Session:
    """Runs one accepted socket until either side is done. A `hub.Follower`."""

    def __init__(self, websocket: WebSocket, viewer: Viewer, state: LiveState) -> None:
        self.viewer = viewer
        self._websocket = websocket
        self._cookies: Mapping[str, str] = websocket.cookies if viewer.is_member else {}
        self._state = state
        self._hub = state.hub
        self._outbox = Outbox(websocket)
        self._bucket = Bucket(MESSAGES_A_SECOND, MESSAGES_AT_ONCE) if state.limits else None
        self._patience: asyncio.Timeout | None = None  # the reader's, while it reads
        self._greeted = False
        self._epoch = ""
        self._commands: deque[Command] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serves the socket; returns when it is closed or about to be."""
        self._hub.admit(self)
        writer = asyncio.create_task(self._outbox.run())
        try:
            await self._read()
            if self._outbox.closing is not None:
                await asyncio.wait([writer], timeout=CLOSE_WITHIN)
        finally:
            self._hub.dismiss(self)
            left = [task for task in (writer, self._worker) if task is not None]
            for task in left:
                task.cancel()
            await asyncio.wait(left)

    # What the hub calls

    def push(self, frame: str) -> None:
        """Sends the frame after those before it; a reader with too many of them waiting is cut."""
        if self._outbox.is_full:
            self._outbox.clear()
            self.end(TOO_SLOW)
        self._outbox.push(frame)

    def end(self, close: Close) -> None:
        """Sends what is queued, then closes; nothing that is pushed later is sent."""
        self._outbox.end(close)
        if self._patience is not None and not self._patience.expired():
            self._patience.reschedule(asyncio.get_running_loop().time())

    def is_quiet(self) -> bool:
        """Whether nothing was pushed since this was last asked, and nothing is due.

        Before hello nothing is, and while a command waits or runs, a heartbeat would tell the page that it
        has seen what it is about to be told.
        """
        return self._outbox.was_quiet() and self._greeted and self._worker is None

    # Reading

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(HELLO_WITHIN) as self._patience:
                while self._outbox.closing is None and (message := await self._receive()) is not None:
                    self._take(message)
        except TimeoutError:
            self.end(TOO_SLOW)  # no hello in time; nothing when something else ended it
        finally:
            self._patience = None

    async def _receive(self) -> str | bytes | None:
        try:
            message = await self._websocket.receive()
        except (RuntimeError, WebSocketDisconnect, OSError):
            return None
        if message["type"] == "websocket.disconnect":
            return None
        text: str | None = message.get("text")
        return b"" if text is None else text

    def _take(self, message: str | bytes) -> None:
        if self._bucket is not None and not self._bucket.take():
            self._refuse(TOO_MANY_MESSAGES, ErrorCode.RATE, "Too many messages. Wait a moment.")
            return
        try:
            if isinstance(message, bytes):
                raise ProtocolError(ErrorCode.INVALID, "A message is text.")
            self._dispatch(parse(message))
        except ProtocolError as error:
            self._refuse(INVALID, error.code, error.message)

    def _dispatch(self, message: ClientMessage) -> None:
        if isinstance(message, Hello) == self._greeted:
            raise ProtocolError(ErrorCode.INVALID, "type: expected hello first, and once.")
        if isinstance(message, Typing):
            return  # who is writing is not told yet
        if isinstance(message, Hello):
            self._greeted = True
            if self._patience is not None:
                self._patience.reschedule(None)
        if len(self._commands) >= MAX_PENDING:
            self._refuse(TOO_MANY_MESSAGES, ErrorCode.RATE, "Too many subscriptions at once.")
            return
        self._commands.append(message)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())

    def _refuse(self, close: Close, code: ErrorCode, message: str) -> None:
        self._say(Error(code, message))
        self.end(close)

    # Working

    async def _work(self) -> None:
        try:
            while self._commands and self._outbox.closing is None:
                await self._handle(self._commands.popleft())
        except Exception:
            log.exception("a subscription failed; the socket is closed and may come back")
            self.end(OVERLOADED)
        finally:
            self._worker = None

    async def _handle(self, command: Command) -> None:
        asked = {name: Channel.parse(name) for name in command.channels}
        match command:
            case Hello():
                await self._greet(asked, command)
            case Subscribe():
                await self._add(asked, command)
            case Unsubscribe():
                for channel in asked.values():
                    if channel is not None:
                        self._hub.leave(channel, self)

    async def _greet(self, asked: dict[str, Channel | None], hello: Hello) -> None:
        caught = await self._join(asked, hello.epoch, hello.position)
        if caught is not None:
            self._epoch = caught.head.epoch
            allowed = [str(channel) for channel in caught.allowed]
            denied = [name for name, channel in asked.items() if channel not in caught.allowed]
            self._say(Ready(caught.head.epoch, caught.head.seq, allowed, denied))
            self._settle(caught)

    async def _add(self, asked: dict[str, Channel | None], subscribe: Subscribe) -> None:
        followed = self._hub.channels_of(self)
        if len(followed.union(filter(None, asked.values()))) > MAX_CHANNELS:
            self._say(
                Error(ErrorCode.DENIED, f"channels: at most {MAX_CHANNELS} at a time. Leave some first.")
            )
            return
        # A page that was fetched before history was lost may arrive after the socket learned of it.
        caught = await self._join(asked, subscribe.epoch or self._epoch, subscribe.position)
        if caught is not None:
            self._epoch = caught.head.epoch
            denied = [name for name, channel in asked.items() if channel not in caught.allowed]
            if lost := [name for name in denied if asked[name] in followed]:
                self._say(Dropped(lost))
            if refused := [name for name in denied if name not in lost]:
                self._say(Error(ErrorCode.DENIED, f"Not there, or not for you: {', '.join(refused)}."))
            self._settle(caught)

    async def _join(
        self, asked: dict[str, Channel | None], epoch: str | None, position: int | None
    ) -> Caught | None:
        """Waits on the channels and reads what was missed; None when the socket has to end.

        What is not allowed, or was taken away meanwhile, is left again and not in the answer.
        """
        channels = [channel for channel in asked.values() if channel is not None]
        async with self._state.turns:
            # Frames are held from here on, so that nothing falls between the snapshot and the first frame.
            for channel in channels:
                self._hub.join(channel, self)
            async with self._state.db.snapshot() as reader:
                wanted = Asked(channels, epoch, position)
                caught = await catch_up(reader, self._state.sources, self.viewer, wanted)
            if not await self._is_still_itself():
                return None
        for channel in channels:
            if not self._hub.waits(channel, self):
                caught.allowed.pop(channel, None)
            elif channel not in caught.allowed:
                self._hub.leave(channel, self)
        return caught

    async def _is_still_itself(self) -> bool:
        """Whether account and session still are what they were; asked after the snapshot was read.

        A right lost before the snapshot is seen here, one lost later comes through the log, where
        this socket has been known since before.
        """
        if self.viewer.is_member:
            now = await self._state.authenticate(self._cookies)
            if (now.id, now.session_id) != (self.viewer.id, self.viewer.session_id):
                self.end(SIGNED_OUT)
            elif now.role is not self.viewer.role:
                self.end(RESYNC)
        return self._outbox.closing is None

    def _settle(self, caught: Caught) -> None:
        """First what was missed, then what was held meanwhile; without a pause in between."""
        if caught.reset is not None:
            self._say(Reset(caught.reset))
        held: list[Held] = []
        for channel, last_change in caught.allowed.items():
            if channel in caught.changes:
                self._say(caught.changes[channel])
            held += self._hub.settle(channel, self, last_change, caught.head.seq)
        for _, frame in sorted(held, key=lambda one: one[0]):
            self.push(frame)

    def _say(self, message: ServerMessage) -> None:
        self.push(encode(message))
