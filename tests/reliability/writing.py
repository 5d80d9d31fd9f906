"""Members who write at a steady rate, whatever the server does, and know what was acknowledged.

A request that gets no answer is sent again with the same `Idempotency-Key`, as a page does with its form
token; and some that were answered are sent again too, because an answer may be lost on its way.
"""

import asyncio
import contextlib
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from tests.support.waiting import act_slowly

AGAIN_AFTER = 0.2  # seconds between two tries
REPEATED = 0.1  # of the answered requests are sent again
LAST_WORDS = 30.0  # seconds for what was not acknowledged at the end


class Board(Protocol):
    """Where they write: BoardProcess, say."""

    @property
    def tokens(self) -> Mapping[str, str]:
        """Session tokens by name."""

    @property
    def topic_id(self) -> int:
        """The topic to write in."""

    def browser(self, who: str) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        """A program that is signed in as that member."""

    def ask(self, query: str) -> list[tuple[int, ...]]:
        """Rows of the database."""


@dataclass
class Writing:
    """`acknowledged` maps each key to the post that the server gave for it."""

    board: Board
    clients: list[httpx.AsyncClient]
    acknowledged: dict[str, int] = field(default_factory=dict)
    tries: int = 0
    differing: list[str] = field(default_factory=list)  # keys whose second answer was another one
    refused: Counter[int] = field(default_factory=Counter)  # by status
    waits: list[float] = field(default_factory=list)  # seconds from the first try to the answer
    longest_pause: float = AGAIN_AFTER  # seconds; pauses between tries double up to it
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def write(self, length: int = 40) -> int:
        """Writes one post until it is acknowledged; its number."""
        number = next(self._numbers)
        key = f"key-{number:06}-"
        client = self.clients[number % len(self.clients)]
        begin = asyncio.get_running_loop().time()
        post = await self._until_answered(client, key, length)
        self.waits.append(asyncio.get_running_loop().time() - begin)
        self.acknowledged[key] = post
        if random.random() < REPEATED and await self._until_answered(client, key, length) != post:
            self.differing.append(key)
        return post

    async def _until_answered(self, client: httpx.AsyncClient, key: str, length: int) -> int:
        body = {"body": f"{key} {'quiet lanterns ' * (length // 15)}"}
        path, headers = f"/topics/{self.board.topic_id}/posts", {"Idempotency-Key": key}
        pause = AGAIN_AFTER
        while True:
            self.tries += 1
            try:
                answer = await client.post(path, json=body, headers=headers)
                if answer.status_code in (200, 201):
                    post: int = answer.json()["post"]["id"]
                    return post
                self.refused[answer.status_code] += 1
            except (httpx.TransportError, ValueError):
                self.refused[0] += 1
            await act_slowly(pause * random.uniform(0.5, 1.5))
            pause = min(2 * pause, self.longest_pause)

    async def go_on(self, rate: float, length: int = 40) -> None:
        """Begins that many posts a second, until cancelled; none waits for another."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            task = asyncio.create_task(self._write(length))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            due = max(due + 1 / rate, loop.time() - 1)
            await act_slowly(max(0.0, due - loop.time()))

    async def _write(self, length: int) -> None:
        await self.write(length)

    async def last_words(self) -> None:
        """Waits until everything that was begun is acknowledged. Raises TimeoutError."""
        async with asyncio.timeout(LAST_WORDS):
            await asyncio.gather(*self._tasks)

    def lost(self) -> list[str]:
        """Acknowledged posts that are not in the database as they were acknowledged."""
        kept = self._kept()
        return [key for key, post in self.acknowledged.items() if post not in kept.get(key, ())]

    def doubled(self) -> list[str]:
        """Keys that stand in more than one post."""
        kept = self._kept().items()
        return [key for key, posts in kept if len(posts) > 1 and key.startswith("key-")] + self.differing

    def _kept(self) -> dict[str, list[int]]:
        kept: dict[str, list[int]] = {}
        rows = self.board.ask("SELECT id, substr(coalesce(body, removed_body), 1, 11) FROM posts")
        for post, key in rows:
            kept.setdefault(str(key), []).append(post)
        return kept


@contextlib.asynccontextmanager
async def writing(board: Board, rate: float = 0.0, length: int = 40) -> AsyncIterator[Writing]:
    """The board's members write at that rate, if it is not 0; at the end they wait for their answers."""
    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(board.browser(who)) for who in board.tokens]
        found = Writing(board, clients)
        going = asyncio.create_task(found.go_on(rate, length)) if rate else None
        try:
            yield found
        finally:
            if going is not None:
                going.cancel()
        await found.last_words()
