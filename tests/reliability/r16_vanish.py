"""R16's scene for acts that take a text away while people write it, quote it and read it.

bo's answer has the word, and the topic's title one of its own; ann quotes the answer in another topic. While
the act happens bo goes on editing, others thank and answer, and a moderator pins, so that both words are on
their way to everybody again and again. Each reader keeps what an open page would show. And each has a page
that was left before the act and comes back after it, from where it stood.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from secrets import token_hex

import websockets

from server.actions import category_moderators, posting, thanking, topic_acts
from server.actions.posting import Draft, Edit
from server.domain.clock import now_ms
from server.domain.errors import ForumError
from server.domain.viewer import Audience
from server.live.protocol import BANNED, SIGNED_OUT
from server.store import categories, event_log, posts
from server.store.topic_writes import Pin
from tests.support.sockets import Message, Socket, member_socket
from tests.support.waiting import check, eventually
from tests.support.whole_board import NO_LIMITS, WholeBoard

READERS = (None, "ann", "bo", "cleo", "mod")  # None: a guest; cleo moderates the category
BUSY_FOR = 4  # rounds of edits, thanks and answers around the act, and as many after it


@dataclass(eq=False)
class Reader:
    """Somebody's socket, and what an open page of all its channels would show.

    `positions` are where the page stands in each channel; `close` is the code of a socket that was closed.
    """

    socket: Socket
    positions: dict[str, int]
    shown: dict[tuple[str, str], str] = field(default_factory=dict)
    frames: list[Message] = field(default_factory=list)
    close: int = 0

    async def listen(self) -> None:
        """Applies everything until the server closes; then nothing is shown any more."""
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                self.apply(await self.socket.receive())
        self.shown.clear()
        self.close = self.socket.connection.close_code or 0

    def apply(self, message: Message) -> None:
        """Does with it what the page's script does."""
        self.frames.append(message)
        if message["type"] == "reset":  # the page is fetched afresh, which R15 looks at
            self.shown.clear()
        for channel in (*message.get("denied", ()), *self._dropped(message)):
            self.shown = {key: html for key, html in self.shown.items() if key[0] != channel}
        for patch in message.get("patches", ()):
            channel = message["channel"]
            self.positions[channel] = message["position"]
            if patch["op"] == "put":
                self.shown[channel, patch["target"]] = patch["html"]
            else:
                self.shown.pop((channel, patch["target"]), None)

    @staticmethod
    def _dropped(message: Message) -> Sequence[str]:
        return message["channels"] if message["type"] == "dropped" else ()

    def shows(self, word: str) -> set[str]:
        """The channels through which the word is still on the page."""
        return {channel for (channel, _), html in self.shown.items() if word in html}

    def told(self, word: str, position: int) -> list[Message]:
        """Frames of that position or a later one that have the word."""
        return [one for one in self.frames if one.get("position", 0) >= position and word in str(one)]

    def has_heard(self, channel: str, position: int) -> bool:
        """Whether it was told of that position, or is told nothing any more."""
        return self.close > 0 or any(
            one.get("channel") == channel and one.get("position", 0) >= position for one in self.frames
        )


@dataclass(frozen=True)
class Scene:
    """`category` is public; `elsewhere` is the topic of another one in which the post is quoted."""

    board: WholeBoard
    epoch: str
    start: int
    word: str
    title: str
    category: int
    topic: int
    post: int
    elsewhere: int
    readers: dict[str | None, Reader] = field(default_factory=dict)

    def channels(self, name: str | None) -> list[str]:
        """Those of the pages that show it."""
        here = [f"topic:{self.topic}", f"category:{self.category}"]
        if name in ("cleo", "mod"):
            here = [f"{one}:staff" for one in here]
        return [*here, f"topic:{self.elsewhere}", "board", f"profile:{self.board.viewer('bo').id}"]

    @contextlib.asynccontextmanager
    async def connection(self, name: str | None) -> AsyncIterator[Socket]:
        """A socket of that person's, who is a guest without a name."""
        cookie = self.board.cookie(name) if name else None
        async with member_socket(self.board.base_url, cookie) as socket:
            yield socket

    def closed_laptop(self, name: str | None) -> Reader:
        """A page as it stands now, and hears nothing until it `comes_back`."""
        page = self.readers[name]
        return Reader(page.socket, dict(page.positions), dict(page.shown))

    async def comes_back(self, name: str | None, page: Reader) -> None:
        """Tells the page what it missed, as one that connects again."""
        async with self.connection(name) as socket:
            await socket.hello(self.channels(name), self.epoch, min(page.positions.values()))
            await socket.say("subscribe", channels=["topic:999999"], position=self.start)
            await socket.next("error")  # the answer to what was said last: everything before it has come
            for message in socket.seen:
                page.apply(message)

    async def busy(self, *, rounds: int) -> None:
        """bo edits, cleo thanks, ann answers and quotes, mod pins; what is refused by then is left."""
        board, db, mod = self.board, self.board.db, self.board.viewer("mod")
        quote = f"[quote={self.post}]\n{self.word}\n[/quote]\n\nReally?"
        for number in range(rounds):
            await asyncio.gather(
                _try(self._edit(f"I take {number} {self.word}.")),
                _try(thanking.thank(db, board.viewer("cleo"), self.post, now=now_ms())),
                _try(board.reply(self.topic, "I see.", by="ann")),
                _try(board.reply(self.elsewhere, quote, by="ann")),
                _try(topic_acts.set_pinned(db, mod, self.topic, Pin(pinned=number % 2 == 0), now=now_ms())),
            )
            await _try(thanking.take_back(db, board.viewer("cleo"), self.post))

    async def _edit(self, body: str) -> None:
        async with self.board.db.snapshot() as reader:
            found = await posts.state(reader, self.post)
        if found is not None:
            change = Edit(body, found.version)
            await posting.edit(self.board.db, self.board.viewer("bo"), self.post, change, now=now_ms())


