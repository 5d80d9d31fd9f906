"""A member whose week is over goes: his name at once, then everything of his, topic by topic.

Each step is a transaction of its own, told live like any removal, so that ten thousand posts hold up nobody;
what is done is not done again, so that a server which ends in the middle goes on where it was.
"""

import asyncio

from server.actions import addresses, news, pending, reports, sessions
from server.domain.leaving import ERASED_BODY, Departure, Leaving
from server.domain.markup import Markup, render
from server.domain.models import TopicState
from server.domain.reports import Subject
from server.domain.viewer import Audience
from server.store import (
    audit,
    categories,
    leavers,
    member_counters,
    members,
    moderation_log,
    post_writes,
    posts,
    profiles,
    quotes,
    thanks,
    topics,
)
from server.store.avatars import Avatars
from server.store.database import Database, Writer


async def depart_next(db: Database, avatars: Avatars | None = None, *, now: int) -> bool:
    """All of the next member whose time has come, his picture in `avatars` too; False when there is none.

    Somebody who has become the only administrator since he asked stays until there is another one.
    """
    async with db.snapshot() as reader:
        departure = await leavers.next_due(reader, now)
    if departure is None or not (departure.begun or await _begin(db, departure, avatars, now)):
        return False
    while await _leave_topic(db, departure, now):
        pass
    async with db.snapshot() as reader:
        thanked = await leavers.thanked(reader, departure.member_id)
        touched = await leavers.touched(reader, departure.member_id)
    for post_id in thanked:
        await _take_thanks_back(db, departure.member_id, post_id)
    for post_id in touched:
        await _untouch(db, departure.member_id, post_id)
    async with db.begin() as writer:
        await leavers.finish(writer, departure.member_id)
        news.tell_member(writer, departure.member_id)
        await audit.note(writer, None, "left", "member", departure.member_id, departure.how.value, now=now)
    return True


async def _begin(db: Database, departure: Departure, avatars: Avatars | None, now: int) -> bool:
    async with db.begin() as writer:
        if await members.hold_administrators(writer, and_member=departure.member_id) == {departure.member_id}:
            return False
        said = await profiles.hold(writer, departure.member_id)
        await sessions.end_others(writer, departure.member_id, keep=None, now=now)
        await pending.retell_of(writer, departure.member_id)
        await leavers.unname(writer, departure.member_id, addresses.no_key(), now)
        for line_id in await moderation_log.part_with(writer, departure.member_id):
            audit.tell_line(writer, line_id)
        await reports.forget_words(writer, Subject.MEMBER, departure.member_id, None)
        await reports.retell_naming(writer, departure.member_id)
        news.tell_member(writer, departure.member_id)
    if avatars is not None and said is not None and said.picture:
        await asyncio.to_thread(avatars.remove, said.picture)
    return True


async def _leave_topic(db: Database, departure: Departure, now: int) -> bool:
    """One topic in which he wrote; False when there is none left."""
    text = render(ERASED_BODY, {})
    async with db.snapshot() as reader:
        topic_id = await leavers.next_topic(reader, departure.member_id)
    if topic_id is None:
        return False
    async with db.begin() as writer:
        beside = await quotes.topics_quoted_in(writer, topic_id=topic_id)
        topic = await topics.hold(writer, topic_id, beside)
        assert topic is not None  # topics are never deleted
        own = await leavers.posts_in(writer, topic_id, departure.member_id)
        if departure.how is Leaving.ERASE:
            await _erase(writer, topic, own, text, now)
        await leavers.unname_in(writer, topic_id, departure.member_id)
        for post in own:
            news.tell_post(writer, topic, post.id, departure.member_id)
            await news.tell_quoting(writer, post.id)
        await reports.retell(writer, topic.id)
        news.tell_topic(writer, topic)
        news.tell_category(writer, topic)
    return True


async def _erase(
    writer: Writer, topic: TopicState, own: list[leavers.OwnPost], text: Markup, now: int
) -> None:
    """His words in this topic go, and a topic in which nobody else has written goes with them."""
    seen = await posts.in_whole_topic(writer, topic.id, removed_with_topic=False)
    mine = {post.id for post in own if post.seen}
    alone = not topic.removed and bool(mine) and {post_id for post_id, _ in seen} <= mine
    if alone:
        await topics.remove(writer, topic.id, by=None, reason="", now=now)
        await post_writes.remove_with_topic(writer, topic.id, by=None, reason="", now=now)
    for post in own:
        if post.place == 1:
            await leavers.erase_opening(writer, topic.id, post.id, text)
            await reports.forget_words(writer, Subject.TOPIC, topic.id, topic.category_id)
        else:
            await leavers.erase_reply(writer, post.id, now)
        await reports.forget_words(writer, Subject.POST, post.id, topic.category_id)
    gone = len(mine) if alone else sum(post.seen and post.place > 1 for post in own)
    await topics.recount(writer, topic.id)
    await categories.count(writer, topic.category_id, topics=-1 if alone else 0, posts=-gone)


async def _take_thanks_back(db: Database, member_id: int, post_id: int) -> None:
    async with db.begin() as writer:
        before = await posts.state(writer, post_id)
        topic = await topics.hold(writer, before.topic_id) if before else None
        post = await posts.hold(writer, post_id) if topic else None
        if post is None or topic is None or not await thanks.take_back(writer, post_id, member_id):
            return
        news.tell_post(writer, topic, post_id, post.author_id)
        counted = topic.visibility is Audience.PUBLIC and not post.removed and not topic.removed
        if counted and post.author_id is not None:
            await member_counters.count(writer, post.author_id, thanks=-1)
            news.tell_member(writer, post.author_id)


async def _untouch(db: Database, member_id: int, post_id: int) -> None:
    async with db.begin() as writer:
        before = await posts.state(writer, post_id)
        topic = await topics.hold(writer, before.topic_id) if before else None
        if before is not None and topic is not None:
            await leavers.untouch(writer, post_id, member_id)
            news.tell_post(writer, topic, post_id, before.author_id)
