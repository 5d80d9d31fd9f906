"""Topics whose posts are all in another one: where that is."""

from server.domain.models import MergedTopic, Rendering, TopicState
from server.store import topics
from server.store.database import Reader


async def whereabouts(reader: Reader, topic: TopicState) -> int:
    """The number of the topic that the posts of a merged one are in, or its own. It may be removed itself."""
    found = topic
    while found.merged_into is not None:  # one that leads on was no place to lead to, so this ends
        further = await topics.state(reader, found.merged_into)
        if further is None:
            break
        found = further
    return found.id


async def find(reader: Reader, topic_id: int, rendering: Rendering) -> MergedTopic | None:
    """What is left of a merged topic, if this rendering has the one where its posts are."""
    around = await topics.state(reader, topic_id)
    if around is None or around.merged_into is None:
        return None
    into = await topics.find(reader, await whereabouts(reader, around), rendering)
    version = await reader.value("SELECT version FROM topics WHERE id = :id", id=topic_id)
    return MergedTopic(topic_id, int(version or 0), into) if into else None
