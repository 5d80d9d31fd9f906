"""Ban and remove everything: one act takes all of it away, one act brings all of it back."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.actions import moderation, posting, profiles, sanctions, sweeps, thanking
from server.actions.posting import Posted
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.sanctions import Draft, SanctionKind
from server.domain.sweeps import Extent, SweepState
from server.domain.viewer import Audience
from server.store import integrity, leavers, posts
from server.store import sanctions as sanction_rows
from server.store import sweeps as rows
from tests.support.every_table import dump
from tests.support.model_board import NO_LIMITS, ModelBoard, model_board

NOW = 1_800_000_000_000
BAN = Draft(SanctionKind.BAN, "Advertising.", "a whole wave", "good")


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[ModelBoard]:
    async with model_board(database_url) as board:
        yield board


async def all_is_well(board: ModelBoard) -> bool:
    async with board.db.snapshot() as reader:
        return await integrity.findings(reader) == []


async def sweep(board: ModelBoard, *, whose: str = "bo", by: str = "mod", with_answered: bool = True) -> int:
    member, viewer = board.viewer(whose).id or 0, board.viewer(by)
    return await sweeps.start_sweep(board.db, viewer, member, BAN, with_answered=with_answered, now=NOW)


async def run(board: ModelBoard) -> int:
    """All steps; how many there were."""
    steps = 0
    while await sweeps.step(board.db):
        steps += 1
    return steps


async def state(board: ModelBoard, number: int) -> SweepState:
    async with board.db.snapshot() as reader:
        found = await rows.find(reader, number)
    assert found is not None
    return found.state


async def life(board: ModelBoard) -> tuple[Posted, Posted, Posted]:
    """bo has written everywhere, was quoted and thanked, thanked others, and says something about himself.

    ann's topic with his answer; his own topic, which others have answered; his reply that was removed before.
    """
    anns = await board.topic("Ask *before* the count.")
    answer = await board.reply(anns.topic_id, "Buy my lamp. It helps.")
    await board.reply(anns.topic_id, f"[quote={answer.post_id}]\nBuy my lamp.\n[/quote]\n\nNo.", by="ann")
    bos = await board.topic(f"[quote={anns.post_id}]\n\nLamps!", by="bo")
    await board.reply(bos.topic_id, f"[quote={bos.post_id}]\n\nNo again.", by="ann")
    await board.reply(bos.topic_id, "But they shine.")
    for where in (Audience.MEMBERS, Audience.PUBLIC):
        alone = await board.topic("Only lamps.", by="bo", where=where)
        await board.reply(alone.topic_id, "And more lamps.")
    before = await board.reply(anns.topic_id, "Lamp, lamp, lamp.")
    bo, ann, mod = board.viewer("bo"), board.viewer("ann"), board.viewer("mod")
    await moderation.remove_post(board.db, mod, before.post_id, "advertising", now=NOW - 5)
    for post, who in ((answer, ann), (bos, ann), (anns, bo), (answer, mod)):
        await thanking.thank(board.db, who, post.post_id, now=NOW - 4)
    draft = profiles.ProfileDraft("Lamps for all", "I sell **lamps**.")
    await profiles.save_profile(board.db, bo, draft, now=NOW - 3, limits=NO_LIMITS)
    return anns, bos, answer


async def test_undoing_brings_back_every_row_as_it_was(board: ModelBoard) -> None:
    await life(board)
    before = await dump(board.db)
    number = await sweep(board)
    assert await run(board) > 5
    assert await state(board, number) is SweepState.REMOVED
    assert await all_is_well(board)
    gone = await dump(board.db)
    assert gone["thanks"] != before["thanks"]
    async with board.db.snapshot() as reader:
        seen = await reader.value("SELECT COUNT(*) FROM posts WHERE author_id = :id AND html IS NOT NULL",
                                  id=board.viewer("bo").id)  # fmt: skip
        texts = await reader.one("SELECT personal_text, about_html FROM members WHERE id = :id",
                                 id=board.viewer("bo").id)  # fmt: skip
    assert (seen, texts and tuple(texts)) == (0, ("", ""))
    await sweeps.undo(board.db, board.viewer("mod"), number, now=NOW + 9)
    await run(board)
    assert await state(board, number) is SweepState.RESTORED
    assert await dump(board.db) == before
    assert await all_is_well(board)
    with pytest.raises(NotFound):
        await sweeps.undo(board.db, board.viewer("mod"), number, now=NOW + 10)


async def removed(board: ModelBoard, post_id: int) -> bool:
    async with board.db.snapshot() as reader:
        return bool((found := await posts.state(reader, post_id)) and found.removed)


async def test_what_is_restored_while_the_rest_goes_stays_and_holds_nothing_up(board: ModelBoard) -> None:
    _, bos, answer = await life(board)
    mod, number, restored = board.viewer("mod"), await sweep(board), set[int]()
    while await sweeps.step(board.db):
        if bos.post_id not in restored and await removed(board, bos.post_id):
            await moderation.restore_topic(board.db, mod, bos.topic_id, now=NOW + 1)
            restored.add(bos.post_id)
        if answer.post_id not in restored and await removed(board, answer.post_id):
            await moderation.restore_post(board.db, mod, answer.post_id, now=NOW + 1)
            restored.add(answer.post_id)
    assert await state(board, number) is SweepState.REMOVED
    assert [await removed(board, one.post_id) for one in (bos, answer)] == [False, False]
    assert await all_is_well(board)


@pytest.mark.parametrize("undone_first", ["bo", "carl"])
async def test_two_who_answered_one_another_are_swept_and_come_back_in_any_order(
    board: ModelBoard, undone_first: str
) -> None:
    carls = await board.topic("Buy my lamp!", by="carl")
    answer = await board.reply(carls.topic_id, "Or mine.")
    await board.reply(carls.topic_id, "No, mine.", by="carl")
    before, mod, numbers = await dump(board.db), board.viewer("mod"), dict[str, int]()
    for at, name in enumerate(("carl", "bo")):
        spammer = board.viewer(name).id or 0
        numbers[name] = await sweeps.start_sweep(
            board.db, mod, spammer, BAN, with_answered=True, now=NOW + at
        )
        await run(board)
        assert await all_is_well(board)
    for name in sorted(numbers, key=lambda name: name != undone_first):
        await sweeps.undo(board.db, mod, numbers[name], now=NOW + 9)
        await run(board)
        assert await all_is_well(board)
        assert await removed(board, answer.post_id) is (name == undone_first)
    assert await dump(board.db) == before


async def test_a_topic_that_is_restored_brings_nothing_of_a_swept_member_back(board: ModelBoard) -> None:
    anns = await board.topic("Sleep")
    answer, other = (
        await board.reply(anns.topic_id, "Buy my lamp."),
        await board.reply(anns.topic_id, by="carl"),
    )
    mod = board.viewer("mod")
    await moderation.remove_topic(board.db, mod, anns.topic_id, "", now=NOW - 1)
    await sweep(board)
    await run(board)
    await moderation.restore_topic(board.db, mod, anns.topic_id, now=NOW + 1)
    assert (await removed(board, answer.post_id), await removed(board, other.post_id)) == (True, False)
    assert await all_is_well(board)


async def test_what_is_written_after_the_ban_was_ended_is_not_removed(board: ModelBoard) -> None:
    anns, *_ = await life(board)
    number, bo = await sweep(board), board.viewer("bo")
    await sweeps.step(board.db)
    await sanctions.end(board.db, board.viewer("mod"), number, now=NOW + 1)
    kind = await board.reply(anns.topic_id, "You may be here if you leave the lamps.", by="ann")
    draft, later = posting.Draft("I am sorry."), NOW + rows.SKEW + 1
    new = await posting.reply(board.db, bo, anns.topic_id, draft, now=later, limits=NO_LIMITS)
    await thanking.thank(board.db, bo, kind.post_id, now=later)
    await run(board)
    assert await state(board, number) is SweepState.REMOVED
    assert not await removed(board, new.post_id)
    async with board.db.snapshot() as reader:
        thanks = await reader.all("SELECT post_id FROM thanks WHERE member_id = :id", id=bo.id)
    assert [row[0] for row in thanks] == [kind.post_id]
    assert await all_is_well(board)


async def test_a_server_that_ends_in_the_middle_goes_on_where_it_was(board: ModelBoard) -> None:
    await life(board)
    before = await dump(board.db)
    number = await sweep(board)
    for _ in range(3):
        assert await sweeps.step(board.db)
        assert await all_is_well(board)
    await sweeps.undo(board.db, board.viewer("mod"), number, now=NOW + 9)  # while it is being removed
    assert await sweeps.step(board.db)
    assert await all_is_well(board)
    await run(board)
    assert await dump(board.db) == before


async def test_the_preview_says_what_goes(board: ModelBoard) -> None:
    await life(board)
    async with board.db.snapshot() as reader:
        found = await rows.extent(reader, board.viewer("bo").id or 0)
        nothing = await rows.extent(reader, board.viewer("ada").id or 0)
    assert found == Extent(topics=3, answered=1, answers=1, replies=1, thanks=1, has_profile=True)
    assert nothing.is_empty


async def test_topics_that_others_have_answered_stay_when_that_is_chosen(board: ModelBoard) -> None:
    _, bos, answer = await life(board)
    await sweep(board, with_answered=False)
    await run(board)
    async with board.db.snapshot() as reader:
        left = await reader.all(
            "SELECT id FROM posts WHERE author_id = :id AND removed_at IS NULL", id=board.viewer("bo").id
        )
    assert [row[0] for row in left] == [bos.post_id]
    assert answer.post_id != bos.post_id
    assert await all_is_well(board)


async def test_what_somebody_decided_since_is_respected(board: ModelBoard) -> None:
    anns, bos, answer = await life(board)
    number = await sweep(board)
    await run(board)
    mod = board.viewer("mod")
    # One topic was looked at again, and removed for another reason; ann's whole topic goes as well.
    await moderation.restore_topic(board.db, mod, bos.topic_id, now=NOW + 1)
    await moderation.remove_topic(board.db, mod, bos.topic_id, "off topic", now=NOW + 2)
    await moderation.remove_topic(board.db, mod, anns.topic_id, "a duplicate", now=NOW + 3)
    await sweeps.undo(board.db, mod, number, now=NOW + 9)
    await run(board)
    assert await all_is_well(board)
    async with board.db.snapshot() as reader:
        reasons = {
            topic: await reader.value("SELECT removed_reason FROM topics WHERE id = :id", id=topic)
            for topic in (anns.topic_id, bos.topic_id)
        }
        waits = await reader.one(
            "SELECT removed_with_topic, html FROM posts WHERE id = :id", id=answer.post_id
        )
    assert reasons == {anns.topic_id: "a duplicate", bos.topic_id: "off topic"}
    assert waits is not None
    assert (bool(waits[0]), waits[1]) == (True, None)
    await moderation.restore_topic(board.db, mod, anns.topic_id, now=NOW + 10)
    async with board.db.snapshot() as reader:
        html = await reader.value("SELECT html FROM posts WHERE id = :id", id=answer.post_id)
    assert "lamp" in str(html)
    assert await all_is_well(board)


async def test_hundreds_of_posts_in_one_topic_go_and_come_back_in_steps(board: ModelBoard) -> None:
    opening = await board.topic(by="ann")
    for number in range(rows.STEP + 20):
        await board.reply(opening.topic_id, f"Lamp {number}")
    before = await dump(board.db)
    number = await sweep(board)
    assert await run(board) == 3  # two parts of the topic, and the texts
    assert await all_is_well(board)
    await sweeps.undo(board.db, board.viewer("ada"), number, now=NOW + 9)
    await run(board)
    assert await dump(board.db) == before


async def test_nobody_sweeps_seniors_or_without_a_reason(board: ModelBoard) -> None:
    number = await sweep(board)
    for who in ("ann", "bo"):
        with pytest.raises(Forbidden):
            await sweep(board, by=who)
        with pytest.raises(Forbidden):
            await sweeps.undo(board.db, board.viewer(who), number, now=NOW)
    mod, ada = board.viewer("mod"), board.viewer("ada")
    with pytest.raises(Forbidden):
        await sweeps.start_sweep(board.db, mod, ada.id or 0, BAN, with_answered=True, now=NOW)
    with pytest.raises(Invalid):
        await sweeps.start_sweep(
            board.db, ada, mod.id or 0, Draft(SanctionKind.BAN), with_answered=True, now=NOW
        )
    ban = await sanctions.impose(board.db, ada, mod.id or 0, BAN, now=NOW)
    with pytest.raises(NotFound):
        await sweeps.undo(board.db, ada, ban, now=NOW)


async def test_ending_the_ban_alone_leaves_what_was_removed(board: ModelBoard) -> None:
    await life(board)
    number = await sweep(board)
    await run(board)
    await sanctions.end(board.db, board.viewer("mod"), number, now=NOW + 1)
    assert await state(board, number) is SweepState.REMOVED
    await sweeps.undo(board.db, board.viewer("mod"), number, now=NOW + 2)
    await run(board)
    async with board.db.snapshot() as reader:
        assert (await sanction_rows.several(reader, [number]))[number].ended_at == NOW + 1


async def test_who_leaves_takes_along_what_a_sweep_kept(board: ModelBoard) -> None:
    await life(board)
    await sweep(board)
    await run(board)
    async with board.db.begin() as writer:
        await leavers.unname(writer, board.viewer("bo").id or 0, "nobody:1", NOW)
    found = await dump(board.db)
    assert {name: found[name] for name in found if name.startswith("swept")} == {
        name: [] for name in ("swept_topics", "swept_posts", "swept_thanks", "swept_values")
    }
