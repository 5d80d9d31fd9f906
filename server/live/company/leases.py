"""How processes tell each other who is with them: each keeps a lease of what it sees, and reads the others'.

A lease is over when its process does not renew it, so the people of a process that crashed are gone within
LASTS and the few looks after it; those of one that ends properly are gone at once. Where the leases are kept
makes no difference: in the database that all processes share, or in Redis when there is one. What is lost
with either is written again at the next renewal.
"""

from collections.abc import Mapping
from secrets import token_hex
from typing import Protocol

from server.actions import presence as writing
from server.store import presence
from server.store.database import Database
from server.store.redis_link import Answer, RedisLink

GONE_WITHIN = 45.0  # seconds after a crash, as promised: the lease, and the looks until it is told
LASTS = 39.0  # seconds
RENEW_EVERY = 12.0  # seconds without a change


class Leases(Protocol):
    """A place where each process keeps a text that others can read for a while."""

    async def renew(self, content: str, lasts: float) -> None:
        """Keeps the text for so many seconds. Raises whatever keeps it from being kept."""

    async def others(self) -> Mapping[str, str] | None:
        """The valid texts of the other processes; None when this one's own is lost and to be kept anew."""

    async def end(self) -> None:
        """Takes the text away at once."""


def leases_of(db: Database, redis: RedisLink | None, workers: int) -> Leases | None:
    """Where this board's processes keep their leases; None when it is one process on SQLite.

    Several servers that are started by hand on one SQLite file have to say so by WEB_WORKERS.
    """
    if redis is not None:
        return RedisLeases(redis)
    return DatabaseLeases(db) if workers > 1 or db.dialect == "postgresql" else None


class DatabaseLeases:
    """Rows of a table."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._process = token_hex(8)

    async def renew(self, content: str, lasts: float) -> None:
        """Writes the row."""
        await writing.renew_lease(self._db, self._process, content, lasts)

    async def others(self) -> Mapping[str, str] | None:
        """Reads the other rows."""
        async with self._db.snapshot() as reader:
            return await presence.leases(reader, self._process)

    async def end(self) -> None:
        """Deletes the row."""
        await writing.end_lease(self._db, self._process)


class RedisLeases:
    """A key that expires for each process, and a hash with the processes to find the keys by."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._process = token_hex(8)
        self._all = link.key("presence")
        self._is_held = False

    async def renew(self, content: str, lasts: float) -> None:
        """Sets the key. Raises RedisAway."""
        await self._link.run("SET", self._key(self._process), content, "PX", round(lasts * 1000))
        await self._link.run("HSET", self._all, self._process, "")
        self._is_held = True

    async def others(self) -> Mapping[str, str] | None:
        """Gets the other keys. Raises RedisAway."""
        processes = _texts(await self._link.run("HKEYS", self._all))
        if self._is_held and self._process not in processes:
            self._is_held = False  # Redis was flushed, or is another one
            return None
        others = [process for process in processes if process and process != self._process]
        if not others:
            return {}
        contents = _texts(await self._link.run("MGET", *map(self._key, others)))
        found = dict(zip(others, contents, strict=True))
        gone = [process for process, content in found.items() if content is None]
        if gone:
            await self._link.run("HDEL", self._all, *gone)
        return {process: content for process, content in found.items() if content is not None}

    async def end(self) -> None:
        """Deletes the key. Raises RedisAway."""
        self._is_held = False
        await self._link.run("DEL", self._key(self._process))
        await self._link.run("HDEL", self._all, self._process)

    def _key(self, process: str) -> str:
        return self._link.key("presence", process)


def _texts(answer: Answer) -> list[str | None]:
    """The texts in a list that Redis answered; None where it has nothing."""
    found = answer if isinstance(answer, list) else []
    return [one.decode() if isinstance(one, bytes) else None for one in found]
