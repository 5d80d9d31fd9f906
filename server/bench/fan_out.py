"""One post to thousands of readers: what a delivery costs the server, and when it arrives.

The board's readers are guests on one topic, in which members reply over HTTP. The baselines send a message of
the same size to as many. All are measured alike, by the processor time of the server's process between the
first message and the last; the board's includes taking the reply, writing it down and rendering it.
"""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import quantiles

from server.bench import frames, processes
from server.bench.clients import Crowd
from server.bench.people import Stage, Topic
from server.bench.processes import Served

DELIVERIES = 100_000  # about as many are measured, in MESSAGES at least
MESSAGES = 10
WARM_UP = 3  # messages
WARM_SOCKETS = 100  # opened and closed before memory is counted: what is allocated once is not theirs
BETWEEN = 0.1  # seconds between two messages
QUIET = (
    4.5  # seconds without any message: readers were told how many they are, which happens every 4 s at most
)
_marks = itertools.count(1)

Send = Callable[[int], Awaitable[None]]  # a message that says this mark


@dataclass(frozen=True, slots=True)
class FanOut:
    """What was measured. Times are milliseconds from sending to each receipt."""

    sockets: int
    others: int  # messages of other kinds that were sent meanwhile and are part of the cost
    message: int  # bytes
    cost: float  # microseconds of processor time a delivery
    memory: float  # bytes an idle socket
    missing: int
    faults: int  # gaps and repeats
    p50: float
    p95: float
    p99: float
    longest: float


async def of_board(stage: Stage, sockets: int, *, messages: int = 0) -> tuple[FanOut, str]:
    """The board, and the last message that it sent; `messages` 0: as many as DELIVERIES need.

    The server's first crowd should be this one: memory that an earlier one left would be taken again.
    """
    writers = itertools.cycle(stage.members)

    async def reply(mark: int) -> None:
        (await next(writers).reply(stage.topic, mark)).json()

    async with readers(stage.served, stage.topic, sockets, QUIET) as (crowd, memory):
        found = await measure(stage.served, crowd, reply, memory, messages)
        return found, crowd.reader.last("changes").decode()


async def of_baseline(kind: str, message: str, sockets: int, *, messages: int = 0) -> FanOut:
    """`broadcast` or `send_loop`, with a message that the board sent."""
    template = json.loads(message)
    ready = json.dumps({"type": "ready", "epoch": "e", "position": 0, "channels": [template["channel"]]})
    async with (
        processes.baseline(kind, payload=ready) as served,
        readers(served, Topic(0, "/"), sockets) as (crowd, memory),
    ):

        async def say(mark: int) -> None:
            said = template | {"after": 0, "position": 1_000_000 + mark}
            text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
            text = frames.MARK.sub(f"mark-{mark}".encode(), text.encode()).decode()
            crowd.clients[0].write(frames.frame(frames.TEXT, f"{frames.SAY}{text}".encode()))

        return await measure(served, crowd, say, memory, messages)


@asynccontextmanager
async def readers(
    served: Served, topic: Topic, count: int, quiet: float = 0.0
) -> AsyncIterator[tuple[Crowd, float]]:
    """That many on the topic, and the bytes that each adds to the server."""
    first = Crowd(served.port, [topic.channel])
    await first.connect(WARM_SOCKETS)
    await first.close()
    before = served.use().memory
    crowd = Crowd(served.port, [topic.channel])
    await crowd.connect(count)
    await crowd.quiet(quiet)
    try:
        yield crowd, (served.use().memory - before) / count
    finally:
        await crowd.close()


async def measure(served: Served, crowd: Crowd, send: Send, memory: float, messages: int) -> FanOut:
    sockets = len(crowd.clients)
    messages = messages or max(MESSAGES, DELIVERIES // sockets)
    for mark in itertools.islice(_marks, WARM_UP):
        await send(mark)
        await crowd.received(mark)
    cpu, others = served.use().cpu, crowd.others.total()
    late: list[float] = []
    for mark in itertools.islice(_marks, messages):
        sent = time.monotonic()
        await send(mark)
        await crowd.received(mark)
        late += [1000 * (at - sent) for at in crowd.receipts.pop(mark, ())]
        await asyncio.sleep(BETWEEN)
    cpu = served.use().cpu - cpu
    percent = quantiles(late, n=100, method="inclusive")
    return FanOut(
        sockets=sockets,
        others=crowd.others.total() - others,
        message=len(crowd.reader.last("changes")),
        cost=1e6 * cpu / max(1, len(late)),
        memory=memory,
        missing=sockets * messages - len(late),
        faults=crowd.gaps + crowd.repeats,
        p50=percent[49],
        p95=percent[94],
        p99=percent[98],
        longest=max(late),
    )
