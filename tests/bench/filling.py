"""Writes a `LargeBoard` into an empty database, past the forum's actions, which would take an hour.

python -m tests.bench.filling URL [POSTS]
"""

import asyncio
import sqlite3
import sys
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

import asyncpg

from server.domain.clock import now_ms
from server.store import migrations
from server.store.sqlite_backend import sqlite_path
from tests.bench.large_board import COLUMNS, LargeBoard, Progress, Row, Size

BATCH = 20_000  # rows of one statement
POSTS = 1_000_000


def fill(url: str, size: Size, progress: Progress) -> None:
    """Makes the schema and the board; URL as in DATABASE_URL."""
    migrations.upgrade(url)
    board = LargeBoard(size, now_ms())
    rows = board.rows(progress)
    if urlsplit(url).scheme == "sqlite":
        _fill_sqlite(sqlite_path(url), rows, board)
    else:
        asyncio.run(_fill_postgresql(url, rows, board))


def _fill_sqlite(path: str, rows: Iterator[tuple[str, Row]], board: LargeBoard) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-1000000")  # a gigabyte: the indexes grow everywhere at once
    with connection:
        for table, batch in _batches(rows):
            places = ", ".join("?" * len(COLUMNS[table].split()))
            names = COLUMNS[table].replace(" ", ", ")
            connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", batch)
        ends = board.ends
        connection.execute(
            "UPDATE head SET seq = ?, floor = ?, next_post = ?", (ends.seq, ends.floor, ends.next_post)
        )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


async def _fill_postgresql(url: str, rows: Iterator[tuple[str, Row]], board: LargeBoard) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("SET session_replication_role = replica")  # rows may come before what they name
    for table, batch in _batches(rows):
        await connection.copy_records_to_table(table, records=batch, columns=COLUMNS[table].split())
    ends = board.ends
    await connection.execute("UPDATE head SET seq = $1, floor = $2", ends.seq, ends.floor)
    await connection.execute("SELECT setval('post_number', $1, false)", ends.next_post)
    for table in ("members", "topics", "categories", "sections"):
        await connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))"
        )
    await connection.execute("ANALYZE")
    await connection.close()


def _batches(rows: Iterator[tuple[str, Row]]) -> Iterator[tuple[str, list[Row]]]:
    while some := list(islice(rows, BATCH)):
        found: dict[str, list[Row]] = {}
        for table, row in some:
            found.setdefault(table, []).append(row)
        yield from found.items()


def show(done: int, total: int) -> None:
    """A line for every tenth."""
    if done % (total // 10) == 0:
        print(f"{done:,} of {total:,} posts", flush=True)


if __name__ == "__main__":
    fill(sys.argv[1], Size(int(sys.argv[2]) if len(sys.argv) > 2 else POSTS), show)
