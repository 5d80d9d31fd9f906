"""Members who write as fast as they can, alone and while others read along."""

import asyncio
import itertools
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from server.bench import people, processes
from server.bench.clients import Crowd
from server.bench.people import Member, Topic

MEMBERS = 8
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


async def of_board(folder: Path, readers: int, *, seconds: float) -> Writes:
    """MEMBERS reply in one topic for so long, each as soon as the last reply was answered."""
    async with (
        processes.board(folder) as served,
        people.members(served.port, MEMBERS) as members,
    ):
        topic = await members[0].start_topic(people.POSTS_A_PAGE)
        crowd = Crowd(served.port, [topic.channel])
        await crowd.connect(readers)
        await _write(members, topic, WARM_UP)
        cpu, began = served.use().cpu, time.monotonic()
        answers = await _write(members, topic, seconds)
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


async def _write(members: list[Member], topic: Topic, seconds: float) -> list[tuple[int, float]]:
    """The mark of each reply, and how long its answer took in seconds."""
    end = time.monotonic() + seconds
    answers: list[tuple[int, float]] = []

    async def write(member: Member) -> None:
        while (asked := time.monotonic()) < end:
            mark = next(_marks)
            (await member.reply(topic, mark)).json()
            answers.append((mark, time.monotonic() - asked))

    await asyncio.gather(*(write(member) for member in members))
    return answers
