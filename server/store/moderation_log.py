"""The log as staff read it: lines of `audit` with who and what they are about, narrowed and in pages.

What a line is about is referred to and read anew, so a title or a name in it is today's, and what was erased
for good is not in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.domain.acts import ACTS, act_called
from server.domain.word_lines import word_in
from server.store.columns import in_list
from server.store.database import Reader, Row, Writer
from server.store.drivers import Value
from server.store.standing_acts import standing

MAX_RETOLD = 50  # lines that are told anew when something about them changes; as many as a page has


@dataclass(frozen=True, slots=True)
class Line:
    """One act. `at` is in milliseconds UTC.

    `actor` is empty for guests and the board itself. `name` is what the thing is called: a topic's title, the
    name of a member, or of who wrote a post. `can_undo`: the act has an opposite, nothing of its kind was
    done since, and it stands. `by_admins`: only they can take it back.
    """

    id: int
    at: int
    act: str
    actor_id: int | None
    actor: str
    object_kind: str
    object_id: int | None
    name: str
    member_id: int | None
    member: str
    reason: str
    before: str
    after: str
    told: bool
    for_admins: bool
    version: int
    can_undo: bool = False
    by_admins: bool = False


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What lines are looked for; None and empty words stand for all. Times are in milliseconds UTC.

    `since` is included, `until` is not. `words` are looked for in reasons and in what was changed.
    """

    actor_id: int | None = None
    member_id: int | None = None
    act: str = ""
    object_kind: str = ""
    since: int | None = None
    until: int | None = None
    words: str = ""


_LINE = (
    "SELECT a.id, a.at, a.act, a.actor_id, COALESCE(b.username, ''), a.object_kind, a.object_id,"
    " CASE a.object_kind WHEN 'topic' THEN COALESCE(t.title, t.removed_title, '')"
    " WHEN 'post' THEN COALESCE(w.username, p.author_name, '') WHEN 'member' THEN COALESCE(o.username, '')"
    " WHEN 'pending' THEN COALESCE(m.username, '')"
    " ELSE '' END, a.member_id, COALESCE(m.username, ''), a.reason, a.before, a.after, a.told, a.for_admins,"
    " a.version, FALSE, a.object_kind = 'member' AND COALESCE(o.role, 'member') <> 'member'"
    " FROM audit a LEFT JOIN members b ON b.id = a.actor_id"
    " LEFT JOIN topics t ON a.object_kind = 'topic' AND t.id = a.object_id"
    " LEFT JOIN posts p ON a.object_kind = 'post' AND p.id = a.object_id"
    " LEFT JOIN members w ON w.id = p.author_id"
    " LEFT JOIN members o ON a.object_kind = 'member' AND o.id = a.object_id"
    " LEFT JOIN members m ON m.id = a.member_id"
)
_NARROWING: dict[str, str] = {
    "actor_id": "a.actor_id = :actor_id",
    "member_id": "a.member_id = :member_id",
    "act": "a.act = :act",
    "object_kind": "a.object_kind = :object_kind",
    "since": "a.at >= :since",
    "until": "a.at < :until",
    "words": (
        "(LOWER(a.reason) LIKE :words ESCAPE '!' OR LOWER(a.before) LIKE :words ESCAPE '!'"
        " OR LOWER(a.after) LIKE :words ESCAPE '!')"
    ),
}


async def page(
    reader: Reader, narrowed: Narrowed, *, for_admins: bool, before: int | None, limit: int
) -> list[Line]:
    """The newest lines, those before the line `before` if there is one: of what all staff may read, or, with
    `for_admins`, of what only administrators may."""
    where_sql, values = _where(narrowed)
    rows = await reader.all(
        f"{_LINE} WHERE a.for_admins = :for_admins AND a.id < :before {where_sql}"
        " ORDER BY a.id DESC LIMIT :limit",
        for_admins=for_admins,
        before=2**62 if before is None else before,
        limit=limit,
        **values,
    )
    return await _with_undo(reader, [_line(row) for row in rows])


async def since(reader: Reader, after: int, limit: int) -> list[Line]:
    """All lines, administrators' too, after that number, oldest first. For the export."""
    rows = await reader.all(
        f"{_LINE} WHERE a.id > :after ORDER BY a.id LIMIT :limit", after=after, limit=limit
    )
    return [_line(row) for row in rows]


async def line(reader: Reader, line_id: int) -> Line | None:
    """The line of that number, of what all staff may read."""
    return (await several(reader, [line_id])).get(line_id)


async def latest_after(reader: Reader, earlier: Line) -> Line | None:
    """What was done last with the thing of that line since, of what all staff may read."""
    row = await reader.one(
        f"{_LINE} WHERE a.object_kind = :kind AND a.object_id = :object_id AND a.id > :id"
        " AND NOT a.for_admins ORDER BY a.id DESC LIMIT 1",
        kind=earlier.object_kind,
        object_id=earlier.object_id,
        id=earlier.id,
    )
    return _line(row) if row else None


async def several(reader: Reader, ids: Sequence[int]) -> dict[int, Line]:
    """Those of the lines that all staff may read."""
    if not ids:
        return {}
    names, values = in_list("id", ids)
    rows = await reader.all(
        f"{_LINE} WHERE NOT a.for_admins AND a.id IN {names} ORDER BY a.id DESC", **values
    )
    found = await _with_undo(reader, [_line(row) for row in rows])
    return {one.id: one for one in found}


