"""R15 for letters: what went before a letter left is not in it; with nothing left to tell it is not sent."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from server.actions import (
    board_shape,
    departures,
    mail_choices,
    moderation,
    posting,
    purging,
    sweeps,
    topic_acts,
    topic_moves,
)
from server.actions.posting import Edit, Posted
from server.domain import sanctions
from server.domain.board_shape import CategoryDraft
from server.domain.clock import MINUTE, now_ms
from server.domain.leaving import NOBODY, Departure, Leaving
from server.domain.mail_choices import MailChoices
from server.domain.viewer import Audience
from server.jobs.carriers import MailServer
from server.jobs.mail import MailRoom
from server.store import categories, leavers
from server.views.letters import LetterWriter
from tests.support.mail_server import PostOffice
from tests.support.model_board import ModelBoard, model_board

WORD = "canary4f7c"
Act = Callable[[ModelBoard, Posted], Awaitable[object]]


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[ModelBoard]:
    async with model_board(database_url) as board:
        for name in ("ann", "bo"):
            await mail_choices.choose_letters(board.db, board.viewer(name), MailChoices(texts=True))
        async with board.db.begin() as writer:
            await writer.run("UPDATE members SET email_confirmed_at = 1 WHERE username IN ('ann', 'bo')")
        yield board


async def plant(board: ModelBoard) -> Posted:
    """bo's answer in ann's topic has the word; mod quotes it there, so that bo gets a letter too."""
    topic = await board.topic("How do you sleep?", by="ann")
    answer = await board.reply(topic.topic_id, f"I take {WORD}.", by="bo")
    await board.reply(topic.topic_id, f"[quote={answer.post_id}]\n{WORD}\n[/quote]\n\nReally?", by="mod")
    return answer


async def sent(board: ModelBoard, office: PostOffice) -> dict[str, str]:
    """All letters that leave now, by whom they are to."""
    room = MailRoom(
        board.db, MailServer(office.url), LetterWriter("https://forum.example.org"), "b@example.org"
    )
    await room.deliver_due(now=now_ms() + 6 * MINUTE)
    return {
        letter["To"].partition("@")[0]: raw.decode()
        for letter, raw in zip(office.letters, office.raw, strict=True)
    }


async def remove_post(board: ModelBoard, answer: Posted) -> None:
    await moderation.remove_post(board.db, board.viewer("mod"), answer.post_id, "", now=now_ms())


async def remove_topic(board: ModelBoard, answer: Posted) -> None:
    await moderation.remove_topic(board.db, board.viewer("mod"), answer.topic_id, "", now=now_ms())


async def close_category(board: ModelBoard, answer: Posted) -> None:
    async with board.db.begin() as writer:
        await categories.set_visibility(writer, board.places[Audience.PUBLIC], Audience.MEMBERS)


async def close_in_settings(board: ModelBoard, answer: Posted) -> None:
    place = board.places[Audience.PUBLIC]
    draft = CategoryDraft("1", "Closed", "", "staff")
    await board_shape.change_category(board.db, board.viewer("ada"), place, draft, now=now_ms())


async def move_to_staff(board: ModelBoard, answer: Posted) -> None:
    place, mod = board.places[Audience.STAFF], board.viewer("mod")
    await topic_acts.move(board.db, mod, answer.topic_id, place, now=now_ms())


async def join_with_a_staff_topic(board: ModelBoard, answer: Posted) -> None:
    inner = await board.topic("Hello.", by="mod", where=Audience.STAFF)
    mod = board.viewer("mod")
    await topic_moves.merge(board.db, mod, answer.topic_id, inner.topic_id, now=now_ms())


async def purge(board: ModelBoard, answer: Posted) -> None:
    await remove_post(board, answer)
    sure = purging.Purge("a court", str(answer.post_id), knows=True)
    await purging.purge_post(board.db, board.viewer("ada"), answer.post_id, sure, now=now_ms())


async def sweep(board: ModelBoard, answer: Posted) -> None:
    draft = sanctions.Draft(sanctions.SanctionKind.BAN, "Advertising.", lasts="good")
    mod, bo = board.viewer("mod"), board.viewer("bo").id or 0
    await sweeps.start_sweep(board.db, mod, bo, draft, with_answered=True, now=now_ms())
    while await sweeps.step(board.db):
        pass


async def edit(board: ModelBoard, answer: Posted) -> None:
    change = Edit("I take nothing.", answer.position)
    await posting.edit(board.db, board.viewer("bo"), answer.post_id, change, now=now_ms())


async def erase(board: ModelBoard, answer: Posted) -> None:
    await leave(board, "bo", Leaving.ERASE)


async def leave(board: ModelBoard, name: str, how: Leaving) -> None:
    async with board.db.begin() as writer:
        await leavers.plan(writer, Departure(board.viewer(name).id or 0, how, now_ms() - 1))
    assert await departures.depart_next(board.db, now=now_ms())


async def test_the_premise_is_that_the_word_is_mailed(board: ModelBoard, office: PostOffice) -> None:
    await plant(board)
    letters = await sent(board, office)
    assert set(letters) == {"ann", "bo"}
    assert WORD in letters["ann"]


# What is done before the letters leave, and who gets one still.
ACTS: list[tuple[Act, set[str]]] = [
    (remove_post, {"ann"}),  # mod's answer is left for her; bo's words are gone, so nobody quotes them
    (remove_topic, set()),
    (close_category, {"ann", "bo"}),  # the link only
    (close_in_settings, set()),
    (move_to_staff, set()),
    (join_with_a_staff_topic, set()),
    (purge, {"ann"}),
    (sweep, {"ann"}),
    (edit, {"ann", "bo"}),
    (erase, {"ann"}),
]


@pytest.mark.parametrize(("act", "readers"), ACTS, ids=[act.__name__ for act, _ in ACTS])
async def test_what_went_before_a_letter_left_is_in_none(
    board: ModelBoard, office: PostOffice, act: Act, readers: set[str]
) -> None:
    answer = await plant(board)
    await act(board, answer)
    letters = await sent(board, office)
    assert set(letters) == readers
    for letter in letters.values():
        assert WORD not in letter
    if act is close_category:
        assert all("dentist" not in letter and "moira" not in letter for letter in letters.values())


async def test_a_name_that_left_is_in_no_letter(board: ModelBoard, office: PostOffice) -> None:
    await plant(board)
    await leave(board, "bo", Leaving.ANONYMISE)
    letters = await sent(board, office)
    assert set(letters) == {"ann"}
    assert f"{NOBODY} and moira answered you" in letters["ann"].replace("\r\n ", " ")
    async with board.db.snapshot() as reader:
        assert (
            await reader.value("SELECT COUNT(*) FROM outbox WHERE letter = 'answers' AND sent_at IS NULL")
            == 0
        )


async def test_a_restored_post_is_in_the_letter_again(board: ModelBoard, office: PostOffice) -> None:
    answer = await plant(board)
    await remove_post(board, answer)
    await moderation.restore_post(board.db, board.viewer("mod"), answer.post_id, now=now_ms())
    assert WORD in (await sent(board, office))["ann"]
