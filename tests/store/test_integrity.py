"""`fireside check`: every kind of inconsistency is found, and a board that was used has none."""

import contextlib
import subprocess
import sys
from pathlib import Path

from server.actions import moderation, thanking
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from server.store import integrity
from server.store.database import Database
from tests.support.whole_board import WholeBoard

PLANTED = {
    "category 1: counts 99 topics": "UPDATE categories SET topics = 99 WHERE id = 1",
    "category 1: counts 99 posts": "UPDATE categories SET posts = 99 WHERE id = 1",
    "topic 2: counts 99 replies": "UPDATE topics SET replies = 99 WHERE id = 2",
    "topic 2: counts 99 places": "UPDATE topics SET places = 99 WHERE id = 2",
    "topic 2: says its last post is 1": "UPDATE topics SET last_post_id = 1 WHERE id = 2",
    "counts 99 posts, wrote": "UPDATE members SET posts = 99 WHERE username = 'ann'",
    "counts 99 thanks, got": "UPDATE members SET thanks_received = 99 WHERE username = 'ann'",
    "removed, yet its text is in a public column": (
        "UPDATE posts SET plain = 'x' WHERE removed_at IS NOT NULL"
    ),
    "removed, yet its title is in the public column": (
        "UPDATE topics SET title = removed_title WHERE removed_at IS NOT NULL"
    ),
    "has no text": "UPDATE posts SET body = NULL WHERE id = 2",
    "post 2: newer than the log": "UPDATE posts SET version = 1000000 WHERE id = 2",
    "topic 2: newer than the log": "UPDATE topics SET version = 1000000 WHERE id = 2",
    "is missing": "DELETE FROM events WHERE seq = 5",
    "log: it should go from 1": "UPDATE head SET seq = seq + 1",
    "log: it should go from 4": "UPDATE head SET floor = 3",
    "log: it has no head": "DELETE FROM head",
}


async def use(board: WholeBoard) -> None:
    """A bit of everything: replies, quotes, thanks, removals and restorations, hidden and open."""
    now, mod = now_ms(), board.viewer("mod")
    for where in Audience:
        one = await board.topic("Sleep", "How?", by="mod" if where is Audience.STAFF else "ann", where=where)
        reply = await board.reply(one.topic_id, f"[quote={one.post_id}]\n\nSo.", by="ada")
        await thanking.thank(board.db, board.viewer("ada"), one.post_id, now=now)
        await thanking.thank(board.db, mod, reply.post_id, now=now)
        gone = await board.topic("Gone", "Away", by="ada", where=where)
        await moderation.remove_topic(board.db, board.viewer("ada"), gone.topic_id, "", now=now)
        await moderation.remove_post(board.db, board.viewer("ada"), reply.post_id, "", now=now)
        if where is not Audience.PUBLIC:
            await moderation.restore_topic(board.db, mod, gone.topic_id, now=now)
            await moderation.restore_post(board.db, mod, reply.post_id, now=now)


async def findings(db: Database) -> list[str]:
    async with db.snapshot() as reader:
        return await integrity.findings(reader)


async def findings_after(db: Database, sql: str) -> list[str]:
    """What is found in a transaction that is taken back."""
    found: list[str] = []
    with contextlib.suppress(LookOnlyError):
        async with db.begin() as writer:
            await writer.run(sql)
            found = await integrity.findings(writer)
            raise LookOnlyError
    return found


class LookOnlyError(Exception):
    """Takes a transaction back."""


async def test_a_board_that_was_used_agrees_and_each_planted_fault_is_found(board: WholeBoard) -> None:
    await use(board)
    assert await findings(board.db) == []
    for sentence, sql in PLANTED.items():
        found = await findings_after(board.db, sql)
        assert any(sentence in one for one in found), f"{sentence}: {found}"
    assert await findings(board.db) == []


async def test_many_faults_of_a_kind_are_told_up_to_a_bound(sqlite_board: WholeBoard) -> None:
    one = await sqlite_board.topic("Sleep", "How?", by="ann")
    for number in range(integrity.MOST + 5):
        await sqlite_board.reply(one.topic_id, f"Reply {number}")
    async with sqlite_board.db.begin() as writer:
        await writer.run("UPDATE posts SET body = NULL")
    assert sum("has no text" in sentence for sentence in await findings(sqlite_board.db)) == integrity.MOST


async def test_the_command_says_so_and_ends_with_status_1(sqlite_url: str) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    fireside = Path(sys.executable).with_name("fireside")

    def check() -> "subprocess.CompletedProcess[str]":
        command = [str(fireside), "check", "--data", str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    well = check()
    assert (well.returncode, well.stdout) == (0, "Everything agrees.\n"), well.stderr
    async with Database.open(sqlite_url) as db, db.begin() as writer:
        await writer.run("UPDATE head SET seq = seq + 1")
    ill = check()
    assert ill.returncode == 1
    assert ill.stdout.startswith("log: it should go from")
    assert ill.stdout.endswith("1 findings.\n")
