"""Ending what is over: sessions and links whose time has come, and old events of the log."""

from server.actions import sessions
from server.store import event_log, links
from server.store.database import Database


async def tidy(db: Database, *, now: int) -> None:
    """End sessions, forget links, prune the log: short transactions, so that nobody waits for long."""
    await sessions.end_expired(db, now=now)
    more = True
    while more:
        async with db.begin() as writer:
            more = await links.prune(writer, now)
    more = True
    while more:
        async with db.begin() as writer:
            more = await event_log.prune(writer, now)
