"""Sessions: one row for each signed-in browser; the token's hash only, so that a dump opens nothing (S1).

Programs' tokens are sessions too, with a scope and a name of their own (`tokens.py`).
"""

from dataclasses import dataclass, replace

from server.domain.standing import Standing
from server.domain.viewer import Grant, Role, Scope, Viewer
from server.store import category_moderators, preferences, standing
from server.store.database import Reader, Writer
from server.store.second_factors import WITHHELD_SQL

PRUNED_AT_ONCE = 500  # rows, each of which is an event too


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be stored. Times are in milliseconds UTC: `expires_at` slides, up to `ends_at`.

    `scope` is a program's, whose name stands in `device`.
    """

    token_hash: bytes
    member_id: int
    expires_at: int
    ends_at: int
    remember: bool
    device: str
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is valid now, and whom it signs in. Times are in milliseconds UTC."""

    id: int
    viewer: Viewer
    seen_at: int
    ends_at: int
    remember: bool


@dataclass(frozen=True, slots=True)
class SignedInDevice:
    """A session as its owner sees it in a list. Times are in milliseconds UTC."""

    id: int
    device: str  # what the browser calls itself
    created_at: int
    seen_at: int  # to the minute
    remember: bool


async def add(writer: Writer, session: NewSession, now: int) -> int:
    """The new session's number."""
    rows = await writer.all(
        "INSERT INTO sessions (token_hash, member_id, created_at, seen_at, expires_at, ends_at, remember,"
        " device, scope)"
        " VALUES (:token_hash, :member_id, :now, :now, :expires_at, :ends_at, :remember, :device, :scope)"
        " RETURNING id",
        token_hash=session.token_hash,
        member_id=session.member_id,
        now=now,
        expires_at=session.expires_at,
        ends_at=session.ends_at,
        remember=session.remember,
        device=session.device,
        scope=session.scope.value if session.scope else "",
    )
    return int(rows[0][0])


async def find(reader: Reader, token_hash: bytes, now: int) -> Session | None:
    """The session of that token; None when it is over, was ended, or its member may not sign in.

    Staff without the second factor that the board demands are members until they have one.
    """
    row = await reader.one(
        "SELECT s.id, s.member_id, m.username, m.role, m.created_at, s.seen_at, s.ends_at, s.remember,"
        " m.rules_version < COALESCE("
        "(SELECT CAST(value AS BIGINT) FROM settings WHERE name = 'rules_version'), 0),"
        f" m.picture, {WITHHELD_SQL}, s.scope,"
        " (SELECT COUNT(*) FROM notices n WHERE n.member_id = s.member_id AND n.read_at IS NULL),"
        " (SELECT COALESCE(MAX(n.version), 0) FROM notices n WHERE n.member_id = s.member_id), m.version,"
        " CASE WHEN m.role IN ('moderator', 'admin')"
        " THEN (SELECT COUNT(*) FROM cases k WHERE k.settled_at IS NULL)"
        " + (SELECT COUNT(*) FROM pending_posts h WHERE h.outcome = '') ELSE 0 END,"
        " CASE WHEN m.role IN ('moderator', 'admin')"
        " THEN (SELECT COALESCE(MAX(v), 0) FROM (SELECT MAX(k.version) AS v FROM cases k"
        " UNION ALL SELECT MAX(h.version) FROM pending_posts h) x) ELSE 0 END,"
        f" {standing.VERSION_SQL}, {category_moderators.held_sql(reader)}, {preferences.COLUMNS}"
        " FROM sessions s JOIN members m ON m.id = s.member_id"
        " LEFT JOIN preferences p ON p.member_id = s.member_id WHERE s.token_hash = :token_hash"
        " AND s.expires_at > :now AND s.ends_at > :now AND m.disabled_at IS NULL",
        token_hash=token_hash,
        now=now,
    )
    if row is None:
        return None
    stands = await _standing(reader, row[1], row[17], now, owes_rules=bool(row[8]))
    if stands.ban is not None:
        return None
    withheld, scope, ends_at = bool(row[10]), row[11], row[6]
    grant = Grant(Scope(scope), ends_at) if scope else None
    role = Role.MEMBER if withheld else Role(row[3])
    given = category_moderators.ids(row[18])
    viewer = Viewer(
        row[1],
        row[2],
        grant.scope.limit(role) if grant else role,
        session_id=row[0],
        joined_at=row[4],
        standing=stands,
        picture=row[9],
        lacks_second_factor=withheld,
        preferences=preferences.from_row(row[19:]),
        unread=row[12],
        told_at=row[13],
        standing_at=row[17],
        version=row[14],
        open_cases=row[15],
        cases_at=row[16],
        grant=grant,
    )
    viewer = replace(viewer, moderated=viewer.left_of_categories(given))
    return Session(row[0], viewer, seen_at=row[5], ends_at=ends_at, remember=bool(row[7]))


