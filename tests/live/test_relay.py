"""The relay: from the log to the hub, rights before content, and on after trouble."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from server.domain.channels import BOARD, Channel, Thing
from server.domain.events import Event, Kind
from server.domain.viewer import GUEST, Audience, Role, Viewer
from server.live.hub import SLOTS, Hub
from server.live.protocol import BANNED, RESYNC, SIGNED_OUT, Close
from server.live.relay import BATCH, MAX_BEHIND, Relay
from server.live.resuming.catch_up import MAX_OBJECTS
from server.live.wakeup import Wakeup
from server.store import event_log
from server.store.database import Database
from tests.support.stage import TOPIC, Content, commit, post_event
from tests.support.waiting import check, eventually

OTHER = Channel(Thing.TOPIC, 13)
CATEGORY = Channel(Thing.CATEGORY, 3)
ANN = Viewer(id=7, username="Ann", role=Role.MEMBER, session_id=70)
MOD = Viewer(id=9, username="Mod", role=Role.MODERATOR, session_id=90)


class Reader:
    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.messages: list[dict[str, Any]] = []  # of all types
        self.close: Close | None = None

    def push(self, frame: str) -> None:
        if self.close is None:
            self.messages.append(json.loads(frame))

    say = hint = push

    def ping(self) -> None:
        pass

    def end(self, close: Close) -> None:
        self.close = self.close or close

    def is_quiet(self) -> bool:
        return not self.messages


class Room(Content):
    """A relay that looks when the test says so."""

    def __init__(self, db: Database) -> None:
        super().__init__()
        self.db = db
        self.hub = Hub()
        self.wakeup = Wakeup()
        self.relay = Relay(db, self.hub, self.sources(), self.role_of, self.wakeup)

    def reader(self, *channels: Channel, viewer: Viewer = GUEST) -> Reader:
        reader = Reader(viewer)
        self.hub.admit(reader)
        for channel in channels:
            self.hub.join(channel, reader)
            self.hub.settle(channel, reader, self.hub.position, self.hub.position)
        return reader

    async def tell(self, *events: Event) -> int:
        return await commit(self.db, *events)


@pytest_asyncio.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with Database.open(database_url) as db:
        room = Room(db)
        room.audiences = {TOPIC: Audience.PUBLIC, OTHER: Audience.PUBLIC, CATEGORY: Audience.PUBLIC}
        await room.relay.start()
        yield room


async def test_a_commit_is_rendered_once_for_all_readers_of_a_channel(room: Room) -> None:
    readers = [room.reader(TOPIC) for _ in range(3)]
    away = room.reader(OTHER)
    room.texts[99] = "<p>hello</p>"
    position = await room.tell(post_event(99))
    await room.relay.look()
    expected = {"op": "put", "target": "post-99", "list": "posts", "order": 99, "version": position,
                "html": "<p>hello</p>"}  # fmt: skip
    for reader in readers:
        assert [message["patches"] for message in reader.messages] == [[expected]]
    assert away.messages == []
    assert room.rendered == [TOPIC]


async def test_several_changes_of_a_thing_cost_one_message_and_positions_form_a_chain(room: Room) -> None:
    start = room.hub.position
    reader = room.reader(TOPIC)
    room.texts[99] = "three"
    for _ in range(3):
        await room.tell(post_event(99))
    await room.relay.look()
    await room.tell(post_event(1, topic=13), post_event(99))
    await room.tell(post_event(1, topic=13))
    await room.relay.look()
    first, second = reader.messages
    assert (first["after"], first["position"], len(first["patches"])) == (start, start + 3, 1)
    assert (second["after"], second["position"]) == (start + 3, start + 6)
    await room.tell(post_event(99))
    await room.relay.look()
    assert reader.messages[2]["after"] == start + 5  # the previous change, not the previous position


async def test_what_was_removed_meanwhile_comes_as_a_removal(room: Room) -> None:
    reader = room.reader(TOPIC)
    room.texts[99] = "secret"
    await room.tell(post_event(99))
    del room.texts[99]
    await room.tell(post_event(99))
    await room.relay.look()
    assert "secret" not in json.dumps(reader.messages)
    assert [patch["op"] for patch in reader.messages[0]["patches"]] == ["remove"]


async def test_without_news_nothing_is_sent_and_with_unseen_news_nothing_is_rendered(room: Room) -> None:
    reader = room.reader(TOPIC)
    await room.relay.look()
    await room.tell(post_event(1, topic=99))
    await room.relay.look()
    assert (reader.messages, room.rendered) == ([], [])
    assert room.hub.position == 1


async def test_a_channel_that_cannot_be_rendered_resets_its_readers_only(room: Room) -> None:
    sad, happy = room.reader(TOPIC), room.reader(OTHER)
    room.broken.add(TOPIC)
    await room.tell(post_event(1), post_event(2, topic=13))
    await room.relay.look()
    assert sad.messages == [{"type": "reset", "reason": "large"}]
    assert [message["type"] for message in happy.messages] == ["changes"]
    room.broken.clear()
    await room.tell(post_event(1))
    await room.relay.look()
    assert sad.messages[-1]["type"] == "changes"


async def test_too_many_things_at_once_reset_the_channel(room: Room) -> None:
    reader = room.reader(TOPIC)
    await room.tell(*(post_event(n) for n in range(1, MAX_OBJECTS + 1)))
    await room.relay.look()
    assert len(reader.messages[0]["patches"]) == MAX_OBJECTS
    await room.tell(*(post_event(n) for n in range(1, MAX_OBJECTS + 2)))
    await room.relay.look()
    assert reader.messages[1] == {"type": "reset", "reason": "large"}


async def test_more_than_a_batch_is_read_to_its_end(room: Room) -> None:
    reader = room.reader(TOPIC)
    last = await room.tell(*(post_event(1 + n % 9) for n in range(BATCH * 2 + 1)))
    await room.relay.look()
    assert [(one["position"], len(one["patches"])) for one in reader.messages] == [(last, 9)]


async def test_signing_out_closes_that_sessions_sockets(room: Room) -> None:
    phone = Viewer(id=7, username="Ann", role=Role.MEMBER, session_id=71)
    here, there = room.reader(TOPIC, viewer=ANN), room.reader(TOPIC, viewer=phone)
    await room.tell(Event(Kind.SESSION, 70, Audience.STAFF, member_id=7), post_event(1))
    await room.relay.look()
    assert (here.close, here.messages) == (SIGNED_OUT, [])
    assert (there.close, len(there.messages)) == (None, 1)


async def test_a_changed_role_closes_the_members_sockets_and_a_changed_profile_does_not(room: Room) -> None:
    changed = Event(Kind.MEMBER, 9, Audience.PUBLIC, member_id=9)
    reader = room.reader(TOPIC, viewer=MOD)
    room.roles[9] = Role.MODERATOR
    await room.tell(changed)
    await room.relay.look()
    assert (reader.close, reader.messages) == (None, [])
    room.roles[9] = Role.MEMBER
    await room.tell(changed, post_event(1))
    await room.relay.look()
    assert reader.close == RESYNC
    assert reader.messages == []


async def test_a_disabled_account_is_closed_for_good(room: Room) -> None:
    reader = room.reader(TOPIC, viewer=ANN)
    await room.tell(Event(Kind.MEMBER, 7, Audience.PUBLIC, member_id=7))
    await room.relay.look()
    assert reader.close is BANNED


async def test_a_topic_that_is_taken_away_is_dropped_before_its_content(room: Room) -> None:
    guest, ann = room.reader(TOPIC), room.reader(TOPIC, viewer=ANN)
    room.roles[7] = Role.MEMBER
    room.texts[1] = "for members"
    room.audiences[TOPIC] = Audience.MEMBERS
    await room.tell(post_event(1), Event(Kind.TOPIC, 12, Audience.PUBLIC, 12, 3))
    await room.relay.look()
    assert guest.messages == [{"type": "dropped", "channels": ["topic:12"], "purge": True}]
    assert [message["type"] for message in ann.messages] == ["changes"]
    await room.tell(post_event(1))
    await room.relay.look()
    assert len(guest.messages) == 1


async def test_a_narrowed_category_takes_its_topics_along(room: Room) -> None:
    on_both = room.reader(TOPIC, OTHER, CATEGORY, BOARD)
    room.audiences |= {TOPIC: Audience.MEMBERS, CATEGORY: Audience.MEMBERS, BOARD: Audience.PUBLIC}
    await room.tell(Event(Kind.CATEGORY, 3, Audience.PUBLIC, category_id=3), post_event(1))
    await room.relay.look()
    dropped = [name for one in on_both.messages if one["type"] == "dropped" for name in one["channels"]]
    assert sorted(dropped) == ["category:3", "topic:12"]
    assert room.hub.channels_of(on_both) == {OTHER, BOARD}


async def test_who_waits_for_a_channel_is_taken_off_it_silently(room: Room) -> None:
    reader = room.reader()
    room.hub.join(TOPIC, reader)
    room.audiences[TOPIC] = Audience.STAFF
    await room.tell(Event(Kind.TOPIC, 12, Audience.PUBLIC, 12, 3))
    await room.relay.look()
    assert reader.messages == []
    assert not room.hub.waits(TOPIC, reader)


async def test_a_new_epoch_resets_guests_and_lets_members_come_again(room: Room) -> None:
    guest, ann = room.reader(TOPIC), room.reader(TOPIC, viewer=ANN)
    async with room.db.begin() as writer:
        await event_log.new_epoch(writer)
    await room.relay.look()
    assert guest.messages == [{"type": "reset", "reason": "epoch"}]
    assert ann.messages == []  # the answer to her hello says so
    assert (guest.close, ann.close) == (None, RESYNC)
    await room.relay.look()
    assert len(guest.messages) == 1


async def test_a_relay_that_was_overtaken_by_pruning_resets_everyone(room: Room) -> None:
    guest = room.reader(TOPIC)
    await room.tell(post_event(1))
    async with room.db.begin() as writer:
        await event_log.prune(writer, 2**52)
    await room.tell(post_event(1))
    room.audiences[TOPIC] = Audience.MEMBERS  # the event that said so is gone
    await room.relay.look()
    assert [one["type"] for one in guest.messages] == ["reset", "dropped"]


async def test_a_relay_that_is_far_behind_resets_everyone(room: Room) -> None:
    guest = room.reader(TOPIC)
    await room.tell(*(post_event(1) for _ in range(MAX_BEHIND + 1)))
    await room.relay.look()
    assert guest.messages == [{"type": "reset", "reason": "large"}]
    await room.tell(post_event(1))
    await room.relay.look()
    assert guest.messages[1]["after"] == MAX_BEHIND + 1


async def test_the_relay_survives_a_look_that_fails_and_loses_nothing(room: Room) -> None:
    reader = room.reader(TOPIC)
    room.db.listeners.append(room.wakeup.notify)
    may_join, failures = room.may_join, 0

    async def fail_once(*arguments: Any) -> bool:
        nonlocal failures
        failures += 1
        if failures == 1:
            raise OSError("the database is away")
        return await may_join(*arguments)

    sources = room.sources()
    relay = Relay(
        room.db, room.hub, type(sources)(sources.renderer, room.patches, fail_once), room.role_of, room.wakeup
    )
    await relay.start()
    task = asyncio.create_task(relay.run())
    await room.tell(Event(Kind.TOPIC, 12, Audience.PUBLIC, 12, 3), post_event(1))
    await eventually(lambda: check(reader.messages))
    assert failures > 1
    assert relay.is_running
    task.cancel()


async def test_silent_readers_get_a_heartbeat_within_a_round(room: Room) -> None:
    quiet, chatty, waiting = room.reader(TOPIC), room.reader(OTHER), room.reader()
    room.hub.join(TOPIC, waiting)
    chatty.push('{"type":"changes"}')
    for _ in range(SLOTS):
        room.relay.beat()
    assert quiet.messages == [{"type": "heartbeat", "position": room.hub.position}]
    assert len(chatty.messages) == 1
    assert waiting.messages == []
