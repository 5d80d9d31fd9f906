"""A topic on a real hub and database, its readers, and a clock that only the test moves.

async def test_…(scene: Scene) -> None:
    ann, guest = scene.come("ann"), scene.come()
    await scene.look()                                  # what presence does once a second
    assert ann.take() == [here(scene, "ann", guests=1)]
"""

import json
from typing import Any

from server.domain.channels import Channel, Thing
from server.domain.viewer import GUEST, Audience, Viewer
from server.live.company.neighbours import Neighbours
from server.live.hub import Hub
from server.live.presence import Presence
from server.live.protocol import Close
from tests.support.model_board import ModelBoard

Message = dict[str, Any]


class Reader:
    """A socket that keeps what it is told."""

    def __init__(self, viewer: Viewer = GUEST) -> None:
        self.viewer = viewer
        self.told: list[Message] = []

    def hint(self, frame: str) -> None:
        self.told.append(json.loads(frame))

    def push(self, frame: str) -> None:
        """Presence pushes nothing: it is no news of the log."""
        raise AssertionError(frame)

    say = push

    def ping(self) -> None:
        """Nothing."""

    def end(self, close: Close) -> None:
        """Nothing."""

    def is_quiet(self) -> bool:
        return True

    def take(self) -> list[Message]:
        """What was told since this was last asked."""
        told, self.told = self.told, []
        return told


class Scene:
    """One process's presence; `neighbours` are the others."""

    def __init__(self, board: ModelBoard, topic: int, neighbours: Neighbours | None = None) -> None:
        self.board = board
        self.now = 1000.0
        self.hub = Hub()
        self.neighbours = neighbours or Neighbours()
        self.presence = Presence(board.db, self.hub, self.neighbours, clock=lambda: self.now)
        self.hub.watchers.append(self.presence.moved)
        self.board.db.followers.append(self.presence.hear)
        self.topic = Channel(Thing.TOPIC, topic)
        self.staff = Channel(Thing.TOPIC, topic, Audience.STAFF)

    def come(self, name: str | None = None, *channels: Channel) -> Reader:
        reader = Reader(self.board.viewer(name))
        self.hub.admit(reader)
        for channel in channels or (self.topic,):
            self.hub.join(channel, reader)
            self.hub.settle(channel, reader, 0, 0)
        return reader

    def go(self, *readers: Reader) -> None:
        for reader in readers:
            self.hub.dismiss(reader)

    async def look(self, seconds: float = 1.0) -> None:
        """One look, that much later."""
        self.now += seconds
        await self.presence.look()

    async def settle(self) -> None:
        """As many looks as it takes at most to notice, to let linger, and to tell."""
        for _ in range(4):
            await self.look()


def here(scene: Scene, *names: str, unnamed: int = 0, guests: int = 0) -> Message:
    told = {"type": "here", "channel": str(scene.topic), "members": list(names)}
    return {**told, "unnamed": unnamed, "guests": guests}


def typing(scene: Scene, *names: str, unnamed: int = 0) -> Message:
    return {"type": "typing", "channel": str(scene.topic), "members": list(names), "unnamed": unnamed}
