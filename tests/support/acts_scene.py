"""The people and places of the table of acts on a real board: fresh posts in each situation.

carl is the board's cleo, who moderates the categories of the table; dora moderates a fourth one, and
zoe asked to join and waits.
"""

import dataclasses
from dataclasses import dataclass, field

from server.actions import accounts, board_shape, category_moderators, members, moderation, topic_moves
from server.actions.members import NewMember
from server.domain.clock import now_ms
from server.domain.viewer import Audience, Role
from server.store import categories
from tests.support.acts_table import Situation
from tests.support.small_board import PASSWORD
from tests.support.whole_board import NO_LIMITS, WholeBoard

BROWSERS = {
    "guest": None,
    "waiting": "zoe",
    "carl": "cleo",
}  # who goes by another name
AUDIENCES = {"everyone": Audience.PUBLIC, "members": Audience.MEMBERS, "staff": Audience.STAFF}
OPEN, LOCKED, ARCHIVED, GONE, TAKEN, SENIORS, MERGED = (
    "open", "locked", "in an archived category", "removed topic", "removed post", "an administrator's",
    "merged topic",
)  # fmt: skip
STATES = (OPEN, LOCKED, ARCHIVED, GONE, TAKEN, SENIORS, MERGED)


def situation(category: str, state: str) -> Situation:
    """What the table calls it."""
    writer = "ada" if state == SENIORS or category == "staff" else "ann"
    return Situation(
        category, writer, "answer", state == LOCKED, state == ARCHIVED, state == GONE, state == TAKEN,
        merged=state == MERGED,
    )  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """A topic with two answers of its author's, another topic beside it, and where to move things."""

    category: int
    topic: int
    post: int
    second: int
    beside: int
    elsewhere: int

    def fill(self, pattern: str) -> str:
        """The pattern with numbers for `{topic}` and the like."""
        numbers = {one.name: str(getattr(self, one.name)) for one in dataclasses.fields(self)}
        return pattern.format(**numbers)


@dataclass
class Stage:
    """Makes scenes on one board."""

    board: WholeBoard
    elsewhere: int
    beside: dict[str, int] = field(default_factory=dict)

    async def scene(self, category: str, state: str) -> Scene:
        """A fresh one."""
        board, where = self.board, AUDIENCES[category]
        mod, ada, place = board.viewer("mod"), board.viewer("ada"), board.places[where]
        author = situation(category, state).writer
        if state == ARCHIVED:
            await board_shape.archive_category(board.db, ada, place, archived=False, now=now_ms())
        opening = await board.topic("Sleep", "How?", by=author, where=where)
        post = await board.reply(opening.topic_id, "Warm milk.", by=author)
        second = await board.reply(opening.topic_id, "Warm feet.", by=author)
        if category not in self.beside:
            self.beside[category] = (await board.topic("Beside", "Hm.", by=author, where=where)).topic_id
        if state == LOCKED:
            await moderation.set_locked(board.db, mod, opening.topic_id, True, now=now_ms())
        elif state == GONE:
            await moderation.remove_topic(board.db, ada, opening.topic_id, "", now=now_ms())
        elif state == TAKEN:
            await moderation.remove_post(board.db, ada, post.post_id, "", now=now_ms())
        elif state == MERGED:
            into = await board.topic("Nights", "Hm.", by=author, where=where)
            await topic_moves.merge(board.db, mod, opening.topic_id, into.topic_id, now=now_ms())
        elif state == ARCHIVED:
            await board_shape.archive_category(board.db, ada, place, archived=True, now=now_ms())
        return Scene(
            place, opening.topic_id, post.post_id, second.post_id, self.beside[category], self.elsewhere
        )

    async def reopen(self) -> None:
        """Every category is one to write in again."""
        for place in self.board.places.values():
            await board_shape.archive_category(
                self.board.db, self.board.viewer("ada"), place, archived=False, now=now_ms()
            )


async def set_the_stage(board: WholeBoard) -> Stage:
    """The people whom the board doesn't have yet, and who moderates what."""
    ada = board.viewer("ada")
    for name, role in (("dora", Role.MEMBER), ("zoe", Role.WAITING)):
        await add_person(board, name, role)
    async with board.db.begin() as writer:
        elsewhere = await categories.add(
            writer, section_id=1, name="Elsewhere", slug="elsewhere", description="For others.",
            visibility=Audience.PUBLIC, position=9,
        )  # fmt: skip
    for where in (Audience.PUBLIC, Audience.MEMBERS):  # one for staff is for no member to moderate
        await category_moderators.appoint(board.db, ada, board.places[where], "cleo", now=now_ms())
    await category_moderators.appoint(board.db, ada, elsewhere, "dora", now=now_ms())
    return Stage(board, elsewhere)


async def add_person(board: WholeBoard, name: str, role: Role) -> None:
    """Somebody else, signed in."""
    passwords, draft = board.server.app.state.passwords, NewMember(name, f"{name}@example.org", PASSWORD)
    await members.add_member(board.db, passwords, draft, role, now=1)
    signed_in = await accounts.sign_in(
        board.db, passwords, name, PASSWORD, remember=True, now=now_ms(), limits=NO_LIMITS
    )
    board.people[name], board.tokens[name] = signed_in.viewer, signed_in.token
