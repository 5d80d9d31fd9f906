"""Connections at rest: little stays of them, slow ones miss nothing and hold nothing, dead ones are cut."""

import asyncio
import gc
import itertools
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.live.connections import parked, slow
from server.live.connections.frame_reader import MAX_SPARE, FrameReader
from server.live.connections.parked import Parked
from server.live.connections.sweep import PING_EVERY, Sweep
from server.live.hub import SLOTS, Follower
from server.live.session import Link, Session
from tests.support.raw_socket import RawSocket, Send, raw_socket
from tests.support.sockets import member_socket
from tests.support.stage import TOPIC, WAYS, Stage, set_up
from tests.support.waiting import check, eventually

LONG = "x" * 100_000


@pytest_asyncio.fixture(params=WAYS.values(), ids=WAYS)
async def stage(sqlite_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with set_up(sqlite_url, ws=request.param) as stage:
        yield stage


@pytest_asyncio.fixture
async def parking(sqlite_url: str) -> AsyncIterator[Stage]:
    async with set_up(sqlite_url, ws=WAYS["parked"]) as stage:
        yield stage


async def fill(stage: Stage, reader: RawSocket) -> None:
    """Writes until the connection of the one who doesn't read takes no more."""
    while not stage.live.slow:
        await write_and_publish(stage, LONG)


async def write_and_publish(stage: Stage, text: str) -> int:
    position = await stage.write(1, text)
    await eventually(lambda: check(stage.live.hub.position == position))
    return position


def parked_ones(stage: Stage) -> list[Parked]:
    return [link for follower in stage.live.hub if isinstance(link := link_of(follower), Parked)]


def backlog_of_the_first(stage: Stage) -> int:
    """Of who came first; the others' move while one looks."""
    return link_of(next(iter(stage.live.hub))).backlog()


def link_of(follower: Follower) -> Link:
    assert isinstance(follower, Session)
    return follower._link


async def test_nothing_runs_for_a_parked_connection(parking: Stage) -> None:
    before = len(asyncio.all_tasks())
    async with raw_socket(parking.base_url) as one, raw_socket(parking.base_url) as other:
        await one.hello(["topic:12"])
        await other.hello(["topic:12"])
        await eventually(lambda: check(len(asyncio.all_tasks()) == before))
        assert len(parked_ones(parking)) == 2
        await parking.write(1, "news")
        assert (await one.next("changes"))["patches"] == (await other.next("changes"))["patches"]
        assert all(link._reader is None for link in parked_ones(parking))
    await eventually(lambda: check(parked_ones(parking) == []))
    assert len(parking.live.hub) == 0


async def test_a_slow_reader_gets_what_it_missed_merged_into_one_frame(stage: Stage) -> None:
    async with raw_socket(stage.base_url) as reader:
        await reader.hello(["topic:12"])
        await fill(stage, reader)
        for number in range(50):
            await stage.write(1, f"{LONG} {number}")
        last = await stage.write(2, "the end")
        await eventually(lambda: check(stage.live.hub.position == last))
        seen = [await reader.next("changes")]
        while seen[-1]["position"] < last:
            seen.append(await reader.next("changes"))
        posts = {patch["target"]: patch["html"] for changes in seen for patch in changes["patches"]}
        assert posts == {"post-1": f"{LONG} 49", "post-2": "the end"}
        assert all(changes["after"] <= before["position"] for before, changes in itertools.pairwise(seen))
        assert len(seen[-1]["patches"]) == 2  # merged
        assert not stage.live.slow
        await stage.write(3, "on")
        assert (await reader.next("changes"))["patches"][0]["html"] == "on"


async def test_a_reader_that_is_stuck_is_cut_and_nothing_was_kept_for_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with raw_socket(stage.base_url) as reader, member_socket(stage.base_url) as healthy:
        await reader.hello(["topic:12"])
        await healthy.hello(["topic:12"])
        await fill(stage, reader)
        before = backlog_of_the_first(stage)
        for _ in range(20):
            await write_and_publish(stage, LONG)
        assert backlog_of_the_first(stage) == before > 0
        monkeypatch.setattr(slow, "STUCK_FOR", 0.0)
        await eventually(lambda: check(len(stage.live.hub) == 1))
        await stage.write(2, "fine")
        while (changes := await healthy.next("changes"))["patches"][-1]["html"] != "fine":
            assert changes["patches"][-1]["html"] == LONG


def alive(*kinds: type) -> list[object]:
    return [one for one in gc.get_objects() if type(one) in kinds]


async def test_a_connection_that_is_over_leaves_nothing_for_the_collector_of_garbage(parking: Stage) -> None:
    """Or memory would grow with each that comes and goes, until all of it is looked through."""
    gc.collect()
    before, readers_before = len(alive(Session, Parked)), len(alive(FrameReader))  # other tests' own
    gc.disable()
    try:
        for _ in range(MAX_SPARE + 1):
            async with member_socket(parking.base_url) as says_goodbye:
                await says_goodbye.hello(["topic:12"])
            async with raw_socket(parking.base_url) as drops:
                await drops.hello(["topic:12"])
            async with raw_socket(parking.base_url) as is_cut:
                await is_cut.hello(["topic:12"])
                await eventually(lambda: check(len(parking.live.hub) == 1))
                parked_ones(parking)[0].abort()
            await eventually(lambda: check(len(parking.live.hub) == 0))
        await eventually(lambda: check(len(alive(Session, Parked)) <= before))  # once the timers are
        assert len(alive(FrameReader)) <= readers_before + MAX_SPARE
    finally:
        gc.enable()


async def test_who_is_slow_but_moves_is_not_cut() -> None:
    now = 0.0
    readers = slow.SlowReaders(lambda: now)
    link = Connection(backlog=100)
    readers.add("bo", link)
    for _ in range(5):
        now += slow.STUCK_FOR - 1
        link.waiting -= 1
        readers.review()
    assert link.cuts == 0
    now += slow.STUCK_FOR
    readers.review()
    assert link.cuts == 1
    assert len(readers) == 0


class Connection:
    def __init__(self, backlog: int) -> None:
        self.waiting = backlog
        self.cuts = 0

    def backlog(self) -> int:
        return self.waiting

    def abort(self) -> None:
        self.cuts += 1


async def test_who_answers_no_ping_is_cut_and_who_does_stays(parking: Stage) -> None:
    sweep = Sweep(parking.live.hub, parking.live.slow)
    async with raw_socket(parking.base_url) as dead, member_socket(parking.base_url) as alive:
        await dead.hello(["topic:12"])
        await alive.hello(["topic:12"])
        everyone = SLOTS * PING_EVERY
        for _ in range(everyone):
            sweep.step()
        await eventually(lambda: check(sum(link._unheard for link in parked_ones(parking)) == 1))
        for _ in range(everyone):
            sweep.step()
        await eventually(lambda: check(len(parking.live.hub) == 1))
        await parking.write(1, "still here")
        assert (await alive.next("changes"))["patches"][0]["html"] == "still here"


async def test_a_message_may_come_in_pieces(stage: Stage) -> None:
    async with raw_socket(stage.base_url) as reader:
        await reader.send_in_pieces(json.dumps({"type": "hello", "channels": ["topic:12"]}))
        assert (await reader.next("ready"))["channels"] == ["topic:12"]


async def test_what_is_said_before_the_handshake_was_answered_is_heard(stage: Stage) -> None:
    """No browser does, but a program may."""
    hello = json.dumps({"type": "hello", "channels": ["topic:12"]})
    door = stage.door = asyncio.Event()

    async def say_hello(send: Send) -> None:
        await stage.at_door.wait()
        await send(hello)
        for _ in range(20):  # the loop looks at its sockets each time
            await asyncio.sleep(0)
        door.set()

    async with raw_socket(stage.base_url, meanwhile=say_hello) as reader:
        assert (await reader.next("ready"))["channels"] == ["topic:12"]
        await reader.say("subscribe", channels=["topic:99"])
        assert (await reader.next("error"))["code"] == "denied"


async def test_who_does_not_answer_the_close_is_cut(parking: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parked, "CLOSE_WITHIN", 0.05)
    async with raw_socket(parking.base_url) as reader:
        await reader.hello(["topic:12"])
        await reader.send_text("nonsense")
        assert await reader.close_code() == 4507
        assert await reader.ended()
        await eventually(lambda: check(len(parking.live.hub) == 0))


async def test_a_connection_that_was_reset_leaves_nothing(stage: Stage) -> None:
    async with raw_socket(stage.base_url) as reader:
        await reader.hello(["topic:12"])
        reader.reset()
        await eventually(lambda: check(len(stage.live.hub) == 0))
        assert stage.live.hub.room(TOPIC) is None
