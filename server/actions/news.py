"""Which events an act on a post or a topic is made of: everything that looks different afterwards."""

from collections.abc import Collection, Sequence

from server.domain.events import Event, Kind
from server.domain.models import TopicState
from server.domain.viewer import Audience
from server.store import cases, quotes
from server.store.database import Writer


def tell_post(writer: Writer, topic: TopicState, post_id: int, author_id: int | None) -> None:
    """The post itself changed, came or went."""
    writer.append(Event(Kind.POST, post_id, topic.visibility, topic.id, topic.category_id, author_id))


def tell_topic(writer: Writer, topic: TopicState) -> None:
    """The topic's header and its rows in lists changed."""
    writer.append(Event(Kind.TOPIC, topic.id, topic.visibility, topic.id, topic.category_id))


def tell_category(writer: Writer, topic: TopicState) -> None:
    """The category's counters or its latest topic changed."""
    writer.append(Event(Kind.CATEGORY, topic.category_id, topic.visibility, category_id=topic.category_id))


def tell_member(writer: Writer, member_id: int) -> None:
    """What everyone sees on the member's profile changed."""
    writer.append(Event(Kind.MEMBER, member_id, Audience.PUBLIC, member_id=member_id))


async def tell_quoting(writer: Writer, quoted_id: int) -> None:
    """Every post that quotes this one looks different now, wherever it stands."""
    await _tell(writer, await quotes.quoting(writer, quoted_id))


async def tell_quoting_any(writer: Writer, quoted_ids: Sequence[int]) -> None:
    """Every post that quotes one of these looks different now, wherever it stands."""
    await _tell(writer, await quotes.quoting_any(writer, quoted_ids))


async def tell_quoting_topic(writer: Writer, topic_id: int) -> None:
    """Every post elsewhere that quotes one of this topic's looks different now."""
    await _tell(writer, await quotes.quoting_topic(writer, topic_id))


async def tell_cases(writer: Writer, post_ids: Collection[int], *, left: int | None = None) -> None:
    """The open cases about these posts show them as they are now, and stand where they stand.

    `left` is the category where they stood before, whose own moderators see them no more.
    """
    for case_id, category_id in await cases.of_posts(writer, post_ids):
        for place in {left or category_id, category_id}:
            writer.append(Event(Kind.REPORT, case_id, Audience.STAFF, category_id=place))


async def _tell(writer: Writer, found: Sequence[quotes.Quoting]) -> None:
    await tell_cases(writer, {post.id for post in found})
    for post in found:
        writer.append(
            Event(Kind.POST, post.id, post.visibility, post.topic_id, post.category_id, post.author_id)
        )
