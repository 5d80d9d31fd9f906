"""What the live client does with the server's messages: the twin of client/live/page.js.

Fetching is left to whoever drives it: `wants_fetch` says that the page asks for it, `adopt` takes the answer.
"""

from collections.abc import Callable, Iterable, Sequence

from tests.support.dom import Page, page_of
from tests.support.page_model import Message, Patches, Positions


class LivePage:
    """`send` takes a message for the server; it drops it while there is no connection."""

    def __init__(self, html: str, send: Callable[[Message], None]) -> None:
        self.patches = Patches(page_of(html))
        self.positions = _positions_of(self.page)
        self.wants_fetch = False
        self.is_gone = (
            False  # the server has no such page any more, and the browser shows what it says instead
        )
        self._send = send
        self._was_reset = False

    @property
    def page(self) -> Page:
        return self.patches.page

    def hello(self) -> Message:
        self.positions.asked.clear()
        return {
            "type": "hello",
            "epoch": self.page.epoch,
            "position": self.positions.least(),
            "channels": list(self.positions.seen),
        }

    def take(self, message: Message) -> None:
        match message["type"]:
            case "ready" if message["denied"]:
                self._drop(message["denied"], purge=True)
            case "changes":
                self._follow(message)
            case "heartbeat":
                if not self._was_reset and isinstance(message.get("position"), int):
                    self.positions.advance_all(message["position"])
            case "reset":
                self._was_reset = True
                self.wants_fetch = True
            case "dropped":
                self._drop(message["channels"], purge=message["purge"])

    def apply_answer(self, messages: Iterable[Message]) -> None:
        """What came with the answer to one's own write; the socket alone moves the positions."""
        for message in messages:
            if message["channel"] in self.positions.seen:
                self._apply(message["patches"])

    def adopt(self, html: str | None) -> None:
        """Takes over a fetched page, wherever it stands; None: there is no such page."""
        self.wants_fetch = False
        if html is None:
            self.is_gone = True
            return
        old = self.positions
        self.patches.adopt(page_of(html))
        self.positions = _positions_of(self.page)
        left = [channel for channel in old.seen if channel not in self.positions.seen]
        if left:
            self._send({"type": "unsubscribe", "channels": left})
        is_behind = self._was_reset or self.positions.least() < old.most()
        self._ask([channel for channel in self.positions.seen if is_behind or channel not in old.seen])
        self._was_reset = False

    def _follow(self, changes: Message) -> None:
        verdict = self.positions.judge(changes["channel"], changes["after"], changes["position"])
        if verdict == "gap":
            self._ask([changes["channel"]])
        if verdict == "apply":
            self._apply(changes["patches"])
            self.positions.advance(changes["channel"], changes["position"])

    def _apply(self, patches: Sequence[Message]) -> None:
        self.patches.apply(patches)
        if self.patches.gone:
            self._purge()
        elif self.patches.incomplete:
            self.wants_fetch = True

    def _ask(self, channels: Sequence[str]) -> None:
        asked = [channel for channel in channels if self.positions.ask(channel)]
        if asked:
            position = min(self.positions.seen[channel] for channel in asked)
            epoch = self.page.epoch
            self._send({"type": "subscribe", "epoch": epoch, "channels": asked, "position": position})

    def _drop(self, channels: Sequence[str], *, purge: bool) -> None:
        ours = [channel for channel in channels if channel in self.positions.seen]
        for channel in ours:
            self.positions.drop(channel)
        if ours and purge:
            self._purge()
        elif ours:
            self.wants_fetch = True

    def _purge(self) -> None:
        self.patches.purge()
        self.patches.gone = False
        self.wants_fetch = True


def _positions_of(page: Page) -> Positions:
    return Positions(page.channels, page.position)
