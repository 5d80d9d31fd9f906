"""Replies a second by eight members who write as fast as they are answered, alone and with readers.

python -m tests.bench.writes [READERS ...] [--seconds SECONDS] [--runs RUNS]
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median

from server.bench import people, writes
from server.bench.clients import raise_file_limit
from server.bench.loops import run
from server.bench.processes import machine
from server.bench.tables import number, table
from server.bench.writes import Writes

READERS = (0, 1_000)
SECONDS, RUNS = 10.0, 3
SPARE_FILES = 200


async def measure(readers: list[int], seconds: float, runs: int) -> list[list[Writes]]:
    """What each run found, by the number of readers."""
    found: list[list[Writes]] = [[] for _ in readers]
    for _ in range(runs):
        for place, count in enumerate(readers):
            with tempfile.TemporaryDirectory() as folder:
                async with people.stage(Path(folder)) as stage:
                    found[place].append(await writes.of_board(stage, count, seconds=seconds))
            print(found[place][-1], flush=True)
    return found


def _row(found: list[Writes], alone: float) -> tuple[str, ...]:
    rate = median(one.rate for one in found)
    return (
        f"{found[0].readers:,}",
        f"{rate / alone:.2f}",
        number(rate),
        f"{number(median(one.p50 for one in found))} ms",
        f"{number(median(one.p99 for one in found))} ms",
        f"{number(median(one.cost for one in found))} ms",
        str(sum(one.missing + one.faults for one in found)),
    )


def main() -> None:
    """Reads the arguments and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("readers", type=int, nargs="*", default=READERS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    raise_file_limit(max(options.readers) + SPARE_FILES)
    print(machine(), flush=True)
    found = run(measure(options.readers, options.seconds, options.runs))
    alone = median(one.rate for one in found[0])
    header = ("readers", "rate : alone", "replies/s", "p50", "p99", "processor a reply", "missing")
    print(table(header, [_row(runs, alone) for runs in found]))
    print(machine())


if __name__ == "__main__":
    main()
