"""News from other processes arrives at once, because somebody tells of it: no stage here looks by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.live.wakeup import Wakeup
from server.live.wakeups import redis_wakeups
from server.live.wakeups.file_wakeups import FileWakeups
from server.live.wakeups.redis_wakeups import LOST_AFTER, RedisWakeups
from server.store import redis_link as redis_link_module
from server.store.data_version import DataVersion
from server.store.database import Database
from server.store.redis_link import RedisLink, redis_link
from tests.support.forwarder import forwarder
from tests.support.sockets import Socket, member_socket
from tests.support.stage import TOPIC, Stage, commit, post_event, set_up
from tests.support.valkey import Valkey
from tests.support.waiting import check, eventually

NEVER = 3600.0  # seconds between looks without a wake-up
WITHIN = 10.0  # seconds for a connection to Redis to come back


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is not a Redis that is away."""
    monkeypatch.setattr(redis_link_module, "COMMAND_WITHIN", 1.0)


@asynccontextmanager
async def two_processes(url: str, redis_url: str = "") -> AsyncIterator[tuple[Stage, Stage]]:
    """Two stages of one board, of which neither looks at the log without a wake-up."""
    if not redis_url:
        async with set_up(url, backstop=NEVER) as one, set_up(url, backstop=NEVER) as other:
            one.texts = other.texts
            yield one, other
        return
    async with (
        redis_link(redis_url, url) as link,
        redis_link(redis_url, url) as second,
        set_up(url, backstop=NEVER, redis=link) as one,
        set_up(url, backstop=NEVER, redis=second) as other,
    ):
        one.texts = other.texts
        await until_listening(link, 2)
        yield one, other


async def until_listening(link: RedisLink, processes: int) -> None:
    channel = link.key("wakeups")

    async def all_listen() -> None:
        check(link.available)
        check(await link.run("PUBSUB", "NUMSUB", channel) == [channel.encode(), processes])

    await eventually(all_listen, timeout=WITHIN)


async def reaches(writer: Stage, socket: Socket, post: int) -> None:
    await writer.write(post, f"post {post}")
    while True:
        changes = await socket.next("changes")
        if any(patch["target"] == f"post-{post}" for patch in changes["patches"]):
            return


async def test_a_commit_on_the_same_file_wakes_the_other_process(sqlite_url: str) -> None:
    async with two_processes(sqlite_url) as (one, other), member_socket(other.base_url) as reader:
        await reader.hello([str(TOPIC)])
        await reaches(one, reader, 1)
        await reaches(other, reader, 2)
        assert other.live.wakeups.problems == []


async def test_a_commit_on_another_machine_wakes_the_other_process(
    postgresql_url: str, valkey_url: str
) -> None:
    async with (
        two_processes(postgresql_url, valkey_url) as (one, other),
        member_socket(other.base_url) as reader,
    ):
        await reader.hello([str(TOPIC)])
        await reaches(one, reader, 1)
        await reaches(other, reader, 2)
        assert other.live.wakeups.problems == []


async def test_wakeups_survive_that_redis_is_emptied(postgresql_url: str, own_valkey: Valkey) -> None:
    async with (
        two_processes(postgresql_url, own_valkey.url) as (one, other),
        member_socket(other.base_url) as reader,
    ):
        await reader.hello([str(TOPIC)])
        own_valkey.run("FLUSHALL")
        await reaches(one, reader, 1)


async def test_wakeups_come_again_when_redis_is_back(postgresql_url: str, own_valkey: Valkey) -> None:
    async with (
        redis_link(own_valkey.url, postgresql_url) as third,
        two_processes(postgresql_url, own_valkey.url) as (one, other),
        member_socket(other.base_url) as reader,
    ):
        await reader.hello([str(TOPIC)])
        own_valkey.kill()
        await one.write(1, "said while Redis was away")
        own_valkey.start()
        await until_listening(third, 2)
        await reaches(one, reader, 2)
        assert {patch["target"] for message in reader.seen[1:] for patch in message["patches"]} == {
            "post-1",
            "post-2",
        }


async def test_wakeups_come_again_when_the_line_was_dead_and_redis_is_elsewhere(
    postgresql_url: str, own_valkey: Valkey, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a failover: nobody says good-bye, and the address leads to another server."""
    monkeypatch.setattr(redis_wakeups, "CANARY_EVERY", 0.5)
    async with (
        forwarder(own_valkey.url) as line,
        two_processes(postgresql_url, f"redis://127.0.0.1:{line.port}") as (one, other),
        member_socket(other.base_url) as reader,
        redis_link(valkey_url, postgresql_url) as new,
    ):
        await reader.hello([str(TOPIC)])
        own_valkey.freeze()
        line.aim(valkey_url)
        await until_listening(new, 2)
        await reaches(one, reader, 1)
        own_valkey.thaw()


async def test_what_is_lost_with_redis_comes_by_the_look_that_needs_no_wakeup(
    postgresql_url: str, own_valkey: Valkey
) -> None:
    async with (
        redis_link(own_valkey.url, "board") as link,
        set_up(postgresql_url, redis=link) as one,
        set_up(postgresql_url, redis=link) as other,
        member_socket(other.base_url) as reader,
    ):
        one.texts = other.texts
        await reader.hello([str(TOPIC)])
        own_valkey.kill()
        await reaches(one, reader, 1)


async def test_many_commits_at_once_are_published_once(valkey_url: str) -> None:
    heard: list[str] = []
    async with redis_link(valkey_url, "board") as link:
        source = RedisWakeups(link, Wakeup())
        running = asyncio.create_task(source.run())
        listening = asyncio.create_task(link.listen(link.key("wakeups"), heard.append))
        await until_listening(link, 2)
        await eventually(lambda: check(len(set(heard)) == 2, str(heard)))  # it heard itself
        before = len(heard)
        for position in range(20):
            source.committed(position)
        await eventually(lambda: check(len(heard) > before))
        await link.run("PUBLISH", link.key("wakeups"), "the end")
        await eventually(lambda: check(heard[-1] == "the end"))
        assert len(heard) == before + 2
        for task in (running, listening):
            task.cancel()
        await asyncio.gather(running, listening, return_exceptions=True)


async def test_a_canary_that_does_not_come_back_is_a_problem_until_it_does(own_valkey: Valkey) -> None:
    now = 1000.0
    async with redis_link(own_valkey.url, "board") as link:
        source = RedisWakeups(link, Wakeup(), clock=lambda: now)
        running = asyncio.create_task(source.run())
        await until_listening(link, 1)
        assert source.problem == ""
        own_valkey.kill()
        now += LOST_AFTER
        assert "nothing comes back through Redis" in source.problem
        own_valkey.start()
        await eventually(lambda: check(source.problem == ""), timeout=WITHIN)
        running.cancel()
        await asyncio.wait([running])


async def test_own_commits_on_a_file_are_not_told_twice(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    async with Database.open(sqlite_url) as db, Database.open(sqlite_url) as another_process:
        version = DataVersion(str(path))
        source = FileWakeups(version, Wakeup())
        db.listeners.append(source.committed)
        await commit(db, post_event(1))
        assert not version.moved()
        await commit(another_process, post_event(2))
        assert version.moved()
        assert not version.moved()
        version.close()


async def test_a_file_that_cannot_be_watched_is_a_problem(sqlite_url: str) -> None:
    async with Database.open(sqlite_url) as db:
        version = db.data_version()
        assert version is not None
        source = FileWakeups(version, Wakeup())
        assert source.problem == ""
        version.close()
        source.committed(1)
        assert source.problem == "the database file cannot be watched"
