"""How many sockets one process takes: what memory and open files allow, and pages go on being answered."""

import os
import sys
from pathlib import Path

A_SOCKET = 32 * 1024  # bytes: what one takes on a server that cannot park it, and while it is slow
FOR_SOCKETS = 0.5  # of the memory
SPARE_FILES = 256  # for pages, the database and everything else
LEAST = 100  # sockets, however small the machine says it is

_CGROUP = Path("/sys/fs/cgroup/memory.max")


def sockets_at_most(workers: int = 1) -> int:
    """The cap of one of so many processes, which share the memory."""
    memory = int(_memory() * FOR_SOCKETS) // workers
    return max(LEAST, min(memory // A_SOCKET, _files() - SPARE_FILES))


def raise_file_limit() -> None:
    """Lets this process and those it starts open as many files as the system allows it."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  # it is not there on Windows

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _memory() -> int:
    """The bytes that this process may use: the machine's, or its container's when that is less."""
    most = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 2**31
    try:
        limit = _CGROUP.read_text().strip()
    except OSError:
        return most
    return min(most, int(limit)) if limit.isdecimal() else most


def _files() -> int:
    if sys.platform == "win32":
        return 2**16
    import resource  # noqa: PLC0415  # it is not there on Windows

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 2**31 if soft == resource.RLIM_INFINITY else soft
