"""One post to thousands of guests, beside `websockets.broadcast` and a loop of `send_text`.

python -m tests.bench.fan_out [SOCKETS ...] [--runs RUNS]

Each run begins with a new board. Figures are medians of the runs, times those of all receipts of a run. The
same messages are sent to a single socket too: what a delivery costs beside taking, writing down and rendering
the reply is what remains without that.
"""

import argparse
import tempfile
from dataclasses import dataclass
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
    "sockets", "server", "cost : broadcast", "µs a delivery", "without the reply : broadcast", "µs",
    "KB a socket", "p50", "p95", "p99", "max", "missing",
)  # fmt: skip
NAMES = {"board": "board", "broadcast": "websockets.broadcast", "send_loop": "send_text loop"}


@dataclass(frozen=True, slots=True)
class Run:
    """A run with all sockets, and one with a single one."""

    all: FanOut
    one: FanOut

    @property
    def delivering(self) -> float:
        """Microseconds of processor time a delivery, beside what a message costs for the first reader."""
        return (self.all.cost * self.all.sockets - self.one.cost) / (self.all.sockets - 1)


async def compare(sockets: int, runs: int) -> list[tuple[str, ...]]:
    """A row for each server."""
    found: dict[str, list[Run]] = {name: [] for name in NAMES}
    messages = max(fan_out.MESSAGES, fan_out.DELIVERIES // sockets)
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            async with people.stage(Path(folder)) as stage:
                ours, message = await fan_out.of_board(stage, sockets, messages=messages)
                alone, _text = await fan_out.of_board(stage, 1, messages=messages)
        found["board"].append(Run(ours, alone))
        for kind in ("broadcast", "send_loop"):
            all_of_them = await fan_out.of_baseline(kind, message, sockets, messages=messages)
            found[kind].append(
                Run(all_of_them, await fan_out.of_baseline(kind, message, 1, messages=messages))
            )
    beside = [median(figures) for figures in zip(*map(_costs, found["broadcast"]), strict=True)]
    return [_row(NAMES[name], several, beside) for name, several in found.items()]


def _costs(run: Run) -> tuple[float, float]:
    return run.all.cost, run.delivering


def _row(name: str, runs: list[Run], beside: list[float]) -> tuple[str, ...]:
    cost, delivering = (median(figures) for figures in zip(*map(_costs, runs), strict=True))
    found = [run.all for run in runs]
    times = (
        median(figures)
        for figures in zip(*((one.p50, one.p95, one.p99, one.longest) for one in found), strict=True)
    )
    return (
        f"{found[0].sockets:,}",
        name,
        f"{cost / beside[0]:.2f}",
        number(cost),
        f"{delivering / beside[1]:.2f}",
        number(delivering),
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
