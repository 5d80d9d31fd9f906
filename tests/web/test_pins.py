"""What stands at the top: taken back exactly, bounded in time, and in every list only by the team."""

import pytest

from server.actions import category_moderators, topic_acts, topic_moves, undoing
from server.actions.topic_moves import EVERYTHING, Chosen, NewTopic
from server.domain.clock import DAY, now_ms
from server.domain.errors import Forbidden
from server.domain.viewer import Audience
from server.store import moderation_log, topics
from server.store.moderation_log import Line, Narrowed
from server.store.topic_writes import Pin
from tests.support.forms import submit
from tests.support.whole_board import WholeBoard


async def pin_of(board: WholeBoard, topic_id: int) -> Pin:
    async with board.db.snapshot() as reader:
        found = await topics.state(reader, topic_id)
    assert found is not None
    return Pin(found.pinned, found.pinned_everywhere, found.pinned_until)


async def lines(board: WholeBoard) -> list[Line]:
    async with board.db.snapshot() as reader:
        return await moderation_log.page(reader, Narrowed(), for_admins=False, before=None, limit=50)


async def test_a_pin_that_is_taken_back_is_what_it_was_before(board: WholeBoard) -> None:
    db, mod, now = board.db, board.viewer("mod"), now_ms()
    topic = (await board.topic("Read first", "Welcome.", by="ann")).topic_id
    everywhere = Pin(pinned=True, everywhere=True, until=now + DAY)
    for other in (Pin(pinned=False), Pin(pinned=True)):
        await topic_acts.set_pinned(db, mod, topic, everywhere, now=now)
        await topic_acts.set_pinned(db, mod, topic, other, now=now)
        await undoing.undo(db, mod, (await lines(board))[0].id, now=now)
        assert await pin_of(board, topic) == everywhere


async def test_what_changes_nothing_is_no_line_of_the_log(board: WholeBoard) -> None:
    topic = (await board.topic("Read first", "Welcome.", by="ann")).topic_id
    before = await lines(board)
    async with board.browser("mod", json=True) as mod:
        for act in ("unpin", "pin", "pin"):
            assert (await mod.post(f"/topics/{topic}/{act}")).status_code == 200
    assert [line.act for line in await lines(board)] == ["pin", *(line.act for line in before)]


async def test_a_day_that_some_clocks_do_not_have_is_refused_beside_its_field(board: WholeBoard) -> None:
    topic = (await board.topic("Read first", "Welcome.", by="ann")).topic_id
    async with board.browser("mod", json=True) as mod:
        for day in ("9999-12-31T23:59:00-05:00", "9999-12-31", "9998-12-31T23:59:00-05:00", "2001-01-01"):
            refused = await mod.post(f"/topics/{topic}/pin", json={"until": day})
            assert refused.status_code == 422, day
            assert set(refused.json()["error"]["fields"]) == {"until"}
        assert (await mod.get(f"/topics/{topic}", follow_redirects=True)).status_code == 200
        assert (await mod.get("/moderation/log?to=9999-12-31")).status_code == 422


async def test_every_list_is_the_teams_and_not_a_category_moderators(board: WholeBoard) -> None:
    topic = (await board.topic("Read first", "Welcome.", by="ann")).topic_id
    ada = board.viewer("ada")
    await category_moderators.appoint(board.db, ada, board.places[Audience.PUBLIC], "cleo", now=now_ms())
    async with board.browser("cleo") as cleo, board.browser("cleo", json=True) as program:
        form = await cleo.get(f"/topics/{topic}/pin")
        assert "Everywhere" not in form.text
        refused = await program.post(f"/topics/{topic}/pin", json={"where": "everywhere"})
        assert (refused.status_code, set(refused.json()["error"]["fields"])) == (422, {"where"})
        assert (await submit(cleo, form, f"/topics/{topic}/pin")).status_code == 303
    assert await pin_of(board, topic) == Pin(pinned=True)


async def test_an_administrators_topic_is_not_moved_away_post_by_post(board: WholeBoard) -> None:
    first = await board.topic("From the board", "Please read.", by="ada")
    there = (await board.topic("Elsewhere", "Here.", by="ann")).topic_id
    answer = await board.reply(first.topic_id, "I have.", by="bo")
    mod, ada, now = board.viewer("mod"), board.viewer("ada"), now_ms()
    new = NewTopic("Mine now", board.places[Audience.PUBLIC])
    for chosen in (EVERYTHING, Chosen(frozenset({first.post_id, answer.post_id}))):
        with pytest.raises(Forbidden, match="administrator"):
            await topic_moves.move_posts(board.db, mod, first.topic_id, chosen, there, now=now)
        with pytest.raises(Forbidden, match="administrator"):
            await topic_moves.split(board.db, mod, first.topic_id, chosen, new, now=now)
    answers = Chosen(frozenset({answer.post_id}))
    await topic_moves.move_posts(board.db, mod, first.topic_id, answers, there, now=now)
    await topic_moves.move_posts(board.db, ada, first.topic_id, EVERYTHING, there, now=now)
