"""Splitting, merging and moving posts: numbers stay, counters agree, and all of it can be undone."""

import asyncio
import random

import pytest

from server.actions import moderation, thanking, topic_moves
from server.actions.posting import Posted
from server.actions.topic_acts import Why
from server.actions.topic_moves import MAX_MOVED, Chosen, NewTopic
from server.domain.clock import now_ms
from server.domain.errors import Forbidden, ForumError, Invalid, Merged, NotFound, SignInRequired
from server.domain.models import Rendering
from server.domain.viewer import GUEST, Audience
from server.store import integrity, merged_topics, notices, posts, topics
from server.store import topic_moves as written
from server.store.database import Reader
from tests.support.whole_board import WholeBoard

STAFF = Rendering(Audience.STAFF, staff=True)
EVERYBODY = Rendering(Audience.PUBLIC, staff=False)
PATIENCE = 30.0  # seconds
WHERE = (
    (Audience.PUBLIC, "ann"),
    (Audience.PUBLIC, "bo"),
    (Audience.MEMBERS, "ann"),
    (Audience.STAFF, "mod"),
)


def these(*posted: Posted) -> Chosen:
    return Chosen(frozenset(one.post_id for one in posted))


async def standing(reader: Reader, topic_id: int) -> list[tuple[int, int]]:
    """Place and number of the topic's posts."""
    rows = await reader.all("SELECT place, id FROM posts WHERE topic_id = :id ORDER BY place", id=topic_id)
    return [(row[0], row[1]) for row in rows]


async def board_as_it_is(board: WholeBoard) -> list[list[tuple[object, ...]]]:
    """Everything that moves change, for comparing."""
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []
        return [
            await reader.all("SELECT id, topic_id, place, body, removed_at FROM posts ORDER BY id"),
            await reader.all(
                "SELECT id, category_id, title, author_id, author_name, created_at, replies, places,"
                " last_post_id, removed_at, merged_into FROM topics WHERE last_post_id > 0 ORDER BY id"
            ),
            await reader.all("SELECT id, topics, posts FROM categories ORDER BY id"),
            await reader.all("SELECT id, posts, thanks_received FROM members ORDER BY id"),
        ]


async def last_move(board: WholeBoard) -> int:
    async with board.db.snapshot() as reader:
        return int(await reader.value("SELECT MAX(id) FROM topic_moves") or 0)


async def test_only_staff_move_posts(sqlite_board: WholeBoard) -> None:
    board, now = sqlite_board, now_ms()
    one, other = [await board.topic(f"Topic {n}", "x", by="ann") for n in range(2)]
    for viewer, refusal in ((GUEST, SignInRequired), (board.viewer("ann"), Forbidden)):
        with pytest.raises(refusal):
            await topic_moves.merge(board.db, viewer, one.topic_id, other.topic_id, now=now)
        with pytest.raises(refusal):
            await topic_moves.split(board.db, viewer, one.topic_id, these(one), NewTopic("x", 1), now=now)
        with pytest.raises(refusal):
            await topic_moves.move_posts(board.db, viewer, one.topic_id, these(one), other.topic_id, now=now)
    done = await topic_moves.merge(board.db, board.viewer("mod"), one.topic_id, other.topic_id, now=now)
    assert done.topic_id == other.topic_id
    for viewer, refusal in ((GUEST, SignInRequired), (board.viewer("ann"), Forbidden)):
        with pytest.raises(refusal):
            await topic_moves.undo(board.db, viewer, await last_move(board), now=now)


async def test_a_split_makes_a_topic_by_its_first_author_and_can_be_undone(board: WholeBoard) -> None:
    mod, now = board.viewer("mod"), now_ms()
    topic = await board.topic("Sleep", "How?", by="ann")
    stray = await board.reply(topic.topic_id, "And what about food?", by="bo")
    await board.reply(topic.topic_id, "Warm milk.", by="cleo")
    more = await board.reply(topic.topic_id, "Food is another matter.", by="ann")
    await thanking.thank(board.db, board.viewer("cleo"), stray.post_id, now=now)
    before = await board_as_it_is(board)

    new = NewTopic("  Food ", board.places[Audience.MEMBERS])
    why = Why("Another question", tell=True)
    done = await topic_moves.split(board.db, mod, topic.topic_id, these(stray, more), new, why=why, now=now)

    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []
        made = await topics.find(reader, done.topic_id, STAFF)
        assert made is not None
        assert (made.title, made.author.username, made.replies, made.places) == ("Food", "bo", 1, 2)
        assert made.last_post.id == more.post_id
        assert await topics.find(reader, done.topic_id, EVERYBODY) is None
        assert [place for place, _ in await standing(reader, topic.topic_id)] == [1, 2]
        assert await standing(reader, done.topic_id) == [(1, stray.post_id), (2, more.post_id)]
        for name, post in (("bo", stray), ("ann", more)):
            [told] = await notices.page(reader, board.viewer(name).id or 0, None, 10)
            assert told.target is not None
            assert (told.words, told.target.post_id) == ("Another question", post.post_id)
    await topic_moves.undo(board.db, mod, await last_move(board), now=now)
    assert await board_as_it_is(board) == before
    async with board.db.snapshot() as reader:
        left = await merged_topics.find(reader, done.topic_id, EVERYBODY)
        assert left is not None
        assert left.into.id == topic.topic_id  # whoever kept the new address finds the posts
    with pytest.raises(Forbidden, match="undone already"):
        await topic_moves.undo(board.db, mod, await last_move(board), now=now)


