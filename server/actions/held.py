"""Holding what a rule is about: rows locked in the one order that never deadlocks, topics before posts."""

from collections.abc import Collection

from server.domain.errors import Forbidden, NotFound, Overloaded, SignInRequired
from server.domain.models import PostState, TopicState
from server.domain.permissions import may_moderate, sees_post, sees_topic
from server.domain.viewer import Viewer
from server.store import posts, quotes, topics
from server.store.database import Writer


async def hold_post(
    writer: Writer, viewer: Viewer, post_id: int, beside: Collection[int] = ()
) -> tuple[PostState, TopicState]:
    """The post and its topic as they are now, locked until the transaction ends, and the topics `beside`.

    Raises NotFound when this viewer may not see the post, or Overloaded when it was moved in this moment.
    """
    before = await posts.state(writer, post_id)
    topic = await topics.hold(writer, before.topic_id, beside) if before else None
    post = await posts.hold(writer, post_id) if topic else None
    # Its new topic may have to be locked before the old one, by the order in which everybody locks them.
    if post is not None and topic is not None and post.topic_id != topic.id:
        raise Overloaded("This post was moved to another topic just now. Please try again.")
    if post is None or topic is None or not sees_post(viewer, post, topic):
        raise NotFound
    return post, topic


async def hold_moderated(writer: Writer, viewer: Viewer, topic_id: int, *others: int) -> TopicState:
    """The topic that a moderator acts on, locked until the transaction ends, and `others` that he names.

    Raises SignInRequired, NotFound or Forbidden.
    """
    if viewer.id is None:
        raise SignInRequired
    beside = set(others)
    for one in (topic_id, *others):
        beside |= await quotes.topics_quoted_in(writer, topic_id=one)
    topic = await topics.hold(writer, topic_id, beside)
    if topic is None or not sees_topic(viewer, topic):
        raise NotFound
    if not may_moderate(viewer, topic):
        raise Forbidden("Only moderators can do this.")
    return topic