_BESIDE = (
    # Posts of the topic, topics whose posts went into it, and posts that were put under the post.
    (
        "SELECT b.id FROM audit a JOIN posts p ON p.topic_id = a.object_id JOIN audit b"
        " ON b.object_kind = 'post' AND b.object_id = p.id AND b.act = 'remove_post'"
        " WHERE a.object_kind = 'topic' AND a.act IN ('remove_topic', 'restore_topic')"
        " AND (p.place = 1 OR p.removed_at IS NOT NULL)"
    ),
    (
        "SELECT b.id FROM audit a JOIN topic_moves v ON v.to_topic = a.object_id JOIN audit b"
        " ON b.object_kind = 'topic' AND b.object_id = v.from_topic WHERE a.object_kind = 'topic'"
    ),
    (
        "SELECT b.id FROM audit a JOIN post_joins j ON j.earlier_id = a.object_id JOIN audit b"
        " ON b.object_kind = 'post' AND b.object_id = j.later_id WHERE a.object_kind = 'post'"
    ),
)


async def beside(reader: Reader, ids: Sequence[int]) -> list[int]:
    """The newest MAX_RETOLD lines about what these are about, or about whom they are.

    What can be undone of those may be less now, and a member may have another name.
    """
    if not ids:
        return []
    names, values = in_list("id", ids)
    inside_sql = "".join(f" UNION {one} AND a.id IN {names} AND NOT b.for_admins" for one in _BESIDE)
    rows = await reader.all(
        "SELECT b.id AS id FROM audit a JOIN audit b ON b.object_kind = a.object_kind"
        f" AND b.object_id = a.object_id WHERE a.id IN {names} AND NOT b.for_admins"
        " UNION SELECT b.id FROM audit a JOIN audit b ON b.member_id = a.object_id"
        f" WHERE a.object_kind = 'member' AND a.id IN {names} AND NOT b.for_admins"
        " UNION SELECT b.id FROM audit a JOIN audit b ON b.actor_id = a.object_id"
        f" WHERE a.object_kind = 'member' AND a.id IN {names} AND NOT b.for_admins"
        f"{inside_sql}"
        " ORDER BY id DESC LIMIT :limit",
        limit=MAX_RETOLD,
        **values,
    )
    return [row[0] for row in rows]


async def concerning(reader: Reader, member_id: int, before: int | None, limit: int) -> list[Line]:
    """What others did to a member and to what he wrote, newest first, of the acts that he may read of."""
    acts_sql, values = in_list("act", [act.name for act in ACTS.values() if act.shown])
    rows = await reader.all(
        f"{_LINE} WHERE a.member_id = :member_id AND a.id < :before AND a.act IN {acts_sql}"
        " AND (a.actor_id IS NULL OR a.actor_id <> :member_id) ORDER BY a.id DESC LIMIT :limit",
        member_id=member_id,
        before=2**62 if before is None else before,
        limit=limit,
        **values,
    )
    return [_line(row) for row in rows]


async def part_with(writer: Writer, member_id: int) -> list[int]:
    """Nothing says any more what somebody wrote who leaves; the newest MAX_RETOLD lines that named him."""
    rows = await writer.all(
        "SELECT id FROM audit WHERE NOT for_admins AND (member_id = :id OR actor_id = :id)"
        " ORDER BY id DESC LIMIT :limit",
        id=member_id,
        limit=MAX_RETOLD,
    )
    await writer.run(
        "UPDATE audit SET member_id = NULL WHERE member_id = :id AND object_kind <> 'member'", id=member_id
    )
    return [row[0] for row in rows]


def _where(narrowed: Narrowed) -> tuple[str, dict[str, Value]]:
    values: dict[str, Value] = {}
    for name in _NARROWING:
        value = getattr(narrowed, name)
        if value not in (None, ""):
            values[name] = f"%{_literal(value.lower())}%" if name == "words" else value
    return "".join(f" AND {_NARROWING[name]}" for name in values), values


def _literal(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


async def _with_undo(reader: Reader, lines: list[Line]) -> list[Line]:
    """The lines, those marked whose act can be taken back: it stands, and nothing of its kind came since."""
    open_lines = [one for one in lines if act_called(one.act).undo and one.object_id is not None]
    latest: dict[tuple[str, int, str], int] = {}
    for kind in sorted({one.object_kind for one in open_lines}):
        ids = sorted({one.object_id for one in open_lines if one.object_kind == kind and one.object_id})
        ids_sql, values = in_list("id", ids)
        acts_sql, acts = in_list("act", _OPPOSITES)
        rows = await reader.all(
            "SELECT object_id, act, MAX(id) FROM audit WHERE object_kind = :kind"
            f" AND object_id IN {ids_sql} AND act IN {acts_sql} GROUP BY object_id, act",
            kind=kind,
            **values,
            **acts,
        )
        latest |= {(kind, row[0], row[1]): row[2] for row in rows}
    last = {one.id for one in open_lines if _is_last(one, latest) and _is_told(one)}
    stands = await standing(reader, sorted(last))
    return [replace(one, can_undo=one.id in stands) for one in lines]


def _is_told(line: Line) -> bool:
    """Whether the line says what it takes to undo it: those of several long words may not."""
    return line.act not in {"word_changed", "word_removed"} or word_in(line.before) is not None


def _is_last(line: Line, latest: dict[tuple[str, int, str], int]) -> bool:
    about = act_called(line.act)
    ends = [about.name, about.undo, *(act.name for act in ACTS.values() if act.final)]
    return all(latest.get((line.object_kind, line.object_id or 0, name), 0) <= line.id for name in ends)


_OPPOSITES = sorted(
    {name for act in ACTS.values() if act.undo for name in (act.name, act.undo)}
    | {act.name for act in ACTS.values() if act.final}
)


def _line(row: Row) -> Line:
    return replace(
        Line(*row),
        told=bool(row[13]),
        for_admins=bool(row[14]),
        can_undo=False,
        by_admins=bool(row[17]) or act_called(row[2]).by_admins,
    )
