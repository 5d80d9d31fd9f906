"""Who shows that he is there, and the leases by which processes tell each other who is with them.

A lease is over when `until` has passed, by the clock of the database, which all processes share.
"""

from collections.abc import Sequence

from server.domain.presence import Showing
from server.store.columns import in_list
from server.store.database import Reader, Writer

MANY = 500  # members in one statement

# Milliseconds UTC.
_NOW = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
}


async def showing(reader: Reader, member_id: int) -> Showing:
    """What the member chose; a member who is not there is invisible."""
    value = await reader.value("SELECT presence FROM members WHERE id = :id", id=member_id)
    return Showing(value) if value else Showing.INVISIBLE


async def show(writer: Writer, member_id: int, showing: Showing) -> None:
    """Replaces the choice."""
    await writer.run(
        "UPDATE members SET presence = :presence WHERE id = :id", id=member_id, presence=showing.value
    )


async def names(reader: Reader, member_ids: Sequence[int]) -> dict[int, str]:
    """The names of those who show that they are there."""
    found: dict[int, str] = {}
    for start in range(0, len(member_ids), MANY):
        ids_sql, values = in_list("id", member_ids[start : start + MANY])
        rows = await reader.all(
            f"SELECT id, username FROM members WHERE id IN {ids_sql}"
            " AND presence = 'shown' AND disabled_at IS NULL",
            **values,
        )
        found |= dict(rows)
    return found


async def write_lease(writer: Writer, process: str, content: str, lasts: int) -> None:
    """Replaces the process's lease by one that lasts so many milliseconds from now."""
    now_sql = _NOW[writer.dialect]
    await writer.run(
        "INSERT INTO presence_leases (process, content, until)"
        f" VALUES (:process, :content, {now_sql} + :lasts)"
        " ON CONFLICT (process) DO UPDATE SET content = excluded.content, until = excluded.until",
        process=process,
        content=content,
        lasts=lasts,
    )
    await writer.run(f"DELETE FROM presence_leases WHERE until < {now_sql}")


async def end_lease(writer: Writer, process: str) -> None:
    """The process has nobody any more."""
    await writer.run("DELETE FROM presence_leases WHERE process = :process", process=process)


async def leases(reader: Reader, but: str) -> dict[str, str]:
    """What the other processes' valid leases say, by process."""
    now_sql = _NOW[reader.dialect]
    rows = await reader.all(
        f"SELECT process, content FROM presence_leases WHERE until >= {now_sql} AND process <> :but", but=but
    )
    return dict(rows)
