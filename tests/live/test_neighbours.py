"""Several processes: each sees the people of the others, and those of one that is gone are gone with it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.domain.channels import Channel, Thing
from server.domain.presence import Company, Person
from server.live.company.leases import DatabaseLeases, Leases, RedisLeases, leases_of
from server.live.company.neighbours import MOST_NAMES, Neighbours, decode, encode
from server.store.database import Database
from server.store.redis_link import RedisAway, RedisLink, redis_link
from tests.support.model_board import ModelBoard, model_board
from tests.support.presence_scene import Scene, here, typing
from tests.support.waiting import check, eventually

TOPIC = Channel(Thing.TOPIC, 12)
ANN, BO = Person(7, "ann"), Person(8, "bo")
SHORT = 0.3  # seconds


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[ModelBoard]:
    async with model_board(database_url) as found:
        yield found


@pytest_asyncio.fixture
async def link(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RedisLink]:
    monkeypatch.setattr("server.store.redis_link.COMMAND_WITHIN", 2.0)  # a busy machine is not a dead Redis
    async with redis_link(valkey_url, "board") as found:
        await eventually(lambda: check(found.available), timeout=10.0)
        yield found


async def scenes(board: ModelBoard, *places: Leases, lasts: float = 60.0) -> list[Scene]:
    """Processes that share where their leases are kept."""
    topic = (await board.topic()).topic_id
    return [Scene(board, topic, Neighbours(leases, lasts=lasts)) for leases in places]


async def look(*processes: Scene) -> None:
    """Three seconds in which each looks once a second."""
    for _ in range(3):
        for process in processes:
            await process.look()


async def prove_that_they_see_each_other(one: Scene, other: Scene) -> None:
    ann, bo, guest = one.come("ann"), other.come("bo"), other.come()
    again = one.come("bo")  # bo is with both, and one person
    await look(one, other)
    for reader in (ann, bo, again):
        assert reader.take()[-1] == here(one, "ann", "bo", guests=1)
    assert guest.take()[-1] == here(one, unnamed=2, guests=1)

    one.presence.typing(ann, one.topic)
    await look(one, other)
    assert bo.take() == [typing(one, "ann")]
    one.go(ann, again)
    await look(one, other)
    await look(one, other)
    assert bo.take() == [typing(one), here(one, "bo", guests=1)]

    ann = one.come("ann")
    await look(one, other)
    assert bo.take() == [here(one, "ann", "bo", guests=1)]
    await one.presence.end()
    await look(other)
    assert bo.take() == [here(one, "bo", guests=1)]


async def test_processes_see_each_others_people_by_the_database(board: ModelBoard) -> None:
    one, other = await scenes(board, DatabaseLeases(board.db), DatabaseLeases(board.db))
    await prove_that_they_see_each_other(one, other)
    async with board.db.snapshot() as reader:
        assert await reader.value("SELECT COUNT(*) FROM presence_leases") == 1


async def test_processes_see_each_others_people_by_redis(sqlite_url: str, link: RedisLink) -> None:
    async with model_board(sqlite_url) as board:
        one, other = await scenes(board, RedisLeases(link), RedisLeases(link))
        await prove_that_they_see_each_other(one, other)


async def prove_that_a_dead_process_has_nobody(board: ModelBoard, one: Leases, other: Leases) -> None:
    living, dying = await scenes(board, one, other, lasts=SHORT)
    guest = living.come()
    dying.come("ann")
    await look(dying)
    await living.look()
    assert guest.take() == [here(living, unnamed=1, guests=1)]

    async def gone() -> None:
        await living.look()
        check(guest.take()[-1:] == [here(living, guests=1)])

    await eventually(gone, timeout=10.0)


async def test_who_was_with_a_process_that_crashed_is_gone_when_its_lease_is_over(board: ModelBoard) -> None:
    await prove_that_a_dead_process_has_nobody(board, DatabaseLeases(board.db), DatabaseLeases(board.db))


async def test_also_when_redis_keeps_the_leases(sqlite_url: str, link: RedisLink) -> None:
    async with model_board(sqlite_url) as board:
        await prove_that_a_dead_process_has_nobody(board, RedisLeases(link), RedisLeases(link))
        assert await link.run("HLEN", link.key("presence")) == 1  # the dead one's name went too


async def test_an_empty_redis_is_filled_again_at_the_next_look(sqlite_url: str, link: RedisLink) -> None:
    async with model_board(sqlite_url) as board:
        one, other = await scenes(board, RedisLeases(link), RedisLeases(link))
        one.come("ann")
        guest = other.come()
        await look(one, other)
        assert guest.take()[-1] == here(one, unnamed=1, guests=1)
        await link.run("FLUSHALL")
        await look(other, one)
        await look(other, one)
        assert guest.take() == []  # nobody left meanwhile, and nobody was told so
        assert len((await RedisLeases(link).others()) or ()) == 2


async def test_without_the_database_people_stay_as_they_were_until_leases_would_be_over(
    board: ModelBoard,
) -> None:
    broken = False

    class Leases(DatabaseLeases):
        async def others(self) -> dict[str, str]:
            if broken:
                raise RedisAway("away")
            return dict(await super().others() or {})

    now = 0.0
    neighbours = Neighbours(Leases(board.db), lasts=40.0, clock=lambda: now)
    other = Neighbours(DatabaseLeases(board.db), lasts=40.0)
    there = {TOPIC: Company((BO,), 0, 3)}
    await other.exchange(there)
    assert await neighbours.exchange({TOPIC: Company((ANN,))}) == {TOPIC}
    broken = True
    for seconds in (1.0, 39.0):
        now = seconds
        assert await neighbours.exchange({TOPIC: Company((ANN,))}) == set()
        assert neighbours.at(TOPIC) == [there[TOPIC]]
    now = 41.0
    assert await neighbours.exchange({TOPIC: Company((ANN,))}) == {TOPIC}
    assert neighbours.at(TOPIC) == []


async def test_a_lease_is_written_when_something_changed_or_its_time_comes() -> None:
    written: list[str] = []

    class Leases:
        is_broken = False

        async def renew(self, content: str, _: float) -> None:
            if self.is_broken:
                raise RedisAway("away")
            written.append(content)

        async def others(self) -> dict[str, str]:
            return {}

        async def end(self) -> None:
            written.append("")

    now, leases, alone, both = 0.0, Leases(), {TOPIC: Company((ANN,))}, {TOPIC: Company((ANN, BO))}
    neighbours = Neighbours(leases, renew_every=12.0, clock=lambda: now)
    await neighbours.exchange(alone)
    await neighbours.exchange(alone)  # said to be news, and is none
    await neighbours.exchange(alone, is_news=False)
    assert written == [encode(alone)]
    leases.is_broken = True
    await neighbours.exchange(both)
    leases.is_broken = False
    await neighbours.exchange(both, is_news=False)
    assert written == [encode(alone), encode(both)]  # it was made up for
    for seconds, times in ((6.0, 2), (11.9, 2), (12.1, 3), (18.0, 3), (24.2, 4)):
        now = seconds
        await neighbours.exchange(both)
        assert len(written) == times, seconds
    await neighbours.exchange({})
    assert written[-1] == ""


async def test_a_process_alone_writes_nothing(sqlite_url: str) -> None:
    async with Database.open(sqlite_url) as db:
        assert leases_of(db, None, workers=1) is None
        assert isinstance(leases_of(db, None, workers=2), DatabaseLeases)
        neighbours = Neighbours()
        assert await neighbours.exchange({TOPIC: Company((ANN,))}) == set()
        async with db.snapshot() as reader:
            assert await reader.all("SELECT * FROM presence_leases") == []


async def test_a_process_without_people_has_no_lease(board: ModelBoard) -> None:
    neighbours = Neighbours(DatabaseLeases(board.db))
    for own, rows in (({}, 0), ({TOPIC: Company((ANN,))}, 1), ({}, 0)):
        await neighbours.exchange(own)
        async with board.db.snapshot() as reader:
            assert await reader.value("SELECT COUNT(*) FROM presence_leases") == rows


def test_a_lease_says_who_is_there_and_counts_whom_it_does_not_name() -> None:
    crowd = tuple(Person(number, f"Member {number}") for number in range(MOST_NAMES + 5))
    places = {TOPIC: Company(crowd, 1, 38, typing=(ANN, BO))}
    assert decode(encode(places)) == {TOPIC: Company(crowd[:MOST_NAMES], 6, 38, (ANN, BO))}


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"topic:1": 3}', '{"topic:1": [[[1]], 0, 0, []]}', '{"topic:1": [["x"], 0, 0, []]}'],
)
def test_a_lease_that_cannot_be_read_has_nobody(content: str) -> None:
    assert decode(content) == {}


def test_a_lease_of_places_that_do_not_exist_has_nobody() -> None:
    assert decode('{"topic:0": [[], 0, 1, []], "nonsense": [[], 0, 1, []]}') == {}