async def test_a_merge_keeps_the_order_in_which_people_wrote_and_leads_on(board: WholeBoard) -> None:
    mod, now = board.viewer("mod"), now_ms()
    older = await board.topic("Sleep", "How?", by="ann")
    newer = await board.topic("Sleeping", "How do you sleep?", by="bo")
    first = await board.reply(older.topic_id, "Warm milk.", by="cleo")
    second = await board.reply(newer.topic_id, "Badly.", by="ann")
    spam = await board.reply(older.topic_id, "Buy this!", by="cleo")
    await moderation.remove_post(board.db, mod, spam.post_id, "advertising", now=now)
    before = await board_as_it_is(board)

    why = Why("The same question", tell=True)
    done = await topic_moves.merge(board.db, mod, older.topic_id, newer.topic_id, why, now=now)

    assert done.post_id == older.post_id
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []
        numbers = [older.post_id, newer.post_id, first.post_id, second.post_id, spam.post_id]
        assert await standing(reader, newer.topic_id) == list(enumerate(numbers, 1))
        both = await topics.find(reader, newer.topic_id, EVERYBODY)
        assert both is not None
        assert (both.title, both.author.username, both.replies) == ("Sleeping", "ann", 3)
        assert await topics.find(reader, older.topic_id, STAFF) is None
        assert older.topic_id not in {
            one.id for one in await topics.in_category(reader, 1, STAFF, limit=50, offset=0)
        }
        ann = board.viewer("ann").id
        assert ann is not None
        [told] = await notices.page(reader, ann, None, 10)
        assert told.target is not None
        assert (told.words, told.target.title) == ("The same question", "Sleeping")
    with pytest.raises(NotFound):
        await moderation.restore_topic(board.db, mod, older.topic_id, now=now)
    with pytest.raises(Merged) as refused:
        await board.reply(older.topic_id, "Too late?", by="bo")
    assert refused.value.into == newer.topic_id
    await topic_moves.undo(board.db, mod, await last_move(board), now=now)
    assert await board_as_it_is(board) == before


async def test_what_is_written_after_a_merge_stays_when_it_is_undone(board: WholeBoard) -> None:
    mod, now = board.viewer("mod"), now_ms()
    one, other = [await board.topic(f"Topic {n}", "x", by="ann") for n in range(2)]
    await topic_moves.merge(board.db, mod, one.topic_id, other.topic_id, now=now)
    later = await board.reply(other.topic_id, "Later.", by="bo")
    await topic_moves.undo(board.db, mod, await last_move(board), now=now)
    async with board.db.snapshot() as reader:
        assert await standing(reader, other.topic_id) == [(1, other.post_id), (2, later.post_id)]
        assert await integrity.findings(reader) == []


async def test_a_move_is_not_undone_across_a_later_one(board: WholeBoard) -> None:
    mod, now = board.viewer("mod"), now_ms()
    one, other, third = [await board.topic(f"Topic {n}", "x", by="ann") for n in range(3)]
    await topic_moves.merge(board.db, mod, one.topic_id, other.topic_id, now=now)
    first = await last_move(board)
    await topic_moves.merge(board.db, mod, other.topic_id, third.topic_id, now=now)
    async with board.db.snapshot() as reader:
        way = await merged_topics.find(reader, one.topic_id, EVERYBODY)
    assert way is not None
    assert way.into.id == third.topic_id
    with pytest.raises((Forbidden, NotFound)):
        await topic_moves.undo(board.db, mod, first, now=now)
    await topic_moves.undo(board.db, mod, await last_move(board), now=now)
    await topic_moves.undo(board.db, mod, first, now=now)
    async with board.db.snapshot() as reader:
        for topic in (one, other, third):
            assert await standing(reader, topic.topic_id) == [(1, topic.post_id)]


