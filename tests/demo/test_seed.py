"""The demo's board, once filled, is a board like any other: what it says about itself is true."""

import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from argon2.profiles import CHEAPEST

from server.actions.passwords import Passwords
from server.demo.board import DemoPost, board, spammers
from server.demo.desk import COLLECTOR, READER
from server.demo.seed import ACCOUNTS, FIRST_POST, FORUM_NAME, is_complete, quote_of, seed
from server.domain.clock import DAY, now_ms
from server.domain.models import Rendering
from server.domain.passwords import password_problem
from server.domain.viewer import Audience, Role
from server.store import (
    cases,
    categories,
    integrity,
    members,
    pending_posts,
    posts,
    profiles,
    settings,
    topics,
)
from server.store.database import Database

NOW = now_ms()
STAFF = Rendering(Audience.STAFF, staff=True)


@pytest.fixture(scope="module")
def passwords() -> Iterator[Passwords]:
    with closing(Passwords(CHEAPEST)) as cheap:
        yield cheap


@pytest_asyncio.fixture(scope="module")
async def db(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, passwords: Passwords
) -> AsyncIterator[Database]:
    """A board that was filled once; the tests only read it, or show that they change nothing."""
    file = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("seed") / "demo.db")
    async with Database.open(f"sqlite:///{file}") as database:
        steps: list[tuple[int, int]] = []
        assert await seed(database, passwords, now=NOW, progress=lambda *step: steps.append(step)) == ACCOUNTS
        assert steps == [(done, len(steps)) for done in range(1, len(steps) + 1)]
        yield database


def seen() -> list[DemoPost]:
    return [post for topic in board().topics for post in topic.posts if post.removed_reason is None]


async def test_everything_of_the_plan_is_there(db: Database) -> None:
    plan = board()
    everything = [post for topic in plan.topics for post in topic.posts]
    expected = {
        "members": len(plan.members),
        "sections": 2,
        "categories": len(plan.categories),
        "topics": len(plan.topics),
        "topics WHERE pinned": sum(topic.pinned for topic in plan.topics),
        "topics WHERE locked": sum(topic.locked for topic in plan.topics),
        "posts": len(everything),
        "posts WHERE removed_at IS NOT NULL": len(everything) - len(seen()),
        "posts WHERE edited_at IS NOT NULL": sum(post.edited for post in everything),
        "thanks": sum(len(post.thanked_by) for post in everything),
        "quotes": sum(len(post.quotes) for post in everything),
    }
    async with db.snapshot() as reader:
        found = {what: await reader.value(f"SELECT COUNT(*) FROM {what}") for what in expected}
        assert await settings.text(reader, "forum_name") == FORUM_NAME
    assert min(expected.values()) > 0
    assert found == expected


async def test_counters_agree_with_what_can_be_seen(db: Database) -> None:
    plan = board()
    public = {category.name for category in plan.categories if category.visibility == "public"}
    wrote = Counter(
        post.author
        for topic in plan.topics
        for post in topic.posts
        if topic.category in public and post.removed_reason is None
    )
    async with db.snapshot() as reader:
        assert await integrity.findings(reader) == []
        sections = await categories.by_section(reader, Audience.STAFF)
        counted = {row.name: (row.topics, row.posts) for _, _, rows in sections for row in rows}
        people = [await members.by_username(reader, member.name) for member in plan.members]
        shown = [await profiles.find(reader, account.id, Audience.PUBLIC) for account in people if account]
    for category in plan.categories:
        there = [topic for topic in plan.topics if topic.category == category.name]
        visible = sum(post.removed_reason is None for topic in there for post in topic.posts)
        assert counted[category.name] == (len(there), visible)
    assert {one.username: one.posts for one in shown if one} == {
        member.name: wrote[member.name] for member in plan.members
    }


async def test_posts_are_numbered_in_order_of_time_up_to_now(db: Database) -> None:
    async with db.snapshot() as reader:
        rows = await reader.all("SELECT id, created_at FROM posts ORDER BY id")
        first_times = await reader.all(
            "SELECT m.created_at, MIN(p.created_at) FROM members m JOIN posts p ON p.author_id = m.id"
            " GROUP BY m.id"
        )
        early = await reader.value(
            "SELECT COUNT(*) FROM thanks t JOIN posts p ON p.id = t.post_id"
            " JOIN members m ON m.id = t.member_id"
            " WHERE t.at <= p.created_at OR t.at <= m.created_at OR t.at > :now",
            now=NOW,
        )
    assert [row[0] for row in rows] == list(range(FIRST_POST, FIRST_POST + len(rows)))
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)
    assert rows[-1][1] < NOW
    assert rows[0][1] < NOW - 100 * DAY
    assert [row for row in first_times if row[0] >= row[1]] == []
    assert early == 0


