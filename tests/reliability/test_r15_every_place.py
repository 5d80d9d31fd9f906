"""R15, the table: each place where something could survive that was taken away, its rule and its check.

Each act has a word of its own (`r15_acts.py`); all of them are done, and then every place is looked
through once on behalf of everybody outside. What restoring brings back is in `test_r15_removal_canary.py`
and `test_r15_sweep.py`, what waits for approval in `test_r15_other_ways.py`, letters in
`test_r15_letters.py`, and what a browser does with a page that it kept in
`tests/browser/test_client_liveness.py`.
"""

import contextlib
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace

import pytest
import websockets

from server.store import own_things
from server.store.database import Database
from server.store.schema import metadata
from tests.reliability.r15_acts import ACTS, GUEST, MEMBER, OWN, REMOVALS, Scene, furnished
from tests.reliability.r16_acts import head
from tests.reliability.test_r15_removal_canary import agrees
from tests.support.crawl import Found, Ids, crawl, every_id, polled, resumed
from tests.support.sockets import Message, Socket, member_socket
from tests.support.waiting import check, eventually
from tests.support.whole_board import WholeBoard

pytestmark = pytest.mark.slow

AUTHOR = "bo"  # is a member like others, and may copy what was removed of his
READERS = (GUEST, AUTHOR, OWN)  # for staff, purged posts: `test_r15_removal_canary.py`
_WORD = re.compile(r"\bkw[0-9]+z\b")


@dataclass
class Evidence:
    """All that can be looked at, at one moment; answers, tabs and exports by whose they are."""

    answers: dict[str | None, list[Found]] = field(default_factory=dict)
    tabs: dict[str | None, list[Message]] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)  # each act's position
    kept_pages: list[Found] = field(default_factory=list)  # asked for again by guests who have them
    exports: dict[str | None, list[Found]] = field(default_factory=dict)
    columns: dict[str, set[str]] = field(default_factory=dict)  # by act
    events: str = ""
    logged: str = ""


Leak = tuple[str, str | None, str]  # act, reader, where
Look = Callable[[Evidence, Mapping[str, Scene]], list[Leak]]


def leaks(
    told: Mapping[str | None, Sequence[Found]], scenes: Mapping[str, Scene], where: str = ""
) -> list[Leak]:
    """Where readers find words of what is nothing for them; `where` narrows places, as a pattern."""
    by_word = {scene.word: name for name, scene in scenes.items()}
    found: dict[Leak, None] = {}
    for reader, answers in told.items():
        for one in answers:
            if re.search(where, one.where):
                for name in {by_word[word] for word in _WORD.findall(one.text) if word in by_word}:
                    audience = MEMBER if reader == AUTHOR else reader
                    may_copy = reader == AUTHOR and name in REMOVALS and one.where.endswith("/own-text")
                    if audience in ACTS[name].outside and not may_copy:
                        found[name, reader, one.where] = None
    return list(found)


def in_answers(where: str) -> Look:
    """Looks at pages, JSON, polls or sockets, by the names of `crawl.py`."""
    return lambda seen, scenes: leaks(seen.answers, scenes, where)


def public_columns(seen: Evidence, _: Mapping[str, Scene]) -> list[Leak]:
    """Of what is removed; what is hidden stays where it is."""
    allowed = {
        "purged": "",
        "swept": r"\.removed_",
        "removed": r"\.removed_",
        "removed with its topic": r"\.removed_",
        "joined with a duplicate, and removed": r"\.removed_",
    }
    return [
        (name, None, column)
        for name, pattern in allowed.items()
        for column in seen.columns[name]
        if not pattern or not re.search(pattern, column)
    ]


def old_texts(seen: Evidence, _: Mapping[str, Scene]) -> list[Leak]:
    """Of what was edited; the log says to staff what a topic was called."""
    return [("edited away", None, column) for column in seen.columns["edited away"] - {"audit.before"}]


