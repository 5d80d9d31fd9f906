"""A browser of the model: a page, and a wire on which frames wait until the test delivers them."""

import asyncio
import dataclasses
import json
from collections import deque
from collections.abc import Mapping

from starlette.types import Message as ASGIMessage
from starlette.websockets import WebSocket

from server.domain.credentials import Credentials
from server.domain.viewer import Viewer
from server.live.connections.outbox import serve
from server.live.session import Session
from server.live.state import LiveState
from tests.support.live_page import LivePage
from tests.support.model_board import Address
from tests.support.page_model import Message


class Wire:
    """One socket, from the server's side to the browser's. Frames that were sent are in `frames`."""

    def __init__(self, viewer: Viewer, state: LiveState, cookies: Mapping[str, str]) -> None:
        self.viewer = viewer
        self.frames: deque[Message] = deque()
        self.sent: list[Message] = []  # the same, for whoever looks at what left the server
        self.closed: int | None = None  # the close code, which comes after the frames
        self.gate = asyncio.Event()  # a slow reader closes it
        self.gate.set()
        self._incoming: asyncio.Queue[ASGIMessage] = asyncio.Queue()
        self._incoming.put_nowait({"type": "websocket.connect"})
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        scope = {"type": "websocket", "headers": [(b"cookie", cookie.encode())]}
        websocket = WebSocket(scope, self._incoming.get, self._send)
        self.task = asyncio.create_task(self._serve(websocket, viewer, state))

    def say(self, message: Message) -> None:
        self._incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    def cut(self) -> None:
        """The network is gone: what is on its way is lost."""
        self.frames.clear()
        self.gate.set()
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def _serve(self, websocket: WebSocket, viewer: Viewer, state: LiveState) -> None:
        await websocket.accept()
        shown = Credentials(websocket.cookies)
        await serve(websocket, Session(viewer, state, shown, state.relay.recent.head, None))

    async def _send(self, message: ASGIMessage) -> None:
        await self.gate.wait()
        if message["type"] == "websocket.send":
            frame: Message = json.loads(message["text"])
            self.frames.append(frame)
            self.sent.append(frame)
        elif message["type"] == "websocket.close":
            self.closed = message["code"]


class Browser:
    """Shows one address to one person; `who` None is a guest."""

    def __init__(self, who: str | None, address: Address, html: str) -> None:
        self.who = who
        self.wire: Wire | None = None
        self.in_flight: list[str | None] = []  # a fetched page on its way
        self.lost: set[str] = set()  # channels that miss a frame, and nothing came since that shows it
        self._is_ready = False
        self.go(address, html)

    def show(self, html: str) -> None:
        """Loads a page, with nothing left of the one before."""
        self.page = LivePage(html, self._send)

    def go(self, address: Address, html: str) -> None:
        """Opens another address. A page of a topic that is not there yet is the first one, and stays that."""
        self.in_flight.clear()
        self.show(html)
        posts = self.page.page.lists.get("posts")
        is_first = posts is not None and posts.places is not None and posts.places[0] == 1
        self.address = dataclasses.replace(address, page=1) if is_first else address

    def connect(self, wire: Wire) -> None:
        self.lost.clear()
        self.wire, self._is_ready = wire, False
        wire.say(self.page.hello())

    def cut(self) -> None:
        if self.wire is not None:
            self.wire.cut()
        self.wire, self._is_ready = None, False

    def deliver(self, frame: Message) -> None:
        """A frame arrives. Positions move forward only, but for a page that is fetched."""
        if frame["type"] == "heartbeat" and self.lost:
            return  # TCP would not have brought it
        before = dict(self.page.positions.seen)
        if frame["type"] == "changes" and frame["position"] > before.get(frame["channel"], 0):
            self.lost.discard(frame["channel"])
        self._is_ready |= frame["type"] == "ready"
        self.page.take(frame)
        after = self.page.positions.seen
        assert all(after.get(channel, seen) >= seen for channel, seen in before.items()), (before, after)
        if frame["type"] == "heartbeat" and not self.page.positions.asked and not self.page.wants_fetch:
            beaten = frame.get("position", float("inf"))
            assert self.page.positions.least() >= beaten or not after, "it asks for what has passed"

    def deliver_all(self) -> bool:
        """Everything that is on the wire; whether there was anything."""
        wire = self.wire
        if wire is None:
            return False
        had = bool(wire.frames)
        while wire.frames:
            self.deliver(wire.frames.popleft())
        return had

    def lose(self) -> None:
        """The next changes never come; the channel's next ones will show it.

        Not those it asked for: nothing would show that these are missing, which only a cut can cause.
        """
        for frame in list(self.wire.frames) if self.wire else []:
            if frame["type"] == "changes" and frame["channel"] not in self.page.positions.asked and self.wire:
                self.wire.frames.remove(frame)
                self.lost.add(frame["channel"])
                return

    def _send(self, message: Message) -> None:
        if self.wire is not None and self._is_ready:
            self.wire.say(message)
