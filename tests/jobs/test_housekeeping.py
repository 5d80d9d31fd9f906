"""Nothing is kept for ever that nobody needs."""

import asyncio
from pathlib import Path

from server.actions import housekeeping, sessions
from server.domain.clock import DAY, now_ms
from server.jobs.housekeeping import EVERY, keep_house
from server.store import event_log, integrity, members
from server.store.avatars import Avatars
from server.store.sessions import PRUNED_AT_ONCE
from tests.support.whole_board import WholeBoard


async def test_events_are_forgotten_after_a_week_and_the_floor_says_so(board: WholeBoard) -> None:
    await board.topic("Dentist", "Before a count?")
    async with board.db.snapshot() as reader:
        head = await event_log.head(reader)
        assert await event_log.since(reader, 0, 1000)

    await housekeeping.tidy(board.db, now=now_ms() + 8 * DAY)

    async with board.db.snapshot() as reader:
        assert await event_log.since(reader, 0, 1000) == []
        assert await event_log.floor(reader) == head.seq
        assert await event_log.head(reader) == head


async def test_sessions_are_forgotten_when_they_are_over_and_not_before(board: WholeBoard) -> None:
    async def count() -> int:
        async with board.db.snapshot() as reader:
            return int(await reader.value("SELECT COUNT(*) FROM sessions") or 0)

    before = await count()
    await housekeeping.tidy(board.db, now=now_ms())
    assert await count() == before > 0
    await housekeeping.tidy(board.db, now=now_ms() + 200 * DAY)
    assert await count() == 0


async def test_more_sessions_than_are_ended_at_once_are_all_ended(board: WholeBoard) -> None:
    async with board.db.begin() as writer:
        ann = await members.by_id(writer, board.viewer("ann").id or 0)
        assert ann is not None
        for _ in range(PRUNED_AT_ONCE + 1):
            await sessions.start(writer, ann, remember=False, device="", now=now_ms())
    await housekeeping.tidy(board.db, now=now_ms() + DAY)
    async with board.db.snapshot() as reader:
        assert await reader.value("SELECT COUNT(*) FROM sessions WHERE NOT remember") == 0
        assert await integrity.findings(reader) == []


async def test_a_failure_does_not_end_the_housekeeping(board: WholeBoard, tmp_path: Path) -> None:
    rounds = []

    async def pause(seconds: float) -> None:
        rounds.append(seconds)
        if len(rounds) == 1:
            await board.db.disconnect()
        elif len(rounds) == 2:
            await board.db.connect()
        else:
            raise asyncio.CancelledError

    try:
        await keep_house(board.db, Avatars(tmp_path), pause=pause)
    except asyncio.CancelledError:
        assert rounds == [EVERY] * 3
