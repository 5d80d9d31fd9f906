"""One socket on a real server: hello, catching up, joining without a hole, and the ways it ends."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.domain.channels import Channel, Thing
from server.domain.clock import now_ms
from server.domain.events import Event, Kind
from server.domain.viewer import Audience, Role, Viewer
from server.live.hub import SLOTS
from server.live.protocol import MAX_CHANNELS
from server.live.resuming.catch_up import MAX_OBJECTS
from server.live.state import READS_AT_ONCE
from server.store import event_log
from tests.support.sockets import Message, member_socket
from tests.support.stage import TOPIC, WAYS, Stage, post_event, set_up
from tests.support.waiting import check, eventually

OTHER = Channel(Thing.TOPIC, 13)
ANN = Viewer(id=7, username="Ann", role=Role.MEMBER, session_id=70)


@pytest_asyncio.fixture(params=WAYS.values(), ids=WAYS)
async def stage(sqlite_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with set_up(sqlite_url, ws=request.param) as stage:
        stage.audiences |= {OTHER: Audience.PUBLIC, Channel(Thing.CATEGORY, 3): Audience.MEMBERS}
        stage.viewers["ann"] = ANN
        stage.roles[7] = Role.MEMBER
        yield stage


class Page:
    """A browser's page: it applies changes by the contract and notes when there was a gap."""

    def __init__(self, position: int, posts: dict[str, str]) -> None:
        self.position = position
        self.posts = posts
        self.gaps = 0

    def apply(self, changes: Message) -> None:
        if changes["position"] <= self.position:
            return
        self.gaps += changes["after"] > self.position
        self.position = changes["position"]
        for patch in changes["patches"]:
            if patch["op"] == "put":
                self.posts[patch["target"]] = patch["html"]
            else:
                self.posts.pop(patch["target"], None)


async def test_hello_is_answered_and_news_arrive(stage: Stage) -> None:
    async with member_socket(stage.base_url) as socket:
        before = now_ms()
        ready = await socket.hello(["topic:12", "topic:99", "category:3", "nonsense"])
        assert before <= ready.pop("now") <= now_ms()
        assert ready == {
            "type": "ready", "epoch": await stage.epoch(), "position": 0, "heartbeat": 25,
            "channels": ["topic:12"], "denied": ["topic:99", "category:3", "nonsense"],
            "viewer": None,
            "role": "guest",
            "moderates": [],
        }  # fmt: skip
        position = await stage.write(99, "hello")
        changes = await socket.next("changes")
        assert (changes["channel"], changes["after"], changes["position"]) == ("topic:12", 0, position)
        assert changes["patches"][0]["html"] == "hello"


async def test_what_was_missed_comes_at_once_as_it_is_now(stage: Stage) -> None:
    await stage.write(1, "seen")
    await stage.write(2, "secret")
    await stage.write(2, None)
    last = await stage.write(3, "new")
    async with member_socket(stage.base_url) as socket:
        await socket.hello(["topic:12", "topic:13"], await stage.epoch(), 1)
        changes = await socket.next("changes")
        assert (changes["after"], changes["position"]) == (1, last)
        assert [(one["op"], one["target"]) for one in changes["patches"]] == [
            ("remove", "post-2"),
            ("put", "post-3"),
        ]
        assert "secret" not in json.dumps(socket.seen)
        await stage.write(4, "later")
        assert (await socket.next("changes"))["after"] <= last
        assert socket.kinds() == ["ready", "changes", "changes"]  # nothing for the channel without changes


async def test_a_page_newer_than_the_last_change_sees_no_gap(stage: Stage) -> None:
    await stage.write(1, "one")
    position = await stage.tell(*(post_event(1, topic=77) for _ in range(5)))
    async with member_socket(stage.base_url) as first, member_socket(stage.base_url) as second:
        await first.hello(["topic:12"], await stage.epoch(), position)
        await second.hello(["topic:12"], await stage.epoch(), 2)
        await stage.write(1, "two")
        assert (await first.next("changes"))["after"] <= 2
        assert (await second.next("changes"))["after"] <= 2


