"""Two posts of one author that belong together, and what a moderator does with them."""

from dataclasses import dataclass

from server.actions import post_joins, posting, thanking, undoing
from server.actions.posting import Edit, Posted
from server.domain.clock import now_ms
from server.store import integrity, moderation_log
from server.store.moderation_log import Narrowed
from tests.support.model_board import ModelBoard

COMPARED = {
    "posts": "id, topic_id, place, body, html, plain, edited_at, edited_by, edit_reason, edit_asked_at,"
    " removed_at, removed_body, removed_reason",
    "quotes": "post_id, place, quoted_id, start, stop",
    "thanks": "post_id, member_id, at",
    "topics": "id, replies, places, last_post_id",
    "categories": "id, topics, posts",
    "members": "id, posts, thanks_received",
}


@dataclass(frozen=True)
class Scene:
    """ann asks; bo answers, was thanked and quoted, and answers again, quoting her."""

    opening: Posted
    earlier: Posted
    later: Posted
    quoting: Posted


async def scene(board: ModelBoard) -> Scene:
    opening = await board.topic("What helps before a count?")
    earlier = await board.reply(opening.topic_id, "Soup helps. Cold soup helps more.")
    edit = Edit("Soup helps. Cold soup helps *more*.", earlier.position, "I left out what matters")
    await posting.edit(board.db, board.viewer("bo"), earlier.post_id, edit, now=now_ms() - 1000)
    quoting = await board.reply(
        opening.topic_id, f"[quote={earlier.post_id}]\nCold soup\n[/quote]\n\nDoes it?", by="ann"
    )
    later = await board.reply(
        opening.topic_id, f"[quote={opening.post_id}]\nbefore a count\n[/quote]\n\nAnd tea."
    )
    for name, posted in (("ann", later), ("carl", later), ("carl", earlier)):
        await thanking.thank(board.db, board.viewer(name), posted.post_id, now=now_ms())
    return Scene(opening, earlier, later, quoting)


async def join(
    board: ModelBoard, later: Posted, into: Posted | None = None, by: str | None = "mod"
) -> Posted:
    number = into.post_id if into else None
    return await post_joins.join(board.db, board.viewer(by), later.post_id, number, now=now_ms())


async def undo_from_log(board: ModelBoard) -> None:
    async with board.db.snapshot() as reader:
        found = await moderation_log.page(
            reader, Narrowed(act="join_posts"), for_admins=False, before=None, limit=1
        )
    await undoing.undo(board.db, board.viewer("mod"), found[0].id, now=now_ms())


async def everything(board: ModelBoard) -> dict[str, list[tuple[object, ...]]]:
    async with board.db.snapshot() as reader:
        assert await integrity.findings(reader) == []
        return {
            table: await reader.all(f"SELECT {columns} FROM {table} ORDER BY 1, 2")
            for table, columns in COMPARED.items()
        }
