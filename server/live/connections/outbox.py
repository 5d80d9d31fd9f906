"""The plain way, for every ASGI server: frames through Starlette's `send_text`, with a task or two each.

`live/wire.py` does the same without tasks, where the server is our own.
"""

import asyncio
import contextlib
from collections import deque

from starlette.websockets import WebSocket, WebSocketDisconnect

from server.live.frames import Frame
from server.live.protocol import TOO_SLOW, Close
from server.live.session import Session

FULL = 16  # frames that wait; then the session keeps nothing more for this reader
CLOSE_WITHIN = 2.0  # seconds for what was written and the close frame

# Starlette tells in three ways that a socket is gone, all of them harmless.
_GONE = (RuntimeError, WebSocketDisconnect, OSError)


async def serve(websocket: WebSocket, session: Session) -> None:
    """Carries the messages of an accepted socket until either side is done."""
    outbox = Outbox(websocket, session)
    writer = asyncio.create_task(outbox.run())
    reader = asyncio.create_task(_read(websocket, session))
    try:
        session.start(outbox)
        await asyncio.wait((writer, reader), return_when=asyncio.FIRST_COMPLETED)
    finally:
        session.gone()
        for task in (writer, reader):
            task.cancel()
        await asyncio.wait((writer, reader))


async def _read(websocket: WebSocket, session: Session) -> None:
    """Hands over what the browser says. It never waits for anything else, so that pongs are seen."""
    with contextlib.suppress(*_GONE):
        while (message := await websocket.receive())["type"] != "websocket.disconnect":
            text: str | None = message.get("text")
            session.receive(b"" if text is None else text)


class Outbox:
    """Frames that wait for one reader, and the close at their end. A `session.Link`."""

    def __init__(self, websocket: WebSocket, session: Session) -> None:
        self._websocket = websocket
        self._session = session
        self._frames: deque[Frame] = deque()
        self._wake = asyncio.Event()
        self._closing: Close | None = None
        self._is_full = False
        self._cut = asyncio.Event()

    def write(self, frame: Frame) -> None:
        """Queues the frame."""
        if self._closing is None:
            self._frames.append(frame)
            self._wake.set()
            if len(self._frames) >= FULL and not self._is_full:
                self._is_full = True
                self._session.pause()

    def close(self, close: Close) -> None:
        """Closes after what is queued."""
        if self._closing is None:
            self._closing = close
            self._wake.set()
            asyncio.get_running_loop().call_later(CLOSE_WITHIN, self._cut.set)

    def abort(self) -> None:
        """Drops what is queued and leaves. Cutting is the server's, which has time-outs of its own."""
        self._frames.clear()
        self.close(TOO_SLOW)
        self._cut.set()

    def ping(self) -> None:
        """Nothing: the server does it."""

    def backlog(self) -> int:
        """How many frames wait."""
        return len(self._frames)

    async def run(self) -> None:
        """Sends until the close was sent, the socket is gone, or it was cut."""
        sending = asyncio.create_task(self._send())
        cut = asyncio.create_task(self._cut.wait())
        try:
            await asyncio.wait((sending, cut), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            cut.cancel()
            await asyncio.wait((sending, cut))

    async def _send(self) -> None:
        with contextlib.suppress(*_GONE):
            while True:
                while self._frames:
                    await self._websocket.send_text(self._frames.popleft())
                if self._closing is not None:
                    await self._websocket.close(self._closing.code, self._closing.reason)
                    return
                if self._is_full:
                    self._is_full = False
                    self._session.resume()
                if not self._frames:
                    self._wake.clear()
                    await self._wake.wait()