async def test_what_cannot_be_moved_is_said_in_a_sentence(board: WholeBoard) -> None:
    mod, now = board.viewer("mod"), now_ms()
    topic = await board.topic("Sleep", "How?", by="ann")
    news = await board.topic("News", "From the board", by="ada")
    gone = await board.topic("Gone", "x", by="ann")
    spam = await board.reply(topic.topic_id, "Buy!", by="bo")
    await moderation.remove_post(board.db, mod, spam.post_id, "", now=now)
    await moderation.remove_topic(board.db, mod, gone.topic_id, "", now=now)
    for into, sentence in (
        (topic.topic_id, "this very topic"),
        (gone.topic_id, "removed"),
        (999_999, "no such topic"),
    ):
        with pytest.raises(Invalid, match=sentence):
            await topic_moves.merge(board.db, mod, topic.topic_id, into, now=now)
    for chosen in (Chosen(), these(news), these(spam)):
        with pytest.raises(Invalid, match="at least one post that readers can see"):
            await topic_moves.split(board.db, mod, topic.topic_id, chosen, NewTopic("x", 1), now=now)
    for new, field in ((NewTopic("", 1), "title"), (NewTopic("x", 999), "category")):
        with pytest.raises(Invalid) as refused:
            await topic_moves.split(board.db, mod, topic.topic_id, these(topic), new, now=now)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Forbidden, match="administrator"):
        await topic_moves.merge(board.db, mod, news.topic_id, topic.topic_id, now=now)
    assert MAX_MOVED >= 1_000


async def test_a_reply_that_is_being_written_meets_a_merge_and_nobody_waits_for_ever(
    board: WholeBoard,
) -> None:
    mod, now = board.viewer("mod"), now_ms()
    made = [await board.topic(f"Topic {n}", "x", by="ann") for n in range(4)]
    replies = [await board.reply(one.topic_id, "y", by="bo") for one in made]
    work = [
        topic_moves.merge(board.db, mod, one.topic_id, other.topic_id, now=now)
        for one, other in zip(made, [*made[1:], made[0]], strict=True)
    ]
    work += [moderation.remove_post(board.db, mod, one.post_id, "", now=now) for one in replies]  # type: ignore[misc]  # any act will do
    work += [board.reply(one.topic_id, f"Again [quote={replies[0].post_id}]", by="cleo") for one in made]  # type: ignore[misc]  # any act will do
    async with asyncio.timeout(PATIENCE):
        done = await asyncio.gather(*work, return_exceptions=True)
    unexpected = [one for one in done if isinstance(one, BaseException) and not isinstance(one, ForumError)]
    assert unexpected == []
    await board_as_it_is(board)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_moved_removed_and_undone_the_counters_agree(
    sqlite_board: WholeBoard, seed: int
) -> None:
    board, now, chance = sqlite_board, now_ms(), random.Random(seed)  # the same each time
    mod = board.viewer("mod")
    made = [await board.topic(f"Topic {n}", "x", by=by, where=where) for n, (where, by) in enumerate(WHERE)]
    all_topics = [one.topic_id for one in made]
    places = list(board.places.values())

    async def one_act() -> None:
        topic_id, other = chance.choice(all_topics), chance.choice(all_topics)
        async with board.db.snapshot() as reader:
            numbers = [post_id for _, post_id in await standing(reader, topic_id)]
        some = chance.sample(numbers, min(len(numbers), chance.randint(1, 3)))
        acts = (
            lambda: board.reply(topic_id, f"{chance.random()}", by="mod"),
            lambda: board.reply(other, f"{chance.random()}", by="ada"),
            lambda: split(
                topic_id, Chosen(frozenset(some), chance.choice([None, None, min(some, default=0)]))
            ),
            lambda: topic_moves.move_posts(board.db, mod, topic_id, Chosen(frozenset(some)), other, now=now),
            lambda: topic_moves.merge(board.db, mod, topic_id, other, now=now),
            undo,
            lambda: moderation.remove_post(board.db, mod, chance.choice(numbers), "", now=now),
            lambda: moderation.restore_topic(board.db, mod, topic_id, now=now),
            lambda: moderation.restore_post(board.db, mod, chance.choice(numbers), now=now),
        )
        if numbers or chance.random() < 0.5:
            await chance.choice(acts)()

    async def split(topic_id: int, chosen: Chosen) -> None:
        new = NewTopic("Split", chance.choice(places))
        all_topics.append((await topic_moves.split(board.db, mod, topic_id, chosen, new, now=now)).topic_id)

    async def undo() -> None:
        await topic_moves.undo(board.db, mod, chance.randint(1, max(1, await last_move(board))), now=now)

    done = 0
    for _ in range(60):
        try:
            await one_act()
            done += 1
        except (ForumError, IndexError):
            continue
        async with board.db.snapshot() as reader:
            assert await integrity.findings(reader) == []
            openings = await reader.all(
                "SELECT t.id FROM topics t JOIN posts p ON p.topic_id = t.id AND p.place = 1"
                " WHERE t.removed_at IS NULL AND p.removed_at IS NOT NULL"
            )
            assert openings == [], "a topic that can be read begins with a post that cannot"
    assert done > 20
    async with board.db.snapshot() as reader:
        assert await written.find(reader, 1) is not None
        assert await posts.state(reader, made[0].post_id) is not None
