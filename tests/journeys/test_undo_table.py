"""Who may take back what from the log: each kind of line, asked of a real board by everybody."""

import contextlib
import re
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from server.actions import moderation, sanctions, topic_moves, watched_words
from server.domain.channels import MODERATION
from server.domain.clock import DAY, now_ms
from server.domain.events import Kind
from server.store import event_log, integrity, moderation_log
from server.store import sanctions as sanction_rows
from server.store import watched_words as words
from tests.support.acts_scene import BROWSERS
from tests.support.acts_table import EVERYBODY
from tests.support.approval_scene import set_rules
from tests.support.model_board import RENDERER, ModelBoard
from tests.support.moderation_scene import Desk, set_the_desk
from tests.support.undo_table import UNDO_ROWS, every_line, words_of
from tests.support.undoable_acts import BEFORE, DO
from tests.support.whole_board import WholeBoard, sqlite_board

__all__ = ["sqlite_board"]

LINE, MOVE = UNDO_ROWS
ABOUT_TOPICS = (
    "ask_to_edit", "decline_post", "join_posts", "lock", "move_posts", "move_topic", "pin", "remove_post",
    "rename_topic", "slow", "split",
)  # fmt: skip
Clients = dict[str, httpx.AsyncClient]


@pytest_asyncio.fixture
async def desk(sqlite_board: WholeBoard) -> Desk:
    """The board of the other tables."""
    return await set_the_desk(sqlite_board)


@pytest_asyncio.fixture
async def clients(desk: Desk) -> AsyncIterator[Clients]:
    """Everybody's browser."""
    async with contextlib.AsyncExitStack() as open_ones:
        yield {
            name: await open_ones.enter_async_context(desk.board.browser(BROWSERS.get(name, name)))
            for name in EVERYBODY
        }


def as_model(desk: Desk) -> ModelBoard:
    """The same board for `undoable_acts`; what they do to bo they do to eve, who does nothing herself."""
    board = desk.board
    return ModelBoard(board.db, RENDERER, board.people | {"bo": board.viewer("eve")}, board.places)


async def done(board: ModelBoard, act: str) -> tuple[int, int]:
    """Does it, on a topic of its own; the numbers of the topic and of the line."""
    async with board.db.snapshot() as reader:
        watched = await words.every(reader)
    for word in watched:
        await watched_words.stop_watching(board.db, board.viewer("ada"), word.id, now=now_ms())
    topic = (await board.topic()).topic_id
    post = (await board.reply(topic)).post_id
    for one in (BEFORE.get(act), act):
        if one is not None:
            await DO[one](board, topic, post)
    await set_rules(board.db)
    async with board.db.snapshot() as reader:
        found = moderation_log.Narrowed(act=act)
        line = (await moderation_log.page(reader, found, for_admins=False, before=None, limit=1))[0]
    assert line.can_undo, act
    return topic, line.id


async def undo(client: httpx.AsyncClient, path: str, number: int) -> int:
    """What the answer to a program is."""
    method, _, path = path.partition(" ")
    answer = await client.request(
        method, re.sub(r"{\w+}", str(number), path), headers={"Accept": "application/json"}
    )
    if answer.status_code >= 400:
        assert answer.json()["error"]["message"].endswith((".", "?"))
    return answer.status_code


async def test_each_line_is_taken_back_once_by_whom_the_table_says(desk: Desk, clients: Clients) -> None:
    board = as_model(desk)
    for act in every_line():
        line, over = 0, True
        for name, client in clients.items():
            if over:  # for whoever comes next
                _, line = await done(board, act)
            right = LINE.status(name, words_of(act, over=False))
            assert await undo(client, LINE.request, line) == right, (name, act)
            over = right == 200
            if over:
                assert await undo(client, LINE.request, line) == LINE.status(name, words_of(act, over=True))
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []


async def test_a_move_is_taken_back_once_by_who_moderates_there(desk: Desk, clients: Clients) -> None:
    board = as_model(desk)
    for act in ("split", "move_posts", "merge"):
        for name, client in clients.items():
            await done(board, act)
            async with board.db.snapshot() as reader:
                number = int(await reader.value("SELECT MAX(id) FROM topic_moves") or 0)
            right = MOVE.status(name, set())
            assert await undo(client, MOVE.request, number) == right, (name, act)
            if right == 200:
                assert await undo(client, MOVE.request, number) == MOVE.status(name, {"over"}), (name, act)


async def test_what_is_offered_is_never_gone(desk: Desk, clients: Clients) -> None:
    board, mod = as_model(desk), desk.board.viewer("mod")
    for since in ("removed", "merged"):
        for act in ABOUT_TOPICS:
            topic, line = await done(board, act)
            if since == "removed":
                await moderation.remove_topic(board.db, mod, topic, "", now=now_ms())
            else:
                into = (await board.topic()).topic_id
                await topic_moves.merge(board.db, mod, topic, into, now=now_ms())
            log = (await clients["mod"].get("/moderation/log", headers={"Accept": "text/html"})).text
            is_offered = f"/moderation/log/{line}/undo" in log
            status = await undo(clients["mod"], LINE.request, line)
            assert status in ({200, 403} if is_offered else {403}), (since, act, status)
            if since == "merged" and act in ("lock", "pin", "slow", "move_topic", "rename_topic"):
                assert not is_offered, act


async def test_what_is_over_by_itself_is_not_offered(desk: Desk, clients: Clients) -> None:
    board = as_model(desk)
    eve = board.viewer("eve")
    _, warning = await done(board, "warn")
    async with board.db.snapshot() as reader:
        (warned,) = await sanction_rows.of_member(reader, eve.id or 0)
    await sanctions.read_warnings(board.db, eve, [warned.id], now=now_ms())
    _, word = await done(board, "word_changed")
    _, silence = await done(board, "silence")  # and nothing is watched for any more
    async with board.db.snapshot() as reader:
        after = (await event_log.head(reader)).seq
    await sanctions.end_due(board.db, now=now_ms() + 8 * DAY)
    async with board.db.snapshot() as reader:
        told = await event_log.on_channel(reader, MODERATION, after, 100)
    assert silence in {one.event.object_id for one in told if one.event.kind is Kind.LOG}
    log = (await clients["ada"].get("/moderation/log", headers={"Accept": "text/html"})).text
    for line in (warning, silence, word):
        assert f'id="log-{line}"' in log
        assert f"/moderation/log/{line}/undo" not in log
        assert await undo(clients["ada"], LINE.request, line) == 403
