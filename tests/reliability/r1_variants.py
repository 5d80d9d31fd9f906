"""Ways to break what R1 promises. The model has to catch every one of them; r1_stories.py says how."""

import asyncio
import dataclasses
import re
from collections.abc import Callable, Sequence

import pytest

from server.domain.channels import Channel
from server.domain.events import LoggedEvent, channels_of
from server.domain.viewer import Viewer
from server.live.hub import Held, Hub
from server.live.messages import Changes, Heartbeat
from server.live.resuming import catch_up
from server.live.resuming.catch_up import Asked, Caught
from server.live.resuming.recent import Recent
from server.live.resuming.resume import Resume
from server.live.session import Session
from server.store import event_log
from server.store.database import Reader
from server.views import patches as real
from server.views.patches import Patch
from server.views.render import Renderer
from tests.reliability.r1_browser import Wire
from tests.reliability.r1_world import World
from tests.support.model_board import Address, ModelBoard
from tests.support.page_model import Message, Patches, Positions

Break = Callable[[pytest.MonkeyPatch], None]

TURNS = 12  # of the loop, between a page's content and its position


def position_read_after_content(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ModelBoard.load

    async def load(board: ModelBoard, address: Address, who: str | None) -> str | None:
        html = await whole(board, address, who)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        async with board.db.snapshot() as reader:
            head = await event_log.head(reader)
        return html and re.sub(r'data-position="\d+"', f'data-position="{head.seq}"', html)

    monkeypatch.setattr(ModelBoard, "load", load)


def older_patches_are_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Patches, "is_new", lambda *_: True)


def removals_are_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Patches, "_remember", lambda *_: None)


def content_kept_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told is what was rendered when it happened."""
    kept: dict[tuple[Channel, int], tuple[Patch, ...]] = {}
    remember = World.remember_words

    async def remember_content(world: World) -> None:
        if not world.words:  # a new one
            kept.clear()
        await remember(world)
        async with world.db.snapshot() as reader:
            for logged in await event_log.since(reader, 0, 1000):
                for channel in channels_of(logged.event):
                    if (channel, logged.seq) not in kept:
                        found = await real.patches(reader, world.board.renderer, channel, [logged])
                        kept[channel, logged.seq] = found

    async def replayed(
        _reader: Reader, _renderer: Renderer, channel: Channel, events: Sequence[LoggedEvent]
    ) -> tuple[Patch, ...]:
        return tuple(patch for logged in events for patch in kept.get((channel, logged.seq), ()))

    monkeypatch.setattr(World, "remember_words", remember_content)
    monkeypatch.setattr(World, "hydrate", staticmethod(replayed))


def gaps_are_not_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Positions.judge

    def careless(positions: Positions, channel: str, after: int, position: int) -> str:
        found = judge(positions, channel, after, position)
        return "apply" if found == "gap" else found

    monkeypatch.setattr(Positions, "judge", careless)


def duplicates_move_positions_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(positions: Positions, channel: str, position: int) -> None:
        positions.asked.pop(channel, None)
        positions.seen[channel] = position

    monkeypatch.setattr(Positions, "judge", lambda *_: "apply")
    monkeypatch.setattr(Positions, "advance", careless)


def no_reset_when_pruned(monkeypatch: pytest.MonkeyPatch) -> None:
    async def floor(_: Reader) -> int:
        return 0

    monkeypatch.setattr(event_log, "floor", floor)


def no_reset_in_a_new_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    async def useful(*_: object) -> None:
        return None

    monkeypatch.setattr(catch_up, "_useless", useful)


def heartbeats_without_a_position(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Heartbeat, "content", lambda _: {"type": "heartbeat"})


def frames_are_lost_while_it_catches_up(monkeypatch: pytest.MonkeyPatch) -> None:
    settle = Hub.settle

    def forgetful(hub: Hub, *arguments: object) -> list[Held]:
        settle(hub, *arguments)  # type: ignore[arg-type]  # they are passed on as they came
        return []

    monkeypatch.setattr(Hub, "settle", forgetful)


def positions_are_sent_without_their_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    say = Wire.say

    def incomplete(wire: Wire, message: Message) -> None:
        say(wire, {name: message[name] for name in message if name != "epoch" or message["type"] == "hello"})

    monkeypatch.setattr(Wire, "say", incomplete)


def heartbeats_overtake_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "is_quiet", lambda session: session._greeted)


def memory_misses_events(monkeypatch: pytest.MonkeyPatch) -> None:
    add = Recent.add
    monkeypatch.setattr(Recent, "add", lambda recent, _events, head: add(recent, (), head))


def memory_keeps_what_was_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: dict[tuple[Channel, int], Changes] = {}
    from_database = Resume.from_database

    async def keeping(resume: Resume, viewer: Viewer, asked: Asked) -> Caught:
        caught = await from_database(resume, viewer, asked)
        for channel, changes in caught.changes.items():
            kept = rendered.setdefault((channel, changes.after), changes)
            caught.changes[channel] = dataclasses.replace(kept, position=changes.position)
        return caught

    monkeypatch.setattr(Resume, "from_database", keeping)
