"""R11: a restart under ten thousand readers. `python -m tests.reliability.r11 [--short]`

The server is asked to end, tells everybody when to come back, and is started again at once; a post is
written before anybody is back. Readers come back over the announced time, get what they missed, and pages
are answered meanwhile. What a resume costs the database is counted on a smaller board in this process.
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from server.bench.clients import Crowd, raise_file_limit
from tests.reliability.board_process import board_process
from tests.reliability.figures import Figure, options, share, tell, verdict
from tests.reliability.latency_probe import probing
from tests.reliability.r11_queries import queries_of_resumes

READERS, SHORT = 10_000, 1_000
MISSED = 1  # the mark of the post that they miss
PATIENCE = 120.0  # seconds


async def prove(readers: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        async with board_process(Path(folder), posts=30) as board:
            await board.start()
            crowd = Crowd(board.port, [f"topic:{board.topic_id}"], comes_back=True)
            await crowd.connect(readers)
            tell(f"{readers} are there")
            asked = time.monotonic()
            stopping = asyncio.create_task(board.stop())
            await crowd.until(lambda: crowd.ready == 0, PATIENCE)
            range_said = max(client.retry for client in crowd.clients)
            told = sum(client.retry == range_said for client in crowd.clients)
            stopped = await stopping
            await board.start()
            back = time.monotonic()
            tell(f"ended after {stopped:.1f} s, back {back - asked:.1f} s after SIGTERM")
            async with board.browser("ann") as ann, probing(board.port, f"/topics/{board.topic_id}") as pages:
                await board.reply(ann, f"mark-{MISSED}, which all of them miss")
                await crowd.all_ready(PATIENCE)
                resumed = time.monotonic() - back
            await crowd.received(MISSED, readers, PATIENCE)
            opened = [at for at in crowd.opened if at > asked]
            taken = [client.ready_at for client in crowd.clients]
            await crowd.close()
            await board.stop()
    in_memory, costs = await queries_of_resumes()
    low, high = range_said
    return verdict(
        [
            Figure("from SIGTERM to exit", stopped, 12, "s"),
            Figure("from SIGTERM to the port", back - asked, unit="s"),
            Figure("announced: soonest", low, unit="s"),
            Figure("announced: latest", high, unit="s"),
            Figure("readers who were not told", readers - told, 0),
            Figure("handshakes in the busiest second", max(per_second(taken).values()), 1000),
            Figure("all resumed after the server is back", resumed, 30, "s"),
            Figure("readers who lack what they missed", readers - len(crowd.receipts[MISSED]), 0),
            Figure("pages meanwhile, p50", 1000 * share(pages, 50), unit="ms"),
            Figure("pages meanwhile, p99", 1000 * share(pages, 99), 1000, "ms"),
            Figure("resets", crowd.resets, 0),
            Figure("queries a resume, guests, in memory", in_memory, 0),
            *(Figure(f"queries a resume, {who}", cost, 2) for who, cost in costs.items()),
        ],
        f"{readers} readers, {len(opened)} connections begun, {crowd.failed} of them refused",
        f"gaps {crowd.gaps}, repeats {crowd.repeats}, closed {dict(crowd.closed)}",
    )


def per_second(moments: list[float]) -> Counter[int]:
    """How many fall into each second."""
    begin = min(moments)
    return Counter(int(at - begin) for at in moments)


if __name__ == "__main__":
    given = options("R11: a restart under ten thousand readers.")
    raise_file_limit(14_000)
    sys.exit(asyncio.run(prove(SHORT if given.short else READERS)))
