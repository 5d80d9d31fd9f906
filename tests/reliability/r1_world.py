"""The whole of R1's world: a real log, relay and hub, real actions and pages, browsers in memory."""

import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request

from server.actions import accounts, sessions
from server.actions.posting import Posted
from server.domain.channels import Channel
from server.domain.clock import now_ms
from server.domain.credentials import Credentials
from server.domain.events import LoggedEvent
from server.domain.viewer import GUEST, Audience, Role, Viewer
from server.live.company.neighbours import Neighbours
from server.live.hub import SLOTS, Hub
from server.live.presence import Presence
from server.live.protocol import DRAINING
from server.live.relay import Relay
from server.live.resuming.catch_up import Sources
from server.live.resuming.resume import Resume
from server.live.state import LiveState
from server.live.wakeup import Wakeup
from server.store import event_log, members
from server.store.database import Reader
from server.views.patches import Patch, patches
from server.views.render import Renderer
from server.web import told
from tests.reliability.r1_browser import Browser, Wire
from tests.support.dom import page_of
from tests.support.inline_database import InlineDatabase, InlineLoop
from tests.support.model_board import NO_LIMITS, RENDERER, Address, ModelBoard
from tests.support.page_model import Message, difference
from tests.support.small_board import PASSWORD

WORD = re.compile(r"\bkw[0-9]+z\b")  # planted: each text has one of its own
ROUNDS = 12  # until everybody has caught up; fewer are needed
OTHER_VIEWER = (4501, 4503)  # close codes after which a browser loads the page afresh


