"""A process of its own that asks for one page again and again and times the answers.

async with probing(board.port, "/healthz") as times:
    ...
assert times  # seconds of every answer meanwhile; a request that failed counts as FAILED
"""

import asyncio
import contextlib
import http.client
import json
import select
import sys
import time
from collections.abc import AsyncIterator

FAILED = 60.0  # seconds
EVERY = 0.05  # seconds between two requests


@contextlib.asynccontextmanager
async def probing(port: int, path: str, every: float = EVERY) -> AsyncIterator[list[float]]:
    """Times GET requests beside what happens inside; the list is filled at the end."""
    times: list[float] = []
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.reliability.latency_probe", str(port), path, str(every),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    await process.stdout.readline()  # it has begun
    try:
        yield times
    finally:
        process.stdin.close()  # which ends it
        times += json.loads(await process.stdout.read())
        await process.wait()


def ask(port: int, path: str, every: float) -> list[float]:
    """Asks until the input ends."""
    times: list[float] = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=FAILED)
    wait = 0.0
    while not select.select([sys.stdin], [], [], wait)[0]:
        begin = time.perf_counter()
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            failed = answer.status >= 500
        except (OSError, http.client.HTTPException):
            connection.close()
            failed = True
        took = time.perf_counter() - begin
        times.append(FAILED if failed else took)
        wait = max(0.0, every - took)
    return times


if __name__ == "__main__":
    print("begun", flush=True)
    print(json.dumps(ask(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))))
