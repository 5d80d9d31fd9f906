"""A topic with a thousand readers in which staff act forty times a minute, beside the same topic left alone.

A member answers every second, and the way of each answer to every reader is timed: first in peace, then while
a moderator removes and restores a post that others quote, and pins and unpins the topic. Afterwards
every reader must have had all answers without a gap, and `fireside check` must find nothing.

python -m tests.bench.hot_board [--readers 1000] [--seconds 60] [--acts 40]
"""

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path

import httpx

from server.bench.clients import Crowd, raise_file_limit
from server.bench.processes import machine
from server.bench.tables import table
from tests.reliability.board_process import BoardProcess, board_process
from tests.reliability.figures import share
from tests.support.waiting import act_slowly

EVERY = 1.0  # seconds between two answers
SPARE_FILES = 200
MOST = 2.0  # p99 with acts : without
QUOTING = 5  # posts that quote the one that comes and goes


@dataclass
class Phase:
    """What one phase took: seconds from the request to each receipt, and of each act."""

    ways: list[float] = field(default_factory=list)
    acts: list[float] = field(default_factory=list)
    missing: int = 0


async def measure(readers: int, seconds: int, acts: int) -> int:
    """Prints the table; 0 when the board stayed correct and quick."""
    marks = count()
    with tempfile.TemporaryDirectory() as folder:
        async with board_process(Path(folder)) as board:
            await board.start()
            crowd = Crowd(board.port, [f"topic:{board.topic_id}"])
            await crowd.connect(readers)
            async with board.browser("ann") as ann, board.browser("moira") as moira:
                target = await board.reply(ann, "Warm milk, and no telephone in the bedroom.")
                for _ in range(QUOTING):
                    await board.reply(ann, f"[quote={target}]\n\nThat helps me too.")
                await act_slowly(2.0)
                calm, hot = Phase(), Phase()
                await _answers(board, crowd, ann, calm, marks, readers, seconds)
                acting = asyncio.create_task(_acts(board, moira, target, hot, 60 / acts))
                await _answers(board, crowd, ann, hot, marks, readers, seconds)
                acting.cancel()
                await asyncio.gather(acting, return_exceptions=True)
            gaps, resets = crowd.gaps, crowd.resets
            await crowd.close()
            await board.stop()
            found = await board.findings()
    rows = [_row("alone", calm), _row("with acts", hot)]
    print(table(("", "p50", "p99", "slowest", "acts", "act p99", "missing"), rows))
    ratio = share(hot.ways, 99) / share(calm.ways, 99)
    print(f"{readers} readers; p99 with acts : alone = {ratio:.2f}; gaps {gaps}, resets {resets}")
    print("\n".join(found) or "the board's check finds nothing")
    return 0 if ratio <= MOST and not (gaps or resets or calm.missing or hot.missing or found) else 1


def _row(name: str, phase: Phase) -> tuple[str, ...]:
    ways = [f"{1000 * share(phase.ways, part):.1f} ms" for part in (50, 99, 100)]
    act = f"{1000 * share(phase.acts, 99):.0f} ms" if phase.acts else ""
    return (name, *ways, str(len(phase.acts)), act, str(phase.missing))


async def _answers(  # noqa: PLR0917  # who writes what, where, and for how long
    board: BoardProcess,
    crowd: Crowd,
    ann: httpx.AsyncClient,
    phase: Phase,
    marks: "count[int]",
    readers: int,
    seconds: int,
) -> None:
    for _ in range(round(seconds / EVERY)):
        mark, begin = next(marks), time.monotonic()
        await board.reply(ann, f"mark-{mark} and some quiet words")
        await crowd.received(mark, readers)
        phase.ways += [at - begin for at in crowd.receipts[mark]]
        phase.missing += readers - len(crowd.receipts[mark])
        await act_slowly(max(0.0, begin + EVERY - time.monotonic()))


async def _acts(
    board: BoardProcess, moira: httpx.AsyncClient, target: int, phase: Phase, every: float
) -> None:
    """Each act and its opposite in turn. Raises httpx.HTTPStatusError when one is refused."""
    topic = f"/topics/{board.topic_id}"
    post = f"/posts/{target}"
    paths = (f"{post}/remove", f"{topic}/pin", f"{post}/restore", f"{topic}/unpin")
    for path in cycle(paths):
        begin = time.monotonic()
        (await moira.post(path, json={"reason": "a test"})).raise_for_status()
        phase.acts.append(time.monotonic() - begin)
        await act_slowly(max(0.0, begin + every - time.monotonic()))


def main() -> None:
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--readers", type=int, default=1_000)
    parser.add_argument("--seconds", type=int, default=60, help="of each of the two phases")
    parser.add_argument("--acts", type=int, default=40, help="a minute")
    options = parser.parse_args()
    raise_file_limit(options.readers + SPARE_FILES)
    print(machine(), flush=True)
    status = asyncio.run(measure(options.readers, options.seconds, options.acts))
    print(machine())
    sys.exit(status)


if __name__ == "__main__":
    main()
