"""What a viewer may see. Not yours and not there are one answer: NotFound, or no."""

from server.domain.channels import Channel, Thing
from server.domain.errors import NotFound
from server.domain.models import PostState, Rendering, TopicState
from server.domain.permissions import may_administer, may_moderate_category, sees, sees_post, sees_topic
from server.domain.viewer import Audience, Role, Viewer
from server.store import merged_topics, posts, topics
from server.store.database import Reader

_MODERATED = (Thing.TOPIC, Thing.CATEGORY)  # whose channels for staff a category's own moderators follow too


def rendering(viewer: Viewer, category_id: int, visibility: Audience) -> Rendering:
    """Whose bytes the viewer gets of what stands in a category: its moderators', or everybody else's."""
    moderates = may_moderate_category(viewer, category_id, visibility)
    return moderators_rendering(visibility) if moderates else Rendering(visibility, staff=False)


def moderators_rendering(visibility: Audience) -> Rendering:
    """What staff and the category's own moderators get of it: the same bytes.

    The latter are members. So a quote of what is for staff says nothing in it, except in staff's own place.
    """
    return Rendering(max(visibility, Audience.MEMBERS), staff=True)


async def topic(reader: Reader, viewer: Viewer, topic_id: int) -> TopicState:
    """The topic's state; NotFound when this viewer may not see it."""
    found = await topics.state(reader, topic_id)
    if found is None or not sees_topic(viewer, found):
        raise NotFound
    return found


async def post(reader: Reader, viewer: Viewer, post_id: int) -> tuple[PostState, TopicState]:
    """The post's and its topic's state; NotFound when this viewer may not see it."""
    found = await posts.state(reader, post_id)
    around = await topics.state(reader, found.topic_id) if found else None
    if found is None or around is None or not sees_post(viewer, found, around):
        raise NotFound
    return found, around


async def channel_rendering(reader: Reader, channel: Channel) -> Rendering | None:
    """For whom the channel is rendered; None when what it is about is not there.

    A plain channel of a removed topic is not there either: nobody may join it, and whoever is on it
    is dropped.
    """
    visibility: Audience | None = Audience.PUBLIC
    if channel.thing is Thing.TOPIC:
        found = await _topic_of(reader, channel)
        gone = found is None or (found.removed and channel.audience is not Audience.STAFF)
        visibility = None if found is None or gone else found.visibility
    elif channel.thing is Thing.CATEGORY:
        value = await reader.value("SELECT visibility FROM categories WHERE id = :id", id=channel.id)
        visibility = None if value is None else Audience(value)
    elif channel.thing in (Thing.PROFILE, Thing.MEMBER):
        value = await reader.value("SELECT role FROM members WHERE id = :id", id=channel.id)
        if value == Role.WAITING and channel.thing is Thing.PROFILE:
            value = None  # nobody is shown before a moderator has looked
        visibility = None if value is None else Audience.PUBLIC
    elif channel.thing in (Thing.MODERATION, Thing.ADMINISTRATION):
        visibility = Audience.STAFF
    elif channel.thing is Thing.ONLINE:
        visibility = Audience.MEMBERS  # names are not for guests
    if visibility is None:
        return None
    if channel.thing in _MODERATED and channel.audience is Audience.STAFF:
        return moderators_rendering(visibility)
    staff = channel.audience is Audience.STAFF or channel.thing in (Thing.MODERATION, Thing.ADMINISTRATION)
    return Rendering(max(visibility, channel.audience or Audience.PUBLIC), staff=staff)


async def may_join(reader: Reader, viewer: Viewer, channel: Channel) -> bool:
    """Whether the viewer may follow the channel; unknown and forbidden are both no."""
    found = await channel_rendering(reader, channel)
    if found is None or not sees(viewer, found.audience):
        return False
    if channel.thing is Thing.ADMINISTRATION:
        return may_administer(viewer)
    if channel.thing in _MODERATED and channel.audience is Audience.STAFF and not viewer.is_staff:
        return bool(viewer.moderated) and viewer.moderates(await _category_of(reader, channel))
    return channel.thing is not Thing.MEMBER or viewer.id == channel.id


async def _category_of(reader: Reader, channel: Channel) -> int:
    if channel.thing is Thing.CATEGORY:
        return channel.id
    found = await _topic_of(reader, channel)
    return found.category_id if found else 0


async def _topic_of(reader: Reader, channel: Channel) -> TopicState | None:
    """The topic, or the one that it was merged into: who reads the old one is shown the way to its posts."""
    found = await topics.state(reader, channel.id)
    if found is None or found.merged_into is None:
        return found
    return await topics.state(reader, await merged_topics.whereabouts(reader, found))
