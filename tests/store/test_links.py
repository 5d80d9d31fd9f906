"""One-time links, on both databases."""

import asyncio

from server.store import links
from server.store.database import Database

NOW = 1_800_000_000_000
HASH, OTHER = b"\x01" * 32, b"\x02" * 32


async def test_a_link_is_used_once_and_only_for_its_purpose_and_in_time(database_url: str) -> None:
    async with Database.open(database_url) as db, db.begin() as writer:
        await links.replace(writer, HASH, links.SETUP, expires_at=NOW + 1, now=NOW)
        assert not await links.use(writer, HASH, "reset", NOW)
        assert not await links.use(writer, OTHER, links.SETUP, NOW)
        assert await links.use(writer, HASH, links.SETUP, NOW)
        assert not await links.use(writer, HASH, links.SETUP, NOW)
        await links.replace(writer, HASH, links.SETUP, expires_at=NOW + 1, now=NOW)
        assert not await links.use(writer, HASH, links.SETUP, NOW + 1)


async def test_of_many_who_use_it_at_once_one_succeeds(database_url: str) -> None:
    async with Database.open(database_url) as db:
        async with db.begin() as writer:
            await links.replace(writer, HASH, links.SETUP, expires_at=NOW + 1, now=NOW)

        async def use() -> bool:
            async with db.begin() as writer:
                return await links.use(writer, HASH, links.SETUP, NOW)

        assert sorted(await asyncio.gather(*(use() for _ in range(5)))) == [False] * 4 + [True]
