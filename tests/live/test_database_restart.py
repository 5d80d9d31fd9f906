"""PostgreSQL goes away and comes back: the board answers again by itself, and sockets miss nothing."""

from collections.abc import AsyncIterator

import pytest_asyncio

from server.store.database import Database
from tests.support.forwarder import forwarder
from tests.support.postgresql import PostgreSQL
from tests.support.servers import free_port
from tests.support.sockets import member_socket
from tests.support.stage import TOPIC, commit, post_event, set_up
from tests.support.waiting import check, eventually
from tests.support.whole_board import WholeBoard, whole_board

WITHIN = 10.0  # seconds that the board may need after the database is back


@pytest_asyncio.fixture
async def board(postgresql_url: str) -> AsyncIterator[WholeBoard]:
    async with whole_board(postgresql_url) as found:
        yield found


async def test_the_board_answers_again_when_postgresql_was_restarted(
    board: WholeBoard, postgresql_server: PostgreSQL
) -> None:
    posted = await board.topic("Dentist", "Before a count?")
    async with board.browser("bo", json=True) as bo, member_socket(board.base_url) as guest:
        await guest.hello([f"topic:{posted.topic_id}"])
        await postgresql_server.end()
        assert (await bo.get("/healthz")).status_code == 503
        answer = await bo.get("/")
        assert answer.status_code == 503
        assert "cannot reach its database" in answer.json()["error"]["message"]
        assert int(answer.headers["Retry-After"]) > 0
        await postgresql_server.start_again()

        async def healthy() -> None:
            check((await bo.get("/healthz?only=database,log")).status_code == 200)

        await eventually(healthy, timeout=WITHIN)
        answer = await bo.post(f"/topics/{posted.topic_id}/posts", json={"body": "Always after."})
        assert answer.status_code == 201
        changes = await guest.next("changes")
        assert "Always after." in str(changes["patches"])


async def test_what_was_written_while_this_server_had_no_database_reaches_its_sockets(
    postgresql_url: str, postgresql_server: PostgreSQL
) -> None:
    async with forwarder(postgresql_server.port) as line:
        url = postgresql_url.replace(f":{postgresql_server.port}/", f":{line.port}/")
        async with set_up(url) as stage, member_socket(stage.base_url) as reader:
            await reader.hello([str(TOPIC)])
            line.aim(free_port())  # where nobody answers
            line.cut()
            stage.texts[1] = "written by another server meanwhile"
            async with Database.open(postgresql_url) as another:
                await commit(another, post_event(1))
            assert reader.kinds() == ["ready"]
            await postgresql_server.end()
            await postgresql_server.start_again()
            line.aim(postgresql_server.port)
            changes = await reader.next("changes")
            assert [patch["target"] for patch in changes["patches"]] == ["post-1"]
            assert changes["after"] == 0


async def test_a_database_that_hangs_makes_health_red_and_is_used_again_when_it_wakes(
    board: WholeBoard, postgresql_server: PostgreSQL
) -> None:
    posted = await board.topic("Dentist", "Before a count?")
    async with board.browser(json=True) as guest:
        postgresql_server.freeze()
        try:
            answer = await guest.get("/healthz?only=database")
            assert answer.status_code == 503
            assert "did not answer" in answer.text
        finally:
            postgresql_server.thaw()

        async def answers() -> None:
            check((await guest.get(f"/topics/{posted.topic_id}/dentist")).status_code == 200)
            check((await guest.get("/healthz")).status_code == 200)

        await eventually(answers, timeout=WITHIN)


async def test_after_a_recovery_from_which_commits_may_be_missing_everybody_starts_afresh_once(
    postgresql_url: str, postgresql_server: PostgreSQL
) -> None:
    async with set_up(postgresql_url) as stage, member_socket(stage.base_url) as reader:
        before = await stage.epoch()
        await reader.hello([str(TOPIC)])
        await postgresql_server.begin_timeline()
        assert (await reader.next("reset"))["reason"] == "epoch"
        assert await stage.epoch() != before
        async with member_socket(stage.base_url) as late:
            await late.hello([str(TOPIC)], before, 0)
            assert (await late.next("reset"))["reason"] == "epoch"
        await stage.write(1, "after it")
        await reader.next("changes")
        assert reader.kinds().count("reset") == 1
