"""Ending what is over: sessions whose time has come, links, letters that were sent, old events of the log."""

from server.actions import sessions
from server.store import event_log, exports, links, outbox, pending_writes, same_browsers
from server.store.database import Database


async def tidy(db: Database, *, now: int) -> None:
    """Forget what is over, a short transaction at a time so that nobody waits for long."""
    await sessions.end_expired(db, now=now)
    async with db.begin() as writer:
        await outbox.prune(writer, now)
        await exports.prune(writer, now)
        await same_browsers.prune(writer, now)
    more = True
    while more:
        async with db.begin() as writer:
            more = await links.prune(writer, now)
    more = True
    while more:
        async with db.begin() as writer:
            more = await pending_writes.prune(writer, now)
    more = True
    while more:
        async with db.begin() as writer:
            more = await event_log.prune(writer, now)
