"""Whether somebody may answer in a topic as it is now, and what he is told when not."""

from server.actions import slow_mode
from server.domain.errors import Forbidden, Merged, NotFound
from server.domain.models import TopicState
from server.domain.permissions import may_reply, sees_topic
from server.domain.viewer import Viewer
from server.store import merged_topics, topics
from server.store.database import Reader

ARCHIVED = (
    "This category was archived: it can be read, but nobody writes here any more."
    " Your text is kept as a draft."
)


async def check_reply(reader: Reader, viewer: Viewer, topic: TopicState | None, now: int) -> TopicState:
    """The topic. Raises Merged, NotFound, Forbidden, or TooManyRequests in slow mode."""
    if topic is not None and topic.merged_into is not None:
        into = await topics.state(reader, await merged_topics.whereabouts(reader, topic))
        if into is not None and sees_topic(viewer, into):
            raise Merged(into.id)
    if topic is None or not sees_topic(viewer, topic):
        raise NotFound
    if not may_reply(viewer, topic):
        raise Forbidden(
            "This topic was removed."
            if topic.removed
            else ARCHIVED
            if topic.archived
            else "This topic is locked. Your text is kept as a draft."
        )
    await slow_mode.check(reader, viewer, topic, now)
    return topic
