"""People with confirmed addresses who answer each other, and the letters that leave for them."""

from collections.abc import AsyncIterator

import pytest_asyncio

from server.actions import mail_choices, posting
from server.actions.limits import Limits
from server.actions.posting import Draft, Posted
from server.domain.clock import MINUTE, now_ms
from server.domain.mail_choices import MailChoices
from server.domain.viewer import Audience, Role, Viewer
from server.jobs.carriers import MailServer
from server.jobs.mail import MailRoom
from server.store import categories
from server.views.letters import LetterWriter
from tests.support.mail_server import PostOffice
from tests.support.small_board import SmallBoard, small_board

HOME = "https://forum.example.org"


class Scene:
    """People with confirmed addresses, a mail server, and what is open before whom (`open_now`)."""

    def __init__(self, board: SmallBoard, office: PostOffice) -> None:
        self.board, self.office, self.open_now = board, office, set[tuple[int, int]]()
        self.people: dict[str, Viewer] = {}
        self.category = 0

    async def add(self, name: str, role: Role = Role.MEMBER) -> Viewer:
        number = await self.board.add(name, role)
        async with self.board.db.begin() as writer:
            await writer.run("UPDATE members SET email_confirmed_at = 1 WHERE id = :id", id=number)
        self.people[name] = Viewer(number, name, role)
        return self.people[name]

    async def topic(self, by: str = "Ann", body: str = "I cannot sleep.") -> Posted:
        draft = Draft(body, title="Sleep")
        limits = Limits(enabled=False)
        return await posting.start_topic(
            self.board.db, self.people[by], self.category, draft, now=now_ms(), limits=limits
        )

    async def reply(self, topic: Posted, body: str, by: str = "Bo") -> Posted:
        return await posting.reply(
            self.board.db,
            self.people[by],
            topic.topic_id,
            Draft(body),
            now=now_ms(),
            limits=Limits(enabled=False),
        )

    async def choose(self, name: str, chosen: MailChoices) -> None:
        await mail_choices.choose_letters(self.board.db, self.people[name], chosen)

    async def act(self, statement: str, name: str) -> None:
        async with self.board.db.begin() as writer:
            await writer.run(f"UPDATE members SET {statement} WHERE id = :id", id=self.people[name].id)

    async def sent(self, *, later: int = 6 * MINUTE) -> list[str]:
        """To whom letters leave when that much time has passed."""
        before = len(self.office.letters)
        room = MailRoom(
            self.board.db,
            MailServer(self.office.url),
            LetterWriter(HOME),
            "board@forum.example.org",
            lambda member, topic: (member, topic) in self.open_now,
        )
        await room.deliver_due(now=now_ms() + later)
        return sorted(letter["To"].partition("@")[0] for letter in self.office.letters[before:])


@pytest_asyncio.fixture
async def scene(database_url: str, office: PostOffice) -> AsyncIterator[Scene]:
    async with small_board(database_url) as board:
        found = Scene(board, office)
        for name in ("Ann", "Bo", "Cleo"):
            await found.add(name)
        await found.add("Moira", Role.MODERATOR)
        async with board.db.begin() as writer:
            section = await categories.add_section(writer, "Everything", 1)
            found.category = await categories.add(
                writer,
                section_id=section,
                name="Nights",
                slug="nights",
                description="",
                position=1,
                visibility=Audience.PUBLIC,
            )
        yield found
