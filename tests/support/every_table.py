"""All that a board holds, row by row: for comparing what was before an act with what is after its undoing."""

import sqlalchemy as sa

from server.actions import bylines
from server.store.database import Database
from server.store.schema import metadata

OTHERS = {  # what an act and its undoing leave behind: the log, what was told, and the act itself
    "events", "head", "audit", "notices", "sanctions", "sweeps", "sessions", "outbox",
}  # fmt: skip
Dump = dict[str, list[tuple[object, ...]]]


async def dump(db: Database) -> Dump:
    """Every row of every table, but for versions and OTHERS."""
    while await bylines.tell_next(db):
        pass
    found: Dump = {}
    async with db.snapshot() as reader:
        for table in metadata.sorted_tables:
            if table.name not in OTHERS:
                columns = ", ".join(column.name for column in table.columns if "version" not in column.name)
                key = ", ".join(column.name for column in sa.inspect(table).primary_key)
                rows_sql = f"SELECT {columns} FROM {table.name} ORDER BY {key}"  # names of our own
                found[table.name] = [tuple(row) for row in await reader.all(rows_sql)]
    return found
