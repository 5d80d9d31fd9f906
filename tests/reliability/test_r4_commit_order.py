"""R4: the order of commits is the order of the log, whoever writes, waits or gives up, and nobody misses any.

FIRESIDE_LONG=60 runs it for so many seconds on each database.
"""

import asyncio
import itertools
import os
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from server.domain.events import Event, Kind, LoggedEvent
from server.domain.viewer import Audience
from server.store import event_log
from server.store.database import Database
from tests.support.waiting import act_slowly, check, eventually

SECONDS = float(os.environ.get("FIRESIDE_LONG", "5"))
WRITERS = 32
TAILERS = 4
ROLLBACKS = 0.2  # of all transactions
LONGEST_PAUSE = 0.006  # seconds
BATCH = 50  # events that a tailer asks for at once

Write = Callable[[Database, "Board", random.Random], Coroutine[None, None, None]]


class ChangedTheirMind(Exception):
    """Rolls a transaction back."""


@dataclass
class Board:
    """What writers know of their own transactions."""

    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    written: dict[int, list[int]] = field(default_factory=dict)  # last position → objects in order
    given_up: int = 0


@dataclass
class Tail:
    """What somebody saw who always asked for what came after the last event he knew."""

    seen: list[LoggedEvent] = field(default_factory=list)

    async def follow(self, db: Database) -> None:
        while True:
            after = self.seen[-1].seq if self.seen else 0
            async with db.snapshot() as reader:
                new = await event_log.since(reader, after, BATCH)
            self.seen += new
            if not new:
                await act_slowly(0.001)


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    async with Database.open(database_url) as database:
        yield database


async def write(db: Database, board: Board, chance: random.Random) -> None:
    """A transaction with one to three events and pauses at random places, one in five rolled back."""
    objects = [next(board.numbers) for _ in range(chance.randint(1, 3))]
    try:
        async with db.begin() as writer:
            for number in objects:
                await maybe_pause(chance)
                await writer.run("INSERT INTO settings (name) VALUES (:name)", name=str(number))
                writer.append(Event(Kind.SETTINGS, number, Audience.PUBLIC))
            await maybe_pause(chance)
            if chance.random() < ROLLBACKS:
                raise ChangedTheirMind
    except ChangedTheirMind:
        board.given_up += 1
    else:
        board.written[writer.position] = objects


async def write_with_a_sequence(db: Database, board: Board, chance: random.Random) -> None:
    """The variant that is wrong: it takes its position like a sequence, before the commit."""
    position = next(board.numbers)
    await maybe_pause(chance)
    async with db.begin() as writer:
        await writer.run(
            "INSERT INTO events (seq, kind, object_id, audience, at) VALUES (:seq, 'settings', :seq, 0, 0)",
            seq=position,
        )
        await maybe_pause(chance)
    board.written[position] = [position]


async def maybe_pause(chance: random.Random) -> None:
    if chance.random() < 0.3:
        await act_slowly(chance.uniform(0, LONGEST_PAUSE))


async def run(db: Database, write: Write, seconds: float) -> tuple[Board, list[Tail], list[LoggedEvent]]:
    """Lets everybody write and follow for that long; then the tails may catch up."""
    board, tails = Board(), [Tail() for _ in range(TAILERS)]
    following = [asyncio.create_task(tail.follow(db)) for tail in tails]
    end = asyncio.get_running_loop().time() + seconds

    async def keep_writing(seed: int) -> None:
        chance = random.Random(seed)
        while asyncio.get_running_loop().time() < end:
            await write(db, board, chance)

    await asyncio.gather(*[keep_writing(seed) for seed in range(WRITERS)])
    last = max(board.written)
    await eventually(
        lambda: check(all(tail.seen and tail.seen[-1].seq == last for tail in tails)), timeout=30
    )
    for task in following:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*following)
    async with db.snapshot() as reader:
        return board, tails, await event_log.since(reader, 0, 10_000_000)


def faults(board: Board, tails: list[Tail], table: list[LoggedEvent]) -> list[str]:
    """What is wrong, in words; nothing when the promise is kept."""
    found = []
    positions = [entry.seq for entry in table]
    if positions != list(range(1, len(positions) + 1)):
        found.append("the table has gaps")
    if [entry.event.object_id for entry in table] != [
        number for last in sorted(board.written) for number in board.written[last]
    ]:
        found.append("the table is not what the writers committed, in the order of their positions")
    for number, tail in enumerate(tails):
        seen = [entry.seq for entry in tail.seen]
        if seen != sorted(seen):
            found.append(f"tail {number} saw events in another order")
        if len(seen) != len(set(seen)):
            found.append(f"tail {number} saw events twice")
        if set(seen) != set(positions):
            found.append(f"tail {number} missed {len(set(positions) - set(seen))} events")
        if tail.seen != table:
            found.append(f"tail {number} is not the table")
    return found


@pytest.mark.slow
async def test_every_tail_is_the_table_without_gaps(db: Database) -> None:
    board, tails, table = await run(db, write, SECONDS)
    assert len(board.written) > 100 * min(SECONDS, 1)
    assert board.given_up > len(board.written) / 10
    assert faults(board, tails, table) == []
    async with db.snapshot() as reader:
        written = "SELECT COUNT(*) FROM settings WHERE name <> 'form_key'"  # which every board has
        assert await reader.value(written) == len(table)


async def test_a_sequence_taken_before_the_commit_is_caught(db: Database) -> None:
    board, tails, table = await run(db, write_with_a_sequence, seconds=0.7)
    assert any("missed" in fault for fault in faults(board, tails, table))


@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        ([1, 2, 3], None),
        ([1, 3], "tail 0 missed 1 events"),
        ([1, 3, 2], "tail 0 saw events in another order"),
        ([1, 2, 2, 3], "tail 0 saw events twice"),
    ],
)
def test_the_checker_knows_good_from_bad(seen: list[int], fault: str | None) -> None:
    table = [LoggedEvent(seq, Event(Kind.SETTINGS, seq, Audience.PUBLIC)) for seq in (1, 2, 3)]
    tail = Tail([table[seq - 1] for seq in seen])
    found = faults(Board(written={1: [1], 3: [2, 3]}), [tail], table)
    assert found == [] if fault is None else fault in found
