"""Forgetting what nobody needs any more: old events of the log, and sessions that are over."""

from server.store import event_log, sessions
from server.store.database import Database


async def tidy(db: Database, *, now: int) -> None:
    """Prune the log and the sessions, a short transaction at a time so that nobody waits for long."""
    async with db.begin() as writer:
        await sessions.prune(writer, now)
    more = True
    while more:
        async with db.begin() as writer:
            more = await event_log.prune(writer, now)
