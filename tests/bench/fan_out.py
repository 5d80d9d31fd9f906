"""One post to thousands of guests, beside `websockets.broadcast` and a loop of `send_text`.

python -m tests.bench.fan_out [SOCKETS ...] [--runs RUNS]

Each run begins with a new board. Figures are medians of the runs, times those of all receipts of a run.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median

from server.bench import fan_out, people
from server.bench.clients import raise_file_limit
from server.bench.fan_out import FanOut
from server.bench.loops import run
from server.bench.processes import machine
from server.bench.tables import number, table

SOCKETS = (1_000, 5_000, 10_000)
RUNS = 3
SPARE_FILES = 200
HEADER = (
    "sockets", "server", "cost : broadcast", "µs a delivery", "KB a socket", "p50", "p95", "p99", "max",
    "missing",
)  # fmt: skip
NAMES = {"board": "board", "broadcast": "websockets.broadcast", "send_loop": "send_text loop"}


async def compare(sockets: int, runs: int) -> list[tuple[str, ...]]:
    """A row for each server."""
    found: dict[str, list[FanOut]] = {name: [] for name in NAMES}
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            async with people.stage(Path(folder)) as stage:
                ours, message = await fan_out.of_board(stage, sockets)
        found["board"].append(ours)
        for kind in ("broadcast", "send_loop"):
            found[kind].append(await fan_out.of_baseline(kind, message, sockets))
    beside = median(one.cost for one in found["broadcast"])
    return [_row(NAMES[name], several, beside) for name, several in found.items()]


def _row(name: str, found: list[FanOut], beside: float) -> tuple[str, ...]:
    cost = median(one.cost for one in found)
    times = (
        median(figures)
        for figures in zip(*((one.p50, one.p95, one.p99, one.longest) for one in found), strict=True)
    )
    return (
        f"{found[0].sockets:,}",
        name,
        f"{cost / beside:.2f}",
        number(cost),
        number(median(one.memory for one in found) / 1024),
        *(f"{number(time)} ms" for time in times),
        str(sum(one.missing + one.faults for one in found)),
    )


def main() -> None:
    """Reads the arguments and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sockets", type=int, nargs="*", default=SOCKETS)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    raise_file_limit(max(options.sockets) + SPARE_FILES)
    print(machine(), flush=True)
    rows: list[tuple[str, ...]] = []
    for sockets in options.sockets:
        rows += run(compare(sockets, options.runs))
        print(rows[-3:], flush=True)
    print(table(HEADER, rows))
    print(machine())


if __name__ == "__main__":
    main()
