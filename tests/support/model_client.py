"""A reader of one topic as the contract describes it: page, position and socket, whatever happens to them.

    reader = ModelClient(Place(port, topic_id))
    await reader.load()            # the page, over HTTP
    reader.start()                 # the socket, from now on
    reader.position, reader.posts  # what it has seen: versions by post id, from the page's first post on
    reader.stop()

It comes back as browsers do, asks for what is missing, takes a silent connection for dead, and fetches the
page afresh when it is told to. The twin of the real client's pages is `page_model.py`; this one keeps little,
so that hundreds of them fit beside the server that they watch.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.support.model_line import Line, Message, Place, fetch
from tests.support.page_model import Positions

# The same as in client/live/connection.js.
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0  # seconds before coming back: a random part of them
DEAD_AFTER = 60.0  # seconds without a message
OPEN_WITHIN = 10.0  # seconds for the handshake and `ready`
LOOK_EVERY = 4.0  # seconds between two looks at the clock
STEADY_AFTER = 10.0  # seconds; a connection that lived this long makes the delays short again
PATIENT = {4013: 4, 4029: 4}  # doublings of the first delay
STAYS_AWAY = 4500  # close codes from here on


@dataclass
class Tally:
    """What happened to readers, together."""

    opened: int = 0  # connections that got `ready`
    resets: int = 0
    asked: int = 0  # for changes that were missing
    repeats: int = 0  # changes that were seen before
    silent: int = 0  # connections that were given up
    loads: int = 0
    codes: Counter[int] = field(default_factory=Counter)  # how connections ended; 1006: without a word
    unknown: Counter[str] = field(default_factory=Counter)  # messages by types that it does not know


class ModelClient:
    """One reader. `tally` may be shared."""

    def __init__(self, place: Place, tally: Tally | None = None) -> None:
        self.place = place
        self.tally = tally or Tally()
        self.epoch = ""
        self.posts: dict[int, int] = {}
        self.first = 0  # of the page's posts; earlier ones are on other pages
        self.positions = Positions((), 0)
        self.ready_at = 0.0  # by the loop's clock; 0: not connected
        self.code = 0  # of the last close
        self._gone: dict[int, int] = {}  # versions at which posts were removed
        self._line: Line | None = None
        self.began_at = 0.0  # when the connection was begun, by the loop's clock
        self._heard_at = 0.0
        self._attempts = 0
        self._retry = (0.0, 0.0)  # seconds, while the server drains
        self._wanted = False
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def position(self) -> int:
        """Where it stands on its channel."""
        return self.positions.least()

    async def load(self) -> None:
        """Fetches the topic's last page. Raises OSError, ValueError or TimeoutError."""
        self.adopt(await fetch(self.place, OPEN_WITHIN))
        self.tally.loads += 1

    def adopt(self, page: Message) -> None:
        """Takes a page for its own; many may begin with the same."""
        if self.epoch != page["epoch"]:
            self._gone.clear()
        self.epoch = page["epoch"]
        self.posts = {post["id"]: post["version"] for post in page["posts"]}
        self.first = min(self.posts, default=0)
        self.positions = Positions([f"topic:{self.place.topic_id}"], page["position"])

    def start(self) -> None:
        """Connects, and comes back by itself until `stop`."""
        self._wanted = True
        self._look()
        self._connect()

    def stop(self) -> None:
        """Ends it like a page that is closed."""
        self._wanted = False
        for timer in self._timers.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        if self._line is not None:
            self._line.leave()
        self._line, self.ready_at = None, 0.0

    def drop(self) -> None:
        """Cuts the connection; it comes back."""
        if self._line is not None:
            self._line.abort()

    def vanish(self) -> None:
        """Ends it without a word, like a page whose machine was switched off."""
        self.drop()
        self.stop()

    # Connections

    def _connect(self) -> None:
        self.began_at = asyncio.get_running_loop().time()
        self._line = Line(self)
        self._spawn(self._open(self._line))

    async def _open(self, line: Line) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", self.place.port)
        except OSError:
            self.lost(line, 0)

    def hello(self) -> Message:
        """What it says first."""
        channels = list(self.positions.seen)
        self.positions.asked.clear()
        return {"type": "hello", "epoch": self.epoch, "position": self.position, "channels": channels}

    def lost(self, line: Line, code: int) -> None:
        """That connection is over; an older one's end means nothing."""
        if line is not self._line:
            return
        now = asyncio.get_running_loop().time()
        if self.ready_at and now - self.began_at > STEADY_AFTER:
            self._attempts = 0
        self.code = code
        self.tally.codes[code] += 1
        self._line, self.ready_at = None, 0.0
        if not self._wanted or STAYS_AWAY <= code < STAYS_AWAY + 100:
            return
        self._attempts = max(self._attempts, PATIENT.get(code, 0))
        low, high = self._retry
        if not high:
            high = min(LONGEST_DELAY, FIRST_DELAY * 2**self._attempts)
        self._attempts += 1
        self._later("connect", random.uniform(low, high), self._connect)

    def _look(self) -> None:
        """A connection that says nothing is dead, whatever it says of itself."""
        self._later("look", LOOK_EVERY, self._look)
        line, now = self._line, asyncio.get_running_loop().time()
        silent = now - self._heard_at > DEAD_AFTER if self.ready_at else now - self.began_at > OPEN_WITHIN
        if line is not None and silent:
            self.tally.silent += 1
            line.abort()
            self.lost(line, 0)

    # Messages

    def hear(self, line: Line, message: Message) -> None:
        """Takes a message of its connection."""
        if line is not self._line:
            return
        self._heard_at = asyncio.get_running_loop().time()
        kind = message["type"]
        if kind == "changes":
            self._change(message)
        elif kind == "heartbeat":
            self.positions.advance_all(message["position"])
        elif kind == "ready":
            self.ready_at = self._heard_at
            self._retry = (0.0, 0.0)
            self.tally.opened += 1
        elif kind == "reset":
            self.tally.resets += 1
            self._spawn(self._reload())
        elif kind == "dropped":
            for channel in message["channels"]:
                self.positions.drop(channel)
            self.posts.clear()
        elif kind == "draining":
            self._retry = tuple(message["retry"])
        else:
            self.tally.unknown[kind] += 1

    def _change(self, message: Message) -> None:
        channel, position = message["channel"], message["position"]
        judged = self.positions.judge(channel, message["after"], position)
        if judged == "ignore":
            self.tally.repeats += 1
        elif judged == "gap":
            if self.positions.ask(channel):
                self.tally.asked += 1
                seen = self.positions.seen[channel]
                self._say({"type": "subscribe", "channels": [channel], "position": seen, "epoch": self.epoch})
        else:
            for patch in message["patches"]:
                self._apply(patch)
            self.positions.advance(channel, position)

    def _apply(self, patch: Message) -> None:
        kind, _, number = patch["target"].rpartition("-")
        if kind != "post":
            return
        post, version = int(number), patch["version"]
        if post < self.first or version < max(self.posts.get(post, 0), self._gone.get(post, 0)):
            return
        if patch["op"] == "remove":
            self.posts.pop(post, None)
            self._gone[post] = version
        else:
            self.posts[post] = version
            self._gone.pop(post, None)

    async def _reload(self) -> None:
        """Fetches the page until it comes, and says from where it wants to hear more."""
        delay = FIRST_DELAY
        while True:
            try:
                await self.load()
                break
            except (OSError, ValueError, TimeoutError):
                await asyncio.sleep(random.uniform(0, delay))
                delay = min(2 * delay, LONGEST_DELAY)
        self._say(self.hello() | {"type": "subscribe"})

    def _say(self, message: Message) -> None:
        if self._line is not None and self.ready_at:
            self._line.say(message)

    def _later(self, what: str, seconds: float, call: Any) -> None:
        self._timers[what] = asyncio.get_running_loop().call_later(seconds, call)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
