"""The Redis, or Valkey, that the processes of one board share. Only what may be lost goes through it.

No command holds anybody up. Each has COMMAND_WITHIN; after one that failed the link counts as away and
refuses at once, until a probe in the background is answered. So a dead Redis costs one short wait of those
who meet it first, and is found again within seconds of its return, at a new address too.
"""

import asyncio
import contextlib
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis.asyncio import Redis

COMMAND_WITHIN = 0.1  # seconds from asking to the answer
PROBE_WITHIN = 2.0  # seconds for a connection and its first answer
FIRST_RETRY = 0.1  # seconds; doubles up to RETRY_WITHIN
RETRY_WITHIN = 3.0  # seconds between two probes at most
CONNECTIONS = 8  # commands under way at once; what listens has a connection of its own
LOG_EVERY = 60.0  # seconds between two equal lines, should Redis come and go

Answer = int | bytes | list["Answer"] | None  # what its protocol knows

log = logging.getLogger(__name__)

_AWAY = (
    "Redis cannot be used (%s). Until it can, news from other processes comes up to a second later, and each"
    " process counts limits for itself."
)
_REFUSED = "Redis refuses the user or password of REDIS_URL (%s); both are tried again."
_BACK = "Redis answers again (%s)."


class RedisAway(Exception):
    """There was no answer in time, or none is to be expected now. Whoever asked has to do without."""


class RedisLink:
    """The connections of one process; `redis_link` makes one. The processes of a board agree on `board`.

    `available` says whether a command is worth trying; `run` looks by itself.
    """

    def __init__(self, url: str, board: str) -> None:
        # Loaded here, because it costs 10 MB that most boards need not pay.
        from redis import asyncio as redis  # noqa: PLC0415  # see above
        from redis import exceptions  # noqa: PLC0415  # see above

        self.available = False
        self._prefix = f"fireside:{hashlib.sha256(board.encode()).hexdigest()[:16]}"
        # Who listens has a client of his own: redis-py loses connections that are closed while in use.
        self._connect = partial(
            redis.Redis.from_url,
            url,
            protocol=2,  # all of them know it
            socket_connect_timeout=PROBE_WITHIN,
            socket_timeout=None,  # every wait has its own end
            retry=None,  # trying again is done here
        )
        self._client = self._connect()
        self._errors = (exceptions.RedisError, OSError)
        self._refusals = (exceptions.AuthenticationError, exceptions.NoPermissionError)
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._away = asyncio.Event()
        self._away.set()
        self._troubles: set[str] = set()  # sentences that were said since Redis was lost
        self._said_at: dict[str, float] = {}

    def key(self, *parts: str) -> str:
        """The name of a key or channel of this board, which other boards on the same Redis don't use."""
        return ":".join((self._prefix, *parts))

    async def run(self, *command: str | int) -> Answer:
        """The answer to a command: `run("GET", link.key("x"))`. Raises RedisAway within COMMAND_WITHIN."""
        if not self.available:
            raise RedisAway("away")
        asked = False
        try:
            async with asyncio.timeout(COMMAND_WITHIN), self._turns:
                if not self.available:
                    raise RedisAway("away")
                asked = True
                answer: Answer = await self._client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis leaves it so
                return answer
        except self._errors as error:
            if asked:  # else others of ours were faster, and Redis may be well
                self._lose(error)
            raise RedisAway(type(error).__name__) from error

    async def listen(self, channel: str, heard: Callable[[str], None]) -> None:
        """Calls `heard` with each message that comes to the channel, first with "" when it listens.

        Goes on until it is cancelled; raises RedisAway when the connection is lost.
        """
        client = self._connect()
        subscription = client.pubsub(ignore_subscribe_messages=True)
        try:
            async with asyncio.timeout(PROBE_WITHIN):
                await subscription.subscribe(channel)
            heard("")
            while True:
                message = await subscription.get_message(timeout=None)
                if message is not None:
                    heard(message["data"].decode(errors="replace"))
        except self._errors as error:
            raise RedisAway(type(error).__name__) from error
        finally:
            await subscription.aclose()  # type: ignore[no-untyped-call]  # redis leaves it so
            await self._closed(client)

    async def keep_trying(self) -> None:
        """Finds Redis again whenever it is away. `redis_link` runs it."""
        while True:
            await self._away.wait()
            for pause in pauses():
                if await self._is_back():
                    break
                await asyncio.sleep(pause)

    async def close(self) -> None:
        """Closes the connections."""
        self.available = False
        await self._closed(self._client)

    async def _closed(self, client: "Redis") -> None:
        with contextlib.suppress(*self._errors):
            async with asyncio.timeout(PROBE_WITHIN):
                await client.aclose()

    async def _is_back(self) -> bool:
        try:
            async with asyncio.timeout(PROBE_WITHIN), contextlib.AsyncExitStack() as turns:
                # Old connections may lead to where Redis was; they are closed when nobody uses them.
                for _ in range(CONNECTIONS):
                    await turns.enter_async_context(self._turns)
                await self._client.connection_pool.disconnect()
                await self._client.execute_command("PING")  # type: ignore[no-untyped-call]  # redis leaves it so
        except self._errors as error:
            self._tell(error)
            return False
        self._away.clear()
        self.available = True
        if self._troubles:
            self._troubles.clear()
            self._say(logging.WARNING, _BACK, "PONG")
        return True

    def _lose(self, error: BaseException) -> None:
        self.available = False
        self._away.set()
        self._tell(error)

    def _tell(self, error: BaseException) -> None:
        """Says once what the trouble is: by its kind, since texts of errors name addresses."""
        refused = isinstance(error, self._refusals)
        sentence = _REFUSED if refused else _AWAY
        if sentence not in self._troubles:
            self._troubles.add(sentence)
            self._say(logging.ERROR if refused else logging.WARNING, sentence, type(error).__name__)

    def _say(self, level: int, sentence: str, reason: str) -> None:
        now = time.monotonic()
        if now - self._said_at.get(sentence, -LOG_EVERY) >= LOG_EVERY:
            self._said_at[sentence] = now
            log.log(level, sentence, reason)


@contextlib.asynccontextmanager
async def redis_link(url: str, board: str) -> AsyncIterator[RedisLink]:
    """A link as long as it is entered. That Redis is away keeps nobody from starting."""
    link = RedisLink(url, board)
    trying = asyncio.create_task(link.keep_trying())
    try:
        yield link
    finally:
        trying.cancel()
        await asyncio.wait([trying])
        await link.close()


def pauses() -> Iterator[float]:
    """Seconds to wait between attempts: random, so that processes don't come all at once (full jitter)."""
    chance = Random()  # noqa: S311  # no secret
    longest = FIRST_RETRY
    while True:
        yield chance.uniform(0, longest)
        longest = min(RETRY_WITHIN, 2 * longest)
