"""Letters to members who were answered while they were away: one for a topic until they have opened it again.

They are queued with the post, and what they say is found when they leave, under what the member may see
then: what was removed, read or made private meanwhile is in none, and a letter that has nothing to tell is
not sent.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from server.domain.letters import LONGEST_EXCERPT, MOST_EXCERPTS, Answer, Answers
from server.domain.markup_text import excerpt
from server.domain.models import TopicState
from server.domain.permissions import sees_topic
from server.domain.viewer import Audience, Viewer
from server.store import answers, topics
from server.store.database import Database, Reader, Writer
from server.store.mail_choices import Recipient


async def expect(  # noqa: PLR0917  # which post by whom, and what it quotes
    writer: Writer, topic: TopicState, post_id: int, by: int | None, quoted: Sequence[int], now: int
) -> None:
    """Queues letters about a new post, in the transaction that shows it to others: to him who began the topic
    and to those whom it quotes. Whether they want any is asked when letters leave."""
    if topic.author_id is not None and topic.author_id != by:
        await answers.expect_own(writer, topic.author_id, topic.id, post_id, now)
    if quoted:
        await answers.expect_quoted(writer, quoted, by, topic.id, post_id, now)


async def note_read(db: Database, viewer: Viewer, topic_id: int) -> None:
    """The viewer has the topic before him. Guests and programs read nothing."""
    if viewer.is_member and viewer.id is not None and viewer.grant is None:
        await note_all_read(db, [(viewer.id, topic_id)])


async def note_all_read(db: Database, read: Collection[tuple[int, int]]) -> None:
    """These members have these topics before them: numbers of members and of topics."""
    if not read:
        return
    async with db.begin() as writer:
        for member_id, topic_id in read:
            await answers.note_read(writer, member_id, topic_id)


async def told_to(reader: Reader, to: Recipient, topic_id: int, since_id: int) -> Answers | None:
    """What a letter to that member says about the topic now; None when there is nothing to say.

    Of a place that is not for everybody a letter says only that somebody answered there.
    """
    topic = await topics.state(reader, topic_id)
    if topic is None or topic.title is None or to.viewer.id is None or not sees_topic(to.viewer, topic):
        return None
    own = topic.author_id == to.viewer.id
    found = await answers.to_member(reader, to.viewer.id, topic_id, since_id, own=own)
    if not found or topic.removed:
        return None
    is_open = topic.visibility is Audience.PUBLIC
    texts = MOST_EXCERPTS if is_open and to.choices.texts else 0
    told = tuple(_told(one, with_text=place < texts) for place, one in enumerate(found))
    return Answers(topic_id, topic.title if is_open else "", own, told)


def _told(answer: Answer, *, with_text: bool) -> Answer:
    return replace(answer, text=excerpt(answer.text, LONGEST_EXCERPT) if with_text else "")
