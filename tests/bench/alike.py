"""Whether the time of an answer tells who has an account (S7): known and unknown in turn, on one connection.

python -m tests.bench.alike [--samples 200]

Each is asked for with the same words but for the name; what is shown is the ratio of the medians, and of the
lower and upper quarter. Near 1 is right.
"""

import argparse
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import quantiles

from server.bench import loops, processes
from server.bench.people import sign_up
from server.bench.requests import Connection
from server.bench.tables import number, table

SAMPLES = 200  # of each
WARM_UP = 5
KNOWN = "Known 1"


async def compare(samples: int) -> list[tuple[str, ...]]:
    """A row for each form that takes a name or an address."""
    with tempfile.TemporaryDirectory() as folder:
        async with processes.board(Path(folder)) as board, Connection(board.port) as asking:
            await sign_up(asking, KNOWN)
            address = f"{KNOWN.replace(' ', '')}@example.org"
            forms = (
                ("sign in, by name", "/login", KNOWN, "Nobody1"),
                ("sign in, by address", "/login", address, "nobody@example.org"),
                ("forgot the password", "/forgot", address, "nobody@example.org"),
            )
            return [await _row(asking, samples, form) for form in forms]


async def _row(asking: Connection, samples: int, form: tuple[str, str, str, str]) -> tuple[str, ...]:
    name, path, known, unknown = form
    taken: dict[str, list[float]] = {known: [], unknown: []}
    for sample in range(WARM_UP + samples):
        for value in (known, unknown) if sample % 2 else (unknown, known):
            took = await _time(asking, path, {"login": value, "password": "seven wrong kettles"})
            if sample >= WARM_UP:
                taken[value].append(took)
    one, other = (quantiles(times, n=4) for times in taken.values())
    ratios = (f"{here / there:.2f}" for here, there in zip(one, other, strict=True))
    return (name, *ratios, *(f"{number(middle * 1000)} ms" for middle in (one[1], other[1])))


async def _time(asking: Connection, path: str, fields: Mapping[str, object]) -> float:
    began = time.perf_counter()
    answer = await asking.post(path, fields)
    took = time.perf_counter() - began
    if answer.status not in {200, 303, 422}:
        raise RuntimeError(f"{path} answered {answer.status}: {answer.body[:300]!r}")
    return took


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=SAMPLES, help="of each")
    options = parser.parse_args()
    rows = loops.run(compare(options.samples))
    print(table(("form", "lower quarter", "median", "upper quarter", "known", "unknown"), rows))


if __name__ == "__main__":
    main()
