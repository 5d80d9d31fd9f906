"""R10: ten thousand readers on one process. `python -m tests.reliability.r10 [--short]`

Nine thousand are idle, a thousand read one topic, in which a post is written every second. Its way is timed
from the request until each reader has it; and meanwhile another process asks for a page again and again,
whose answers cannot come sooner than the server's event loop turns.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from server.bench.clients import Crowd, raise_file_limit
from tests.reliability.board_process import board_process
from tests.reliability.figures import Figure, options, share, verdict
from tests.reliability.latency_probe import probing
from tests.support.waiting import act_slowly

IDLE, VIEWERS, POSTS = 9_000, 1_000, 120
SHORT = 900, 100, 15
EVERY = 1.0  # seconds between two posts
MB = 2**20
PAGE = "/no-such-page"  # it costs the server little, and is never kept


async def prove(idle: int, viewers: int, posts: int) -> int:
    times: list[float] = []
    missing = 0
    with tempfile.TemporaryDirectory() as folder:
        async with board_process(Path(folder)) as board:
            await board.start()
            empty = board.memory()
            resting = Crowd(board.port, ["board"])
            await resting.connect(idle)
            reading = Crowd(board.port, [f"topic:{board.topic_id}"])
            await reading.connect(viewers)
            await act_slowly(3.0)
            memory, cpu, loop = board.memory(), board.cpu_seconds(), asyncio.get_running_loop()
            async with board.browser("ann") as ann, probing(board.port, PAGE) as lags:
                for mark in range(posts):
                    begin = loop.time()
                    await board.reply(ann, f"mark-{mark} and some quiet words")
                    await reading.received(mark, viewers)
                    times += [at - begin for at in reading.receipts[mark]]
                    missing += viewers - len(reading.receipts[mark])
                    await act_slowly(max(0.0, begin + EVERY - loop.time()))
            used = board.cpu_seconds() - cpu
            full = board.memory()
            for crowd in (resting, reading):
                await crowd.close()
            await board.stop()
    return verdict(
        [
            Figure("memory of the empty process", empty / MB, unit="MB"),
            Figure("memory with all readers", memory / MB, 400, "MB"),
            Figure("memory after all posts", full / MB, 400, "MB"),
            Figure("a reader", (memory - empty) / (idle + viewers) / 1024, unit="KB"),
            Figure("from POST to receipt, p50", 1000 * share(times, 50), 60, "ms"),
            Figure("from POST to receipt, p99", 1000 * share(times, 99), 300, "ms"),
            Figure("from POST to receipt, slowest", 1000 * max(times), unit="ms"),
            Figure("receipts missing", missing, 0),
            Figure("lag of the event loop, p50", 1000 * share(lags, 50), unit="ms"),
            Figure("lag of the event loop, p99", 1000 * share(lags, 99), 50, "ms"),
            Figure("lag of the event loop, largest", 1000 * max(lags), unit="ms"),
            Figure("processor of the server", 100 * used / (posts * EVERY), unit="%"),
        ],
        f"{idle} idle readers, {viewers} viewers, {posts} posts, {len(lags)} answers timed",
        f"repeats {reading.repeats}, gaps {reading.gaps}, resets {reading.resets}",
    )


if __name__ == "__main__":
    given = options("R10: ten thousand readers on one process.")
    raise_file_limit(14_000)
    sys.exit(asyncio.run(prove(*(SHORT if given.short else (IDLE, VIEWERS, POSTS)))))
