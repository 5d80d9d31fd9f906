"""R15 for members who leave: the name, and the posts of who wants that, are found by nobody any more."""

from dataclasses import dataclass
from secrets import token_hex

import pytest
from playwright.async_api import Page

from server.actions import departures, moderation, posting, renaming, thanking
from server.actions.members import NewMember, add_member
from server.actions.posting import Draft, Posted
from server.domain.clock import now_ms
from server.domain.errors import Forbidden
from server.domain.leaving import Departure, Leaving
from server.domain.viewer import Audience, Role, Viewer
from server.store import integrity, leavers
from tests.support.crawl import crawl, every_id, in_tables, polled, resumed
from tests.support.people_in_browsers import People
from tests.support.small_board import PASSWORD
from tests.support.waiting import check, eventually
from tests.support.whole_board import NO_LIMITS, WholeBoard

pytestmark = pytest.mark.slow

READERS = (None, "ann", "bo", "mod", "ada")


@dataclass(frozen=True)
class Leaver:
    """Somebody with a name, one that she had before, and words that stand nowhere else."""

    name: str
    former: str
    word: str
    viewer: Viewer
    asked: Posted
    answer: Posted
    removed: Posted


async def leaver(board: WholeBoard) -> Leaver:
    """She asked, answered, quoted, was quoted, thanked, edited, and was removed; once with her topic."""
    name, former, word = f"dora{token_hex(4)}", f"edna{token_hex(4)}", f"canary{token_hex(6)}"
    draft = NewMember(former, f"{name}@example.org", PASSWORD)
    number = await add_member(board.db, board.server.app.state.passwords, draft, Role.MEMBER, now=now_ms())
    viewer = Viewer(number, former, Role.MEMBER)

    async def start(body: str, where: Audience = Audience.PUBLIC) -> Posted:
        about = Draft(body, f"About {word}")
        place = board.places[where]
        return await posting.start_topic(board.db, viewer, place, about, now=now_ms(), limits=NO_LIMITS)

    async def reply(topic_id: int, body: str) -> Posted:
        return await posting.reply(board.db, viewer, topic_id, Draft(body), now=now_ms(), limits=NO_LIMITS)

    asked = await start(f"I take {word}.")
    await board.reply(asked.topic_id, f"[quote={asked.post_id}]\n\nWhy?", by="ann")
    await reply(asked.topic_id, f"Because of {word}.")
    await start(f"Nobody answers about {word}.", Audience.MEMBERS)
    anns = await board.topic("Sleep", "How?", by="ann")
    answer = await reply(anns.topic_id, f"With {word}.")
    edit = posting.Edit(f"With more {word}.", answer.position, f"{word} was too little")
    await posting.edit(board.db, viewer, answer.post_id, edit, now=now_ms())
    await board.reply(anns.topic_id, f"[quote={answer.post_id}]\nmore {word}\n[/quote]\n\nOh.", by="bo")
    removed = await reply(anns.topic_id, f"Buy {word}.")
    mod = board.viewer("mod")
    await moderation.remove_post(board.db, mod, removed.post_id, "advertising", now=now_ms())
    gone = await start(f"Another {word}.")
    await board.reply(gone.topic_id, f"[quote={gone.post_id}]\n\nNo.", by="bo")
    await moderation.remove_topic(board.db, mod, gone.topic_id, "", now=now_ms())
    await thanking.thank(board.db, viewer, anns.post_id, now=now_ms())
    await thanking.thank(board.db, board.viewer("bo"), answer.post_id, now=now_ms())
    await renaming.rename_member(board.db, board.viewer("ada"), number, name, now=now_ms())
    return Leaver(name, former, word, viewer, asked, answer, removed)


async def leave(board: WholeBoard, who: Leaver, how: Leaving) -> None:
    """Her week is over."""
    assert who.viewer.id is not None
    async with board.db.begin() as writer:
        await leavers.plan(writer, Departure(who.viewer.id, how, now_ms() - 1))
    await departures.depart_next(board.db, now=now_ms())
    await eventually(lambda: check(board.server.app.state.live.hub.position >= writer.position))


