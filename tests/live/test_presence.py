"""Who is there: told to whom, when, and by which names; on a real hub and database."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from server.actions.presence import choose_presence
from server.domain.channels import BOARD, ONLINE, Channel, Thing
from server.live.company.leases import GONE_WITHIN, LASTS, RENEW_EVERY
from server.live.company.telling import A_WRITE, MOST_NAMED, MOST_ONLINE, SHARE, Pace
from server.live.company.typists import LASTS as TYPING_LASTS
from server.store.database import Database
from tests.support.model_board import model_board
from tests.support.presence_scene import Scene, here, typing


@pytest_asyncio.fixture
async def scene(sqlite_url: str) -> AsyncIterator[Scene]:
    async with model_board(sqlite_url) as board:
        yield Scene(board, (await board.topic()).topic_id)


async def test_members_are_named_to_members_and_counted_to_guests(scene: Scene) -> None:
    ann, bo, guest, other = scene.come("ann"), scene.come("bo"), scene.come(), scene.come()
    await scene.look()
    for member in (ann, bo):
        assert member.take() == [here(scene, "ann", "bo", guests=2)]
    for one in (guest, other):
        assert one.take() == [here(scene, unnamed=2, guests=2)]


async def test_staff_on_their_own_channel_are_with_the_others(scene: Scene) -> None:
    ann, mod = scene.come("ann"), scene.come("mod", scene.staff)
    await scene.look()
    assert ann.take() == [here(scene, "ann", "moira")]
    assert mod.take() == [{**here(scene, "ann", "moira"), "channel": str(scene.staff)}]


async def test_a_member_with_three_tabs_is_one(scene: Scene) -> None:
    tabs = [scene.come("ann") for _ in range(3)]
    await scene.look()
    assert tabs[0].take() == [here(scene, "ann")]
    scene.go(*tabs[:2])
    await scene.settle()
    assert tabs[2].take() == [here(scene, "ann")]


async def test_nothing_is_told_where_nothing_changed(scene: Scene) -> None:
    ann = scene.come("ann")
    scene.come("bo", BOARD)
    await scene.look()
    assert len(ann.take()) == 1
    await scene.settle()
    assert ann.take() == []


async def test_a_newcomer_is_told_alone_when_he_changes_nothing(scene: Scene) -> None:
    for _ in range(100):
        scene.come()
    ann = scene.come("ann")
    await scene.settle()
    assert ann.take()[-1] == here(scene, "ann", guests=100)
    newcomer = scene.come()
    await scene.settle()
    assert newcomer.take() == [here(scene, unnamed=1, guests=100)]
    assert ann.take() == []  # 101 are about 100


async def test_who_reloads_has_not_left(scene: Scene) -> None:
    ann, bo = scene.come("ann"), scene.come("bo")
    await scene.settle()
    ann.take()
    scene.go(bo)
    await scene.look()
    bo = scene.come("bo")
    await scene.settle()
    assert ann.take() == []
    assert bo.take() == [here(scene, "ann", "bo")]


async def test_who_left_is_gone_within_three_seconds_and_nothing_is_told_twice_in_two(scene: Scene) -> None:
    ann, bo = scene.come("ann"), scene.come("bo")
    await scene.look()
    ann.take()
    scene.come()
    await scene.look()
    assert ann.take() == []  # it is told a second later
    await scene.look()
    assert ann.take() == [here(scene, "ann", "bo", guests=1)]
    scene.go(bo)
    told_at = scene.now
    for _ in range(3):
        await scene.look()
    assert scene.now - told_at <= 3
    assert ann.take() == [here(scene, "ann", guests=1)]


async def test_who_becomes_invisible_is_gone_at_the_next_telling_and_still_sees_the_others(
    scene: Scene,
) -> None:
    ann, bo, guest = scene.come("ann"), scene.come("bo"), scene.come()
    await scene.settle()
    for one in (ann, bo, guest):
        one.take()
    scene.presence.typing(bo, scene.topic)
    await scene.look()
    assert ann.take() == [typing(scene, "bo")]
    assert guest.take() == [typing(scene, unnamed=1)]
    await choose_presence(scene.board.db, scene.board.viewer("bo"), "invisible")
    await scene.look(2.0)
    assert ann.take() == [here(scene, "ann", guests=1), typing(scene)]
    assert guest.take() == [here(scene, unnamed=1, guests=1), typing(scene)]
    scene.come()
    await scene.look(2.0)
    assert bo.take()[-1] == here(scene, "ann", guests=2)
    await choose_presence(scene.board.db, scene.board.viewer("bo"), "shown")
    await scene.look(2.0)
    assert ann.take()[-1] == here(scene, "ann", "bo", guests=2)


async def test_at_most_so_many_are_named_and_those_stay(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.live.company.telling.MOST_NAMED", 3)
    monkeypatch.setattr("server.live.company.telling.NAMED_OF_MANY", 2)
    ann, bo = scene.come("bo"), scene.come("ann")
    await scene.look()
    scene.come("mod", scene.staff)
    scene.come("ada", scene.staff)
    await scene.look(2.0)
    assert ann.take()[-1] == here(scene, "ann", "bo", unnamed=2)
    scene.go(bo)
    await scene.settle()
    assert ann.take()[-1] == here(scene, "ada", "bo", "moira")


async def test_members_are_told_who_is_online(scene: Scene) -> None:
    ann, bo = scene.come("ann", BOARD, ONLINE), scene.come("bo", scene.topic, ONLINE)
    await scene.look()
    online = {"type": "here", "channel": "online", "members": ["ann", "bo"], "unnamed": 0, "guests": 0}
    assert ann.take() == [online]
    assert online in bo.take()
    scene.go(bo)
    await scene.look()
    await scene.look()
    await scene.look()
    assert ann.take() == [{**online, "members": ["ann"]}]


async def test_what_the_log_may_have_missed_is_read_anew(scene: Scene) -> None:
    ann = scene.come("ann")
    scene.come("bo")
    await scene.look()
    ann.take()
    scene.board.db.followers.clear()
    await choose_presence(scene.board.db, scene.board.viewer("bo"), "invisible")
    await scene.look(2.0)
    assert ann.take() == []
    scene.presence.hear(None)
    await scene.look(2.0)
    assert ann.take() == [here(scene, "ann")]


async def test_a_choice_made_while_names_are_read_is_not_lost(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.store import presence as stored

    read = stored.names

    async def names(*given: Any) -> Mapping[int, str]:
        found = await read(*given)
        monkeypatch.setattr(stored, "names", read)
        await choose_presence(scene.board.db, scene.board.viewer("bo"), "invisible")
        return found

    monkeypatch.setattr(stored, "names", names)
    ann = scene.come("ann")
    scene.come("bo")
    await scene.look()
    await scene.look(2.0)
    assert ann.take()[-1] == here(scene, "ann")


async def test_a_look_that_fails_is_made_up_for(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Database) -> None:
        raise OSError("the disk is gone")

    ann = scene.come("ann")
    with monkeypatch.context() as broken:
        broken.setattr(Database, "snapshot", fail)
        with pytest.raises(OSError, match="disk"):
            await scene.look()
    await scene.look()
    assert ann.take() == [here(scene, "ann")]


async def test_the_more_read_the_rarer_it_is_told() -> None:
    pace = Pace()
    topic = Channel(Thing.TOPIC, 12)
    assert pace.period(topic, 1000) == 2.0
    assert pace.period(topic, 2000) * SHARE == pytest.approx(2000 * A_WRITE)
    assert pace.period(topic, 10_000) == 4.0
    assert (pace.period(ONLINE, 1), pace.period(ONLINE, 10_000)) == (3.0, 10.0)


def test_the_bounds_are_those_that_were_promised() -> None:
    pace = Pace()
    noticed, lingered, waited = pace.look, pace.look, pace.least - pace.look
    assert noticed + lingered + waited + pace.look <= 5  # the last: another process reads the lease
    assert LASTS + 2 * pace.look + pace.least < GONE_WITHIN == 45
    assert RENEW_EVERY * 3 < LASTS
    assert (MOST_NAMED, MOST_ONLINE, TYPING_LASTS) == (20, 200, 6.0)
