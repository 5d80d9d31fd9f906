"""Banning a member and removing everything of his as one act, and taking all of it back as one act.

What goes are the topics that he began, his posts in those of others and those that wait for a moderator,
the thank-yous that he said, and what he says about himself; and what left with somebody else's topic will
not come back with it. That is done topic by topic, each in a transaction of its own and told live like any
removal, so that thousands of posts hold up nobody. The sweep's row says how far it is; whatever runs `step`
goes on there, also after the server ended in the middle, and several may.

Undoing goes the same way. It brings back what this sweep removed and nothing else: what was removed before
stays removed, and what somebody has restored, removed or written since stays as he left it.
"""

import dataclasses

from server.actions import bylines, news, pending, sanctions, settling
from server.domain import sanctions as rules
from server.domain.bylines import Byline
from server.domain.errors import NotFound
from server.domain.events import Event, Kind
from server.domain.models import TopicState
from server.domain.sanctions import Draft, SanctionKind
from server.domain.sweeps import SweepState
from server.domain.viewer import Audience, Viewer
from server.store import (
    audit,
    member_counters,
    pending_writes,
    post_writes,
    posts,
    quotes,
    sweeps,
    sweeps_undone,
    topics,
)
from server.store import sanctions as sanction_rows
from server.store.database import Database, Writer
from server.store.sweeps import Sweep

LONGEST_REASON = 200  # characters that stand beside each removed post, for staff
_NOT_NOW = "This can't be undone: nothing was removed with it, or it has come back already."


class _Overtaken(Exception):
    """Somebody has changed what becomes of the sweep while this step was on its way; it never happened."""


async def start_sweep(
    db: Database, viewer: Viewer, member_id: int, draft: Draft, *, with_answered: bool, now: int
) -> int:
    """Bans the member and begins to remove everything of his; returns the number of the ban.

    Topics of his in which others have written go as well, or stay `with_answered` False. Raises as
    `sanctions.impose`.
    """
    ban = dataclasses.replace(draft, kind=SanctionKind.BAN)
    rules.check(ban)
    async with db.begin() as writer:
        account = await sanctions.hold_junior(writer, viewer, member_id)
        sanction_id = await sanctions.add(writer, viewer, account, ban, now=now)
        reason = " ".join(ban.reason.split())[:LONGEST_REASON]
        await sweeps.add(
            writer,
            Sweep(
                sanction_id,
                member_id,
                viewer.id,
                now,
                SweepState.REMOVING,
                with_answered=with_answered,
                reason=reason,
            ),
        )
        for spot in await pending_writes.sweep(writer, member_id, sanction_id):
            pending.tell(writer, spot)
        await audit.note(writer, viewer.id, "sweep", "member", member_id, reason, now=now)
    return sanction_id


async def undo(db: Database, viewer: Viewer, sanction_id: int, *, now: int) -> int:
    """Ends the ban and begins to bring back everything that was removed with it; returns whose it is.

    Raises Forbidden, or NotFound when there is nothing to bring back.
    """
    async with db.begin() as writer:
        ban = await sanction_rows.find(writer, sanction_id)
        if ban is None:
            raise NotFound(_NOT_NOW)
        account = await sanctions.hold_junior(writer, viewer, ban.member_id)
        sweep, ban = await sweeps.find(writer, sanction_id), await sanction_rows.find(writer, sanction_id)
        before = (SweepState.REMOVING, SweepState.REMOVED)
        if sweep is None or ban is None or sweep.state not in before:
            raise NotFound(_NOT_NOW)
        if not await sweeps.set_state(writer, sanction_id, sweep.state, SweepState.RESTORING):
            raise NotFound(_NOT_NOW)
        if ban.is_running:
            await sanctions.end_held(writer, viewer, account, ban, as_before=True, now=now)
        for spot in await pending_writes.sweep_back(writer, sanction_id):
            pending.tell(writer, spot)
        _tell(writer, sweep)
        await audit.note(writer, viewer.id, "undo_sweep", "member", account.id, now=now)
    return account.id


async def step(db: Database) -> bool:
    """One step of a sweep that has something left to do; False when there is none."""
    async with db.snapshot() as reader:
        sweep = await sweeps.next_busy(reader)
    if sweep is None:
        return False
    try:
        if sweep.state is SweepState.REMOVING:
            await _remove_some(db, sweep)
        else:
            await _restore_some(db, sweep)
    except _Overtaken:
        pass  # the next step sees what it is to do now
    return True


async def _remove_some(db: Database, sweep: Sweep) -> None:
    async with db.snapshot() as reader:
        topic_id = await sweeps.next_topic(reader, sweep)
        thanked = await sweeps.next_thank(reader, sweep)
    async with db.begin() as writer:
        if topic_id is not None:
            done = await _remove_in(writer, sweep, await _hold_topic(writer, topic_id))
        elif thanked is not None:
            done = await _take_thank(writer, sweep, thanked)
        else:
            await bylines.tell(writer, sweep.member_id, Byline.CARD)
            await sweeps.take_texts(writer, sweep)
            await _finish(writer, sweep, SweepState.REMOVED)
            return
        await _go_on(writer, sweep, done)


