"""R12's hour: who comes and goes, what is written, who reads for long, and what the server uses."""

import asyncio
import contextlib
import csv
import random
import sqlite3
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.reliability.board_process import BoardProcess
from tests.reliability.writing import Writing
from tests.support.model_client import ModelClient, Tally
from tests.support.model_line import fetch
from tests.support.waiting import act_slowly

SAMPLE_EVERY = 5.0  # seconds
ONE_COMES_AND_GOES_EVERY = 1.0  # seconds
ACT_EVERY = 0.7  # seconds, beside new posts: edits, removals, thanks and reading
POSTS_A_SECOND = 1.5
LONG_READ_EVERY, LONG_READ_FOR = 600.0, 120.0  # seconds


@dataclass(frozen=True)
class Sample:
    """What the server used at one moment; bytes and seconds."""

    second: float
    memory: int
    threads: int
    files: int  # beside the sockets of readers
    readers: int
    wal: int
    cpu: float
    own_cpu: float


@dataclass
class Soak:
    """An hour's life on a board. `samples` are also in `samples.csv` of the folder."""

    board: BoardProcess
    written: Writing
    readers: list[ModelClient] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    samples: list[Sample] = field(default_factory=list)
    refused: int = 0

    async def live(self, seconds: float, readers: int) -> None:
        """Everything at once, for so long."""
        page = await fetch(self.board.place(), 10.0)
        for _ in range(readers):
            self._join(page)
        parts = [self._come_and_go(), self._act(), self._read_for_long(), self._watch()]
        tasks = [asyncio.create_task(part) for part in parts]
        done, pending = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()

    def _join(self, page: dict[str, object]) -> None:
        names = ["", "", "", *self.board.tokens]
        reader = ModelClient(self.board.place(who=random.choice(names)), self.tally)
        reader.adopt(page)
        reader.start()
        self.readers.append(reader)

    async def _come_and_go(self) -> None:
        """The reader who is here longest leaves, and a new one comes; one in ten leaves without a word."""
        while True:
            await act_slowly(ONE_COMES_AND_GOES_EVERY)
            self._join(await fetch(self.board.place(), 30.0))
            leaving = self.readers.pop(0)
            if random.random() < 0.1:
                leaving.vanish()
            else:
                leaving.stop()

    async def _act(self) -> None:
        async with self.board.browser("moira") as moira, self.board.browser("bo") as bo:
            while True:
                await act_slowly(ACT_EVERY * random.uniform(0.5, 1.5))
                with contextlib.suppress(httpx.TransportError):
                    if self.written.acknowledged:
                        await self._act_once(moira, bo)

    async def _act_once(self, moira: httpx.AsyncClient, bo: httpx.AsyncClient) -> None:
        post = random.choice(list(self.written.acknowledged.values())[-200:])
        chance = random.random()
        if chance < 0.35:
            answer = await bo.post(f"/posts/{post}/thanks")
        elif chance < 0.45:
            answer = await bo.post(f"/posts/{post}/thanks/undo")
        elif chance < 0.6:
            answer = await moira.post(f"/posts/{post}/remove", json={"reason": "soak"})
        elif chance < 0.65:
            answer = await moira.post(f"/posts/{post}/restore")
        elif chance < 0.8:
            shown = (await moira.get(f"/posts/{post}")).json().get("post", {})
            body = {"body": f"{shown.get('body', '')}\n\nonce more", "version": shown.get("version", 0)}
            answer = await moira.post(f"/posts/{post}", json=body)
        else:
            answer = await bo.get(f"/topics/{self.board.topic_id}", params={"page": random.randint(1, 400)})
        self.refused += answer.status_code >= 500

    async def _read_for_long(self) -> None:
        """A read that stays open keeps SQLite from starting its write-ahead log afresh."""
        while True:
            await act_slowly(LONG_READ_EVERY / 2)
            reading = sqlite3.connect(f"file:{self.board.file}?mode=ro", uri=True)
            try:
                reading.execute("BEGIN")
                reading.execute("SELECT count(*) FROM posts").fetchone()
                await act_slowly(LONG_READ_FOR)
            finally:
                reading.close()
            await act_slowly(LONG_READ_EVERY / 2)

    async def _watch(self) -> None:
        begin = time.monotonic()
        with (self.board.folder / "samples.csv").open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(Sample.__dataclass_fields__)
            while True:
                sample = self._sample(time.monotonic() - begin)
                self.samples.append(sample)
                table.writerow(getattr(sample, name) for name in Sample.__dataclass_fields__)
                file.flush()
                await act_slowly(SAMPLE_EVERY)

    def _sample(self, second: float) -> Sample:
        board = self.board
        ready = sum(bool(one.ready_at) for one in self.readers)
        wal = Path(f"{board.file}-wal")
        return Sample(
            round(second, 1),
            board.memory(),
            board.threads(),
            board.files() - ready,
            ready,
            wal.stat().st_size if wal.exists() else 0,
            board.cpu_seconds(),
            time.process_time(),
        )


def slope(samples: Sequence[Sample]) -> float:
    """Bytes of memory an hour, by the least squares."""
    fit = statistics.linear_regression([one.second for one in samples], [one.memory for one in samples])
    return fit.slope * 3600


def drift(values: Sequence[float]) -> float:
    """How much higher the last third is than the first, by their medians."""
    third = max(1, len(values) // 3)
    return statistics.median(values[-third:]) - statistics.median(values[:third])
