"""Who did what, when and why: moderation, roles, sign-ins (S41, ASVS 16.3). Never content."""

from dataclasses import dataclass

from server.domain.acts import act_called
from server.domain.events import Event, Kind
from server.domain.viewer import Audience
from server.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `actor_id` is None for guests and for the board's own jobs; `at` is in milliseconds UTC."""

    at: int
    actor_id: int | None
    act: str
    object_kind: str
    object_id: int | None
    reason: str


# Whom it concerns, by what it is about.
_CONCERNED = {
    "member": ":object_id",
    "post": "(SELECT p.author_id FROM posts p WHERE p.id = :object_id)",
    "topic": "(SELECT t.author_id FROM topics t WHERE t.id = :object_id)",
    "pending": "(SELECT h.member_id FROM pending_posts h WHERE h.id = :object_id)",
    "": "NULL",
}
_NOTE = {
    kind: (
        "INSERT INTO audit (at, actor_id, act, object_kind, object_id, reason, before, after, told,"
        " for_admins, member_id) VALUES (:now, :actor_id, :act, :object_kind, :object_id, :reason,"
        f" :before, :after, :told, :for_admins, {CONCERNED}) RETURNING id"
    )
    for kind, CONCERNED in _CONCERNED.items()
}


async def note(  # noqa: PLR0917  # it reads as a sentence: who did what to which thing, and why
    writer: Writer,
    actor_id: int | None,
    act: str,
    object_kind: str,
    object_id: int | None,
    reason: str = "",
    *,
    before: str = "",
    after: str = "",
    told: bool = False,
    now: int,
) -> int:
    """Writes one line, in the transaction of the act itself; its number.

    `before` and `after` are what it changed, such as a role or a title; never what a post says. `told`: the
    member whom it concerns was told the reason, so that his own history may show it.
    """
    about = act_called(act)
    rows = await writer.all(
        _NOTE.get(object_kind, _NOTE[""]),
        now=now,
        actor_id=actor_id,
        act=act,
        object_kind=object_kind,
        object_id=object_id,
        reason=reason,
        before=before,
        after=after,
        told=told,
        for_admins=about.for_admins,
    )
    line_id = int(rows[0][0])
    if not about.for_admins:
        tell_line(writer, line_id)
    return line_id


def tell_line(writer: Writer, line_id: int) -> None:
    """The line came, or looks different now. Told first: an act is answered with what it told last."""
    writer.append(Event(Kind.LOG, line_id, Audience.STAFF), first=True)


async def tell_again(writer: Writer, act: str, object_kind: str, object_id: int) -> None:
    """The act was undone without a line of its own, such as by the clock: the newest line of it, and with it
    those about the same thing, look different now."""
    found = await writer.value(
        "SELECT MAX(id) FROM audit WHERE object_kind = :kind AND object_id = :id AND act = :act"
        " AND NOT for_admins",
        kind=object_kind,
        id=object_id,
        act=act,
    )
    if found is not None:
        tell_line(writer, int(found))


async def was_told(reader: Reader, act: str, object_kind: str, object_id: int) -> bool:
    """Whether whom it concerned was told, when the act was done with the thing last."""
    found = await reader.value(
        "SELECT told FROM audit WHERE object_kind = :kind AND object_id = :id AND act = :act"
        " ORDER BY id DESC LIMIT 1",
        kind=object_kind,
        id=object_id,
        act=act,
    )
    return bool(found)


@dataclass(frozen=True, slots=True)
class History:
    """What was done with a thing, by whom; None stands for guests and the board. `at` is in ms."""

    at: int
    by: str | None
    act: str
    reason: str


async def of_thing(reader: Reader, object_kind: str, object_id: int, limit: int) -> list[History]:
    """What was done with one thing, newest first."""
    rows = await reader.all(
        "SELECT a.at, m.username, a.act, a.reason FROM audit a LEFT JOIN members m ON m.id = a.actor_id"
        " WHERE a.object_kind = :kind AND a.object_id = :id ORDER BY a.id DESC LIMIT :limit",
        kind=object_kind,
        id=object_id,
        limit=limit,
    )
    return [History(*row) for row in rows]


async def latest(reader: Reader, limit: int) -> list[Entry]:
    """The newest lines, newest first."""
    rows = await reader.all(
        "SELECT at, actor_id, act, object_kind, object_id, reason FROM audit ORDER BY id DESC LIMIT :limit",
        limit=limit,
    )
    return [Entry(*row) for row in rows]