class World:
    hydrate = staticmethod(patches)

    def __init__(self, path: Path, people: dict[str, Viewer], places: dict[Audience, int]) -> None:
        self.db = InlineDatabase(str(path))
        self.board = ModelBoard(self.db, RENDERER, dict(people), places)
        self.browsers: list[Browser] = []
        self.tokens: dict[str, str] = {}
        self.app = Starlette()
        self.app.state.db, self.app.state.renderer = self.db, RENDERER
        self.words: dict[str, list[tuple[int, Audience | None]]] = {}  # since when who may read it
        self._wires: list[Wire] = []
        self._turns = 0
        self.slowness = 0  # turns of the loop that it takes to render what a socket missed
        self.live: LiveState

    # The server

    async def start(self) -> None:
        """A new process: everybody who was connected has to come back."""
        hub, sources = Hub(), Sources(RENDERER, self._hydrate_slowly)
        relay = Relay(self.db, hub, Sources(RENDERER, self.hydrate), _role_of, Wakeup())
        await relay.start()
        resume = Resume(self.db, sources, relay.recent, relay.known_rights)
        who, presence = self.authenticate, Presence(self.db, hub, Neighbours())
        hub.watchers.append(presence.moved)
        relay.listeners.append(presence.hear)
        self.live = LiveState(
            self.db, RENDERER, relay, hub, frozenset(), who, False, sources, lambda _: "", resume, presence
        )

    async def _hydrate_slowly(
        self, reader: Reader, renderer: Renderer, channel: Channel, events: Sequence[LoggedEvent]
    ) -> tuple[Patch, ...]:
        """For sockets that catch up: meanwhile the relay may pass them."""
        for _ in range(self.slowness):
            await asyncio.sleep(0)
        return await self.hydrate(reader, renderer, channel, events)

    async def be_busy(self, is_busy: bool) -> None:
        """Holds every turn at the database, or gives them back."""
        while is_busy and not self.live.turns.locked():
            await self.live.turns.acquire()
            self._turns += 1
        while self._turns and not is_busy:
            self.live.turns.release()
            self._turns -= 1
        await self.settle_tasks()

    async def restart(self) -> None:
        await self.be_busy(False)
        self.live.hub.end_all(DRAINING)
        await self.settle_tasks()
        await self.start()

    async def stop(self) -> None:
        """Ends every task."""
        for wire in self._wires:
            wire.cut()
        await self.settle_tasks()
        left = [wire.task for wire in self._wires if not wire.task.done()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self.db.close()

    async def authenticate(self, shown: Credentials) -> Viewer:
        return await sessions.resume(self.db, shown.cookies.get("sid", ""), now=now_ms())

    async def settle_tasks(self) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, InlineLoop)
        await loop.until_quiet()

    # Browsers

    async def sign_in(self, who: str) -> None:
        username = self.board.people[who].username
        signed_in = await accounts.sign_in(
            self.db, self.board.passwords, username, PASSWORD, remember=False, now=now_ms(), limits=NO_LIMITS
        )
        self.board.people[who], self.tokens[who] = signed_in.viewer, signed_in.token

    async def open(self, who: str | None, address: Address) -> Browser | None:
        html = await self.board.load(address, who)
        if html is None:
            return None
        browser = Browser(who, address, html)
        self.browsers.append(browser)
        return browser

    async def connect(self, browser: Browser) -> None:
        if browser.wire is not None or browser.page.is_gone:
            return
        cookies = {"sid": self.tokens[browser.who]} if browser.who else {}
        viewer = await self.authenticate(Credentials(cookies)) if browser.who else GUEST
        if browser.who and not viewer.is_member:
            # Signed out while it was away. It is not told so, a known limit: the person loads the page.
            cookies = {}
            if not await self._load_as_guest(browser):
                return
        wire = Wire(viewer, self.live, cookies)
        self._wires.append(wire)
        browser.connect(wire)

    async def fetch(self, browser: Browser) -> None:
        """Sends for the page; it arrives with `arrive`."""
        if browser.page.wants_fetch and not browser.in_flight and not browser.page.is_gone:
            browser.in_flight.append(await self.board.load(browser.address, browser.who))

    async def arrive(self, browser: Browser) -> None:
        if browser.in_flight:
            browser.page.adopt(browser.in_flight.pop())

    async def notice_close(self, browser: Browser) -> None:
        """What a browser does about a closed socket, once it got what was sent before."""
        wire = browser.wire
        if wire is None or wire.closed is None:
            return
        browser.deliver_all()
        browser.cut()
        if wire.closed in OTHER_VIEWER:
            await self._load_as_guest(browser)
        assert wire.closed < 4500 or wire.closed in OTHER_VIEWER, wire.closed

    async def _load_as_guest(self, browser: Browser) -> bool:
        browser.who = None
        browser.in_flight.clear()
        html = await self.board.load(browser.address, None)
        if html is None:
            browser.page.is_gone = True
        else:
            browser.show(html)
        return html is not None

    async def answer(self, browser: Browser, posted: Posted) -> list[Message]:
        """What the author's own script gets back."""
        scope = {
            "type": "http",
            "app": self.app,
            "headers": [],
            "state": {"viewer": self.board.viewer(browser.who)},
        }
        response = await told.post_told(Request(scope), posted.post_id, posted.after, posted.position)
        changes: list[Message] = json.loads(bytes(response.body))["changes"]
        return changes

    # What has to be so

    async def remember_words(self) -> None:
        """Who may read each planted word, from the rows themselves."""
        async with self.db.snapshot() as reader:
            head = (await event_log.head(reader)).seq
            rows = await reader.all(
                "SELECT p.plain, t.title, t.removed_title, c.visibility FROM posts p"
                " JOIN topics t ON t.id = p.topic_id JOIN categories c ON c.id = t.category_id"
            )
        seen: dict[str, Audience] = {}
        for plain, title, removed_title, visibility in rows:
            seen |= dict.fromkeys(WORD.findall(f"{plain} {title}"), Audience(visibility))
            seen |= dict.fromkeys(WORD.findall(f"{removed_title}"), Audience.STAFF)  # on its tombstone
        for word in {*seen, *self.words}:
            history = self.words.setdefault(word, [])
            if not history or history[-1][1] != seen.get(word):
                history.append((head, seen.get(word)))

    def check_frames(self) -> None:
        """No frame says what its reader may not know any more at the frame's position."""
        for wire in self._wires:
            for frame in wire.sent:
                if frame["type"] == "changes":
                    self._check_words(json.dumps(frame), wire.viewer, frame["position"])
            wire.sent.clear()

    def _check_words(self, text: str, viewer: Viewer, position: int) -> None:
        for word in WORD.findall(text):
            known = [audience for since, audience in self.words.get(word, []) if since <= position]
            allowed = not known or (known[-1] is not None and known[-1] <= viewer.audience)
            assert allowed, f"{word} was told to {viewer.role} at {position}: {self.words[word]}\n{text}"

    async def settle(self) -> None:
        """Until everybody is connected and has everything; then each page is as a fresh one."""
        await self.be_busy(False)
        for _ in range(ROUNDS):
            moved = False
            await self.live.relay.look()
            await self.settle_tasks()
            for browser in self.browsers:
                moved |= await self._catch_up(browser)
            if not moved:
                break
        else:
            raise AssertionError("they never come to rest")
        self.check_frames()
        await self._beat()
        for browser in self.browsers:
            await self.compare(browser)

    async def _catch_up(self, browser: Browser) -> bool:
        if browser.lost:
            browser.cut()
        if browser.wire is not None:
            browser.wire.gate.set()
        await self.settle_tasks()
        moved = browser.deliver_all()
        await self.notice_close(browser)
        if browser.page.is_gone:
            browser.cut()
            return moved
        if browser.wire is None:
            await self.connect(browser)
            await self.settle_tasks()
            moved = True
        await self.fetch(browser)
        moved |= bool(browser.in_flight)
        await self.arrive(browser)
        await self.settle_tasks()
        return moved | browser.deliver_all()

    async def _beat(self) -> None:
        """Rounds of heartbeats, two of which reach everybody: then nobody asks for what has passed."""
        for _ in range(5 * SLOTS):
            self.live.relay.beat()
        await self.settle_tasks()
        async with self.db.snapshot() as reader:
            head = (await event_log.head(reader)).seq
        for browser in self.browsers:
            browser.deliver_all()
            if browser.wire is not None and browser.page.positions.seen:
                assert browser.page.positions.least() == head, (browser.address, browser.page.positions)

    async def compare(self, browser: Browser) -> None:
        fresh = await self.board.load(browser.address, browser.who)
        if browser.page.is_gone:
            return  # what the server said then stands there until somebody loads the page again
        assert fresh is not None, f"{browser.who} still shows {browser.address}"
        found = difference(browser.page.page, page_of(fresh))
        assert not found, f"{browser.address} of {browser.who or 'a guest'}\n{found}"


async def _role_of(reader: Reader, member_id: int) -> Role | None:
    account = await members.by_id(reader, member_id)
    return None if account is None or account.disabled else account.role
