"""Servers as processes of their own, and what they use of the machine.

Only their own processor time is counted, so that the load, which runs in this process, is not.
"""

import asyncio
import contextlib
import os
import platform
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from server.bench.requests import Connection

STARTS_WITHIN = 60.0  # seconds
STOPS_WITHIN = 20.0  # seconds; then it is killed
LOOK_EVERY = 0.05  # seconds
LAST_WORDS = 2_000  # characters of a failed server's output that are shown
_BOARD = "from server.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Use:
    """What a process used so far: seconds of processor time, in the kernel too, and resident bytes now."""

    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class Served:
    """A server under load."""

    port: int
    pid: int

    def use(self) -> Use:
        """From /proc, in hundredths of a second; from `ps` where there is none."""
        process = Path(f"/proc/{self.pid}")
        if not process.exists():
            return _use_by_ps(self.pid)
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        pages = int((process / "statm").read_text().split()[1])
        return Use(
            (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
            pages * os.sysconf("SC_PAGE_SIZE"),
        )


async def share_of_processor(served: Served, seconds: float) -> float:
    """What the server uses of a processor during so many seconds, in which this process asks for nothing."""
    before = served.use().cpu
    await asyncio.sleep(seconds)
    return (served.use().cpu - before) / seconds


@contextlib.asynccontextmanager
async def board(data: Path, *options: str, port: int = 0) -> AsyncIterator[Served]:
    """`fireside serve --no-limits` on a free port, or on `port`, with the data in that folder.

    It is ended with SIGTERM. Raises RuntimeError when it does not answer.
    """
    port = port or free_port()
    command = ("-c", _BOARD, "serve", "--no-limits", "--data", str(data), "--port", str(port), *options)
    async with _running(command, port) as served:
        yield served


@contextlib.asynccontextmanager
async def baseline(kind: str, *, payload: str = "", port: int = 0) -> AsyncIterator[Served]:
    """One of the `baselines`; `payload` is what it answers."""
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "payload"
        file.write_text(payload)
        async with _running(("-m", "server.bench.baselines", kind, str(port), str(file)), port) as served:
            yield served


def machine() -> str:
    """What figures were measured on, and how busy it was."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} processors{load}, {platform.system()}, Python {platform.python_version()}"


def free_port() -> int:
    """A port of this machine that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def _running(arguments: tuple[str, ...], port: int) -> AsyncIterator[Served]:
    with tempfile.TemporaryFile() as output:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-P", *arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,  # Ctrl-C comes to us, and we end it
        )  # fmt: skip
        try:
            if not await _answers(child, port):
                output.seek(0)
                words = output.read().decode(errors="replace")[-LAST_WORDS:]
                raise RuntimeError(f"a server did not start: {words}")
            yield Served(port, child.pid)
        finally:
            await _stop(child)


async def _answers(child: asyncio.subprocess.Process, port: int) -> bool:
    """Whether GET / is answered within STARTS_WITHIN, with whatever status."""
    deadline = asyncio.get_running_loop().time() + STARTS_WITHIN
    while child.returncode is None and asyncio.get_running_loop().time() < deadline:
        with contextlib.suppress(OSError, EOFError):
            async with Connection(port) as connection:
                await connection.get("/")
                return True
        await asyncio.sleep(LOOK_EVERY)
    return False


async def _stop(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.terminate()
    try:
        async with asyncio.timeout(STOPS_WITHIN):
            await child.wait()
    except BaseException:
        child.kill()
        await asyncio.shield(child.wait())
        raise


def _use_by_ps(pid: int) -> Use:
    """Where there is no /proc. `ps` says minutes:seconds.hundredths, with hours before them after a while."""
    words = subprocess.run(
        ["ps", "-o", "time=,rss=", "-p", str(pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    seconds = 0.0
    for part in words[0].split(":"):
        seconds = seconds * 60 + float(part)
    return Use(seconds, int(words[1]) * 1024)
