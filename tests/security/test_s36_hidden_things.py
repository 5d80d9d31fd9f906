"""S36: hidden things leave no trace. Two boards, one with a secret life, are read by those outside of it."""

import contextlib
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from server.actions import moderation, posting, thanking
from server.actions.posting import Draft, Edit
from server.domain.clock import now_ms
from server.domain.viewer import Audience
from server.store import post_numbers
from tests.support.crawl import WAYS, Ids, addresses, crawl, every_id, polled, resumed
from tests.support.whole_board import NO_LIMITS, WholeBoard, whole_board

FIRST_POST = 70_001  # so that post numbers look like nothing else
WRITERS = {Audience.MEMBERS: ("ann", "bo"), Audience.STAFF: ("mod", "ada")}
SLUGS = ("how-do-you-sleep", "something-else")  # of the two public topics
CHANGING = ("date", "content-length")  # headers
HIDDEN, ABSENT = "HIDDEN", 79_999  # what a hidden post's number is called, and the number of no post


@dataclass
class World:
    board: WholeBoard
    topics: list[int]
    posts: list[int]
    now: int
    hidden_topic: int = 99
    hidden_post: int = ABSENT

    async def write(self, body: str, *, by: str = "ann", topic: int | None = None) -> int:
        """A public post, in the first topic unless another one is named."""
        made = await posting.reply(
            self.board.db,
            self.board.viewer(by),
            topic or self.topics[0],
            Draft(body),
            now=self.now,
            limits=NO_LIMITS,
        )
        self.posts.append(made.post_id)
        return made.post_id


@contextlib.asynccontextmanager
async def world(template: Path, folder: Path, secret: Audience | None) -> AsyncIterator[World]:
    """A board whose public half is always the same, while in the `secret` category much goes on."""
    folder.mkdir()
    file = shutil.copyfile(template, folder / "fireside.db")
    now = now_ms()
    async with whole_board(f"sqlite:///{file}") as board:
        async with board.db.begin() as writer:
            await post_numbers.start_at(writer, FIRST_POST)
        made = World(board, [], [], now)
        for title in ("How do you sleep?", "Something else"):
            topic = await board.topic(title, "Tell me.", by="ann", now=now)
            made.topics.append(topic.topic_id)
            made.posts.append(topic.post_id)
        if secret is not None:
            await begin_secret_life(made, secret)
        quoting = await made.write(f"[quote={made.hidden_post}]\nSecret words\n[/quote]\n\nIndeed.", by="bo")
        await thanking.thank(board.db, board.viewer("cleo"), quoting, now=now)
        if secret is not None:
            await go_on_secretly(made, secret)
        await made.write("Warm milk.", by="cleo", topic=made.topics[1])
        yield made


async def begin_secret_life(made: World, secret: Audience) -> None:
    hidden = await made.board.topic("Secret title", "Secret words", by=WRITERS[secret][0], where=secret)
    made.hidden_topic, made.hidden_post = hidden.topic_id, hidden.post_id


async def go_on_secretly(made: World, secret: Audience) -> None:
    """Everything that can be done, by people who have public profiles too."""
    board, now, topic, (one, other) = made.board, made.now, made.hidden_topic, WRITERS[secret]
    ada = board.viewer("ada")
    reply = await board.reply(topic, f"[quote={made.posts[0]}]\n\nSecret answer", by=other)
    edit = Edit("Secret edit", reply.position)
    await posting.edit(board.db, board.viewer(other), reply.post_id, edit, now=now)
    await thanking.thank(board.db, board.viewer(other), made.hidden_post, now=now)
    await moderation.set_pinned(board.db, ada, topic, pinned=True, now=now)
    second = await board.topic("Secret second", "Secret too", by=one, where=secret)
    await moderation.remove_topic(board.db, ada, second.topic_id, "Secret reason", now=now)
    third = await board.reply(topic, "Secret, gone", by=other)
    await moderation.remove_post(board.db, ada, third.post_id, "Secret reason", now=now)
    await board.topic("Secret third", "Secret as well", by=one, where=secret)


