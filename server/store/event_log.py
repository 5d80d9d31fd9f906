"""The log of what changed: one row an event, numbered 1, 2, 3, … in the order of commits without gaps.

Positions are taken by updating the one row of `head` as the last lock of a transaction: whoever has it next
commits next. (A sequence is taken before the commit: a reader could pass a slow writer and lose its events.)
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from secrets import token_hex
from typing import TYPE_CHECKING, TypeVar

from server.domain.channels import Channel, Thing
from server.domain.events import Event, Kind, LoggedEvent
from server.domain.models import Position
from server.domain.viewer import Audience
from server.store.columns import in_list
from server.store.drivers import Row, Value

if TYPE_CHECKING:  # the database records events with this module
    from server.store.database import Reader, Writer

KEPT_FOR = 7 * 24 * 60 * 60 * 1000  # milliseconds
KEPT_EVENTS = 1_000_000  # rows
CHUNK = 200  # rows in one statement
PRUNED_AT_ONCE = 50_000  # rows: a fraction of a second, in which nobody else can write

_PAGE = "."  # behind the root of an epoch, before what `turn_page` made up
TURN_BYTES = 4

Item = TypeVar("Item")

_COLUMNS = "seq, kind, object_id, audience, topic_id, category_id, member_id"

# In the order in which everybody locks rows, so that two transactions never wait for each other.
_TABLES = {
    Kind.TOPIC: "topics",
    Kind.POST: "posts",
    Kind.CATEGORY: "categories",
    Kind.MEMBER: "members",
    Kind.NOTICE: "notices",
    Kind.REPORT: "cases",
    Kind.LOG: "audit",
    Kind.SANCTION: "sanctions",
    Kind.PENDING: "pending_posts",
}

# Which events are told on a channel: domain.events.channels_of, turned around.
_TOLD = {
    (Thing.TOPIC, None): "topic_id = :id AND kind IN ('post', 'topic')",
    (Thing.TOPIC, Audience.STAFF): "topic_id = :id AND kind IN ('post', 'topic', 'pending')",
    (Thing.CATEGORY, None): "category_id = :id AND kind IN ('topic', 'category')",
    (Thing.CATEGORY, Audience.STAFF): (
        "category_id = :id AND kind IN ('topic', 'category', 'report', 'pending')"
    ),
    (Thing.BOARD, None): "category_id IS NOT NULL AND kind IN ('topic', 'category') AND audience = 0",
    (Thing.PROFILE, None): "member_id = :id AND kind IN ('post', 'member') AND audience = 0",
    (Thing.PROFILE, Audience.MEMBERS): "member_id = :id AND kind IN ('post', 'member') AND audience <= 1",
    (Thing.PROFILE, Audience.STAFF): "member_id = :id AND kind IN ('post', 'member', 'sanction')",
    (Thing.MEMBER, None): (
        "member_id = :id"
        " AND (kind IN ('member', 'session', 'notice', 'pending') OR (kind = 'sanction' AND audience < 2))"
    ),
    (Thing.ADMINISTRATION, None): (
        "kind IN ('member', 'session', 'account', 'sanction', 'invitation', 'letter', 'settings')"
    ),
    (Thing.MODERATION, None): (
        "(kind IN ('report', 'pending', 'sanction', 'log') OR (kind = 'member' AND audience = 2))"
    ),
}
_WITHOUT_ID = {Thing.BOARD, Thing.MODERATION, Thing.ADMINISTRATION}


# A PostgreSQL that takes over from another, or recovers up to a point in time, begins a new timeline; tables
# that are restored from a dump get new numbers. Either may have lost commits, and then a position means
# something else than before. So both are part of the epoch. A server that is still recovering raises.
_HEAD = {
    "sqlite": "SELECT epoch, seq FROM head WHERE id = 1",
    "postgresql": """
        SELECT epoch || '-' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
            || '-' || CAST(tableoid AS TEXT), seq FROM head WHERE id = 1
    """,
}


async def head(reader: Reader) -> Position:
    """The position of the last event."""
    epoch, seq = (await reader.all(_HEAD[reader.dialect]))[0]
    return Position(epoch, seq)


async def board_name(reader: Reader) -> str:
    """What all processes of this board agree on, and those of others don't, until a backup is restored."""
    epoch = root_of(str(await reader.value("SELECT epoch FROM head WHERE id = 1")))
    if reader.dialect == "sqlite":
        return epoch
    return f"{epoch} {await reader.value('SELECT current_database()')}"


async def floor(reader: Reader) -> int:
    """The position after which all events are kept; who stands before it has to start afresh."""
    return int(await reader.value("SELECT floor FROM head WHERE id = 1") or 0)


