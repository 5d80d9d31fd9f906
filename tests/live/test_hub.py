"""Who gets a frame, who waits for it, and who is closed."""

import resource

import pytest

from server.domain.channels import BOARD, Channel, Thing
from server.domain.viewer import GUEST, Role, Viewer
from server.live.connections.capacity import LEAST, SPARE_FILES, sockets_at_most
from server.live.frames import Frame
from server.live.hub import MAX_HELD, SLOTS, Hub
from server.live.limits import (
    MAX_ADDRESSES,
    SOCKETS_A_MEMBER,
    SOCKETS_AN_ADDRESS,
    Bucket,
    Handshakes,
    Places,
    network_of,
)
from server.live.protocol import OVERLOADED, RESYNC, SIGNED_OUT, TOO_MANY_SOCKETS, Close

TOPIC = Channel(Thing.TOPIC, 12)
ANN = Viewer(id=7, username="Ann", role=Role.MEMBER, session_id=70)


class Reader:
    def __init__(self, viewer: Viewer = GUEST) -> None:
        self.viewer = viewer
        self.frames: list[str] = []
        self.close: Close | None = None
        self.pings = 0

    def push(self, frame: str) -> None:
        self.frames.append(frame)

    say = hint = push

    def ping(self) -> None:
        self.pings += 1

    def end(self, close: Close) -> None:
        self.close = close

    def is_quiet(self) -> bool:
        return True


def admitted(hub: Hub, viewer: Viewer = GUEST) -> Reader:
    reader = Reader(viewer)
    hub.admit(reader)
    return reader


def live_on(hub: Hub, channel: Channel, viewer: Viewer = GUEST) -> Reader:
    reader = admitted(hub, viewer)
    hub.join(channel, reader)
    hub.settle(channel, reader, hub.position, hub.position)
    return reader


async def test_a_frame_reaches_everyone_on_the_channel_and_nobody_else() -> None:
    hub = Hub()
    here, there, left = live_on(hub, TOPIC), live_on(hub, BOARD), live_on(hub, TOPIC)
    hub.leave(TOPIC, left)
    await hub.publish(TOPIC, 1, Frame("frame"))
    assert (here.frames, there.frames, left.frames) == (["frame"], [], [])


async def test_who_waits_gets_the_frames_above_what_it_read() -> None:
    hub = Hub(position=5)
    reader = admitted(hub)
    hub.join(TOPIC, reader)
    await hub.publish(TOPIC, 6, Frame("six"))
    await hub.publish(TOPIC, 7, Frame("seven"))
    assert reader.frames == []
    assert not hub.is_settled(reader)
    assert hub.settle(TOPIC, reader, 5, 6) == [(7, "seven")]
    await hub.publish(TOPIC, 8, Frame("eight"))
    assert reader.frames == ["eight"]
    assert hub.is_settled(reader)


async def test_who_has_read_further_than_the_relay_is_not_told_again() -> None:
    hub = Hub(position=5)
    reader = admitted(hub)
    hub.join(TOPIC, reader)
    hub.settle(TOPIC, reader, 7, 7)
    await hub.publish(TOPIC, 6, Frame("six"))
    await hub.publish(TOPIC, 7, Frame("seven"))
    await hub.publish(TOPIC, 8, Frame("eight"))
    assert reader.frames == ["eight"]


async def test_who_waits_again_is_held_again() -> None:
    hub = Hub()
    reader = live_on(hub, TOPIC)
    hub.join(TOPIC, reader)
    await hub.publish(TOPIC, 1, Frame("one"))
    assert reader.frames == []
    assert hub.settle(TOPIC, reader, 0, 0) == [(1, "one")]


async def test_who_waits_too_long_is_told_to_come_back() -> None:
    hub = Hub()
    reader = admitted(hub)
    hub.join(TOPIC, reader)
    for position in range(MAX_HELD):
        await hub.publish(TOPIC, position, Frame("frame"))
    assert reader.close is None
    await hub.publish(TOPIC, MAX_HELD, Frame("frame"))
    assert reader.close is RESYNC


