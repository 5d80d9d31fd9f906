"""Renaming, moving, pinning and slowing topics: what moderators may, and what everybody sees."""

import pytest

from server.actions import posting, topic_acts
from server.actions.posting import Draft
from server.actions.topic_acts import MAX_SLOW, Why
from server.domain.clock import MINUTE, now_ms
from server.domain.errors import Forbidden, Invalid, NotFound, SignInRequired, TooManyRequests
from server.domain.models import Rendering
from server.domain.viewer import GUEST, Audience
from server.store import audit, integrity, notices, profiles, topics
from server.store.database import Reader
from server.store.topic_writes import Pin
from tests.support.whole_board import NO_LIMITS, WholeBoard

EVERYBODY = Rendering(Audience.PUBLIC, staff=False)
STAFF = Rendering(Audience.STAFF, staff=True)


async def agrees(reader: Reader) -> None:
    assert await integrity.findings(reader) == []


async def test_only_staff_change_topics(board: WholeBoard) -> None:
    topic, now = await board.topic("Sleep", "How?", by="ann"), now_ms()
    for viewer, refusal in ((GUEST, SignInRequired), (board.viewer("ann"), Forbidden)):
        with pytest.raises(refusal):
            await topic_acts.rename(board.db, viewer, topic.topic_id, "Else", now=now)
        with pytest.raises(refusal):
            await topic_acts.move(board.db, viewer, topic.topic_id, 1, now=now)
        with pytest.raises(refusal):
            await topic_acts.set_pinned(board.db, viewer, topic.topic_id, Pin(pinned=True), now=now)
        with pytest.raises(refusal):
            await topic_acts.set_slow(board.db, viewer, topic.topic_id, 5, now=now)
    for number in (topic.topic_id + 1, 999_999):
        with pytest.raises(NotFound):
            await topic_acts.rename(board.db, board.viewer("mod"), number, "Else", now=now)


async def test_a_moderator_does_not_rename_what_an_administrator_began(sqlite_board: WholeBoard) -> None:
    topic = await sqlite_board.topic("News", "From the board.", by="ada")
    with pytest.raises(Forbidden, match="administrator"):
        await topic_acts.rename(
            sqlite_board.db, sqlite_board.viewer("mod"), topic.topic_id, "Else", now=now_ms()
        )


async def test_a_new_title_stands_in_the_log_and_the_author_is_told_when_that_is_wanted(
    board: WholeBoard,
) -> None:
    mod, ann = board.viewer("mod"), board.viewer("ann")
    topic, now = await board.topic("sleep!!!", "How?", by="ann"), now_ms()
    await topic_acts.rename(board.db, mod, topic.topic_id, "  How to sleep ", now=now)
    why = Why(" Easier to  find ", tell=True)
    await topic_acts.rename(board.db, mod, topic.topic_id, "How to sleep well?", why, now=now)
    async with board.db.snapshot() as reader:
        [entry, _] = await audit.of_thing(reader, "topic", topic.topic_id, 2)
        assert (entry.act, entry.reason) == ("rename_topic", "Easier to find")
        words = await reader.all("SELECT before, after FROM audit WHERE act = 'rename_topic' ORDER BY id")
        assert words == [("sleep!!!", "How to sleep"), ("How to sleep", "How to sleep well?")]
        assert ann.id is not None
        [told] = await notices.page(reader, ann.id, None, 10)
        assert told.target is not None
        assert (told.words, told.target.title) == ("Easier to find", "How to sleep well?")
    for title in ("", " ", "x" * 151):
        with pytest.raises(Invalid, match="title"):
            await topic_acts.rename(board.db, mod, topic.topic_id, title, now=now)


async def test_moving_behind_the_door_takes_it_from_public_lists_and_counters(board: WholeBoard) -> None:
    mod, now = board.viewer("mod"), now_ms()
    topic = await board.topic("Sleep", "How?", by="ann")
    await board.reply(topic.topic_id, "Warm milk.", by="bo")
    hidden = board.places[Audience.MEMBERS]
    await topic_acts.move(board.db, mod, topic.topic_id, hidden, now=now)
    async with board.db.snapshot() as reader:
        assert await topics.find(reader, topic.topic_id, EVERYBODY) is None
        bo = await profiles.named(reader, "bo", Audience.MEMBERS)
        assert bo is not None
        assert bo.posts == 0
        await agrees(reader)
    await topic_acts.move(board.db, mod, topic.topic_id, 1, now=now)
    with pytest.raises(Invalid, match="no such category"):
        await topic_acts.move(board.db, mod, topic.topic_id, 999, now=now)
    async with board.db.snapshot() as reader:
        assert await topics.find(reader, topic.topic_id, EVERYBODY) is not None
        await agrees(reader)
        moves = await reader.all("SELECT before, after FROM audit WHERE act = 'move_topic' ORDER BY id")
        assert moves[0] == moves[1][::-1]


async def test_a_pin_stands_everywhere_until_its_time_is_over(board: WholeBoard) -> None:
    mod, now = board.viewer("mod"), now_ms()
    old = await board.topic("Read first", "Welcome", by="mod")
    await board.topic("Newer", "Hello", by="ann")
    pin = Pin(pinned=True, everywhere=True, until=now + 10 * MINUTE)
    await topic_acts.set_pinned(board.db, mod, old.topic_id, pin, now=now)
    assert await topic_acts.end_pins(board.db, now=now) == pin.until
    async with board.db.snapshot() as reader:
        assert [one.id for one in await topics.latest(reader, Audience.PUBLIC, limit=1)] == [old.topic_id]
    assert await topic_acts.end_pins(board.db, now=now + 10 * MINUTE) is None
    async with board.db.snapshot() as reader:
        assert [one.id for one in await topics.latest(reader, Audience.PUBLIC, limit=1)] != [old.topic_id]
        found = await topics.find(reader, old.topic_id, STAFF)
    assert found is not None
    assert (found.pinned, found.pinned_everywhere, found.pinned_until) == (False, False, None)
    with pytest.raises(Invalid, match="still to come"):
        await topic_acts.set_pinned(board.db, mod, old.topic_id, Pin(pinned=True, until=now), now=now)


async def test_in_slow_mode_members_reply_once_in_a_while_and_staff_as_they_need(board: WholeBoard) -> None:
    topic, now = await board.topic("Heated", "Well?", by="ann"), now_ms()
    await topic_acts.set_slow(board.db, board.viewer("mod"), topic.topic_id, 30, now=now)

    async def reply(who: str, at: int) -> None:
        draft = Draft(f"{who} at {at}")
        await posting.reply(board.db, board.viewer(who), topic.topic_id, draft, now=at, limits=NO_LIMITS)

    await reply("ann", now)  # the opening post is no reply
    await reply("bo", now)
    with pytest.raises(TooManyRequests, match=r"again in 12 minutes\. Your text is kept") as refused:
        await reply("bo", now + 18 * MINUTE)
    assert refused.value.retry_after == 12 * 60
    await reply("bo", now + 30 * MINUTE)
    await reply("mod", now)
    await reply("mod", now + 1)
    for minutes in (-1, MAX_SLOW + 1):
        with pytest.raises(Invalid, match="minutes"):
            await topic_acts.set_slow(board.db, board.viewer("mod"), topic.topic_id, minutes, now=now)
