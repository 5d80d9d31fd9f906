"""What the benchmarks share: servers as processes, a simple HTTP load, and readings from /proc."""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
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


@contextlib.asynccontextmanager
async def bare_starlette(size: int) -> AsyncIterator[Served]:
    """A Starlette application whose only answer is a PlainTextResponse of that many bytes."""
    port = free_port()
    async with process(sys.executable, "-m", "tests.bench.bare", str(port), str(size), port=port) as served:
        yield served


@dataclass(frozen=True)
class Load:
    """What came of a load: requests answered, in which time, at which cost for the server."""

    requests: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def cost(self) -> float:
        """Microseconds of the server's processor for a request."""
        return 1e6 * self.cpu_seconds / self.requests


async def get_many(served: Served, path: str, *, connections: int, requests: int) -> Load:
    """GETs the path over that many kept-alive connections until all requests are answered with 200."""
    started, cpu = time.perf_counter(), served.cpu_seconds()
    share = requests // connections
    await asyncio.gather(*(_get_one_by_one(served.port, path, share) for _ in range(connections)))
    return Load(share * connections, time.perf_counter() - started, served.cpu_seconds() - cpu)


async def _get_one_by_one(port: int, path: str, requests: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\n\r\n".encode()
    for _ in range(requests):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode(errors="replace"))
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
    writer.close()


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
