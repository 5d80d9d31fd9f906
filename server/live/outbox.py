"""Frames on their way to one socket: a bounded buffer, the task that empties it, and the close at its end."""

import asyncio
from collections import deque

from starlette.websockets import WebSocket, WebSocketDisconnect

from server.live.protocol import Close

MAX_OUTGOING = 64  # frames


class Outbox:
    """Sends in order. `push` and `end` never wait and never raise, whatever became of the socket."""

    def __init__(self, websocket: WebSocket) -> None:
        self.closing: Close | None = None
        self._websocket = websocket
        self._frames: deque[str] = deque()
        self._wake = asyncio.Event()
        self._spoke = False

    @property
    def is_full(self) -> bool:
        """Whether the reader is too slow for what is pushed."""
        return self.closing is None and len(self._frames) >= MAX_OUTGOING

    def push(self, frame: str) -> None:
        """Queues the frame; after the end it is dropped."""
        if self.closing is None:
            self._frames.append(frame)
            self._spoke = True
            self._wake.set()

    def clear(self) -> None:
        """Drops what is queued."""
        self._frames.clear()

    def end(self, close: Close) -> None:
        """Closes after what is queued; nothing that is pushed later is sent."""
        if self.closing is None:
            self.closing = close
            self._wake.set()

    def was_quiet(self) -> bool:
        """Whether nothing was pushed since this was last asked."""
        quiet = not self._spoke
        self._spoke = False
        return quiet

    async def run(self) -> None:
        """Sends until the close was sent or the socket is gone."""
        # Starlette tells in three ways that a socket is gone, all of them harmless.
        try:
            while True:
                while self._frames:
                    await self._websocket.send_text(self._frames.popleft())
                if self.closing is not None:
                    await self._websocket.close(self.closing.code, self.closing.reason)
                    return
                self._wake.clear()
                await self._wake.wait()
        except (RuntimeError, WebSocketDisconnect, OSError):
            return
