"""Everybody comes back after a restart, beside two servers that answer with the same bytes.

One is the sans-I/O protocol of `websockets` and nothing else, the other a Starlette endpoint on uvicorn.

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
    starlettes: list[Storm] = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            found, ready = await storm.of_board(Path(folder), clients)
        ours.append(found)
        bare.append(await storm.of_baseline(ready, clients))
        starlettes.append(await storm.of_baseline(ready, clients, "send_loop"))
        print(ours[-1], bare[-1], starlettes[-1], flush=True)
    each = (ours, bare, starlettes)
    seconds = [median(one.seconds for one in some) for some in each]
    cost = [median(one.cost for one in some) for some in each]
    return (
        f"{clients:,}",
        f"{seconds[0] / seconds[1]:.2f}",
        f"{seconds[0] / seconds[2]:.2f}",
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
    servers = ("board", "bare", "Starlette")
    header = (
        "clients",
        "board : bare",
        "board : Starlette",
        *servers,
        *(f"{one}, each" for one in servers),
        "resets",
    )
    print(table(header, rows))
    print(machine())


if __name__ == "__main__":
    main()