def in_events(seen: Evidence, scenes: Mapping[str, Scene]) -> list[Leak]:
    """Whatever happened to them."""
    return [
        (name, None, "log") for name, scene in scenes.items() if scene.word in f"{seen.events} {seen.logged}"
    ]


@dataclass(frozen=True)
class Place:
    """`held` says that it could be found there before: a look that never finds anything proves nothing."""

    name: str
    rule: str
    look: Look
    held: bool = True


def in_tabs(seen: Evidence, scenes: Mapping[str, Scene]) -> list[Leak]:
    """What those were sent who followed all of it at the newest position."""
    found: list[Leak] = []
    for name, position in seen.done.items():
        since = {
            reader: [Found("tab", 101, json.dumps(one)) for one in tab if one.get("position", 0) >= position]
            for reader, tab in seen.tabs.items()
        }
        found += leaks(since, {name: scenes[name]})
    return found


def in_kept_pages(seen: Evidence, scenes: Mapping[str, Scene]) -> list[Leak]:
    """What guests got who had the page and asked whether it is new."""
    return leaks({GUEST: seen.kept_pages}, scenes)


def in_exports(seen: Evidence, scenes: Mapping[str, Scene]) -> list[Leak]:
    """What members take along beside their own words."""
    return leaks(seen.exports, scenes)


PLACES = (
    Place("database", "public columns are NULL, the original is in removed_*", public_columns),
    Place("revisions", "no old text is kept; pictures belong to members only", old_texts),
    Place("open tabs", "what is sent after the act has nothing of it", in_tabs, held=False),
    Place("catching up", "an old position brings a tombstone or a reset", in_answers(r"^socket .* from")),
    Place("pages that browsers keep", "/live answers an old position first", in_answers(r"^poll ")),
    Place("caches of pages", "no old page, and no 304 for one", in_kept_pages),
    Place("topics and posts", "what one may see is looked for", in_answers(r"^(page|json) /(topics|posts)/")),
    Place("lists", "last posts are recomputed in the act", in_answers(r"^(page|json) /(latest|categories/)")),
    Place("profiles", "they list what the reader may see", in_answers(r"^(page|json) /members/")),
    Place("quotes elsewhere", "they are made when they are read", in_answers(r"^(page|json) /topics/\d+$")),
    Place("notices", "they refer to it", in_answers(r"^(page|json) /notices"), held=False),
    Place("moderators' queues", "they refer to it", in_answers(r"^(page|json) /moderation")),
    Place("search, feeds, all other addresses", "there is nothing else", in_answers(r"^(page|json) ")),
    Place("exports", "others' words are there while they can be read", in_exports),
    Place("the event log, the server's log", "numbers, no words", in_events, held=False),
)


@contextlib.asynccontextmanager
async def open_tabs(
    board: WholeBoard, scenes: Mapping[str, Scene]
) -> AsyncIterator[dict[str | None, Socket]]:
    """One of each reader, which follows everything at the newest position."""
    topics = [f"topic:{one.topic}" for one in scenes.values()]
    async with contextlib.AsyncExitStack() as stack:
        tabs = {}
        for name in READERS:
            cookie = board.cookie(name) if name else None
            tabs[name] = await stack.enter_async_context(member_socket(board.base_url, cookie))
            await tabs[name].hello(["board", "moderation", *topics])
        yield tabs


