"""Approval in tests of actions: a board on which first posts wait, and what waits."""

from server.actions import approval, pending
from server.domain.clock import now_ms
from server.store import pending_posts, settings
from server.store.database import Database
from server.store.pending_posts import PendingPost
from tests.support.model_board import ModelBoard


async def set_rules(db: Database, *, posts: int = 0, days: int = 0, links: int = 0) -> None:
    """What makes posts wait from now on."""
    values = {"trust_posts": posts, "trust_days": days, "pending_links": links}
    async with db.begin() as writer:
        for name, value in values.items():
            await settings.put(writer, name, str(value))


async def waiting(board: ModelBoard) -> list[PendingPost]:
    async with board.db.snapshot() as reader:
        return await pending_posts.waiting(reader, 100)


async def own(board: ModelBoard, name: str) -> list[PendingPost]:
    async with board.db.snapshot() as reader:
        return await pending_posts.own(reader, board.viewer(name).id or 0)


async def approve(board: ModelBoard, pending_id: int, *, by: str = "mod") -> int:
    """The new post's number."""
    made = await approval.approve(board.db, board.viewer(by), pending_id, now=now_ms())
    return made.post_id


async def decline(board: ModelBoard, pending_id: int, reason: str = "Not here.", *, by: str = "mod") -> int:
    return await approval.decline(board.db, board.viewer(by), pending_id, reason, now=now_ms())


async def withdraw(board: ModelBoard, pending_id: int, *, by: str) -> PendingPost:
    return await pending.withdraw(board.db, board.viewer(by), pending_id, now=now_ms())
