"""R1's play: what people, the network and the server may do, one method each."""

import asyncio
import copy
from collections.abc import Coroutine
from typing import TypeVar

from server.actions import sessions
from server.actions.posting import Posted
from server.domain.clock import now_ms
from server.live.hub import SLOTS
from server.store import event_log
from tests.reliability.r1_acts import perform
from tests.reliability.r1_browser import Browser
from tests.reliability.r1_template import Template
from tests.reliability.r1_world import World
from tests.support.model_board import Address
from tests.support.page_model import Message

Result = TypeVar("Result")

ADDRESSES = (
    Address("topic", 1),
    Address("topic", 1, page=2),
    Address("index"),
    Address("latest"),
    Address("category", 1),
    Address("category", 2),
    Address("topic", 2),
    Address("profile", name="ann"),
)
VISITORS = (None, "ann", "mod")
LOOKS = 12  # of the relay, while somebody acts
MOST = 64  # frames on a wire
STARTS = 40  # turns of the loop until the second of two who act at once begins
LATER = 10 * 24 * 3600 * 1000  # milliseconds after which the log forgets


class Play:
    """Three visitors and what happens to them; each method is one event."""

    def __init__(self, template: Template) -> None:
        self._loop = template.loop
        self.world = World(template.copy(), template.people, template.places)
        self.world.tokens = dict(template.tokens)
        self.held: list[tuple[Browser, list[Message]]] = []  # answers on their way
        self.past: list[tuple[Browser, Message]] = []  # frames that were delivered

    def run(self, work: Coroutine[object, object, Result]) -> Result:
        return self._loop.run_until_complete(work)

    @property
    def browsers(self) -> list[Browser]:
        return self.world.browsers

    def begin(self, *chosen: int) -> None:
        """The visitors open these of the ADDRESSES, or the index where there is none for them."""
        self.run(self._begin(chosen))

    async def _begin(self, chosen: tuple[int, ...]) -> None:
        await self.world.start()
        await self.world.remember_words()
        for who, number in zip(VISITORS, chosen, strict=True):
            browser = await self.world.open(who, ADDRESSES[number])
            await self.world.connect(browser or await self._open_index(who))
        await self.world.settle_tasks()

    async def _open_index(self, who: str | None) -> Browser:
        browser = await self.world.open(who, Address("index"))
        assert browser is not None
        return browser

    # People

    def act(self, kind: str, who: str, what: int, other: int = 0, is_told: bool = True) -> None:
        self.run(self._act(kind, who, what, other))
        if is_told:
            self.look()

    async def _act(self, kind: str, who: str, what: int, other: int) -> Posted | None:
        posted = await perform(self.world, kind, who, what, other)
        await self.world.settle_tasks()
        await self.world.remember_words()
        self.world.check_frames()
        return posted

    def act_on_the_page(
        self, kind: str, what: int, other: int = 0, wait: bool = True, is_told: bool = True
    ) -> None:
        """Ann writes by her browser, whose answer brings the same patches as the socket."""
        self.run(self._act_on_the_page(kind, what, other, wait))
        if is_told:
            self.look()

    async def _act_on_the_page(self, kind: str, what: int, other: int, wait: bool) -> None:
        browser = self.browsers[VISITORS.index("ann")]
        posted = await self._act(kind, "ann", what, other)
        if posted is None or browser.who is None:
            return
        answer = await self.world.answer(browser, posted)
        if wait:
            self.held.append((browser, answer))
        else:
            browser.page.apply_answer(answer)

    def answers_arrive(self) -> None:
        while self.held:
            browser, answer = self.held.pop()
            if browser.who is not None:
                browser.page.apply_answer(answer)

    def act_meanwhile(
        self, kind: str, who: str, what: int, *, other: int = 0, which: int, start: int, reloads: bool
    ) -> None:
        """While somebody acts, a browser loads its page or connects, and the relay looks."""
        act = self._act(kind, who, what, other)
        self.run(self._act_meanwhile(act, self.browsers[which], start, reloads))

    async def _act_meanwhile(
        self, act: Coroutine[object, object, object], browser: Browser, start: int, reloads: bool
    ) -> None:
        async def meanwhile() -> None:
            for _ in range(start):
                await asyncio.sleep(0)
            if browser.page.wants_fetch or browser.page.is_gone:
                await self.world.fetch(browser)
            elif reloads:
                await self._go_elsewhere(browser, browser.address)
            await self.world.connect(browser)

        async def relay() -> None:
            for _ in range(LOOKS):
                await self.world.live.relay.look()

        await asyncio.gather(act, meanwhile(), relay())
        await self.world.settle_tasks()
        self.world.check_frames()

    def go_elsewhere(self, which: int, number: int) -> None:
        self.run(self._go_elsewhere(self.browsers[which], ADDRESSES[number]))

    async def _go_elsewhere(self, browser: Browser, address: Address) -> None:
        html = await self.world.board.load(address, browser.who)
        if html is not None:
            browser.cut()
            browser.go(address, html)
            self.held = [one for one in self.held if one[0] is not browser]
            self.past = [one for one in self.past if one[0] is not browser]

    def sign_out(self) -> None:
        self.run(self._sign_out())

    async def _sign_out(self) -> None:
        await sessions.sign_out(self.world.db, self.world.board.viewer("ann"), now=now_ms())

    # The network

    def connect(self, which: int) -> None:
        self.run(self.world.connect(self.browsers[which]))

    def cut(self, which: int) -> None:
        self.browsers[which].cut()

    def deliver(self, which: int, most: int) -> None:
        browser = self.browsers[which]
        for _ in range(most):
            if browser.wire is not None and browser.wire.frames:
                frame = browser.wire.frames.popleft()
                self.past.append((browser, copy.deepcopy(frame)))
                browser.deliver(frame)
        self.run(self._close_and_settle(browser))

    async def _close_and_settle(self, browser: Browser) -> None:
        if browser.wire is not None and not browser.wire.frames:
            await self.world.notice_close(browser)
        await self.world.settle_tasks()

    def lose(self, which: int) -> None:
        self.browsers[which].lose()

    def deliver_again(self, number: int) -> None:
        frames = [one for one in self.past if one[1]["type"] == "changes"]
        if frames:
            browser, frame = frames[number % len(frames)]
            browser.deliver(copy.deepcopy(frame))

    def read_slowly(self, which: int, is_slow: bool) -> None:
        wire = self.browsers[which].wire
        if wire is not None:
            (wire.gate.clear if is_slow else wire.gate.set)()

    def fetch(self, which: int) -> None:
        self.run(self.world.fetch(self.browsers[which]))

    def fetched_page_arrives(self, which: int) -> None:
        self.run(self.world.arrive(self.browsers[which]))

    # The server

    def look(self) -> None:
        self.run(self._look())

    async def _look(self) -> None:
        await self.world.live.relay.look()
        await self.world.settle_tasks()
        self.world.check_frames()

    def beat(self) -> None:
        for _ in range(SLOTS):
            self.world.live.relay.beat()

    def render_slowly(self, turns: int) -> None:
        self.world.slowness = turns

    def be_busy(self, is_busy: bool) -> None:
        """Commands of sockets wait for their turn at the database."""
        self.run(self.world.be_busy(is_busy))

    def restart(self) -> None:
        self.run(self.world.restart())

    def forget_the_log(self) -> None:
        self.run(self._forget_the_log())

    async def _forget_the_log(self) -> None:
        async with self.world.db.begin() as writer:
            await event_log.prune(writer, now_ms() + LATER)

    def begin_a_new_epoch(self) -> None:
        self.run(self._new_epoch())

    async def _new_epoch(self) -> None:
        async with self.world.db.begin() as writer:
            await event_log.new_epoch(writer)

    def settle(self) -> None:
        """Everything arrives, answers after the news; then all is as it should be."""
        self.look()
        for which in range(len(self.browsers)):
            self.deliver(which, MOST)
        self.answers_arrive()
        self.run(self.world.settle())

    def end(self) -> None:
        self.run(self.world.stop())