@pytest.mark.parametrize(
    ("epoch", "position", "reason"),
    [("elsewhere", 1, "epoch"), (None, 1, "epoch"), ("", 1, "epoch"), ("here", 10_000, "ahead")],
)
async def test_a_useless_position_is_a_reset_and_news_arrive_all_the_same(
    stage: Stage, epoch: str | None, position: int, reason: str
) -> None:
    await stage.write(1, "one")
    async with member_socket(stage.base_url) as socket:
        await socket.hello(["topic:12"], await stage.epoch() if epoch == "here" else epoch, position)
        assert (await socket.next("reset"))["reason"] == reason
        await stage.write(2, "two")
        assert (await socket.next("changes"))["patches"][-1]["html"] == "two"


async def test_pruned_positions_are_old_and_too_much_is_large(stage: Stage) -> None:
    await stage.write(1, "one")
    async with stage.db.begin() as writer:
        await event_log.prune(writer, 2**52)
    epoch = await stage.epoch()
    async with member_socket(stage.base_url) as socket:
        await socket.hello(["topic:12"], epoch, 0)
        assert (await socket.next("reset"))["reason"] == "old"
    await stage.tell(*(post_event(n) for n in range(1, MAX_OBJECTS + 2)))
    async with member_socket(stage.base_url) as socket:
        await socket.hello(["topic:12"], epoch, 1)
        assert (await socket.next("reset"))["reason"] == "large"
    async with member_socket(stage.base_url) as socket:
        await socket.hello(["topic:12"], epoch, 2)
        assert len((await socket.next("changes"))["patches"]) == MAX_OBJECTS


async def test_no_heartbeat_overtakes_what_was_missed(stage: Stage) -> None:
    """It would make the missed changes look like ones that were seen already."""
    missed = await stage.write(1, "missed")
    await eventually(lambda: check(stage.live.hub.position == missed))
    turns = stage.live.turns
    for _ in range(READS_AT_ONCE):
        await turns.acquire()
    async with member_socket(stage.base_url) as socket:
        await socket.say("hello", channels=["topic:12"], epoch=await stage.epoch(), position=0)
        await eventually(lambda: check(turns._waiters))  # it is heard, and waits for its turn to read
        for _ in range(SLOTS):
            stage.live.relay.beat()
        for _ in range(READS_AT_ONCE):
            turns.release()
        await socket.next("changes")
        assert socket.kinds() == ["ready", "changes"]


async def test_frames_of_the_time_between_reading_and_joining_are_not_lost_or_doubled(stage: Stage) -> None:
    await stage.write(1, "one")
    await eventually(lambda: check(stage.live.hub.position == 1))
    stage.gate = asyncio.Event()
    async with member_socket(stage.base_url) as socket:
        await socket.say("hello", channels=["topic:12"], epoch=await stage.epoch(), position=0)
        await stage.at_gate.wait()  # its snapshot is open, its channel joined
        gate, stage.gate = stage.gate, None
        second = await stage.write(2, "two")
        await eventually(lambda: check(stage.live.hub.position == second))  # the relay published it
        assert socket.seen == []
        gate.set()
        caught, live = await socket.next("changes"), await socket.next("changes")
        assert socket.kinds() == ["ready", "changes", "changes"]
        assert (caught["position"], live["position"]) == (1, second)
        assert [one["target"] for one in live["patches"]] == ["post-2"]


async def test_pages_that_come_at_any_moment_end_like_a_fresh_load(stage: Stage) -> None:
    """Ann writes without a pause while eight readers come and go."""
    epoch = await stage.epoch()
    staying = 0
    written: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def ann() -> None:
        number = 0
        while staying < 8:
            number += 1
            await stage.write(1 + number % 7, None if number % 5 == 0 else f"text {number}")
        written.set_result(await stage.write(8, "the end"))

    async def reader() -> Page:
        nonlocal staying
        page = Page(0, {})
        for _ in range(5):
            async with member_socket(stage.base_url) as socket:
                await socket.hello(["topic:12", "topic:13"], epoch, page.position)
                for _ in range(6):
                    page.apply(await socket.next("changes"))
                assert "reset" not in socket.kinds()
        async with member_socket(stage.base_url) as socket:
            await socket.hello(["topic:12", "topic:13"], epoch, page.position)
            staying += 1
            last = await written
            while page.position < last:
                page.apply(await socket.next("changes"))
        return page

    async with asyncio.TaskGroup() as group:
        group.create_task(ann())
        readers = [group.create_task(reader()) for _ in range(8)]
    for page in (done.result() for done in readers):
        assert page.gaps == 0
        assert page.posts == {f"post-{post}": text for post, text in stage.texts.items()}


