"""Two `fireside serve` processes behind one address, on one PostgreSQL and, if it is given, one Valkey.

async with two_servers(postgresql_url, tmp_path, redis_url) as board:
    async with board.browser("ann", server=0) as ann:     # None: wherever the balancer leads
        await ann.post(f"/topics/{board.topic_id}/posts", json={"body": "Hello"})
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from server.actions import accounts, first_start, members, posting
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.actions.posting import Draft
from server.domain.clock import now_ms
from server.domain.viewer import Role, Viewer
from server.store.database import Database
from tests.support.forwarder import Forwarder, forwarder
from tests.support.model_line import Place
from tests.support.plain_http import plain_client
from tests.support.servers import ServingProcess, serving_process
from tests.support.small_board import BROWSER, CHEAP, PASSWORD, PROGRAM
from tests.support.sockets import Socket, member_socket

PEOPLE = {"ann": Role.MEMBER, "bo": Role.MEMBER, "cleo": Role.MEMBER, "moira": Role.MODERATOR}
NO_LIMITS = Limits(enabled=False)
LONG_AGO = 40 * 24 * 3600 * 1000  # milliseconds: nobody is new


@dataclass(frozen=True)
class Furnished:
    """People with their session tokens, and a topic."""

    people: dict[str, Viewer]
    tokens: dict[str, str]
    topic_id: int


@dataclass(frozen=True)
class TwoServers:
    """`topic_id` is a topic of ann's."""

    balancer: Forwarder
    servers: tuple[ServingProcess, ServingProcess]
    people: dict[str, Viewer]
    tokens: dict[str, str]
    topic_id: int

    @property
    def origin(self) -> str:
        """The board's one address."""
        return f"http://127.0.0.1:{self.balancer.port}"

    def url(self, server: int | None = None) -> str:
        """Where one of the servers is; None: the balancer."""
        return self.origin if server is None else self.servers[server].base_url

    def cookie(self, who: str) -> str:
        """A Cookie header that signs the person in."""
        return f"sid={self.tokens[who]}"

    def place(self, who: str = "") -> Place:
        """Where a reader of the topic goes."""
        return Place(self.balancer.port, self.topic_id, cookie=self.cookie(who) if who else "")

    @contextlib.asynccontextmanager
    async def browser(
        self, who: str | None = None, server: int | None = None
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A client that acts as our script in the person's browser."""
        cookies = {} if who is None else {"sid": self.tokens[who]}
        async with plain_client(
            self.url(server), headers=BROWSER | PROGRAM, cookies=cookies, timeout=30
        ) as client:
            yield client

    @contextlib.asynccontextmanager
    async def socket(self, who: str | None = None, server: int | None = None) -> AsyncIterator[Socket]:
        """A socket of a page of the board."""
        cookie = None if who is None else self.cookie(who)
        async with member_socket(self.url(server), cookie, self.origin) as socket:
            yield socket

    async def reply(self, body: str, who: str = "bo", server: int | None = None) -> int:
        """Posts in the topic; the post's number."""
        async with self.browser(who, server) as client:
            answer = await client.post(f"/topics/{self.topic_id}/posts", json={"body": body})
        assert answer.status_code == 201, answer.text
        post: int = answer.json()["post"]["id"]
        return post


@contextlib.asynccontextmanager
async def two_servers(
    database_url: str, folder: Path, redis_url: str = "", *, limits: bool = True
) -> AsyncIterator[TwoServers]:
    """Serves that database, which is migrated and empty."""
    found = await furnish(database_url)
    async with forwarder() as balancer, contextlib.AsyncExitStack() as stack:
        environment: Mapping[str, str] = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PUBLIC_URL": f"http://127.0.0.1:{balancer.port}",
        }
        options = () if limits else ("--no-limits",)
        one, other = await asyncio.gather(
            *[
                stack.enter_async_context(serving_process(*options, data_dir=folder / name, env=environment))
                for name in ("one", "other")
            ]
        )
        balancer.aim(one.base_url, other.base_url)
        yield TwoServers(balancer, (one, other), found.people, found.tokens, found.topic_id)


async def furnish(database_url: str) -> Furnished:
    """Puts PEOPLE and a topic into a migrated database."""
    people: dict[str, Viewer] = {}
    tokens: dict[str, str] = {}
    passwords = Passwords(CHEAP)
    try:
        async with Database.open(database_url) as db:
            await first_start.furnish(db, "Fireside", now=now_ms())
            for name, role in PEOPLE.items():
                draft = NewMember(name, f"{name}@example.org", PASSWORD)
                await members.add_member(db, passwords, draft, role, now=now_ms() - LONG_AGO)
                signed_in = await accounts.sign_in(
                    db, passwords, name, PASSWORD, remember=True, now=now_ms(), limits=NO_LIMITS
                )
                people[name], tokens[name] = signed_in.viewer, signed_in.token
            opening = Draft("Tell me.", "How do you sleep?")
            made = await posting.start_topic(db, people["ann"], 1, opening, now=now_ms(), limits=NO_LIMITS)
    finally:
        passwords.close()
    return Furnished(people, tokens, made.topic_id)
