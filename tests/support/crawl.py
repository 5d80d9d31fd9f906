"""Everything that can be read: each GET route with every id in play, as page and JSON, and all of /live."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx
from starlette.routing import BaseRoute, Route

from server.domain.channels import Channel, Thing
from server.domain.viewer import Audience
from server.store.database import Database
from server.store.schema import metadata
from tests.support.sockets import member_socket
from tests.support.whole_board import PEOPLE, USERNAMES, WholeBoard

WAYS = {"page": "text/html", "json": "application/json"}
ONLY_PAGES = (
    "/new",
    "/reply",
    "/edit",
    "/remove",
    "/ask",
    "/join",
    "/purge",
    "/own-text",
)  # forms, whatever is accepted
CHANNELS_AT_ONCE = 28  # two fewer than a socket may follow: it asks for one more


@dataclass(frozen=True)
class Ids:
    """What is on the board, or was. The forms of acts are opened for `acted_on` only, if that names some: by
    the first part of the address, `posts` or `topics`."""

    topics: Sequence[int]
    posts: Sequence[int]
    categories: Sequence[int]
    members: Sequence[int]
    acted_on: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """One answer: where, and all of it that a program can see."""

    where: str
    status: int
    text: str


async def every_id(board: WholeBoard) -> Ids:
    """All there are, whoever may see them."""
    async with board.db.snapshot() as reader:
        found = {
            table: [row[0] for row in await reader.all(f"SELECT id FROM {table} ORDER BY id")]
            for table in ("topics", "posts", "categories", "members")
        }
    return Ids(found["topics"], found["posts"], found["categories"], found["members"])


def addresses(routes: Sequence[BaseRoute], ids: Ids) -> list[str]:
    """Every path that can be read, with wrong slugs (they redirect) and all the pages of lists."""
    usernames = [USERNAMES.get(name, name) for name in PEOPLE]
    found: list[str] = []
    for route in routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()) or "/static/" in route.path:
            continue
        thing = route.path.split("/")[1]
        numbers = {"topics": ids.topics, "posts": ids.posts, "categories": ids.categories}
        path = re.sub(r"\{(slug|token)\}", "wrong", route.path)
        paths = [path]
        if "{id" in path:
            these = numbers.get(thing, ids.members)
            if "}/" in path and not path.endswith("/wrong"):
                these = ids.acted_on.get(thing, these)
            paths = [re.sub(r"\{id(:\w+)?\}", str(n), path) for n in these]
        if "{username}" in path:
            paths = [path.replace("{username}", name) for name in usernames]
        if path.endswith("/reply"):
            paths += [f"{paths[0]}?quote={post}" for post in ids.posts]
        if path.endswith(("/wrong", "/latest")):
            paths += [f"{one}?page=2" for one in paths]
        found += paths
    return list(dict.fromkeys(found))


def channels(ids: Ids) -> list[str]:
    """The names of all channels about these things, in all their renderings."""
    numbers = {
        Thing.TOPIC: ids.topics,
        Thing.CATEGORY: ids.categories,
        Thing.PROFILE: ids.members,
        Thing.MEMBER: ids.members,
    }
    names = [str(thing) for thing in Thing if thing not in numbers]
    for thing, found in numbers.items():
        names += [str(Channel(thing, number, audience)) for number in found for audience in (None, *Audience)]
    return [name for name in names if Channel.parse(name)]


async def crawl(board: WholeBoard, name: str | None, ids: Ids) -> AsyncIterator[Found]:
    """What that person (None: a guest) is answered everywhere, redirects included."""
    async with board.browser(name) as client:
        for path in addresses(board.server.app.routes, ids):
            for way, accept in WAYS.items():
                if way == "json" and path.partition("?")[0].endswith(ONLY_PAGES):
                    continue
                answer = await client.get(path, headers={"Accept": accept}, follow_redirects=True)
                said = "\n".join(_said(one) for one in [*answer.history, answer])
                yield Found(f"{way} {path}", answer.status_code, said)


def _said(answer: httpx.Response) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "date")
    return f"{answer.status_code}\n{headers}\n\n{answer.text}"


async def polled(board: WholeBoard, name: str | None, ids: Ids, position: int) -> AsyncIterator[Found]:
    """What polling says of every channel, each alone, from that position on."""
    async with board.browser(name) as client:
        epoch = (await client.get("/", headers={"Accept": "application/json"})).json()["epoch"]
        for part in _parts(channels(ids)):
            query = {"epoch": epoch, "position": str(position), "channels": " ".join(part)}
            answer = await client.get("/live", params=query)
            for message in answer.json():
                place = f"poll {message.get('channel', message['type'])} from {position}"
                yield Found(place, answer.status_code, str(message))


async def resumed(board: WholeBoard, name: str | None, ids: Ids, position: int) -> list[Found]:
    """What a socket that comes back from that position is sent of every channel."""
    cookie = board.cookie(name) if name else None
    found: list[Found] = []
    async with board.browser(name, json=True) as client:
        epoch = (await client.get("/")).json()["epoch"]
    for part in _parts(channels(ids)):
        async with member_socket(board.base_url, cookie) as socket:
            await socket.hello(part, epoch, position)
            await socket.say("subscribe", channels=["topic:999999"], position=position)
            await socket.next("error")  # the answer to what was said last: everything before it has come
            found += [
                Found(f"socket {message.get('channel', message['type'])} from {position}", 101, str(message))
                for message in socket.seen
                if message["type"] not in ("here", "typing")  # who is there comes by the clock
            ]
    return found


def _parts(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + CHANNELS_AT_ONCE] for start in range(0, len(names), CHANNELS_AT_ONCE)]


async def in_tables(db: Database, word: str) -> set[str]:
    """The columns that hold the word, as `posts.body`."""
    found = set()
    async with db.snapshot() as reader:
        for table in metadata.sorted_tables:
            for column in table.columns:
                for (value,) in await reader.all(f"SELECT {column.name} FROM {table.name}"):
                    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    if word in text:
                        found.add(f"{table.name}.{column.name}")
    return found
