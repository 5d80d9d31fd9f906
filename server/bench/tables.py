"""What was measured, side by side, as a table in Markdown that reads well on a terminal too."""

from collections.abc import Sequence
from dataclasses import dataclass

COMPARED = ("", "ratio", "board", "beside", "", "aim")


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of the board's, and perhaps the same figure of something else."""

    what: str
    unit: str
    board: float
    aim: str = ""
    other: float | None = None
    beside: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """A row below COMPARED."""
        other = "" if self.other is None else f"{number(self.other)}{self.unit}"
        ratio = f"{self.board / self.other:.2f}" if self.other else ""
        return (self.what, ratio, f"{number(self.board)}{self.unit}", other, self.beside, self.aim)


def number(value: float) -> str:
    """With as many digits as such a measurement is worth."""
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column is aligned to the left, all others to the right."""
    widths = [max(3, *(len(line[column]) for line in (header, *rows))) for column in range(len(header))]
    rule = ["-" * width if not column else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    return "\n".join(_line(line, widths) for line in (header, rule, *rows))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.rjust(width) if column else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return f"| {' | '.join(padded)} |"
