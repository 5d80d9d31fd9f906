"""What an idle process and an open socket cost: guests' sockets on the index of the demo board.

python -m tests.bench.memory [SOCKETS]
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from tests.bench.load import demo_board, table

SOCKETS = 500


async def main(count: int) -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        async with demo_board(Path(folder)) as board:
            first = await _open(board.url)
            idle = board.memory()
            sockets = [await _open(board.url) for _ in range(count)]
            full = board.memory()
            await asyncio.gather(*(socket.close() for socket in [first, *sockets]))
    each = (full - idle) / count / 1024
    print(
        table(
            ("idle process", "sockets", "with them", "KB a socket"),
            [(f"{idle / 2**20:.0f} MB", count, f"{full / 2**20:.0f} MB", f"{each:.1f}")],
        )
    )


async def _open(url: str) -> ClientConnection:
    socket = await connect(url.replace("http", "ws", 1) + "/live", origin=url, compression=None)  # type: ignore[arg-type]  # str is one
    await socket.send(json.dumps({"type": "hello", "channels": ["board"]}))
    while json.loads(await socket.recv())["type"] != "ready":
        pass
    return socket


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else SOCKETS))
