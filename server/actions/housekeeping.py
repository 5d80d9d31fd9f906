"""Ending what is over: sessions whose time has come, and old events of the log."""

from server.actions import sessions
from server.store import event_log
from server.store.database import Database


async def tidy(db: Database, *, now: int) -> None:
    """End sessions and prune the log, a short transaction at a time so that nobody waits for long."""
    await sessions.end_expired(db, now=now)
    more = True
    while more:
        async with db.begin() as writer:
            more = await event_log.prune(writer, now)
