"""R6: kill -9 while people write and read. `python -m tests.reliability.r6 [--times 200] [--short]`

Twenty posts a second, 500 readers, and a server that is killed again and again and started again at once.
What was acknowledged is there, once; and every reader is where the server is within five seconds after the
port is back. Before each kill readers have been connected for as long as browsers take to call that steady.
"""

import asyncio
import contextlib
import random
import sys
import tempfile
import time
from pathlib import Path

from server.bench.clients import raise_file_limit
from tests.reliability.board_process import BoardProcess, board_process
from tests.reliability.figures import Figure, options, share, tell, verdict
from tests.reliability.writing import writing
from tests.support.model_client import STEADY_AFTER, ModelClient, Tally
from tests.support.model_line import fetch
from tests.support.waiting import act_slowly, check, eventually

POSTS_A_SECOND = 20
CONSISTENT_WITHIN = 5.0  # seconds after the port is back, for 99 of 100 readers
PATIENCE = 90.0  # seconds; a reader that takes longer has failed


async def prove(times: int, readers: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        async with board_process(Path(folder)) as board:
            await board.start()
            tally = Tally()
            crowd = await crowd_of(board, readers, tally)
            back: list[float] = []
            waits: list[float] = []
            async with writing(board, POSTS_A_SECOND) as written:
                for turn in range(times):
                    await eventually(lambda: check(all(is_steady(one) for one in crowd)), PATIENCE)
                    await act_slowly(random.uniform(0, 0.2))
                    took, found = await kill_and_look(board, crowd)
                    back.append(took)
                    waits += found
                    tell(f"kill {turn + 1}: back after {took:.2f} s, p99 {share(found, 99):.2f} s")
            wrong = await count_wrong(board, crowd)
            for one in crowd:
                one.stop()
            await board.stop()
            findings = await board.findings()
            return verdict(
                [
                    Figure("acknowledged posts", len(written.acknowledged)),
                    Figure("of these lost", len(written.lost()), 0),
                    Figure("of these duplicated", len(written.doubled()), 0),
                    Figure("readers consistent after the port is back, p50", share(waits, 50), unit="s"),
                    Figure("readers consistent, p99", share(waits, 99), CONSISTENT_WITHIN, "s"),
                    Figure("readers consistent, slowest", max(waits), unit="s"),
                    Figure("readers that differ from the database at the end", wrong, 0),
                    Figure("findings of integrity_check and fireside check", len(findings), 0),
                    Figure("from kill to port, p50", share(back, 50), unit="s"),
                    Figure("from kill to port, slowest", max(back), unit="s"),
                ],
                f"{times} kills, {readers} readers, {POSTS_A_SECOND} posts/s, {written.tries} tries, {tally}",
                *findings,
            )


async def crowd_of(board: BoardProcess, readers: int, tally: Tally) -> list[ModelClient]:
    """That many readers of the topic, connected; one in ten is signed in."""
    names = [*board.tokens]
    page = await fetch(board.place(), 10.0)
    crowd = [
        ModelClient(board.place(who=names[at % len(names)] if at % 10 == 0 else ""), tally)
        for at in range(readers)
    ]
    for one in crowd:
        one.adopt(page)
        one.start()
    await eventually(lambda: check(all(one.ready_at for one in crowd)), PATIENCE)
    return crowd


def is_steady(reader: ModelClient) -> bool:
    """Whether a browser would begin its delays anew if this connection broke now."""
    return bool(reader.ready_at) and asyncio.get_running_loop().time() - reader.began_at > STEADY_AFTER


async def kill_and_look(board: BoardProcess, crowd: list[ModelClient]) -> tuple[float, list[float]]:
    """Seconds from the kill to the port, and from the port until each reader has seen what was so then."""
    killed = time.monotonic()
    await board.kill()
    starting = asyncio.create_task(board.start())
    await eventually(board.listens, PATIENCE)
    back = time.monotonic()
    target = await asyncio.to_thread(board.last_change)
    waits: dict[ModelClient, float] = {}

    def look() -> None:
        now = time.monotonic()
        for one in crowd:
            if one not in waits and one.ready_at and one.position >= target:
                waits[one] = now - back
        check(len(waits) == len(crowd))

    with contextlib.suppress(AssertionError):
        await eventually(look, PATIENCE)
    await starting
    return back - killed, [waits.get(one, PATIENCE) for one in crowd]


async def count_wrong(board: BoardProcess, crowd: list[ModelClient]) -> int:
    """Readers whose posts are not those of the database, after a while in which nobody writes."""
    truth = await asyncio.to_thread(board.truth)

    def wrong() -> int:
        return sum(one.posts != {post: truth[post] for post in truth if post >= one.first} for one in crowd)

    try:
        await eventually(lambda: check(not wrong()), PATIENCE)
    except AssertionError:
        return wrong()
    return 0


if __name__ == "__main__":
    given = options("R6: kill -9 while people write and read.", times=200, readers=500)
    raise_file_limit(given.readers + 500)
    sys.exit(asyncio.run(prove(3 if given.short else given.times, given.readers)))
