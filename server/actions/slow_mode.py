"""Slow mode: in a heated topic each member replies once in so many minutes, and has time to breathe."""

from server.domain.clock import MINUTE
from server.domain.errors import TooManyRequests
from server.domain.models import TopicState
from server.domain.permissions import is_held_up
from server.domain.viewer import Viewer
from server.store import topic_writes
from server.store.database import Reader


async def check(reader: Reader, viewer: Viewer, topic: TopicState, now: int) -> None:
    """Raises TooManyRequests, with the time that remains, for who has just replied in a slow topic."""
    if viewer.id is None or not is_held_up(viewer, topic):
        return
    last = await topic_writes.last_reply_of(reader, topic.id, viewer.id)
    left = 0 if last is None else last + topic.slow_minutes * MINUTE - now
    if left > 0:
        minutes = -(-left // MINUTE)
        raise TooManyRequests(
            f"This topic is in slow mode: one reply in {_minutes(topic.slow_minutes)}, so that everybody has"
            f" time to read. You can reply again in {_minutes(minutes)}. Your text is kept.",
            -(-left // 1000),
        )


def _minutes(number: int) -> str:
    return f"{number:,} minute{'' if number == 1 else 's'}"
