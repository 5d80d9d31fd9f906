"""Which acts of the log still stand: the thing is as the act left it, so taking the act back does something.

That nothing of its kind was done since is not enough: a time runs out, an author edits, a topic is removed
with everything in it. Each act that can be taken back has its condition here, over its line `a` in the log;
the action that takes it back asks the same once more when it is done.
"""

from collections.abc import Sequence

from server.domain.viewer import Audience
from server.store.columns import in_list
from server.store.database import Reader, Writer
from server.store.post_joins import INTACT


def _topic(condition: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM topics t WHERE t.id = a.object_id AND t.merged_into IS NULL AND {condition})"
    )


def _post(condition: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM posts p JOIN topics t ON t.id = p.topic_id WHERE p.id = a.object_id"
        f" AND t.merged_into IS NULL AND ({condition}))"
    )


def _sanction(kind: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM sanctions s WHERE s.member_id = a.object_id AND s.at = a.at"
        f" AND s.kind = '{kind}' AND s.ended_at IS NULL AND s.read_at IS NULL)"
    )


_ON_LIST = "EXISTS (SELECT 1 FROM watched_words w WHERE w.id = a.object_id)"
_GIVEN = "g.member_id = a.object_id AND a.reason LIKE 'category ' || g.category_id || ':%'"
_BRINGS_BACK = (
    "EXISTS (SELECT 1 FROM topic_moves v JOIN topics f ON f.id = v.from_topic"
    " JOIN topics t ON t.id = v.to_topic WHERE v.from_topic = a.object_id AND v.at = a.at"
    " AND v.undone_at IS NULL AND t.merged_into IS NULL AND t.removed_at IS NULL"
    " AND ((f.merged_into IS NULL AND f.removed_at IS NULL) OR (f.merged_into = v.to_topic AND EXISTS"
    " (SELECT 1 FROM moved_posts d JOIN posts p ON p.id = d.post_id WHERE d.move_id = v.id"
    " AND p.removed_at IS NULL))) AND NOT EXISTS (SELECT 1 FROM moved_posts d JOIN posts p"
    " ON p.id = d.post_id WHERE d.move_id = v.id AND p.topic_id <> v.to_topic))"
)
_STANDS = {
    "appoint_moderator": f"EXISTS (SELECT 1 FROM category_moderators g WHERE {_GIVEN})",
    "ask_to_edit": _post("p.edit_asked_at IS NOT NULL"),
    "ban": _sanction("ban"),
    "category_archived": (
        "EXISTS (SELECT 1 FROM categories c WHERE c.id = a.object_id AND c.archived_at IS NOT NULL)"
    ),
    "change_role": (
        "a.before IN ('member', 'moderator', 'admin') AND EXISTS (SELECT 1 FROM members o"
        " WHERE o.id = a.object_id AND o.role = a.after)"
    ),
    "close_account": (
        "EXISTS (SELECT 1 FROM members o WHERE o.id = a.object_id AND o.disabled_at IS NOT NULL)"
    ),
    "decline_post": (
        "EXISTS (SELECT 1 FROM pending_posts h WHERE h.id = a.object_id AND h.outcome = 'declined')"
    ),
    "dismiss_moderator": (
        "EXISTS (SELECT 1 FROM members o JOIN categories c ON a.reason LIKE 'category ' || c.id || ':%'"
        " WHERE o.id = a.object_id AND o.role = 'member' AND o.disabled_at IS NULL"
        f" AND c.visibility < {Audience.STAFF.value})"
        f" AND NOT EXISTS (SELECT 1 FROM category_moderators g WHERE {_GIVEN})"
    ),
    "join_posts": (
        "EXISTS (SELECT 1 FROM post_joins j JOIN posts e ON e.id = j.earlier_id JOIN posts l"
        " ON l.id = j.later_id JOIN topics t ON t.id = e.topic_id JOIN categories c ON c.id = t.category_id"
        " WHERE j.later_id = a.object_id AND j.at = a.at AND j.undone_at IS NULL AND c.archived_at IS NULL"
        f" AND {INTACT})"
    ),
    "lock": _topic("t.locked"),
    "merge": _BRINGS_BACK,
    "move_posts": _BRINGS_BACK,
    "move_topic": _topic(
        "t.removed_at IS NULL AND EXISTS (SELECT 1 FROM categories c WHERE c.id <> t.category_id"
        " AND a.before LIKE '#' || c.id || ' %')"
    ),
    "note": _sanction("note"),
    "pin": _topic("t.pinned"),
    # An opening post went with its topic, and comes back with it.
    "remove_post": _post(
        "(p.place = 1 AND t.removed_at IS NOT NULL) OR (p.place > 1 AND t.removed_at IS NULL"
        " AND p.removed_at IS NOT NULL AND p.removed_body IS NOT NULL)"
    ),
    "remove_topic": _topic("t.removed_at IS NOT NULL"),
    "rename_topic": _topic("t.removed_at IS NULL AND a.before <> ''"),
    "silence": _sanction("silence"),
    "slow": _topic("t.slow_minutes >= 0"),
    "split": _BRINGS_BACK,
    "sweep": (
        "EXISTS (SELECT 1 FROM sanctions s JOIN sweeps w ON w.sanction_id = s.id"
        " WHERE s.member_id = a.object_id AND s.at = a.at AND w.state IN ('removing', 'removed'))"
    ),
    "unlock": _topic("NOT t.locked"),
    "unpin": _topic("NOT t.pinned"),
    "warn": _sanction("warning"),
    "word_changed": _ON_LIST,
    "word_removed": f"NOT {_ON_LIST}",
    "word_watched": _ON_LIST,
}
_CASES = "".join(f" WHEN '{act}' THEN {condition}" for act, condition in _STANDS.items())
_STANDING = f"SELECT a.id FROM audit a WHERE CASE a.act{_CASES} ELSE FALSE END AND a.id IN "


async def standing(reader: Reader, ids: Sequence[int]) -> set[int]:
    """Those lines whose act still stands."""
    if not ids:
        return set()
    ids_sql, values = in_list("id", ids)
    return {row[0] for row in await reader.all(f"{_STANDING}{ids_sql}", **values)}


async def of_edited_post(writer: Writer, post_id: int) -> list[int]:
    """The lines whose act may not stand any more when the post's text is another: its author was asked for
    that, or another post was put under it."""
    rows = await writer.all(
        "SELECT MAX(a.id) FROM audit a JOIN posts p ON p.id = a.object_id WHERE a.object_kind = 'post'"
        " AND a.object_id = :id AND a.act = 'ask_to_edit' UNION SELECT a.id FROM post_joins j"
        " JOIN audit a ON a.object_kind = 'post' AND a.object_id = j.later_id AND a.act = 'join_posts'"
        " WHERE j.earlier_id = :id AND j.undone_at IS NULL",
        id=post_id,
    )
    return [row[0] for row in rows if row[0] is not None]
