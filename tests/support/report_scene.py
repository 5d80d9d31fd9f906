"""Reporting in tests of actions: who says what, what the queue holds, and what is pushed."""

from server.actions import reports
from server.actions.limits import Limits
from server.domain.channels import Channel
from server.domain.reports import Subject
from server.store import cases, event_log, notices
from server.store.cases import Case
from server.views.patches import Patch, patches
from tests.support.model_board import RENDERER, ModelBoard

NO_LIMITS = Limits(enabled=False)
NOW = 1_800_000_000_000


async def report(  # noqa: PLR0917  # who reports what, why, in which words
    board: ModelBoard,
    by: str | None,
    subject: Subject,
    object_id: int,
    reason: str = "rules",
    details: str = "",
) -> int:
    return await reports.report(
        board.db,
        board.viewer(by),
        subject,
        object_id,
        reason=reason,
        details=details,
        now=NOW,
        limits=NO_LIMITS,
    )


async def queue(board: ModelBoard) -> list[Case]:
    async with board.db.snapshot() as reader:
        return await cases.open_ones(reader, 100)


async def told(board: ModelBoard, name: str) -> list[notices.Notice]:
    async with board.db.snapshot() as reader:
        return await notices.page(reader, id_of(board, name), None, 10)


def id_of(board: ModelBoard, name: str) -> int:
    member_id = board.viewer(name).id
    assert member_id is not None
    return member_id


async def position(board: ModelBoard) -> int:
    async with board.db.snapshot() as reader:
        return (await event_log.head(reader)).seq


async def pushed(board: ModelBoard, channel: Channel, after: int) -> dict[str, Patch]:
    async with board.db.snapshot() as reader:
        events = await event_log.on_channel(reader, channel, after, 100)
        return {patch.target: patch for patch in await patches(reader, RENDERER, channel, events)}