async def test_subscribe_adds_channels_and_closes_gaps(stage: Stage) -> None:
    async with member_socket(stage.base_url) as socket:
        await socket.hello(["topic:12"])
        await stage.tell(post_event(5, topic=13))
        await socket.say("subscribe", channels=["topic:13", "topic:99", "category:3"], position=0)
        error = await socket.next("error")
        assert error["code"] == "denied"
        assert "topic:99, category:3" in error["message"]
        assert (await socket.next("changes"))["channel"] == "topic:13"
        await eventually(lambda: check(stage.live.hub.position == 1))  # memory answers as of here
        await socket.say("subscribe", channels=["topic:13"], position=0)  # as after a gap
        assert (await socket.next("changes"))["position"] == 1
        await socket.say("unsubscribe", channels=["topic:13", "topic:99", "nonsense"])
        await socket.say("typing", channel="topic:12")
        await eventually(lambda: check(stage.live.hub.room(OTHER) is None))
        await stage.tell(post_event(6, topic=13), post_event(6))
        assert (await socket.next("changes"))["channel"] == "topic:12"


async def test_who_asks_for_what_he_has_is_told_that_nothing_was_missed(stage: Stage) -> None:
    """A browser that does not know whether its socket lives asks like this."""
    await stage.write(1, "one")
    position = await stage.tell(post_event(5, topic=77))
    async with member_socket(stage.base_url) as socket:
        await socket.hello(["topic:12"], await stage.epoch(), position)
        await socket.say("subscribe", channels=["topic:12"], position=position)
        assert await socket.next("changes") == {
            "type": "changes", "channel": "topic:12", "after": position, "position": position, "patches": [],
        }  # fmt: skip
        last = await stage.write(2, "two")
        told = await socket.next("changes")
        assert told["after"] <= position
        assert told["position"] == last


async def test_thirty_channels_are_the_most(stage: Stage) -> None:
    names = [f"topic:{n}" for n in range(100, 100 + MAX_CHANNELS)]
    stage.audiences |= {Channel(Thing.TOPIC, n): Audience.PUBLIC for n in range(100, 100 + MAX_CHANNELS)}
    async with member_socket(stage.base_url) as socket:
        assert (await socket.hello(names))["denied"] == []
        await socket.say("subscribe", channels=["topic:12"])
        assert (await socket.next("error"))["code"] == "denied"
        await socket.say("unsubscribe", channels=names[:1])
        await socket.say("subscribe", channels=["topic:12"])
        await eventually(lambda: check(stage.live.hub.room(TOPIC)))


async def test_a_channel_lost_while_closing_a_gap_is_dropped(stage: Stage) -> None:
    async with member_socket(stage.base_url) as socket:
        await socket.hello(["topic:12"])
        del stage.audiences[TOPIC]
        stage.live.relay.known_rights.forget_all(0)  # as the topic's event does a moment later
        await socket.say("subscribe", channels=["topic:12"], position=0)
        assert (await socket.next("dropped"))["channels"] == ["topic:12"]


async def test_who_signed_out_between_handshake_and_hello_gets_nothing(stage: Stage) -> None:
    await stage.write(1, "one")
    async with member_socket(stage.base_url, cookie="who=ann") as socket:
        await eventually(lambda: check(stage.live.hub.sockets_of(7)))
        del stage.viewers["ann"]
        await socket.say("hello", channels=["topic:12", "category:3"], epoch=await stage.epoch(), position=0)
        assert await socket.closed() == 4501
        assert socket.seen == []


async def test_a_new_role_makes_the_browser_connect_again(stage: Stage) -> None:
    async with member_socket(stage.base_url, cookie="who=ann") as socket:
        await socket.hello(["member:7"])
        stage.viewers["ann"] = Viewer(id=7, username="Ann", role=Role.ADMIN, session_id=70)
        await socket.say("subscribe", channels=["topic:12"])
        assert await socket.closed() == 4001


async def test_signing_out_elsewhere_closes_the_socket(stage: Stage) -> None:
    async with member_socket(stage.base_url, cookie="who=ann") as socket:
        await socket.hello(["topic:12"])
        await stage.tell(Event(Kind.SESSION, 70, Audience.STAFF, member_id=7))
        assert await socket.closed() == 4501
