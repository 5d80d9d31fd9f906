"""R15, the removal canary: a word is planted wherever it can go, removed, and then found by nobody."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from secrets import token_hex

import pytest

from server.actions import board_shape, moderation, posting, purging, reports, thanking
from server.actions.posting import Edit
from server.actions.purging import Purge
from server.domain.board_shape import CategoryDraft
from server.domain.clock import now_ms
from server.domain.reports import Subject
from server.domain.viewer import Audience
from server.store import event_log, integrity
from tests.support.crawl import Found, Ids, channels, crawl, every_id, in_tables, polled, resumed
from tests.support.sockets import member_socket
from tests.support.waiting import check, eventually
from tests.support.whole_board import NO_LIMITS, WholeBoard

pytestmark = pytest.mark.slow

PUBLIC_COLUMNS = {"posts.body", "posts.html", "posts.plain", "posts.edit_reason"}
READERS = (None, "ann", "bo", "mod")  # bo wrote it, ann quotes it


@dataclass(frozen=True)
class Canary:
    word: str
    topic: int
    post: int
    quoting: int
    start: int  # position before it was written
    written: int

    @property
    def acted_on(self) -> dict[str, tuple[int, ...]]:
        """What forms are opened for."""
        return {"topics": (self.topic,), "posts": (self.post, self.quoting)}


async def plant(board: WholeBoard) -> Canary:
    """bo's reply has it: last of its topic, edited, thanked, quoted there and in other topics."""
    word = f"canary{token_hex(6)}"
    start = (await board.topic("How do you sleep?", "Tell me.", by="ann")).position
    topic = (await board.topic("Sleeping pills", "Which ones?", by="ann")).topic_id
    other = (await board.topic("Something else", "Hello.", by="cleo")).topic_id
    inner = (await board.topic("Quiet", "Among us.", by="ann", where=Audience.MEMBERS)).topic_id
    staff = (await board.topic("Staff", "Among us.", by="mod", where=Audience.STAFF)).topic_id
    posted = await board.reply(topic, f"I take {word}", by="bo")
    edit = Edit(f"I take two {word} at night", posted.position, f"one {word} is not enough")
    await posting.edit(board.db, board.viewer("bo"), posted.post_id, edit, now=now_ms())
    await thanking.thank(board.db, board.viewer("cleo"), posted.post_id, now=now_ms())
    passage, whole = f"[quote={posted.post_id}]\ntwo {word}\n[/quote]\n\nReally?", f"[quote={posted.post_id}]"
    quoting = await board.reply(other, passage, by="ann")
    for place, by in ((inner, "ann"), (staff, "mod")):
        await board.reply(place, whole, by=by)
    return Canary(word, topic, posted.post_id, quoting.post_id, start, posted.position)


async def told(board: WholeBoard, name: str | None, ids: Ids, canary: Canary) -> AsyncIterator[Found]:
    """Everything there is to read, and everything the wire says from three positions."""
    async for page in crawl(board, name, ids):
        yield page
    for position in (0, canary.start, canary.written):
        async for message in polled(board, name, ids, position):
            yield message
        for frame in await resumed(board, name, ids, position):
            yield frame


async def where(board: WholeBoard, name: str | None, canary: Canary) -> set[str]:
    """All places where the person finds the word."""
    ids = replace(await every_id(board), acted_on=canary.acted_on)
    return {found.where async for found in told(board, name, ids, canary) if canary.word in found.text}


async def agrees(board: WholeBoard) -> bool:
    async with board.db.snapshot() as reader:
        return await integrity.findings(reader) == []


def pages(found: set[str]) -> set[str]:
    return {place for place in found if place.startswith(("page", "json"))}


async def test_a_removed_post_is_nowhere_and_a_restored_one_is_back_everywhere(board: WholeBoard) -> None:
    canary = await plant(board)
    before = {name: await where(board, name, canary) for name in READERS}
    for name in READERS:  # the premise: it can be found, in all these ways
        assert f"page /topics/{canary.topic}" in before[name]
        assert f"json /posts/{canary.quoting}" in before[name]
        assert f"page /posts/{canary.post}" in before[name]
        assert "page /members/bo" in before[name]
        assert f"poll topic:{canary.topic} from 0" in before[name]
        assert f"socket topic:{canary.topic} from {canary.start}" in before[name]
    assert f"page /posts/{canary.post}/edit" in before["bo"]
    assert len(pages(before["mod"])) > len(pages(before["ann"])) > len(pages(before[None])) > 10
    assert await in_tables(board.db, canary.word) == PUBLIC_COLUMNS

    ids = await every_id(board)
    async with member_socket(board.base_url) as open_tab:
        await open_tab.hello([name for name in channels(ids) if name.startswith(("topic", "board"))][:30])
        await moderation.remove_post(board.db, board.viewer("mod"), canary.post, "health", now=now_ms())
        gone = {f"post-{canary.post}", f"post-{canary.quoting}"}
        while not gone <= {
            patch["target"] for message in open_tab.seen for patch in message.get("patches", ())
        }:
            await open_tab.next("changes")
        assert canary.word not in json.dumps(open_tab.seen)

    own = f"page /posts/{canary.post}/own-text"  # whoever wrote it may copy it
    for name in READERS:
        assert await where(board, name, canary) == ({own} if name == "bo" else set()), name
    assert await in_tables(board.db, canary.word) == {
        f"posts.removed_{column}" for column in ("body", "html", "plain", "edit_reason")
    }
    assert await agrees(board)

    await moderation.restore_post(board.db, board.viewer("mod"), canary.post, now=now_ms())
    for name in READERS:
        assert await where(board, name, canary) == before[name], name
    assert await in_tables(board.db, canary.word) == PUBLIC_COLUMNS
    assert await agrees(board)