async def _try(act: Awaitable[object]) -> None:
    with contextlib.suppress(ForumError):
        await act


@contextlib.asynccontextmanager
async def scene(board: WholeBoard) -> AsyncIterator[Scene]:
    """Everybody reads both words everywhere."""
    word, title = f"canary{token_hex(6)}", f"about{token_hex(6)}"
    async with board.db.begin() as writer:
        category = await categories.add(
            writer, section_id=1, name=name_of(word), slug="feet", description="",
            visibility=Audience.PUBLIC, position=9,
        )  # fmt: skip
    await category_moderators.appoint(board.db, board.viewer("ada"), category, "cleo", now=now_ms())
    made = await posting.start_topic(
        board.db, board.viewer("ann"), category, Draft("Cold ones.", title), now=now_ms(), limits=NO_LIMITS
    )
    answer = await board.reply(made.topic_id, f"I take {word}.", by="bo")
    elsewhere = await board.topic("Something else", f"[quote={answer.post_id}]\n{word}\n[/quote]", by="ann")
    async with board.db.snapshot() as reader:
        epoch = (await event_log.head(reader)).epoch
    found = Scene(
        board, epoch, made.after, word, title, category, made.topic_id, answer.post_id, elsewhere.topic_id
    )
    async with contextlib.AsyncExitStack() as stack:
        for name in READERS:
            socket = await stack.enter_async_context(found.connection(name))
            channels = found.channels(name)
            found.readers[name] = Reader(socket, dict.fromkeys(channels, made.after))
            ready = await socket.hello(channels, epoch, made.after)
            assert ready["denied"] == []
        listening = [asyncio.create_task(one.listen()) for one in found.readers.values()]
        yield found
        for task in listening:
            task.cancel()


def name_of(word: str) -> str:
    """What the category is called: it need not go when the word does."""
    return f"Feet {word[-6:]}"


@dataclass(frozen=True)
class Played:
    """`lost_at` is from where on the act counts; `late` are pages that were away while it happened."""

    lost_at: int
    late: dict[str | None, Reader]


async def act_under_load(
    found: Scene, act: Callable[[Scene], Awaitable[int]], rounds: int = BUSY_FOR
) -> Played:
    """Returns when everything that came of it was heard by all. `rounds` of load, before it and after it."""
    readers = found.readers.values()
    before = asyncio.create_task(found.busy(rounds=rounds))
    await eventually(lambda: check(all(one.shows(found.word) and one.shows(found.title) for one in readers)))
    late = {name: found.closed_laptop(name) for name in READERS}
    lost_at = await act(found)
    await found.busy(rounds=rounds)
    await before
    end = (await found.board.reply(found.elsewhere, "The end.", by="mod")).position
    channel = f"topic:{found.elsewhere}"
    await eventually(lambda: check(all(one.has_heard(channel, end) for one in readers)), timeout=20.0)
    sent_away = [name for name in READERS if found.readers[name].close in (SIGNED_OUT.code, BANNED.code)]
    for name in sent_away:  # whose pages stay shut
        del late[name]
    for name, page in late.items():
        await found.comes_back(name, page)
    return Played(lost_at, late)
