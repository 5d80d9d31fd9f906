"""Who may take back from the log what was done, for every kind of line; and how that is asked."""

from server.actions.undoing import UNDO
from tests.support.acts_table import HERE, STAFF, Grant
from tests.support.moderation_table import MODERATING, Row

ADMINISTRATORS_LINES = {
    "appoint_moderator", "category_archived", "change_role", "close_account", "dismiss_moderator",
    "word_changed", "word_removed", "word_watched",
}  # fmt: skip
_THERE = (Grant(STAFF),)
UNDO_ROWS = (
    Row(
        "undo a line", "POST /moderation/log/{line}/undo", STAFF, _THERE,
        (Grant(STAFF, ("administrators’", "over")), Grant(("ada",), ("over",))),
    ),
    Row(  # who moderates elsewhere sees the topics
        "undo a move", "POST /moderation/moves/{move}/undo", MODERATING, (Grant(MODERATING),),
        (Grant(HERE, ("over",)),),
    ),
)  # fmt: skip


def every_line() -> list[str]:
    """Each act that a line of the log offers to undo."""
    return sorted(UNDO)


def words_of(act: str, *, over: bool) -> set[str]:
    """What may be in the way of undoing it."""
    said = {"administrators’": act in ADMINISTRATORS_LINES, "over": over}
    return {word for word, is_so in said.items() if is_so}