async def test_a_purged_post_is_nowhere_for_anybody_and_stays_away(sqlite_board: WholeBoard) -> None:
    board = sqlite_board
    canary = await plant(board)
    ada = board.viewer("ada")
    mod = board.viewer("mod")
    await reports.report(
        board.db, board.viewer("ann"), Subject.POST, canary.post, reason="dangerous",
        details=f"He says {canary.word}.", now=now_ms(), limits=NO_LIMITS,
    )  # fmt: skip
    assert "page /moderation" in await where(board, "mod", canary)  # the premise
    await moderation.remove_post(board.db, mod, canary.post, "health", tell=True, now=now_ms())
    assert f"page /posts/{canary.post}/purge" in await where(board, "ada", canary)  # the premise
    purge = Purge("a court", str(canary.post), knows=True, tell=True)
    await purging.purge_post(board.db, ada, canary.post, purge, now=now_ms())
    for name in (*READERS, "ada"):
        assert await where(board, name, canary) == set(), name
    assert await in_tables(board.db, canary.word) == set()
    assert await agrees(board)
    async with board.browser("ada", json=True) as client:
        assert (await client.post(f"/posts/{canary.post}/restore")).status_code == 403


async def test_a_removed_topic_takes_its_title_its_posts_and_their_quotes_along(
    sqlite_board: WholeBoard,
) -> None:
    board, word = sqlite_board, f"canary{token_hex(6)}"
    made = await board.topic(f"About {word}", f"I take {word}.", by="bo")
    other = await board.topic("Something else", f"[quote={made.post_id}]\n\nReally?", by="ann")
    await board.reply(made.topic_id, f"[quote={made.post_id}]\n\nSo do I.", by="ann")
    canary = Canary(word, made.topic_id, made.post_id, other.post_id, made.after, made.position)
    before = {name: await where(board, name, canary) for name in READERS}
    for name in READERS:
        assert {"page /", "page /latest", "page /members/bo", "json /categories/1"} <= before[name]
        assert f"page /topics/{other.topic_id}" in before[name]

    await moderation.remove_topic(board.db, board.viewer("mod"), made.topic_id, "", now=now_ms())
    own = {f"page /posts/{made.post_id}/own-text"}  # whoever wrote it may copy it
    for name in (None, "ann", "bo"):
        assert await where(board, name, canary) == (own if name == "bo" else set()), name
    title_for_staff = await where(board, "mod", canary)
    assert f"page /topics/{made.topic_id}" in title_for_staff  # the premise: to restore it one finds it
    assert f"page /topics/{other.topic_id}" not in title_for_staff
    topic = made.topic_id
    allowed = (f"/topics/{topic}", "/categories/1", f"topic:{topic}:staff", "category:1:staff",
               "/moderation/log", "/moderation/members/", " moderation from ", ":staff from ")  # fmt: skip
    leading_there = {f"{way} /posts/{made.post_id + n}" for way in ("page", "json") for n in (0, 2)}
    assert {one for one in title_for_staff if not any(part in one for part in allowed)} <= leading_there
    assert await in_tables(board.db, word) == {
        "topics.removed_title", "posts.removed_body", "posts.removed_html", "posts.removed_plain"
    }  # fmt: skip
    assert await agrees(board)

    await moderation.restore_topic(board.db, board.viewer("mod"), made.topic_id, now=now_ms())
    for name in READERS:
        back = await where(board, name, canary)
        log = {place for place in back if "/moderation/" in place}  # which tells of both acts
        assert pages(back - log) == pages(before[name] - log), name
        assert back >= before[name], name
    assert await agrees(board)


@pytest.mark.parametrize("visibility", [Audience.MEMBERS, Audience.STAFF])
async def test_a_category_that_is_closed_is_nowhere_for_those_outside(
    sqlite_board: WholeBoard, visibility: Audience
) -> None:
    board = sqlite_board
    canary = await plant(board)
    outside = [None] if visibility is Audience.MEMBERS else [None, "ann", "bo"]
    before = {name: await where(board, name, canary) for name in outside}
    assert all(before.values())
    await show_to(board, visibility)  # as an administrator does it in the settings
    for name in outside:
        assert await where(board, name, canary) == set(), name
    assert await where(board, "mod", canary) != set()
    await show_to(board, Audience.PUBLIC)
    for name in outside:
        assert pages(await where(board, name, canary)) == pages(before[name]), name


async def show_to(board: WholeBoard, visibility: Audience) -> None:
    """The category of the canary's topic changes hands; open pages are told."""
    seen_by = "everyone" if visibility is Audience.PUBLIC else visibility.name.lower()
    draft = CategoryDraft("1", "General", "", seen_by)
    await board_shape.change_category(board.db, board.viewer("ada"), 1, draft, now=now_ms())
    async with board.db.snapshot() as reader:
        head = await event_log.head(reader)
    live = board.server.app.state.live
    await eventually(lambda: check(live.hub.position >= head.seq))