def test_after_starts_at_the_hubs_position_and_is_lowered_by_who_knows_better() -> None:
    hub = Hub(position=9)
    reader, late = admitted(hub), admitted(hub)
    hub.join(TOPIC, reader)
    room = hub.room(TOPIC)
    assert room is not None
    assert room.after == 9
    hub.settle(TOPIC, reader, 4, 9)  # no change between 4 and 9
    assert room.after == 4
    room.after = 12  # a change was published
    hub.join(TOPIC, late)
    hub.settle(TOPIC, late, 4, 10)  # read before that change
    assert room.after == 12


def test_the_last_one_takes_the_room_along() -> None:
    hub = Hub(position=1)
    reader = live_on(hub, TOPIC)
    hub.position = 5
    assert hub.leave(TOPIC, reader)
    assert not hub.leave(TOPIC, reader)
    assert hub.room(TOPIC) is None
    other = admitted(hub)
    hub.join(TOPIC, other)
    hub.dismiss(other)
    hub.dismiss(other)
    assert list(hub.rooms()) == []


async def test_the_hub_knows_when_it_is_empty() -> None:
    hub = Hub()
    await hub.wait_until_empty()
    readers = [admitted(hub, ANN) for _ in range(3)]
    for reader in readers:
        hub.dismiss(reader)
    await hub.wait_until_empty()
    assert len(hub) == 0
    assert hub.sockets_of(7) == []


def test_signing_out_closes_that_sessions_sockets_only() -> None:
    hub = Hub()
    phone = Viewer(id=7, username="Ann", role=Role.MEMBER, session_id=71)
    here, there, guest = admitted(hub, ANN), admitted(hub, phone), admitted(hub)
    hub.end_member(7, SIGNED_OUT, 70)
    assert (here.close, there.close, guest.close) == (SIGNED_OUT, None, None)
    hub.end_member(7, SIGNED_OUT)
    assert there.close is SIGNED_OUT
    hub.end_all(RESYNC)
    assert guest.close is RESYNC


def test_heartbeat_slots_hold_everyone_once_and_evenly() -> None:
    hub = Hub()
    readers = [admitted(hub) for _ in range(5 * SLOTS)]
    assert sorted(len(hub.slot(number)) for number in range(SLOTS)) == [5] * SLOTS
    assert {one for number in range(SLOTS) for one in hub.slot(number)} == set(readers)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_is_ipv4_or_an_ipv6_subscriber(host: str, network: str) -> None:
    assert network_of(host) == network


def test_places_are_counted_per_member_and_per_address() -> None:
    places = Places(most=1_000)
    assert {places.take(ANN, f"192.0.2.{n}") for n in range(SOCKETS_A_MEMBER)} == {None}
    assert places.take(ANN, "192.0.2.99") is TOO_MANY_SOCKETS
    places.give_back(ANN, "192.0.2.1")
    assert places.take(ANN, "192.0.2.99") is None
    assert {places.take(GUEST, "198.51.100.1") for _ in range(SOCKETS_AN_ADDRESS)} == {None}
    assert places.take(GUEST, "198.51.100.1") is TOO_MANY_SOCKETS
    assert places.take(GUEST, "198.51.100.2") is None


def test_a_process_takes_no_more_than_its_memory_and_files_allow() -> None:
    places = Places(most=2)
    assert [places.take(GUEST, f"192.0.2.{n}") for n in range(3)] == [None, None, OVERLOADED]
    places.give_back(GUEST, "192.0.2.0")
    assert places.take(GUEST, "192.0.2.3") is None
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert LEAST <= sockets_at_most() <= max(LEAST, files - SPARE_FILES)


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    now = 0.0
    bucket = Bucket(5, 20, lambda: now)
    assert [bucket.take() for _ in range(21)] == [True] * 20 + [False]
    now = 0.2
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 1000.0
    assert [bucket.take() for _ in range(21)] == [True] * 20 + [False]


def test_handshakes_are_counted_per_address_and_forgotten_in_the_end() -> None:
    handshakes = Handshakes(lambda: 0.0)
    while handshakes.take("192.0.2.1"):
        pass
    assert handshakes.take("192.0.2.2")
    for n in range(MAX_ADDRESSES):
        handshakes.take(str(n))
    assert handshakes.take("192.0.2.1")