async def test_posts_read_as_planned_and_their_quotes_show_the_quoted(db: Database) -> None:
    wrong: list[object] = []
    whole: Counter[bool] = Counter()
    async with db.snapshot() as reader:
        rows = await topics.latest(reader, Audience.STAFF, limit=100)
        numbers = {topic.title: topic.id for topic in rows}
        for topic in board().topics:
            shown = await posts.in_topic(reader, numbers[topic.title], STAFF, 1, len(topic.posts))
            bodies = await posts.bodies(reader, [post.id for post in shown])
            for plan, post in zip(topic.posts, shown, strict=True):
                ids = [shown[quoted].id for quoted in plan.quotes]
                authors = [topic.posts[quoted].author for quoted in plan.quotes]
                same_people = {thank.username for thank in post.thanks} == set(plan.thanked_by)
                same_quotes = [(quote.post_id, quote.author) for quote in post.quotes] == list(
                    zip(ids, authors, strict=True)
                )
                same_text = plan.removed_reason is not None or bodies[post.id].endswith(plan.body)
                same_removal = (post.removal.reason if post.removal else None) == plan.removed_reason
                if not (same_people and same_quotes and same_text and same_removal):
                    wrong.append((topic.title, post))
                lines = re.findall(r"^\[quote=\d+( \d+-\d+)?\]$", bodies.get(post.id, ""), re.MULTILINE)
                whole.update(not offsets for offsets in lines)
                assert all(quote.text for quote in post.quotes)
    assert wrong == []
    assert whole[False] > whole[True] > 0


async def test_one_can_sign_in_as_three_and_as_nobody_else(db: Database, passwords: Passwords) -> None:
    assert [account.role for account in ACCOUNTS] == [Role.ADMIN, Role.MODERATOR, Role.MEMBER]
    for account in ACCOUNTS:
        async with db.snapshot() as reader:
            found = await members.by_login(reader, account.username)
        assert found is not None
        assert found.role is account.role
        assert await passwords.matches(found.password_hash, account.password)
        email = found.email
        problem = password_problem(
            account.password, username=account.username, email=email, forum_name=FORUM_NAME
        )
        assert (problem, len(account.password) >= 12) == (None, True)
    async with db.snapshot() as reader:
        spammer = await members.by_login(reader, spammers()[0])
    assert spammer is not None
    assert not await passwords.matches(spammer.password_hash, "")
    assert not await passwords.matches(spammer.password_hash, spammer.password_hash)


async def test_filling_it_twice_changes_nothing(db: Database, passwords: Passwords) -> None:
    async with db.snapshot() as reader:
        before = await reader.all("SELECT seq, next_post FROM head")
    steps: list[int] = []
    assert await is_complete(db)
    assert await seed(db, passwords, now=NOW, progress=lambda done, _: steps.append(done)) == ACCOUNTS
    async with db.snapshot() as reader:
        assert await reader.all("SELECT seq, next_post FROM head") == before
    assert steps == []


async def test_an_interrupted_board_is_known_as_such_and_not_taken_up_again(
    sqlite_url: str, passwords: Passwords
) -> None:
    class Killed(Exception):
        pass

    def kill(done: int, _total: int) -> None:
        if done == 20:
            raise Killed

    async with Database.open(sqlite_url) as db:
        assert not await is_complete(db)
        with pytest.raises(Killed):
            await seed(db, passwords, now=NOW, progress=kill)
        assert not await is_complete(db)
        with pytest.raises(RuntimeError, match="expected an empty database"):
            await seed(db, passwords, now=NOW, progress=kill)


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("I never knew what to say about it. Now I do.", "I never knew what to say about it."),
        ("Oh. That is a very good question! Truly.", "Oh. That is a very good question!"),
        ("No full stop on this line\nSecond line.", "No full stop on this line"),
        (
            "'It counts about 1.5 of a whole pear,' she said. Ha.",
            "'It counts about 1.5 of a whole pear,' she said.",
        ),
    ],
)
def test_a_quote_takes_the_first_sentence(text: str, passage: str) -> None:
    assert quote_of(65812, text) == f"[quote=65812]\n{passage}\n[/quote]\n\n"
    assert quote_of(65812, text, whole=True) == "[quote=65812]\n\n"


async def test_moderators_find_a_report_and_a_post_that_waits(db: Database) -> None:
    async with db.snapshot() as reader:
        (case,) = await cases.open_ones(reader, 10)
        (waits,) = await pending_posts.waiting(reader, 10)
    assert (case.reports[0].by, waits.author.username) == (READER, COLLECTOR)
    assert case.post is not None
    assert case.post.topic_id == waits.topic_id