def plain(text: str, made: World) -> str:
    """The text without what may differ: epochs, positions, versions, times, post numbers, tags, the port."""
    text = text.replace(str(made.board.base_url.rpartition(":")[2]), "PORT")
    called = {str(post): f"P{number}" for number, post in enumerate(made.posts)}
    called[str(made.hidden_post)] = HIDDEN
    text = re.sub(r"\d+", lambda number: called.get(number[0], number[0]), text)
    text = re.sub(r"\b[0-9a-f]{16}\b", "EPOCH", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d+ \w+ \d{4}, \d\d:\d\d UTC", "TIME", text)
    text = re.sub(r"just now|\d+ (second|minute)s? ago", "AGO", text)
    text = re.sub(r"(form_(?:token|time)\" value=\")[\w.-]+", r"\1TOKEN", text)
    text = re.sub(r"(['\"]?(?:data-)?(?:version|position|after|now)['\"]?[=:] ?\"?)\d+", r"\1N", text)
    text = re.sub(r'etag: W/"[0-9a-f]+"', "etag: TAG", text)  # of a text that may differ
    return re.sub(r"content-length: \d+", "", text)


async def view(made: World, name: str | None, hidden_category: int) -> dict[str, str]:
    """Everything the person sees of the public things and of where the hidden ones are, or are not."""
    ids = Ids(
        [*made.topics, made.hidden_topic],
        [*made.posts, made.hidden_post],
        [1, hidden_category],
        sorted(who.id for who in made.board.people.values() if who.id),
    )
    pages = [found async for found in crawl(made.board, name, ids)]
    pages += [found async for found in polled(made.board, name, ids, 0)]
    pages += await resumed(made.board, name, ids, 0)
    return {plain(page.where, made): plain(page.text, made) for page in pages}


@pytest.mark.parametrize(
    ("name", "secret"), [(None, Audience.MEMBERS), (None, Audience.STAFF), ("ann", Audience.STAFF)]
)
async def test_two_worlds_look_the_same_from_outside(
    sqlite_template: Path, tmp_path: Path, name: str | None, secret: Audience
) -> None:
    async with world(sqlite_template, tmp_path / "with", secret) as busy:
        with_secrets = await view(busy, name, int(secret) + 1)
        insider = await view(busy, "mod", int(secret) + 1)
    async with world(sqlite_template, tmp_path / "without", None) as quiet:
        without = await view(replace(quiet, hidden_topic=busy.hidden_topic), name, int(secret) + 1)
    assert sum("Secret" in text for text in insider.values()) > 10  # the premise: there is a secret life
    assert with_secrets.keys() == without.keys()
    for place, text in without.items():
        assert with_secrets[place] == text, place


async def test_no_tag_of_a_guests_page_is_moved_by_what_is_hidden(
    sqlite_template: Path, tmp_path: Path
) -> None:
    async with world(sqlite_template, tmp_path / "one", Audience.MEMBERS) as made:
        public = [f"/topics/{topic}/{slug}" for topic, slug in zip(made.topics, SLUGS, strict=True)]
        places = ["/", "/latest", *public]
        before = await tags(made, places)
        hidden = await made.board.topic("Secret end", "Secret", by="cleo", where=Audience.MEMBERS)
        await made.board.reply(hidden.topic_id, "Secret last words", by="ann")
        assert await tags(made, places) == before
        await made.write("For everyone.", by="ann", topic=made.topics[1])
        after = await tags(made, places)
    changed = {place for place in places if after[place] != before[place]}
    assert changed == {"/", "/latest", public[1]}


async def tags(made: World, places: list[str]) -> dict[str, str]:
    async with made.board.browser() as guest:
        return {place: (await guest.get(place)).headers["etag"] for place in places}


async def test_hidden_and_absent_are_the_same_404(board: WholeBoard) -> None:
    hidden = await board.topic("Staff", "Only us", by="mod", where=Audience.STAFF)
    removed = await board.topic("Gone", "Away", by="bo")
    reply = (await board.reply(removed.topic_id, "Mine", by="ann")).post_id
    await moderation.remove_post(board.db, board.viewer("mod"), removed.post_id, "", now=now_ms())
    one = Ids([hidden.topic_id], [hidden.post_id], [board.places[Audience.STAFF]], [])
    two = Ids([removed.topic_id], [removed.post_id], [9_999], [])
    three = Ids([9_999], [9_999], [9_998], [])
    for name in (None, "ann", "bo"):
        async with board.browser(name) as client:
            seen = [await answers(client, board, ids) for ids in (one, two, three)]
        assert {status for status, _ in seen[0]} <= {303, 401, 403, 404}
        assert seen[0] == seen[2]
        assert seen[1] == seen[2]
    async with board.browser("mod") as mod:  # the premise
        assert (await mod.get(f"/topics/{hidden.topic_id}", follow_redirects=True)).status_code == 200
        left = await mod.get(f"/posts/{reply}")  # with its topic: that is what can be restored
        assert (left.status_code, left.headers["location"]) == (302, f"/topics/{removed.topic_id}")


async def answers(client: httpx.AsyncClient, board: WholeBoard, ids: Ids) -> list[tuple[int, str]]:
    """All that is said about these ids, reading and writing, with the ids taken out."""
    topic, post, category = ids.topics[0], ids.posts[0], ids.categories[0]
    reading = [path for path in addresses(board.server.app.routes, ids) if re.search(r"/\d", path)]
    reading = [
        path for path in reading if not path.endswith("/own-text")
    ]  # its author has it after a removal
    writing = [f"/posts/{post}{act}" for act in ("", "/remove", "/restore", "/thanks", "/thanks/undo")]
    writing += [f"/topics/{topic}/{act}" for act in ("posts", "lock", "remove", "restore")]
    writing += [f"/categories/{category}/topics"]
    fields = {"title": "y", "body": "x", "version": "1", "reason": ""}
    found = []
    for accept in WAYS.values():
        headers = {"Accept": accept}
        found += [await client.get(path, headers=headers) for path in reading]
        found += [await client.post(path, data=fields, headers=headers) for path in writing]
    ours = rf"(topics|posts|categories|quote)(/|%2F|=|%3D)({topic}|{post}|{category})(?!\d)"
    return [(one.status_code, re.sub(ours, "ID", _said(one))) for one in found]


def _said(answer: httpx.Response) -> str:
    headers = {name: value for name, value in answer.headers.items() if name not in CHANGING}
    return f"{headers} {answer.text}"


@pytest.mark.parametrize("name", [None, "ann", "mod"])
async def test_nothing_that_depends_on_who_asks_is_kept_by_anybody_between(
    sqlite_board: WholeBoard, name: str | None
) -> None:
    """Not even a redirect: the slug it leads to is a title."""
    await sqlite_board.topic("Staff", "Only us", by="mod", where=Audience.STAFF)
    ids = await every_id(sqlite_board)
    async with sqlite_board.browser(name) as client:
        for path in addresses(sqlite_board.server.app.routes, ids):
            for accept in WAYS.values():
                answer = await client.get(path, headers={"Accept": accept})
                kept = answer.headers.get("cache-control", "")
                public = path.endswith((".css", ".ico"))
                assert name is None or public or "etag" not in answer.headers
                assert public or "private" in kept or "no-store" in kept, (
                    f"{path}: {answer.status_code} {kept}"
                )