async def since(reader: Reader, after: int, limit: int) -> list[LoggedEvent]:
    """The first `limit` events after a position."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM events WHERE seq > :after ORDER BY seq LIMIT :limit",
        after=after,
        limit=limit,
    )
    return [_logged(row) for row in rows]


async def on_channel(reader: Reader, channel: Channel, after: int, limit: int) -> list[LoggedEvent]:
    """The first `limit` events after a position that have to be told on the channel.

    By an index on the thing; the channels of the whole board read the log itself.
    """
    told_sql = _TOLD.get((channel.thing, channel.audience))
    values: dict[str, Value] = {"after": after, "limit": limit}
    if channel.thing not in _WITHOUT_ID:
        values["id"] = channel.id
    elif channel.id:
        told_sql = None
    if told_sql is None:  # no event is told on a channel that cannot be
        return []
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM events WHERE {told_sql} AND seq > :after ORDER BY seq LIMIT :limit", **values
    )
    return [_logged(row) for row in rows]


async def prune(writer: Writer, now_ms: int) -> bool:
    """Forgets events older than KEPT_FOR or beyond KEPT_EVENTS; `head.floor` says up to where.

    At most PRUNED_AT_ONCE of them; says whether there are more.
    """
    first = await writer.value("SELECT MIN(seq) FROM events")
    old = await writer.value("SELECT MAX(seq) FROM events WHERE at < :oldest", oldest=now_ms - KEPT_FOR)
    last = await writer.value("SELECT MAX(seq) FROM events")
    goal = max(old or 0, (last or 0) - KEPT_EVENTS)
    place = min(goal, (first or 0) + PRUNED_AT_ONCE - 1)
    await writer.run("DELETE FROM events WHERE seq <= :place", place=place)
    await writer.run("UPDATE head SET floor = :place WHERE id = 1 AND floor < :place", place=place)
    return place < goal


async def new_epoch(writer: Writer) -> None:
    """Makes every browser start afresh: after a backup was restored, positions no longer mean the same."""
    await writer.run("UPDATE head SET epoch = :epoch WHERE id = 1", epoch=token_hex(8))
    writer.begins_epoch = True


async def turn_page(writer: Writer) -> None:
    """Makes every browser fetch its page afresh, once: what changed stands on pages without number.

    Positions go on meaning what they meant, so nobody connects again for it: see `root_of`.
    """
    epoch = root_of(str(await writer.value("SELECT epoch FROM head WHERE id = 1")))
    await writer.run(
        "UPDATE head SET epoch = :epoch WHERE id = 1", epoch=f"{epoch}{_PAGE}{token_hex(TURN_BYTES)}"
    )
    writer.begins_epoch = True


def root_of(epoch: str) -> str:
    """What two epochs have in common between which no history was lost: only a page was turned."""
    root, turned, rest = epoch.partition(_PAGE)
    return root + rest[2 * TURN_BYTES :] if turned else epoch


async def record(writer: Writer, events: Sequence[Event]) -> int:
    """Logs the events, sets the version of each object they name, and returns the last position.

    Called by the database at commit, as the last thing before it.
    """
    if not events:
        return (await head(writer)).seq
    named = {kind: sorted({event.object_id for event in events if event.kind is kind}) for kind in _TABLES}
    if writer.for_update:
        await _lock(writer, named)
    rows = await writer.all(
        "UPDATE head SET seq = seq + :count WHERE id = 1 RETURNING seq", count=len(events)
    )
    last: int = rows[0][0]
    logged = [LoggedEvent(seq, event) for seq, event in enumerate(events, last - len(events) + 1)]
    for chunk in _chunks(logged):
        await _insert(writer, chunk)
    for kind, table in _TABLES.items():
        if named[kind]:
            versions = {entry.event.object_id: entry.seq for entry in logged if entry.event.kind is kind}
            await _set_versions(writer, table, versions)
    return last


async def _lock(writer: Writer, named: dict[Kind, list[int]]) -> None:
    """Locks what gets a version before the head, which everybody waits for, is locked.

    As strongly as the update will: rows that refer to these may still be inserted.
    """
    for kind, TABLE in _TABLES.items():  # noqa: N806  # the SQL rule knows constants by their capitals
        for ids in _chunks(named[kind]):
            ids_sql, values = in_list("id", ids)
            await writer.all(
                f"SELECT id FROM {TABLE} WHERE id IN {ids_sql} ORDER BY id FOR NO KEY UPDATE", **values
            )


async def _insert(writer: Writer, logged: Sequence[LoggedEvent]) -> None:
    now = time.time_ns() // 1_000_000
    rows_sql = ", ".join(
        f"(:seq{n}, :kind{n}, :object{n}, :audience{n}, :topic{n}, :category{n}, :member{n}, :at)"
        for n in range(len(logged))
    )
    values: dict[str, Value] = {"at": now}
    for n, entry in enumerate(logged):
        event = entry.event
        values |= {f"seq{n}": entry.seq, f"kind{n}": str(event.kind), f"object{n}": event.object_id}
        values |= {f"audience{n}": int(event.audience), f"topic{n}": event.topic_id}
        values |= {f"category{n}": event.category_id, f"member{n}": event.member_id}
    await writer.run(f"INSERT INTO events ({_COLUMNS}, at) VALUES {rows_sql}", **values)


async def _set_versions(writer: Writer, table: str, versions: dict[int, int]) -> None:
    body_sql = ", body_version = COALESCE(body_version, {seq})" if table == "posts" else ""
    table_sql = table
    if len(versions) == 1:
        ((identity, seq),) = versions.items()
        await writer.run(
            f"UPDATE {table_sql} SET version = :seq{body_sql.format(seq=':seq')} WHERE id = :id",
            seq=seq,
            id=identity,
        )
        return
    for chunk in _chunks(sorted(versions)):
        rows_sql = ", ".join(f"(CAST(:id{n} AS BIGINT), CAST(:seq{n} AS BIGINT))" for n in range(len(chunk)))
        values: dict[str, Value] = {}
        for n, identity in enumerate(chunk):
            values |= {f"id{n}": identity, f"seq{n}": versions[identity]}
        await writer.run(
            f"WITH changed (id, seq) AS (VALUES {rows_sql})"
            f" UPDATE {table_sql} SET version = changed.seq{body_sql.format(seq='changed.seq')}"
            f" FROM changed WHERE {table_sql}.id = changed.id",
            **values,
        )


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def _logged(row: Row) -> LoggedEvent:
    seq, kind, object_id, audience, topic_id, category_id, member_id = row
    return LoggedEvent(
        seq, Event(Kind(kind), object_id, Audience(audience), topic_id, category_id, member_id)
    )
