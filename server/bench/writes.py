"""Members who write as fast as they can, alone and while others read along."""

import asyncio
import itertools
import time
from dataclasses import dataclass
from statistics import quantiles

from server.bench.clients import Crowd
from server.bench.people import Member, Stage

WARM_UP = 0.5  # seconds
LAST_RECEIPT_WITHIN = 30.0  # seconds
_marks = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Writes:
    """What was measured. Times are milliseconds from asking to the answer."""

    readers: int
    rate: float  # replies a second
    cost: float  # milliseconds of processor time a reply, with all that its readers cost
    p50: float
    p99: float
    missing: int  # receipts
    faults: int  # gaps and repeats


async def of_board(stage: Stage, readers: int, *, seconds: float) -> Writes:
    """Every member replies in one topic for so long, each as soon as the last reply was answered."""
    served = stage.served
    crowd = Crowd(served.port, [stage.topic.channel])
    await crowd.connect(readers)
    await _write(stage, WARM_UP)
    cpu, began = served.use().cpu, time.monotonic()
    answers = await _write(stage, seconds)
    took = time.monotonic() - began
    if readers:
        await asyncio.gather(*(crowd.received(mark, within=LAST_RECEIPT_WITHIN) for mark, _ in answers))
    cpu = served.use().cpu - cpu
    await crowd.close()
    percent = quantiles([1000 * late for _, late in answers], n=100, method="inclusive")
    return Writes(
        readers=readers,
        rate=len(answers) / took,
        cost=1000 * cpu / len(answers),
        p50=percent[49],
        p99=percent[98],
        missing=sum(readers - len(crowd.receipts[mark]) for mark, _ in answers),
        faults=crowd.gaps + crowd.repeats,
    )


async def _write(stage: Stage, seconds: float) -> list[tuple[int, float]]:
    """The mark of each reply, and how long its answer took in seconds."""
    end = time.monotonic() + seconds
    answers: list[tuple[int, float]] = []

    async def write(member: Member) -> None:
        while (asked := time.monotonic()) < end:
            mark = next(_marks)
            (await member.reply(stage.topic, mark)).json()
            answers.append((mark, time.monotonic() - asked))

    await asyncio.gather(*(write(member) for member in stage.members))
    return answers