async def _remove_in(writer: Writer, sweep: Sweep, topic: TopicState) -> int:
    if await sweeps.opens(writer, sweep, topic.id):
        going = await settling.remove_whole(writer, topic, by=sweep.by_id, reason=sweep.reason, now=sweep.at)
        await sweeps.note_topic(writer, sweep, topic.id)
        return sum(author_id == sweep.member_id for _, author_id in going)
    own = await sweeps.replies_in(writer, sweep, topic.id)
    for post_id in own:
        await post_writes.remove(writer, post_id, by=sweep.by_id, reason=sweep.reason, now=sweep.at)
    hidden = await sweeps.hidden_in(writer, sweep, topic.id)
    for post_id in hidden:
        await post_writes.keep_removed(writer, post_id, by=sweep.by_id, reason=sweep.reason, now=sweep.at)
        news.tell_post(writer, topic, post_id, sweep.member_id)
    await sweeps.note_posts(writer, sweep, own + hidden)
    await settling.settle_posts(writer, topic, [(post_id, sweep.member_id) for post_id in own], sign=-1)
    return len(own)


async def _take_thank(writer: Writer, sweep: Sweep, post_id: int) -> int:
    topic = await _hold_topic_of(writer, post_id)
    if await sweeps.take_thank(writer, sweep, post_id):
        await _settle_thank(writer, sweep, topic, post_id, sign=-1)
    return 1


async def _restore_some(db: Database, sweep: Sweep) -> None:
    async with db.snapshot() as reader:
        whole = await sweeps_undone.next_swept_topic(reader, sweep)
        single = await sweeps_undone.next_topic_of_posts(reader, sweep)
        thank = await sweeps_undone.next_swept_thank(reader, sweep)
    async with db.begin() as writer:
        if whole is not None:
            done = await _restore_topic(writer, sweep, await _hold_topic(writer, whole))
        elif single is not None:
            done = await _restore_in(writer, sweep, await _hold_topic(writer, single))
        elif thank is not None:
            done = await _give_thank_back(writer, sweep, *thank)
        else:
            await bylines.tell(writer, sweep.member_id, Byline.CARD)
            await sweeps_undone.give_texts_back(writer, sweep)
            await _finish(writer, sweep, SweepState.RESTORED)
            return
        await _go_on(writer, sweep, done)


async def _restore_topic(writer: Writer, sweep: Sweep, topic: TopicState) -> int:
    await sweeps_undone.forget_topic(writer, sweep, topic.id)
    if not await sweeps_undone.is_still_gone(writer, sweep, topic.id):
        return 1
    back = await settling.restore_whole(writer, topic)
    return sum(author_id == sweep.member_id for _, author_id in back)


async def _restore_in(writer: Writer, sweep: Sweep, topic: TopicState) -> int:
    noted, gone = await sweeps_undone.posts_back_in(writer, sweep, topic.id)
    for post_id in gone:
        if topic.removed:
            await sweeps_undone.go_with_topic(writer, post_id)
            news.tell_post(writer, topic, post_id, sweep.member_id)
            await topics.recount(writer, topic.id)
        else:
            await post_writes.restore(writer, post_id)
    for post_id in noted:
        await sweeps_undone.forget_post(writer, sweep, post_id)
    if gone and not topic.removed:
        await settling.settle_posts(writer, topic, [(one, sweep.member_id) for one in gone], sign=1)
    return len(noted)


async def _give_thank_back(writer: Writer, sweep: Sweep, post_id: int, at: int) -> int:
    topic = await _hold_topic_of(writer, post_id)
    if await sweeps_undone.give_thank_back(writer, sweep, post_id, at):
        await _settle_thank(writer, sweep, topic, post_id, sign=1)
    return 1


async def _settle_thank(writer: Writer, sweep: Sweep, topic: TopicState, post_id: int, *, sign: int) -> None:
    post = await posts.hold(writer, post_id)
    author_id = post.author_id if post is not None else None
    news.tell_post(writer, topic, post_id, author_id)
    counted = topic.visibility is Audience.PUBLIC and post is not None
    if post is not None and author_id is not None and counted and not post.removed and not topic.removed:
        await member_counters.hold(writer, author_id, sweep.member_id)
        await member_counters.count(writer, author_id, thanks=sign)
        news.tell_member(writer, author_id)
    news.tell_member(writer, sweep.member_id)  # thanks given stand on a profile too


async def _hold_topic(writer: Writer, topic_id: int) -> TopicState:
    beside = await quotes.topics_quoted_in(writer, topic_id=topic_id)
    topic = await topics.hold(writer, topic_id, beside)
    assert topic is not None  # topics are never deleted
    return topic


async def _hold_topic_of(writer: Writer, post_id: int) -> TopicState:
    post = await posts.state(writer, post_id)
    topic = await topics.hold(writer, post.topic_id) if post is not None else None
    assert topic is not None  # nor are posts
    return topic


async def _go_on(writer: Writer, sweep: Sweep, done: int) -> None:
    if not await sweeps.progress(writer, sweep, done):
        raise _Overtaken
    _tell(writer, sweep)


async def _finish(writer: Writer, sweep: Sweep, state: SweepState) -> None:
    if not await sweeps.set_state(writer, sweep.sanction_id, sweep.state, state):
        raise _Overtaken
    news.tell_member(writer, sweep.member_id)
    _tell(writer, sweep)


def _tell(writer: Writer, sweep: Sweep) -> None:
    """Staff see how far it is; the member's own standing is what it was."""
    writer.append(Event(Kind.SANCTION, sweep.sanction_id, Audience.STAFF, member_id=sweep.member_id))
