"""One browser of a crowd: its connection, if it has one, what it has seen, and what it says.

It keeps the contract (`client/README.md`, "The socket"): a position for every channel, asking for what is
missing, answering pings. It applies nothing; the marks in what comes are noted with the time.
"""

import asyncio
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import cast

from server.bench import frames
from server.bench.frames import News

LEFT, LOST = 1000, 1006  # RFC 6455, 7.4.1: closed as usual, and without a word


class Tally:
    """What clients share: what they say to the server, what came last, and what they count.

    What a fan-out sends is the same for everyone. So the bytes that came last are kept with what they mean,
    and a client that gets them again compares and reads nothing.
    """

    def __init__(self, channels: Sequence[str], handshake: bytes) -> None:
        self.channels = tuple(channels)
        self.handshake = handshake
        self.reader = frames.Reader()
        self.known = b""
        self.known_news: tuple[News, ...] = ()
        self.ready = 0  # clients that are now
        self.receipts: dict[int, array[float]] = defaultdict(lambda: array("d"))  # times by mark
        self.refused: Counter[str] = Counter()  # handshakes by status line
        self.closed: Counter[int] = Counter()  # connections by close code
        self.others: Counter[str] = Counter()  # messages of further types
        self.gaps = 0  # changes with an `after` that the client had not seen; it asked for what was missing
        self.repeats = 0  # changes that the client had seen
        self.resets = 0

    def lost(self, client: "Client") -> None:
        """The client has no connection any more."""
        self.closed[client.code] += 1


class Client(asyncio.Protocol):
    """Times are those of time.monotonic(). What it reads is checked by `Tally.gaps` and `Tally.repeats`."""

    __slots__ = (
        "_asked", "_pending", "_settled", "_tally", "_transport", "_upgraded", "attempts", "code", "epoch",
        "positions", "reads", "ready_at", "retry",
    )  # fmt: skip

    def __init__(self, tally: Tally, reads: int | None) -> None:
        self.reads = reads  # bytes a second; 0: nothing once it is ready; None: what comes
        self.epoch = ""
        self.positions: dict[str, int] = {}  # by channel
        self.ready_at = 0.0  # 0: it is not
        self.code = 0  # the close code of the last connection; 0: still open
        self.attempts = 0  # to come back, since it was ready
        self.retry = (0.0, 0.0)  # seconds, when the server said so
        self._tally = tally
        self._transport: asyncio.Transport | None = None
        self._settled: asyncio.Future[None] | None = None  # somebody waits for it to be ready
        self._pending = b""
        self._upgraded = False
        self._asked = False  # for what is missing

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection, ready or not."""
        return self._transport is not None

    async def settled(self) -> None:
        """Waits until it is ready, or has lost its connection instead."""
        if self.is_connected and not self.ready_at:
            self._settled = asyncio.get_running_loop().create_future()
            try:
                await self._settled
            finally:
                self._settled = None

    def say(self, message: object) -> None:
        """Sends a message; nothing happens without a connection."""
        self.write(frames.text_frame(message))

    def write(self, data: bytes) -> None:
        """Sends bytes of any kind."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def leave(self) -> None:
        """Closes the connection as a page does that is left."""
        self.code = self.code or LEFT
        self.write(frames.frame(frames.CLOSE, b""))
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Cuts the connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so
        self._pending, self._upgraded, self._asked = b"", False, False
        self.code = 0
        self.write(self._tally.handshake)

    def data_received(self, data: bytes) -> None:
        """Notes the time before anything else."""
        now = time.monotonic()
        tally = self._tally
        if data == tally.known and not self._pending and self._upgraded:
            news = tally.known_news
        else:
            news = self._read(data)
        for one in news:
            _TAKES.get(one.kind, Client._count)(self, one, now)
        if self.reads and self._transport is not None:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_later(len(data) / self.reads, self._read_on, self._transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        """Tells whoever waits."""
        self._transport = None
        self.code = self.code or LOST
        self._tally.ready -= bool(self.ready_at)
        self.ready_at = 0.0
        self._settle()
        self._tally.lost(self)

    # What came

    def _read(self, data: bytes) -> tuple[News, ...]:
        whole = self._pending + data
        if not self._upgraded:
            head, end, whole = whole.partition(b"\r\n\r\n")
            if not end:
                self._pending = head
                return ()
            self._pending = b""
            status = head.partition(b"\r\n")[0].decode(errors="replace")
            if " 101 " not in f"{status} ":
                self._tally.refused[status] += 1
                self.abort()
                return ()
            self._upgraded = True
            self.write(self._hello())
        news, self._pending = self._tally.reader.read(whole)
        if news and not self._pending:
            self._tally.known, self._tally.known_news = whole, news
        return news

    def _hello(self) -> bytes:
        message: dict[str, object] = {"type": "hello", "channels": list(self._tally.channels)}
        if self.positions:
            message |= {"epoch": self.epoch, "position": min(self.positions.values())}
        return frames.text_frame(message)

    def _begin(self, news: News, now: float) -> None:
        if news.epoch != self.epoch or not self.positions:
            self.epoch = news.epoch
            self.positions = dict.fromkeys(self._tally.channels, news.position)
        self.ready_at = now
        self.attempts = 0
        self.retry = (0.0, 0.0)
        self._tally.ready += 1
        self._settle()
        if self.reads == 0 and self._transport is not None:
            self._transport.pause_reading()

    def _change(self, news: News, now: float) -> None:
        position = self.positions.get(news.channel, news.after)
        if news.position <= position:
            self._tally.repeats += 1
            return
        if news.after > position:
            self._tally.gaps += 1
            if not self._asked:
                self._asked = True
                self.say({"type": "subscribe", "channels": [news.channel], "position": position})
            return
        self._asked = False
        self.positions[news.channel] = news.position
        for mark in news.marks:
            self._tally.receipts[mark].append(now)

    def _rise(self, news: News, _: float) -> None:
        if not self._asked:
            for channel, position in self.positions.items():
                self.positions[channel] = max(position, news.position)

    def _answer_ping(self, news: News, _: float) -> None:
        self.write(frames.frame(frames.PONG, news.payload))

    def _close(self, news: News, _: float) -> None:
        self.code = news.code
        self.leave()

    def _start_afresh(self, _: News, __: float) -> None:
        """A page would be fetched again; here everything from now on is enough."""
        self._tally.resets += 1
        self.positions.clear()
        self.say({"type": "subscribe", "channels": list(self._tally.channels)})

    def _drain(self, news: News, _: float) -> None:
        self.retry = news.retry

    def _count(self, news: News, _: float) -> None:
        self._tally.others[news.kind] += 1

    def _settle(self) -> None:
        if self._settled is not None and not self._settled.done():
            self._settled.set_result(None)

    def _read_on(self, transport: asyncio.Transport) -> None:
        if transport is self._transport and not transport.is_closing():
            transport.resume_reading()


_TAKES: dict[str, Callable[[Client, News, float], None]] = {
    "ready": Client._begin,
    "changes": Client._change,
    "heartbeat": Client._rise,
    "ping": Client._answer_ping,
    "close": Client._close,
    "reset": Client._start_afresh,
    "draining": Client._drain,
}