async def gathered(
    board: WholeBoard, scenes: Mapping[str, Scene], readers: Sequence[str | None], tags: dict[str, str]
) -> Evidence:
    """Asks for everything on behalf of these readers. `tags` are those of pages that guests had before."""
    acted_on = {
        "topics": [one.topic for one in scenes.values()],
        "posts": [one.post for one in scenes.values()],
    }
    seen, ids = Evidence(), replace(await every_id(board), acted_on=acted_on)
    for name in readers:
        answers = [one async for one in crawl(board, name, ids)]
        answers += [one async for one in polled(board, name, ids, 0)]
        seen.answers[name] = answers + await resumed(board, name, ids, 0)
    seen.kept_pages = await asked_again(board, ids, tags)
    for member in (MEMBER, OWN):
        seen.exports[member] = await exported(board, member)
    by_word = await columns_by_word(board.db)
    seen.columns = {name: by_word.get(scene.word, set()) for name, scene in scenes.items()}
    async with board.db.snapshot() as reader:
        seen.events = str(await reader.all("SELECT * FROM events"))
    return seen


async def columns_by_word(db: Database) -> dict[str, set[str]]:
    """The columns that hold each word, as `posts.body`."""
    found: dict[str, set[str]] = defaultdict(set)
    async with db.snapshot() as reader:
        for table in metadata.sorted_tables:
            names = [column.name for column in table.columns]
            for row in await reader.all(f"SELECT {', '.join(names)} FROM {table.name}"):
                for name, value in zip(names, row, strict=True):
                    for word in _WORD.findall(str(value)):
                        found[word].add(f"{table.name}.{name}")
    return found


async def asked_again(board: WholeBoard, ids: Ids, tags: dict[str, str]) -> list[Found]:
    """Guests' pages, twice: with the tag that they had, and then as anybody; the tags are noted."""
    found = []
    paths = [
        "/",
        "/latest",
        *(f"/topics/{one}" for one in ids.topics),
        *(f"/categories/{one}" for one in ids.categories),
    ]
    async with board.browser() as guest:
        for path in paths:
            known = {"If-None-Match": tags[path]} if path in tags else {}
            answers = [await guest.get(path, headers=one, follow_redirects=True) for one in (known, {})]
            kept = next((one.text for one in answers if one.status_code == 200), "")
            found += [Found(path, one.status_code, one.text or kept) for one in answers]
            tags[path] = answers[1].headers.get("etag", "")
    return found


async def exported(board: WholeBoard, name: str) -> list[Found]:
    """What the member could take along, but his own words."""
    who = board.viewer(name)
    number = who.id or 0
    async with board.db.snapshot() as reader:
        own = [
            (
                "posts",
                [
                    (one.topic, one.category)
                    for one in await own_things.posts(reader, number, who.audience, 0)
                ],
            ),
            ("topics", [astuple(one) for one in await own_things.topics(reader, number, who.audience)]),
            ("thanks", await own_things.thanks(reader, number)),
            ("notices", await own_things.notices(reader, number)),
            ("history", await own_things.acts(reader, number)),
        ]
    return [Found(f"export {kind}", 200, str(things)) for kind, things in own]


async def test_what_is_taken_away_is_in_no_place_of_the_table_for_those_outside(
    sqlite_board: WholeBoard, caplog: pytest.LogCaptureFixture
) -> None:
    board = sqlite_board
    scenes = await furnished(board, ACTS)
    tags: dict[str, str] = {}
    before = await gathered(board, scenes, (OWN,), tags)
    for place in PLACES:
        assert bool(place.look(before, scenes)) == place.held, f"the premise: it was in {place.name}"
    async with open_tabs(board, scenes) as tabs:
        done = {}
        for name, scene in scenes.items():
            await ACTS[name].do(scene)
            done[name] = await head(board.db)
        hub = board.server.app.state.live.hub
        await eventually(lambda: check(hub.position >= max(done.values())))
        after = await gathered(board, scenes, READERS, tags)
        after.done = done
        for reader, tab in tabs.items():
            await tab.say("subscribe", channels=["topic:999999"], position=0)
            with contextlib.suppress(websockets.ConnectionClosed):  # her rights changed
                await tab.next("error")
            after.tabs[reader] = tab.seen
    after.logged = caplog.text
    for place in PLACES:
        assert place.look(after, scenes) == [], f"{place.name}: {place.rule}"
    assert await agrees(board)
