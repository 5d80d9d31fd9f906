"""What some benchmarks share: servers as processes, and readings from /proc."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.servers import answers, free_port, stop

TICKS = os.sysconf("SC_CLK_TCK")  # a second
PAGE = os.sysconf("SC_PAGE_SIZE")  # bytes


@dataclass(frozen=True)
class Served:
    """A server under load; `pid` is its process."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Processor time the process has used, in the kernel too."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> int:
        """Resident bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE


@contextlib.asynccontextmanager
async def process(*command: str, port: int, within: float = 120.0) -> AsyncIterator[Served]:
    """Runs a command that serves HTTP on the port until GET / answers 200; ended with SIGTERM."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            child = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output
            )
        try:
            await answers(f"http://127.0.0.1:{port}", child, log, within)
            yield Served(port, child.pid)
        finally:
            await stop(child)


@contextlib.asynccontextmanager
async def demo_board(data: Path) -> AsyncIterator[Served]:
    """`fireside serve --demo --no-limits`."""
    port = free_port()
    command = (str(Path(sys.executable).with_name("fireside")), "serve", "--demo", "--no-limits")
    async with process(*command, "--port", str(port), "--data", str(data), port=port) as served:
        yield served


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
