"""Members who write, as their browsers do: over HTTP, each on a connection of its own."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.bench import processes
from server.bench.processes import Served
from server.bench.requests import Answer, Connection

MEMBERS = 8
POSTS_A_PAGE = 20
_PASSWORD = "a bench in the sun, 1969"  # noqa: S105  # of a board that lives for a minute
_TEXT = (
    "mark-{} Thank you for writing this up. I had the same last spring, and what helped was to keep a diary"
    " for two weeks: what I ate, how I slept, and *how it felt the morning after*. My doctor then took it"
    " seriously."
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the board under load."""

    id: int
    path: str

    @property
    def channel(self) -> str:
        """What its readers follow."""
        return f"topic:{self.id}"


class Member:
    """Somebody signed in."""

    def __init__(self, connection: Connection, cookie: str) -> None:
        self.cookie = cookie
        self._connection = connection

    async def start_topic(self, posts: int) -> Topic:
        """A topic with that many posts, in the first category."""
        fields = {"title": "A diary for two weeks", "body": _TEXT.format(0)}
        answer = await self._connection.post("/categories/1/topics", fields, cookie=self.cookie)
        told = answer.json()["topic"]
        assert isinstance(told, dict)
        topic = Topic(told["id"], told["url"])
        for _ in range(posts - 1):
            (await self.reply(topic, 0)).json()
        return topic

    async def reply(self, topic: Topic, mark: int) -> Answer:
        """Writes a post that says `mark-…`."""
        fields = {"body": _TEXT.format(mark)}
        return await self._connection.post(f"/topics/{topic.id}/posts", fields, cookie=self.cookie)


@dataclass(frozen=True, slots=True)
class Stage:
    """A board with MEMBERS who write, and a topic of one full page."""

    served: Served
    members: Sequence[Member]
    topic: Topic


@contextlib.asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """A new board in that folder; stopped at the end."""
    async with processes.board(folder) as served, contextlib.AsyncExitStack() as stack:
        members = []
        for number in range(1, MEMBERS + 1):
            connection = await stack.enter_async_context(Connection(served.port))
            members.append(await sign_up(connection, f"Writer {number}"))
        yield Stage(served, members, await members[0].start_topic(POSTS_A_PAGE))


async def sign_up(connection: Connection, name: str) -> Member:
    """A new member, signed in, who writes on that connection."""
    fields = {
        "username": name,
        "email": f"{name.replace(' ', '')}@example.org",
        "password": _PASSWORD,
        "rules": True,
    }
    answer = await connection.post("/signup", fields)
    answer.json()
    return Member(connection, "; ".join(f"{key}={value}" for key, value in answer.cookies.items()))
