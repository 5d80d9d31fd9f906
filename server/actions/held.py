"""Holding what a rule is about: rows locked in the one order that never deadlocks, topics before posts."""

from collections.abc import Collection

from server.domain.errors import NotFound
from server.domain.models import PostState, TopicState
from server.domain.permissions import sees_post
from server.domain.viewer import Viewer
from server.store import posts, topics
from server.store.database import Writer


async def hold_post(
    writer: Writer, viewer: Viewer, post_id: int, beside: Collection[int] = ()
) -> tuple[PostState, TopicState]:
    """The post and its topic as they are now, locked until the transaction ends, and the topics `beside`.

    Raises NotFound when this viewer may not see the post.
    """
    before = await posts.state(writer, post_id)
    topic = await topics.hold(writer, before.topic_id, beside) if before else None
    post = await posts.hold(writer, post_id) if topic else None
    if post is None or topic is None or not sees_post(viewer, post, topic):
        raise NotFound
    return post, topic
