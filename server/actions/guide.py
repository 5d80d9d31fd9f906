"""The moderators' guide: written by administrators, read by everybody who moderates."""

from server.domain.errors import Forbidden, Invalid
from server.domain.guide import GUIDE, LONGEST_GUIDE
from server.domain.markup_text import clean_source
from server.domain.permissions import may_administer
from server.domain.viewer import Viewer
from server.store import audit, settings
from server.store.database import Database


async def write_guide(db: Database, viewer: Viewer, text: str, *, now: int) -> None:
    """Puts another guide in place; an empty text brings back the one that the board began with.

    Raises Forbidden or Invalid (`guide`).
    """
    if not may_administer(viewer):
        raise Forbidden("Only administrators can write the guide.")
    text = clean_source(text).strip() or GUIDE
    if len(text) > LONGEST_GUIDE:
        raise Invalid(
            {"guide": f"Please keep this under {LONGEST_GUIDE:,} characters; it has {len(text):,}."}
        )
    async with db.begin() as writer:
        await settings.put(writer, "guide", text)
        await audit.note(writer, viewer.id, "guide", "board", None, now=now)
