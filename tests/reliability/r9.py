"""R9: a hundred readers who never read, among a thousand. `python -m tests.reliability.r9 [--short]`

In turns the hundred are well or stuck. Then posts of 20,000 characters fill whatever keeps what they don't
take, and small posts follow, whose way to the nine hundred others is timed. Memory may not grow by more
than the buffers that are their bound, the others must not feel them, the server gets rid of them, and it
ends although they are there.
"""

import asyncio
import contextlib
import sys
import tempfile
from pathlib import Path

from server.bench.clients import Crowd, raise_file_limit
from tests.reliability.board_process import BoardProcess, board_process
from tests.reliability.figures import Figure, options, share, tell, verdict
from tests.reliability.r9_stuck import stuck_readers
from tests.support.waiting import act_slowly, check, eventually

OTHERS, STUCK = 900, 100
TURNS, SHORT_TURNS = 3, 1  # of being well and being stuck
FLOOD = 150  # posts of 20,000 characters: the kernel alone keeps 2 to 3 MB for each reader
LONG = "quiet lanterns " * 1300
SMALL, EVERY = 50, 0.2  # posts, seconds
MB = 2**20
PATIENCE = 90.0  # seconds


class Times:
    """How long small posts took to each of the others, by whether the hundred were stuck."""

    def __init__(self, board: BoardProcess, crowd: Crowd) -> None:
        self.board, self.crowd = board, crowd
        self.taken: dict[bool, list[float]] = {False: [], True: []}
        self.memory: dict[bool, int] = {False: 0, True: 0}
        self.marks = 0
        self.missing = 0

    async def flood(self) -> None:
        """Posts that fill every buffer."""
        async with self.board.browser("bo") as bo:
            for _ in range(FLOOD):
                await self.board.reply(bo, f"mark-{self.next_mark()} {LONG}")
        await self.crowd.received(self.marks, within=PATIENCE)

    async def measure(self, *, stuck: bool) -> None:
        """Posts small ones and times them."""
        loop = asyncio.get_running_loop()
        async with self.board.browser("ann") as ann:
            for _ in range(SMALL):
                mark, begin = self.next_mark(), loop.time()
                await self.board.reply(ann, f"mark-{mark} and some words")
                if not await self.crowd.received(mark, OTHERS, within=PATIENCE):
                    self.missing += OTHERS - len(self.crowd.receipts[mark])
                self.taken[stuck] += [at - begin for at in self.crowd.receipts[mark]]
                self.memory[stuck] = max(self.memory[stuck], self.board.memory())
                await act_slowly(max(0.0, begin + EVERY - loop.time()))

    def next_mark(self) -> int:
        """A number that no post had yet."""
        self.marks += 1
        return self.marks


async def prove(turns: int) -> int:
    evicted: list[float] = []
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        board = await stack.enter_async_context(board_process(Path(folder)))
        await board.start()
        channel = f"topic:{board.topic_id}"
        crowd = Crowd(board.port, [channel])
        await crowd.connect(OTHERS)
        times = Times(board, crowd)
        for turn in range(turns):
            well = Crowd(board.port, [channel])
            await well.connect(STUCK)
            await times.flood()
            await times.measure(stuck=False)
            await well.close()
            async with stuck_readers(board.port, channel, STUCK) as readers:
                begin = asyncio.get_running_loop().time()
                await times.flood()
                there = readers.kept()
                await times.measure(stuck=True)
                await eventually(lambda: check(not readers.kept()), PATIENCE)
                evicted.append(asyncio.get_running_loop().time() - begin)
            tell(f"turn {turn + 1}: {there} stuck after the flood, all gone after {evicted[-1]:.0f} s")
        last = await stack.enter_async_context(stuck_readers(board.port, channel, STUCK))
        await times.flood()
        held = last.kept()
        stopped = await board.stop()
        await crowd.close()
    before, after = times.taken[False], times.taken[True]
    return verdict(
        [
            Figure("memory added by those who are stuck", _grown(times.memory) / MB, 30, "MB"),
            Figure("to the others, p50 without", 1000 * share(before, 50), unit="ms"),
            Figure("to the others, p50 with", 1000 * share(after, 50), unit="ms"),
            Figure("to the others, p99 without", 1000 * share(before, 99), unit="ms"),
            Figure("to the others, p99 with", 1000 * share(after, 99), unit="ms"),
            Figure("to the others, p99 with : without", share(after, 99) / share(before, 99), 1.2),
            Figure("receipts missing", times.missing, 0),
            Figure("the last of the stuck is gone after", max(evicted), 45, "s"),
            Figure("stuck at SIGTERM", held),
            Figure("from SIGTERM to exit", stopped, 12, "s"),
        ],
        f"{OTHERS} others, {STUCK} stuck, {turns} turns of {FLOOD} large and {SMALL} small posts",
        f"the others asked {crowd.gaps} times for what was missing, and were reset {crowd.resets} times",
    )


def _grown(memory: dict[bool, int]) -> int:
    return memory[True] - memory[False]


if __name__ == "__main__":
    given = options("R9: readers who never read.")
    raise_file_limit(4096)
    sys.exit(asyncio.run(prove(SHORT_TURNS if given.short else TURNS)))
