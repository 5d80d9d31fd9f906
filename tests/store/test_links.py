"""One-time links, on both databases."""

import asyncio

from server.store import links
from server.store.database import Database
from tests.support.small_board import small_board

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


async def test_a_members_links_stand_beside_others_and_end_by_member_or_by_time(database_url: str) -> None:
    async with small_board(database_url) as board:
        ann, bo = await board.add("Ann"), await board.add("Bo")
        async with board.db.begin() as writer:
            for number, member_id in enumerate((ann, ann, bo)):
                token_hash, ends = bytes([number]) * 32, NOW + 1 + number
                await links.add(writer, token_hash, links.SECOND_STEP, member_id, expires_at=ends, now=NOW)
            await links.add(writer, HASH * 2, links.PASSKEY_SIGN_IN, None, expires_at=NOW + 9, now=NOW)

            async def owners(now: int) -> list[int | None]:
                return [
                    await links.owner(writer, bytes([number]) * 32, links.SECOND_STEP, now)
                    for number in range(3)
                ]

            assert await owners(NOW) == [ann, ann, bo]
            assert await owners(NOW + 1) == [None, ann, bo]
            assert await links.owner(writer, bytes(32), links.PASSKEY_ADDING, NOW) is None
            assert not await links.prune(writer, NOW + 1)
            assert await owners(NOW) == [None, ann, bo]
            await links.end_of_member(writer, links.SECOND_STEP, ann)
            assert await owners(NOW) == [None, None, bo]
            assert await links.is_open(writer, HASH * 2, links.PASSKEY_SIGN_IN, NOW)
