"""Everybody comes back after a restart, beside three servers that answer with the same bytes.

One is the sans-I/O protocol of `websockets` and nothing else, one the same as uvicorn serves it, with nothing
behind, and one a Starlette endpoint on uvicorn.

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
BASELINES = ("asgi", "send_loop", "sans_io")
SERVERS = {
    "board": "board",
    "asgi": "uvicorn, sans-I/O",
    "send_loop": "uvicorn, Starlette",
    "sans_io": "websockets, sans-I/O",
}


async def compare(clients: int, runs: int) -> list[tuple[str, ...]]:
    """A row for each server."""
    found: dict[str, list[Storm]] = {name: [] for name in SERVERS}
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            ours, ready = await storm.of_board(Path(folder), clients)
        found["board"].append(ours)
        for kind in BASELINES:
            found[kind].append(await storm.of_baseline(ready, clients, kind))
        print(*(f"{kind} {some[-1]}" for kind, some in found.items()), sep="\n", flush=True)
    seconds = {kind: median(one.seconds for one in some) for kind, some in found.items()}
    return [
        (
            f"{clients:,}",
            SERVERS[kind],
            f"{seconds['board'] / seconds[kind]:.2f}",
            f"{number(seconds[kind])} s",
            f"{number(median(one.cost for one in some))} µs",
            str(sum(one.resets for one in some)),
        )
        for kind, some in found.items()
    ]


def main() -> None:
    """Reads the arguments and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clients", type=int, nargs="*", default=CLIENTS)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    raise_file_limit(max(options.clients) + SPARE_FILES)
    print(machine(), flush=True)
    rows = [row for clients in options.clients for row in run(compare(clients, options.runs))]
    header = ("clients", "server", "board : it", "until all are back", "processor, each", "resets")
    print(table(header, rows))
    print(machine())


if __name__ == "__main__":
    main()
