"""What a form for joining carries that was opened a while ago, as people's are when they send them."""

from server.domain import form_times
from server.domain.clock import MINUTE, now_ms
from server.store import settings
from server.store.database import Database


async def opened(db: Database, before: int = MINUTE) -> dict[str, str]:
    """The hidden field of a form that was opened so many milliseconds before now."""
    async with db.snapshot() as reader:
        key = await settings.form_key(reader)
    return {"form_time": form_times.stamp(key, now_ms() - before)}
