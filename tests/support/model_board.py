"""A board without a server: people, a category for each audience, and its pages as a browser would get them.

async with model_board(database_url) as board:
    html = await board.load(Address("topic", 12), "ann")       # None: there is no such page for her
"""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from server.actions import category_moderators, members, posting
from server.actions.limits import Limits
from server.actions.members import NewMember
from server.actions.passwords import Passwords
from server.actions.posting import Draft, Posted
from server.domain.clock import now_ms
from server.domain.errors import NotFound
from server.domain.events import Event, Kind
from server.domain.validation import slug
from server.domain.viewer import GUEST, Audience, Role, Viewer
from server.store import categories, former_names, settings
from server.store.database import Database, Reader
from server.views import pages
from server.views.page_models import Form
from server.views.render import Renderer
from tests.support.small_board import CHEAP, PASSWORD

PEOPLE = {
    "ann": Role.MEMBER,
    "bo": Role.MEMBER,
    "carl": Role.MEMBER,
    "mod": Role.MODERATOR,
    "ada": Role.ADMIN,
}
USERNAMES = {"mod": "moira"}  # "mod" is reserved
NO_LIMITS = Limits(enabled=False)
LONG_AGO = 40 * 24 * 3600 * 1000  # milliseconds: nobody is new
RENDERER = Renderer(lambda path: f"/static/test/{path}")  # one: compiling the templates takes longest
TEMPLATES = {
    "index": "index.html",
    "latest": "latest.html",
    "category": "categories/show.html",
    "topic": "topics/show.html",
    "profile": "members/show.html",
}


@dataclass(frozen=True)
class Address:
    """A page that lives. `key` is the id of a category or topic, `name` that of a member."""

    kind: Literal["index", "latest", "category", "topic", "profile"]
    key: int = 0
    page: int = 1
    name: str = ""


@dataclass
class ModelBoard:
    db: Database
    renderer: Renderer
    people: dict[str, Viewer]
    places: dict[Audience, int]
    passwords: Passwords = field(default_factory=lambda: Passwords(CHEAP))
    folder: Path = Path("nowhere")  # for files

    def viewer(self, name: str | None) -> Viewer:
        """ann, bo, mod or ada as actions see them; None: a guest."""
        return GUEST if name is None else self.people[name]

    async def load(self, address: Address, who: str | None) -> str | None:
        """The page's HTML; None when it is not there, or not for this viewer."""
        async with self.db.snapshot() as reader:
            return await self.read(reader, address, self.viewer(who))

    async def read(self, reader: Reader, address: Address, viewer: Viewer) -> str | None:
        """The page as of that snapshot."""
        try:
            page = await _page(reader, address, viewer)
        except NotFound:
            return None
        board = await settings.board(reader)
        return self.renderer.html(
            TEMPLATES[address.kind], viewer=viewer, board=board, here="/", status=200, page=page, form=Form()
        )

    async def topic(self, body: str = "Before a count?", *, by: str = "ann", **where: Audience) -> Posted:
        """A new topic in the public category, or in that of the audience `where`."""
        place = self.places[where.get("where", Audience.PUBLIC)]
        draft = Draft(body, "About the dentist")
        viewer = self.viewer(by)
        return await posting.start_topic(self.db, viewer, place, draft, now=now_ms(), limits=NO_LIMITS)

    async def reply(self, topic_id: int, body: str = "Take soup.", *, by: str = "bo") -> Posted:
        """An answer in a topic."""
        viewer = self.viewer(by)
        return await posting.reply(self.db, viewer, topic_id, Draft(body), now=now_ms(), limits=NO_LIMITS)


async def _page(reader: Reader, address: Address, viewer: Viewer) -> object:
    match address.kind:
        case "index":
            return await pages.index(reader, viewer)
        case "latest":
            return await pages.latest(reader, viewer, address.page)
        case "category":
            return await pages.category(reader, viewer, address.key, address.page)
        case "topic":
            return await pages.topic(reader, viewer, address.key, address.page)
        case "profile":
            today = await former_names.today(reader, address.name)  # as the address leads on
            return await pages.profile(reader, viewer, today or address.name)


@contextlib.asynccontextmanager
async def model_board(database_url: str) -> AsyncIterator[ModelBoard]:
    """A board on that migrated database, with PEOPLE and three categories; carl moderates the public one."""
    async with Database.open(database_url) as db:
        board = await furnished(db)
        with tempfile.TemporaryDirectory() as folder:
            board.folder = Path(folder)
            try:
                yield board
            finally:
                board.passwords.close()


async def furnished(db: Database) -> ModelBoard:
    """The same on a connected database."""
    board = ModelBoard(db, RENDERER, {}, await _categories(db))
    joined = now_ms() - LONG_AGO
    for name, role in PEOPLE.items():
        username = USERNAMES.get(name, name)
        draft = NewMember(username, f"{name}@example.org", PASSWORD)
        number = await members.add_member(db, board.passwords, draft, role, now=joined)
        board.people[name] = Viewer(number, username, role, joined_at=joined)
    public, carl = board.places[Audience.PUBLIC], board.people["carl"]
    await category_moderators.appoint(db, board.people["ada"], public, "carl", now=joined)
    board.people["carl"] = replace(carl, moderated=frozenset((public,)))
    return board


async def _categories(db: Database) -> dict[Audience, int]:
    found: dict[Audience, int] = {}
    async with db.begin() as writer:
        section_id = await categories.add_section(writer, "Everything", 1)
        for audience in Audience:
            name = f"For {audience.name.lower()}"
            found[audience] = await categories.add(
                writer,
                section_id=section_id,
                name=name,
                slug=slug(name),
                description="",
                visibility=audience,
                position=int(audience),
            )
            writer.append(Event(Kind.CATEGORY, found[audience], audience, category_id=found[audience]))
    return found