async def found(board: WholeBoard, reader: str | None, words: tuple[str, ...]) -> dict[str, set[str]]:
    """Where the reader finds each of the words: pages, JSON, polls and sockets from the beginning on."""
    ids, places = await every_id(board), {word: set[str]() for word in words}
    pages = [one async for one in crawl(board, reader, ids)]
    polls = [one async for one in polled(board, reader, ids, 0)]
    for one in [*pages, *polls, *await resumed(board, reader, ids, 0)]:
        for word in words:
            if word in one.text:
                places[word].add(one.where)
    return places


async def agrees(board: WholeBoard) -> bool:
    async with board.db.snapshot() as reader:
        return await integrity.findings(reader) == []


async def test_the_name_of_who_leaves_is_nowhere_and_the_posts_stay(
    sqlite_board: WholeBoard,
) -> None:
    board = sqlite_board
    who = await leaver(board)
    words = (who.name, who.word)
    assert await in_tables(board.db, who.former) > {"audit.before", "former_names.name"}  # the premise
    before = {reader: await found(board, reader, words) for reader in READERS}
    assert all(len(places[word]) > 5 for places in before.values() for word in words)  # the premise
    await leave(board, who, Leaving.ANONYMISE)
    for reader in READERS:
        places = await found(board, reader, (*words, who.former))
        assert places[who.name] | places[who.former] == set(), reader
        assert f"page /topics/{who.asked.topic_id}" in places[who.word]
    for gone in (who.name, who.former):
        assert await in_tables(board.db, gone) == set()
    assert await in_tables(board.db, "Former member") >= {"posts.author_name", "topics.author_name"}
    assert await agrees(board)
    async with board.browser(json=True) as guest:
        post = (await guest.get(f"/posts/{who.answer.post_id}")).json()
        assert post["post"]["author"]["username"] == "Former member"


async def test_what_is_erased_is_nowhere_for_nobody_and_answers_of_others_stay(
    sqlite_board: WholeBoard,
) -> None:
    board = sqlite_board
    who = await leaver(board)
    words = (who.name, who.former, who.word)
    await leave(board, who, Leaving.ERASE)
    for reader in READERS:
        assert await found(board, reader, words) == {word: set() for word in words}, reader
    for word in words:
        assert await in_tables(board.db, word) == set()
    assert await agrees(board)
    async with board.browser(json=True) as guest:
        topic = (await guest.get(f"/topics/{who.asked.topic_id}")).json()
        assert topic["topic"]["title"] == "Erased by its author"
        assert "erased by its author" in topic["posts"][0]["html"]
        assert "Why?" in topic["posts"][1]["html"]
    for post in (who.answer, who.removed):
        with pytest.raises(Forbidden, match="erased"):
            await moderation.restore_post(board.db, board.viewer("mod"), post.post_id, now=now_ms())
    assert await agrees(board)


async def test_a_departure_that_was_cut_off_goes_on(
    sqlite_board: WholeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = sqlite_board
    who = await leaver(board)
    steps = 0
    leave_topic = departures._leave_topic

    async def cut_off(*given: object) -> bool:
        nonlocal steps
        steps += 1
        if steps == 2:
            raise ConnectionError
        return await leave_topic(*given)  # type: ignore[arg-type]  # the same ones

    monkeypatch.setattr(departures, "_leave_topic", cut_off)
    with pytest.raises(ConnectionError):
        await leave(board, who, Leaving.ERASE)
    assert await departures.depart_next(board.db, now=now_ms())
    assert await in_tables(board.db, who.word) == set()
    assert await in_tables(board.db, who.name) == set()
    assert not await departures.depart_next(board.db, now=now_ms())
    assert await agrees(board)


async def test_open_pages_see_her_go_without_reloading(people: People) -> None:
    who = await leaver(people.board)
    guest = await people.visit(None, f"/topics/{who.asked.topic_id}", record=True)
    assert who.name in await guest.inner_text("body")
    await leave(people.board, who, Leaving.ERASE)
    await eventually(lambda: absent(guest, who))


async def absent(page: Page, who: Leaver) -> None:
    """Neither her name nor her words can be read on the page; its address is the tab's own."""
    shown = f"{await page.title()}\n{await page.inner_text('body')}"
    check(who.name not in shown and who.word not in shown, shown)
