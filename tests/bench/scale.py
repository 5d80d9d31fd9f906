"""Up to 20,000 guests in one process: memory, what they cost at rest, and one post to all of them.

python -m tests.bench.scale [SOCKETS ...]

They come from several addresses of this machine. A process may open no more files than `ulimit -Hn` says; one
that says 20,000 leaves room for a few less sockets.
"""

import argparse
import itertools
import tempfile
from pathlib import Path

from server.bench import fan_out, people
from server.bench.clients import raise_file_limit
from server.bench.loops import run
from server.bench.processes import machine, share_of_processor
from server.bench.tables import number, table

SOCKETS = (1_000, 5_000, 10_000, 19_900)
AT_REST = 60.0  # seconds: two heartbeats and three pings each
POSTS = 10
SPARE_FILES = 90
HEADER = (
    "sockets", "KB a socket", "processor at rest", "µs a socket and second", "µs a delivery", "first to last",
    "p99", "missing",
)  # fmt: skip


async def measure(sockets: int) -> tuple[str, ...]:
    """A row."""
    with tempfile.TemporaryDirectory() as folder:
        async with people.stage(Path(folder)) as stage:
            writers = itertools.cycle(stage.members)

            async def reply(mark: int) -> None:
                (await next(writers).reply(stage.topic, mark)).json()

            async with fan_out.readers(stage.served, stage.topic, sockets, fan_out.QUIET) as (crowd, memory):
                rest = await share_of_processor(stage.served, AT_REST)
                found = await fan_out.measure(stage.served, crowd, reply, memory, POSTS)
    return (
        f"{sockets:,}",
        number(memory / 1024),
        f"{rest:.1%}",
        number(1e6 * rest / sockets),
        number(found.cost),
        f"{number(found.longest)} ms",
        f"{number(found.p99)} ms",
        str(found.missing + found.faults),
    )


def main() -> None:
    """Reads the arguments and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sockets", type=int, nargs="*", default=SOCKETS)
    options = parser.parse_args()
    raise_file_limit(max(options.sockets) + SPARE_FILES)
    print(machine(), flush=True)
    rows = []
    for sockets in options.sockets:
        rows.append(run(measure(sockets)))
        print(rows[-1], flush=True)
    print(table(HEADER, rows))
    print(machine())


if __name__ == "__main__":
    main()
