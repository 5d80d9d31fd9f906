"""Everybody comes back after a restart, beside a bare server that answers with the same bytes.

python -m tests.bench.storm [CLIENTS ...] [--runs RUNS]
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median

from server.bench import storm
from server.bench.clients import raise_file_limit
from server.bench.loops import run
from server.bench.processes import machine
from server.bench.storm import Storm
from server.bench.tables import number, table

CLIENTS = (2_000, 10_000)
RUNS = 3
SPARE_FILES = 200


async def compare(clients: int, runs: int) -> tuple[str, ...]:
    """A row."""
    ours: list[Storm] = []
    bare: list[Storm] = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            found, ready = await storm.of_board(Path(folder), clients)
        ours.append(found)
        bare.append(await storm.of_baseline(ready, clients))
        print(ours[-1], bare[-1], flush=True)
    seconds = [median(one.seconds for one in some) for some in (ours, bare)]
    cost = [median(one.cost for one in some) for some in (ours, bare)]
    return (
        f"{clients:,}",
        f"{seconds[0] / seconds[1]:.2f}",
        f"{cost[0] / cost[1]:.2f}",
        *(f"{number(value)} s" for value in seconds),
        *(f"{number(value)} µs" for value in cost),
        str(sum(one.resets for one in ours)),
    )


def main() -> None:
    """Reads the arguments and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clients", type=int, nargs="*", default=CLIENTS)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    raise_file_limit(max(options.clients) + SPARE_FILES)
    print(machine(), flush=True)
    rows = [run(compare(clients, options.runs)) for clients in options.clients]
    header = ("clients", "time : bare", "cost : bare", "board", "bare", "board, each", "bare, each", "resets")
    print(table(header, rows))
    print(machine())


if __name__ == "__main__":
    main()
