"""What a proof has to hit and what it measured: its table, and the exit status of its command."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Figure:
    """`limit` is the most that `measured` may be; None: it is told only."""

    name: str
    measured: float
    limit: float | None = None
    unit: str = ""

    @property
    def is_hit(self) -> bool:
        """Whether the measured figure is within its limit."""
        return self.limit is None or self.measured <= self.limit


def options(about: str, **extra: object) -> argparse.Namespace:
    """The command's arguments: `--short`, and `--name DEFAULT` for each of `extra`."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--short", action="store_true", help="a quick look instead of the whole proof")
    for name, default in extra.items():
        kind = type(default) if default is not None else str
        parser.add_argument(f"--{name}", type=kind, default=default, help=f"({default})")
    return parser.parse_args()


def verdict(figures: Sequence[Figure], *remarks: str) -> int:
    """Prints the table and the remarks; 0 when every figure is hit, else 1."""
    width = max(len(figure.name) for figure in figures)
    print(f"\n{'figure':<{width}} | {'to hit':>10} | {'measured':>10} |")
    print(f"{'-' * width} | ---------: | ---------: | ---")
    for figure in figures:
        limit = "" if figure.limit is None else f"≤ {_plain(figure.limit)}"
        unit = f" {figure.unit}" if figure.unit else ""
        word = "" if figure.limit is None else "ok" if figure.is_hit else "MISSED"
        print(f"{figure.name + unit:<{width}} | {limit:>10} | {_plain(figure.measured):>10} | {word}")
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; Python {sys.version.split()[0]}")
    for remark in remarks:
        print(remark)
    return 0 if all(figure.is_hit for figure in figures) else 1


def tell(sentence: str) -> None:
    """Progress, at once also into a file."""
    print(sentence, file=sys.stderr, flush=True)


def share(values: Sequence[float], percent: float) -> float:
    """The percentile, nearest rank; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


def _plain(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() or abs(number) >= 1000 else f"{number:.3g}"
