"""R8's faults: what happens to a network, and how long readers may take to be where the server is."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.reliability.board_process import BoardProcess
from tests.support.faulty_network import FaultyNetwork
from tests.support.model_client import ModelClient, Tally
from tests.support.model_line import fetch
from tests.support.waiting import act_slowly, check, eventually

VISIBLE = 5.0  # seconds after a break that a reader can see
INVISIBLE = 65.0  # seconds after one that it has to find out: a minute of silence, and a moment
RATE = 1000.0  # bytes a second
DELAY = 2.0  # seconds
LOSS = 0.1
PATIENCE = 120.0  # seconds
SOMEBODY_WRITES_WITHIN = 0.7  # seconds


@dataclass(frozen=True)
class Fault:
    """`begin` breaks the network; `end` repairs it after `lasts` seconds, from which readers then count."""

    name: str
    begin: Callable[[FaultyNetwork], None]
    within: float
    lasts: float = 0.0
    end: Callable[[FaultyNetwork], None] | None = None


def settings(**values: float) -> Callable[[FaultyNetwork], None]:
    """A change of the network's settings."""

    def change(network: FaultyNetwork) -> None:
        for name, value in values.items():
            setattr(network, name, value)

    return change


FAULTS = [
    Fault("RST", FaultyNetwork.reset, VISIBLE),
    Fault("FIN", FaultyNetwork.finish, VISIBLE),
    Fault("cut inside a frame", FaultyNetwork.cut_inside_a_frame, VISIBLE),
    Fault("2 s of delay each way, while it lasts", settings(delay=DELAY), VISIBLE),
    Fault("1 KB/s for 20 s, afterwards", settings(rate=RATE), VISIBLE, 20.0, settings(rate=0.0)),
    Fault("every tenth block late, while it lasts", settings(loss=LOSS), VISIBLE),
    Fault("black hole", FaultyNetwork.swallow, INVISIBLE),
    Fault("half open, the server's side gone", FaultyNetwork.forget_server, INVISIBLE),
]


async def join(
    board: BoardProcess, port: int, readers: int, tally: Tally | None = None, topic_id: int = 0
) -> list[ModelClient]:
    """That many readers of a topic through the port, connected."""
    place = board.place(port, topic_id=topic_id)
    page = await fetch(place, 10.0)
    crowd = [ModelClient(place, tally) for _ in range(readers)]
    for one in crowd:
        one.adopt(page)
        one.start()
    await eventually(lambda: check(all(one.ready_at for one in crowd)), PATIENCE)
    return crowd


async def slowest(board: BoardProcess, crowd: Sequence[ModelClient]) -> float:
    """Seconds from now until all have seen what was written in the next moment; PATIENCE if they never do."""
    begin = asyncio.get_running_loop().time()
    await act_slowly(SOMEBODY_WRITES_WITHIN)
    target = await asyncio.to_thread(board.last_change)
    try:
        await eventually(
            lambda: check(all(one.ready_at and one.position >= target for one in crowd)), PATIENCE
        )
    except AssertionError:
        return PATIENCE
    return asyncio.get_running_loop().time() - begin


async def wrong(board: BoardProcess, crowd: Sequence[ModelClient]) -> int:
    """Readers that do not show what the database holds, after a while in which nobody writes."""
    truth = await asyncio.to_thread(board.truth)

    def differing() -> int:
        return sum(one.posts != {post: truth[post] for post in truth if post >= one.first} for one in crowd)

    try:
        await eventually(lambda: check(not differing()), PATIENCE)
    except AssertionError:
        return differing()
    return 0