async def _standing(
    reader: Reader, member_id: int, changed_at: int, now: int, *, owes_rules: bool
) -> Standing:
    """Most members never heard of moderators, and cost no further question."""
    if changed_at == 0:
        return Standing(owes_rules=owes_rules)
    return await standing.of(reader, member_id, now, owes_rules=owes_rules)


async def of_member(reader: Reader, member_id: int, now: int) -> list[SignedInDevice]:
    """The member's sessions in browsers that are valid now, the one that was used last first."""
    rows = await reader.all(
        "SELECT id, device, created_at, seen_at, remember FROM sessions WHERE member_id = :member_id"
        " AND scope = '' AND expires_at > :now AND ends_at > :now ORDER BY seen_at DESC, id DESC",
        member_id=member_id,
        now=now,
    )
    return [SignedInDevice(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


async def touch(writer: Writer, session_id: int, *, expires_at: int, now: int) -> None:
    """Notes that the session is in use."""
    await writer.run(
        "UPDATE sessions SET seen_at = :now, expires_at = :expires_at WHERE id = :id AND seen_at < :now",
        id=session_id,
        expires_at=expires_at,
        now=now,
    )


async def renew_token(writer: Writer, session_id: int, token_hash: bytes) -> bool | None:
    """Lets another token open the session, and the old one none; whether it is a remembered one.

    None when the session has ended.
    """
    remember = await writer.value(
        "UPDATE sessions SET token_hash = :token_hash WHERE id = :id RETURNING remember",
        id=session_id,
        token_hash=token_hash,
    )
    return None if remember is None else bool(remember)


async def end_own(writer: Writer, member_id: int, session_id: int) -> bool:
    """Ends a session of that member; False when there is none of that number."""
    ended = await writer.value(
        "DELETE FROM sessions WHERE id = :id AND member_id = :member_id RETURNING id",
        id=session_id,
        member_id=member_id,
    )
    return ended is not None


async def end(writer: Writer, session_id: int) -> int | None:
    """Whose session it was; None when it had ended already."""
    member_id: int | None = await writer.value(
        "DELETE FROM sessions WHERE id = :id RETURNING member_id", id=session_id
    )
    return member_id


async def end_others(writer: Writer, member_id: int, keep: int | None = None) -> list[int]:
    """Ends all sessions of a member, but the one to keep; their numbers."""
    rows = await writer.all(
        "DELETE FROM sessions WHERE member_id = :member_id AND id <> :keep RETURNING id",
        member_id=member_id,
        keep=keep or 0,
    )
    return [row[0] for row in rows]


async def prune(writer: Writer, now: int) -> list[tuple[int, int]]:
    """Forgets sessions that are over, at most PRUNED_AT_ONCE; their numbers, and whose each was."""
    rows = await writer.all(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions"
        " WHERE expires_at <= :now OR ends_at <= :now LIMIT :limit) RETURNING id, member_id",
        now=now,
        limit=PRUNED_AT_ONCE,
    )
    return [(row[0], row[1]) for row in rows]
