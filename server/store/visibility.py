"""What a viewer may see. Not yours and not there are one answer: NotFound, or no."""

from server.domain.channels import Channel, Thing
from server.domain.errors import NotFound
from server.domain.models import PostState, Rendering, TopicState
from server.domain.permissions import may_administer, sees, sees_post, sees_topic
from server.domain.viewer import Audience, Role, Viewer
from server.store import posts, topics
from server.store.database import Reader


def rendering(viewer: Viewer, visibility: Audience) -> Rendering:
    """Whose bytes the viewer gets of a thing: staff's, or everybody else's who may see it."""
    return Rendering(Audience.STAFF, staff=True) if viewer.is_staff else Rendering(visibility, staff=False)


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
        found = await topics.state(reader, channel.id)
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
    staff = channel.audience is Audience.STAFF or channel.thing in (Thing.MODERATION, Thing.ADMINISTRATION)
    return Rendering(max(visibility, channel.audience or Audience.PUBLIC), staff=staff)


async def may_join(reader: Reader, viewer: Viewer, channel: Channel) -> bool:
    """Whether the viewer may follow the channel; unknown and forbidden are both no."""
    found = await channel_rendering(reader, channel)
    if found is None or not sees(viewer, found.audience):
        return False
    if channel.thing is Thing.ADMINISTRATION:
        return may_administer(viewer)
    return channel.thing is not Thing.MEMBER or viewer.id == channel.id
