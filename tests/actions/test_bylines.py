"""What changed beside posts is told wherever it stands: the newest at once, the rest in bounded parts."""

from server.actions import bylines, members, renaming, thanking
from server.domain.bylines import Byline, Step
from server.domain.clock import now_ms
from server.domain.events import Kind, LoggedEvent
from server.domain.viewer import Role
from server.store import bylines as rows
from server.store import event_log
from server.store.bylines import AT_ONCE
from server.store.database import Database
from tests.support.model_board import ModelBoard, model_board


async def position(db: Database) -> int:
    async with db.snapshot() as reader:
        return (await event_log.head(reader)).seq


async def told(db: Database, after: int) -> list[LoggedEvent]:
    async with db.snapshot() as reader:
        return await event_log.since(reader, after, 10_000)


def posts_in(events: list[LoggedEvent]) -> list[int]:
    return [one.event.object_id for one in events if one.event.kind is Kind.POST]


async def wrote_much(board: ModelBoard) -> tuple[int, list[int], int]:
    """A topic with more posts of bo's than one part takes; and a post of ann's that he thanked for."""
    opening = await board.topic(by="ann")
    posts = [(await board.reply(opening.topic_id, by="bo")).post_id for _ in range(AT_ONCE + 30)]
    await thanking.thank(board.db, board.viewer("bo"), opening.post_id, now=now_ms())
    return opening.topic_id, posts, opening.post_id


async def test_a_name_is_told_at_once_beside_the_newest_and_then_beside_all(database_url: str) -> None:
    async with model_board(database_url) as board:
        topic_id, posts, thanked = await wrote_much(board)
        before = await position(board.db)
        bo = board.viewer("bo").id or 0
        await renaming.rename_member(board.db, board.viewer("ada"), bo, "Bela", now=now_ms())
        first = await told(board.db, before)
        assert set(posts_in(first)) == {thanked, *posts[-AT_ONCE:]}
        assert {one.event.kind for one in first} >= {Kind.TOPIC, Kind.CATEGORY, Kind.MEMBER}
        before = await position(board.db)
        while await bylines.tell_next(board.db):
            part = await told(board.db, before)
            assert len(posts_in(part)) <= AT_ONCE
            before = await position(board.db)
        everything = posts_in(await told(board.db, 0))
        assert everything.count(posts[0]) == 2  # when it was written, and now
        assert not await bylines.tell_next(board.db)
        assert topic_id


async def test_a_role_is_told_beside_posts_of_long_ago(database_url: str) -> None:
    async with model_board(database_url) as board:
        _, posts, _ = await wrote_much(board)
        ada, bo = board.viewer("ada"), board.viewer("bo").id or 0
        before = await position(board.db)
        await members.change_role(board.db, ada, bo, Role.MODERATOR, now=now_ms())
        while await bylines.tell_next(board.db):
            pass
        assert set(posts_in(await told(board.db, before))) == set(posts)
        before = await position(board.db)
        await members.change_role(board.db, ada, bo, Role.MODERATOR, now=now_ms())
        assert await told(board.db, before) == []  # the same again tells nobody
        assert not await bylines.tell_next(board.db)


async def test_what_changes_while_something_is_told_is_told_from_the_beginning(
    database_url: str,
) -> None:
    async with model_board(database_url) as board:
        await wrote_much(board)
        bo = board.viewer("bo").id or 0
        async with board.db.begin() as writer:
            await bylines.tell(writer, bo, Byline.CARD)
        await bylines.tell_next(board.db)
        async with board.db.begin() as writer:
            half = await rows.hold(writer, bo)
            assert half is not None
            assert half.below < rows.TOP
            await bylines.tell(writer, bo, Byline.NAME)
            again = await rows.hold(writer, bo)
        assert again is not None
        assert (again.byline, again.step, again.below) == (Byline.NAME, Step.POSTS, rows.TOP)
