"""What moderators are to judge on a real board: posts that wait, cases, and members who were acted on."""

from dataclasses import dataclass

from server.actions import approval, board_shape, moderation, pending, reports, sanctions, sweeps, topic_acts
from server.domain.clock import now_ms
from server.domain.reports import Outcome, Subject
from server.domain.sanctions import Draft, SanctionKind
from server.domain.viewer import Audience, Role
from server.store import cases, leavers, pending_posts
from tests.support.acts_scene import AUDIENCES, Stage, add_person, set_the_stage
from tests.support.approval_scene import set_rules
from tests.support.moderation_table import (
    APPROVED,
    DECLINED,
    WITHDRAWN,
    Reported,
    Sanctioned,
    Waiting,
)
from tests.support.whole_board import NO_LIMITS, WholeBoard

ROLES = {"eve": Role.MEMBER, "wim": Role.WAITING, "cora": Role.MEMBER, "dom": Role.MODERATOR,
         "alma": Role.ADMIN, "gone": Role.MEMBER}  # fmt: skip
PEOPLE = {"carl": "cleo"}  # by what name the board knows him


@dataclass
class Desk:
    """Makes what is on a moderator's desk, fresh ones."""

    stage: Stage

    @property
    def board(self) -> WholeBoard:
        """The board on which it stands."""
        return self.stage.board

    def id_of(self, name: str) -> int:
        """The person's number."""
        found = self.board.viewer(PEOPLE.get(name, name)).id
        assert found is not None
        return found

    async def waiting(self, found: Waiting) -> dict[str, int]:
        """An answer of ann's that waits, or waited."""
        board, mod, now = self.board, self.board.viewer("mod"), now_ms()
        await self.stage.reopen()
        async with board.db.snapshot() as reader:
            earlier = await pending_posts.own(reader, self.id_of("ann"))
        for one in earlier:
            if one.waits:  # not too many may
                await pending.withdraw(board.db, board.viewer("ann"), one.id, now=now)
        place = Audience.PUBLIC if found.category == "staff" else AUDIENCES[found.category]
        topic = (await board.topic("Sleep", "How?", by="mod", where=place)).topic_id
        await set_rules(board.db, posts=50)
        number = (await board.reply(topic, "Warm milk.", by="ann")).pending_id
        await set_rules(board.db)
        if found.state == APPROVED:
            await approval.approve(board.db, mod, number, now=now)
        elif found.state == DECLINED:
            await approval.decline(board.db, mod, number, "Not here.", now=now)
        elif found.state == WITHDRAWN:
            await pending.withdraw(board.db, board.viewer("ann"), number, now=now)
        elif found.state == "topic removed":
            await moderation.remove_topic(board.db, mod, topic, "", now=now)
        elif found.state == "archived":
            ada = board.viewer("ada")
            await board_shape.archive_category(board.db, ada, board.places[place], archived=True, now=now)
        elif found.category == "staff":
            await topic_acts.move(board.db, mod, topic, board.places[Audience.STAFF], now=now)
        return {"pending": number}

    async def reported(self, found: Reported) -> dict[str, int]:
        """A case that bo opened or, where the place is not for him, somebody of the staff."""
        board, now, by = self.board, now_ms(), PEOPLE.get(found.about, found.about)
        async with board.db.snapshot() as reader:
            earlier = await cases.open_ones(reader, 100)
        for one in earlier:  # a page has so many
            await reports.settle(board.db, board.viewer("alma"), one.id, Outcome.DISMISSED, now=now)
        object_id = self.id_of(found.about)
        if found.subject != "member":
            opening = await board.topic("Sleep", "How?", by=by, where=AUDIENCES[found.category])
            object_id = opening.post_id if found.subject == "post" else opening.topic_id
        reporter = "bo" if found.category != "staff" else "mod" if found.about == "ada" else "ada"
        case = await reports.report(
            board.db, board.viewer(reporter), Subject(found.subject), object_id,
            reason="rules", details="", now=now, limits=NO_LIMITS,
        )  # fmt: skip
        if found.settled:
            await reports.settle(board.db, board.viewer("alma"), case, Outcome.DISMISSED, now=now)
        return {"case": case}

    async def sanctioned(self, found: Sanctioned) -> dict[str, int]:
        """What was done to somebody, by an administrator."""
        board, ada, target = self.board, self.board.viewer("ada"), self.id_of(found.target)
        if found.kind == "sweep":
            draft = Draft(SanctionKind.BAN, "Advertising.", lasts="good")
            number = await sweeps.start_sweep(board.db, ada, target, draft, with_answered=True, now=now_ms())
        else:
            draft = Draft(SanctionKind(found.kind), "Please stay kind.", "The third time.", lasts="week")
            number = await sanctions.impose(board.db, ada, target, draft, now=now_ms())
        if found.state == "ended":
            await sanctions.end(board.db, ada, number, now=now_ms())
        elif found.state == "undone":
            await sweeps.undo(board.db, ada, number, now=now_ms())
        return {"sanction": number}


async def set_the_desk(board: WholeBoard) -> Desk:
    """The stage of the acts, and more people, of whom nobody does anything himself; one has left."""
    stage = await set_the_stage(board)
    for name, role in ROLES.items():
        await add_person(board, name, role)
    desk = Desk(stage)
    async with board.db.begin() as writer:
        await leavers.unname(writer, desk.id_of("gone"), "nobody:1", now_ms())
    return desk
