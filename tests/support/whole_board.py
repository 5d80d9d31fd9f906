"""The whole board on a real server, with people: ann, bo and cleo, the moderator mod, the administrator ada.

async def test_…(board: WholeBoard) -> None:       # on SQLite and on PostgreSQL
    posted = await board.topic("Dentist", "Before a count?", by="ann")
    async with board.browser("bo") as bo:           # an httpx client with bo's cookie; None: a guest
        await bo.post(f"/posts/{posted.post_id}/thanks")
"""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest_asyncio

from server.actions import accounts, members, posting
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.actions.posting import Draft, Posted
from server.config import Config
from server.domain.clock import now_ms
from server.domain.validation import slug
from server.domain.viewer import GUEST, Audience, Role, Viewer
from server.store import categories
from server.store.database import Database
from tests.support.plain_http import plain_client
from tests.support.servers import RunningServer, running_server
from tests.support.small_board import BROWSER, CHEAP, PASSWORD, PROGRAM

PEOPLE = {
    "ann": Role.MEMBER,
    "bo": Role.MEMBER,
    "cleo": Role.MEMBER,
    "mod": Role.MODERATOR,
    "ada": Role.ADMIN,
}
USERNAMES = {"mod": "moira"}  # "mod" is reserved
NO_LIMITS = Limits(enabled=False)
LONG_AGO = 40 * 24 * 3600 * 1000  # milliseconds: nobody is new, unless a test is about that


@dataclass(frozen=True)
class WholeBoard:
    server: RunningServer
    db: Database
    config: Config
    people: dict[str, Viewer]
    tokens: dict[str, str]
    places: dict[Audience, int]

    @property
    def base_url(self) -> str:
        """Where people's browsers go."""
        return self.config.public_url or self.server.base_url

    def viewer(self, name: str | None) -> Viewer:
        """ann, bo, cleo, mod (called moira) or ada as actions see them; None: a guest."""
        return GUEST if name is None else self.people[name]

    def cookie(self, name: str) -> str:
        """A Cookie header that signs the person in."""
        return f"{self.config.cookie_name}={self.tokens[name]}"

    @contextlib.asynccontextmanager
    async def browser(
        self, name: str | None = None, *, json: bool = False
    ) -> AsyncIterator[httpx.AsyncClient]:
        """An HTTP client that behaves as the person's browser, or, with `json`, as our script in it."""
        cookies = {} if name is None else {self.config.cookie_name: self.tokens[name]}
        headers = BROWSER | (PROGRAM if json else {})
        async with plain_client(self.base_url, headers=headers, cookies=cookies) as client:
            yield client

    async def topic(
        self,
        title: str,
        body: str,
        *,
        by: str = "ann",
        where: Audience = Audience.PUBLIC,
        now: int | None = None,
    ) -> Posted:
        """A new topic in the category that audience sees."""
        draft = Draft(body, title)
        return await posting.start_topic(
            self.db, self.viewer(by), self.places[where], draft, now=now or now_ms(), limits=NO_LIMITS
        )

    async def reply(self, topic_id: int, body: str, *, by: str = "bo") -> Posted:
        """An answer in a topic."""
        return await posting.reply(
            self.db, self.viewer(by), topic_id, Draft(body), now=now_ms(), limits=NO_LIMITS
        )


@contextlib.asynccontextmanager
async def whole_board(
    database_url: str, *, limits: bool = False, public_url: str = "", on_port: int = 0
) -> AsyncIterator[WholeBoard]:
    """A running server on that database, with PEOPLE and a category for each audience.

    With `public_url` it stands behind a proxy and is asked by no other name.
    """
    with tempfile.TemporaryDirectory() as data_dir:
        config = Config(database_url, Path(data_dir), limits=limits, public_url=public_url)
        async with _peopled(config, on_port) as found:
            yield found


@contextlib.asynccontextmanager
async def _peopled(config: Config, on_port: int) -> AsyncIterator[WholeBoard]:
    async with running_server(config, on_port=on_port) as server:
        state = server.app.state
        state.passwords = Passwords(CHEAP)
        db: Database = state.db
        people: dict[str, Viewer] = {}
        tokens: dict[str, str] = {}
        joined = now_ms() - LONG_AGO
        for name, role in PEOPLE.items():
            username = USERNAMES.get(name, name)
            draft = NewMember(username, f"{name}@example.org", PASSWORD)
            await members.add_member(db, state.passwords, draft, role, now=joined)
            signed_in = await accounts.sign_in(
                db, state.passwords, username, PASSWORD, remember=True, now=now_ms(), limits=NO_LIMITS
            )
            people[name], tokens[name] = signed_in.viewer, signed_in.token
        yield WholeBoard(server, db, state.config, people, tokens, await _categories(db))


async def _categories(db: Database) -> dict[Audience, int]:
    """The first start's public category, and one for members and one for staff."""
    found = {Audience.PUBLIC: 1}
    async with db.begin() as writer:
        section_id = await categories.add_section(writer, "Behind the door", 2)
        for audience, name in ((Audience.MEMBERS, "Quiet corner"), (Audience.STAFF, "Staff room")):
            found[audience] = await categories.add(
                writer,
                section_id=section_id,
                name=name,
                slug=slug(name),
                description=f"For {name.lower()}.",
                visibility=audience,
                position=int(audience),
            )
    return found


@pytest_asyncio.fixture
async def board(database_url: str) -> AsyncIterator[WholeBoard]:
    """A whole board on each of the databases."""
    async with whole_board(database_url) as found:
        yield found


@pytest_asyncio.fixture
async def sqlite_board(sqlite_url: str) -> AsyncIterator[WholeBoard]:
    """A whole board on SQLite: for what the database makes no difference to."""
    async with whole_board(sqlite_url) as found:
        yield found


__all__ = ["PASSWORD", "WholeBoard", "board", "sqlite_board", "whole_board"]
