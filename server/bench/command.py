"""`fireside bench`: how fast this machine serves a board, in about a minute.

Everything happens on loopback, with boards of its own in a temporary folder. Ratios come first, because
machines differ. The whole measurements, with their results, are in `tests/bench`.
"""

import argparse
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from server.bench import fan_out, pages, people, storm, writes
from server.bench.clients import raise_file_limit
from server.bench.loops import run
from server.bench.people import Stage
from server.bench.processes import machine
from server.bench.tables import COMPARED, Compared, table

SOCKETS, SECONDS = 1_000, 2.0
MESSAGES_A_SECOND = 8
SPARE_FILES = 200  # that a process has open besides sockets
KB = 1024  # bytes


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: that many readers, and each load for so many seconds."""

    sockets: int
    seconds: float

    @property
    def messages(self) -> int:
        """Posts that are told to the readers."""
        return max(3, round(self.seconds * MESSAGES_A_SECOND))


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `bench` to the commands."""
    parser = commands.add_parser("bench", help="measure how fast this machine serves a board")
    parser.add_argument("--sockets", type=_above_zero(int), default=SOCKETS, help=f"readers ({SOCKETS})")
    parser.add_argument(
        "--seconds", type=_above_zero(float), default=SECONDS, help=f"of each load ({SECONDS:g})"
    )
    parser.set_defaults(run=bench)


def bench(options: argparse.Namespace) -> int:
    """Prints the table; the exit status. Raises OSError or RuntimeError."""
    size = Size(options.sockets, options.seconds)
    if not raise_file_limit(size.sockets + SPARE_FILES):
        raise OSError(f"This system does not let a process open {size.sockets} sockets: see ulimit -n")
    with tempfile.TemporaryDirectory(prefix="fireside-bench-") as folder:
        rows = run(_measure(Path(folder), size))
    print(f"{machine()}, {size.sockets:,} readers")
    print(table(COMPARED, [row.cells for row in rows]))
    return 0


async def _measure(folder: Path, size: Size) -> list[Compared]:
    rows: list[Compared] = []
    async with people.stage(folder) as stage:
        for number, (name, step) in enumerate(_STEPS.items(), 1):
            _say(number, name)
            rows += await step(stage, size)
    _say(len(_STEPS) + 1, "everybody comes back")
    return rows + await _storm(folder, size)


def _say(number: int, name: str) -> None:
    print(f"{number} of {len(_STEPS) + 1}: {name}", file=sys.stderr, flush=True)


async def _fan_out(stage: Stage, size: Size) -> list[Compared]:
    ours, message = await fan_out.of_board(stage, size.sockets, messages=size.messages)
    rows = []
    for kind, name, aim in (
        ("broadcast", "websockets.broadcast", "at most 0.8"),
        ("send_loop", "a send_text loop", ""),
    ):
        other = await fan_out.of_baseline(kind, message, size.sockets, messages=size.messages)
        rows += [
            Compared("processor time a delivery", " µs", ours.cost, aim, other.cost, name),
            Compared("memory an idle reader", " KB", ours.memory / KB, "", other.memory / KB, name),
            Compared("post to receipt, p99", " ms", ours.p99, "", other.p99, name),
        ]
    return [*rows, Compared("receipts missing", "", ours.missing, "0")]


async def _pages(stage: Stage, size: Size) -> list[Compared]:
    rows = []
    for connections in (1, 32):
        found = await pages.of_board(stage, connections, seconds=size.seconds)
        for what, load, aim in (
            ("cached", found.cached, "at least 0.6"),
            ("uncached", found.uncached, "at least 0.07"),
        ):
            name = f"{what} pages, {connections} at once"
            rows.append(Compared(name, "/s", load.rate, aim, found.bare.rate, "an answer of the same bytes"))
    return rows


async def _writes(stage: Stage, size: Size) -> list[Compared]:
    alone = await writes.of_board(stage, 0, seconds=size.seconds)
    read = await writes.of_board(stage, size.sockets, seconds=size.seconds)
    return [
        Compared("replies", "/s", alone.rate, "at least 400/s"),
        Compared("reply to answer, p99", " ms", alone.p99, "below 80 ms"),
        Compared(
            "replies while they are read", "/s", read.rate, "at least 0.5", alone.rate, "without readers"
        ),
    ]


async def _storm(folder: Path, size: Size) -> list[Compared]:
    ours, ready = await storm.of_board(folder, size.sockets)
    other = await storm.of_baseline(ready, size.sockets)
    name = "everybody back after a restart"
    return [Compared(name, " s", ours.seconds, "at most 1.3", other.seconds, "a bare sans-I/O server")]


_STEPS: dict[str, Callable[[Stage, Size], Awaitable[list[Compared]]]] = {
    "a post to many readers": _fan_out,
    "pages": _pages,
    "replies": _writes,
}


def _above_zero(kind: type[int] | type[float]) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = kind(text)
        if value <= 0:
            raise ValueError
        return value

    return number
