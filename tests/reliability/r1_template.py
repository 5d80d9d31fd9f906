"""A furnished board in a file, made once; every example of R1 begins with a copy of it."""

import shutil
import tempfile
from pathlib import Path

from server.domain.viewer import Audience, Viewer
from tests.reliability.r1_acts import PEOPLE, word
from tests.reliability.r1_world import World
from tests.support.inline_database import InlineDatabase, InlineLoop
from tests.support.model_board import ModelBoard, furnished


class Template:
    """`loop` is what all examples run in."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.loop = InlineLoop()
        self.people: dict[str, Viewer] = {}
        self.places: dict[Audience, int] = {}
        self.tokens: dict[str, str] = {}
        self.folder = Path(tempfile.mkdtemp(dir=file.parent))
        self.loop.run_until_complete(self._furnish())

    async def _furnish(self) -> None:
        db = InlineDatabase(str(self.file))
        board = await furnished(db)
        self.people, self.places = board.people, board.places
        world = World(self.file, self.people, self.places)
        for who in PEOPLE:
            await world.sign_in(who)
        self.people, self.tokens = world.board.people, world.tokens
        await _conversation(board)
        for closing in (db, world.db):
            closing.close()
        board.passwords.close()
        world.board.passwords.close()

    def copy(self) -> Path:
        for left in self.folder.iterdir():
            left.unlink()
        return Path(shutil.copyfile(self.file, self.folder / "board.db"))


async def _conversation(board: ModelBoard) -> None:
    opening = await board.topic(f"First {word()}")
    reply = await board.reply(opening.topic_id, f"Then {word()}")
    await board.reply(opening.topic_id, f"[quote={reply.post_id}]\n\nWell {word()}", by="ann")
    await board.topic(f"[quote={reply.post_id}]\n\nSee {word()}", where=Audience.MEMBERS)
    await board.topic(f"Other {word()}", by="bo")
