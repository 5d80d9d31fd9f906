"""Everybody comes back after a restart: how long it takes from the first to the last.

The board is stopped and started again under its readers, who resume from where they were. The baseline takes
as many handshakes and answers with the same bytes.
"""

import json
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path

from server.bench import processes
from server.bench.clients import Crowd
from server.bench.processes import Served

CHANNELS = ("board", "topic:1")  # the welcome topic of every board
AT_ONCE = 500  # clients connecting at any time
WITHIN = 300.0  # seconds


@dataclass(frozen=True, slots=True)
class Storm:
    """What was measured."""

    clients: int
    seconds: float  # from the first connection that was begun to the last `ready`
    cost: float  # microseconds of the server's processor time a client
    resets: int

    @property
    def rate(self) -> float:
        """Clients a second."""
        return self.clients / self.seconds


async def of_board(folder: Path, clients: int) -> tuple[Storm, str]:
    """The board in that folder, new or not, and what it said to each."""
    port = processes.free_port()
    crowd = Crowd(port, CHANNELS)
    async with processes.board(folder, port=port):
        await crowd.connect(clients, at_once=AT_ONCE, within=WITHIN)
    await crowd.until(lambda: not any(client.is_connected for client in crowd.clients), WITHIN)
    async with processes.board(folder, port=port) as served:
        back = crowd.reconnect(crowd.clients, at_once=AT_ONCE, within=WITHIN)
        found = await _measure(served, crowd, back)
        await crowd.close()
    return found, crowd.reader.last("ready").decode()


async def of_baseline(ready: str, clients: int, kind: str = "sans_io") -> Storm:
    """The `websockets` library's sans-I/O protocol, which says what the board said.

    With `kind="asgi"` as uvicorn serves it, with nothing behind, and with `kind="send_loop"` a Starlette
    endpoint on uvicorn: what their handshakes cost without a board.
    """
    async with processes.baseline(kind, payload=ready) as served:
        crowd = Crowd(served.port, json.loads(ready)["channels"])
        found = await _measure(served, crowd, crowd.connect(clients, at_once=AT_ONCE, within=WITHIN))
        await crowd.close()
    return found


async def _measure(served: Served, crowd: Crowd, connecting: Awaitable[object]) -> Storm:
    cpu, began = served.use().cpu, time.monotonic()
    await connecting
    return Storm(
        clients=len(crowd.clients),
        seconds=max(client.ready_at for client in crowd.clients) - began,
        cost=1e6 * (served.use().cpu - cpu) / len(crowd.clients),
        resets=crowd.resets,
    )
