"""Invitations: links by which people may join; the token's hash only, so that a dump lets nobody in."""

from dataclasses import dataclass, replace

from server.store.columns import in_list
from server.store.database import Reader, Row, Writer

_OPEN = "ended_at IS NULL AND expires_at > :now AND used < places"


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation to be stored, for `places` people. Times are in milliseconds UTC."""

    token_hash: bytes
    note: str
    made_by: int
    places: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as administrators see it; `members` joined by it. Times are in milliseconds UTC."""

    id: int
    note: str
    made_by: str
    created_at: int
    expires_at: int
    ended_at: int | None
    places: int
    used: int
    members: tuple[tuple[int, str], ...] = ()

    def is_open(self, now: int) -> bool:
        """Whether somebody can still join by it."""
        return self.ended_at is None and self.expires_at > now and self.used < self.places


async def add(writer: Writer, new: NewInvitation, now: int) -> int:
    """The new invitation's number."""
    rows = await writer.all(
        "INSERT INTO invitations (token_hash, note, made_by, created_at, expires_at, places)"
        " VALUES (:token_hash, :note, :made_by, :now, :expires_at, :places) RETURNING id",
        token_hash=new.token_hash,
        note=new.note,
        made_by=new.made_by,
        now=now,
        expires_at=new.expires_at,
        places=new.places,
    )
    return int(rows[0][0])


async def is_open(reader: Reader, token_hash: bytes, now: int) -> bool:
    """Whether somebody can join by the link."""
    found = await reader.value(
        f"SELECT 1 FROM invitations WHERE token_hash = :token_hash AND {_OPEN}",
        token_hash=token_hash,
        now=now,
    )
    return found is not None


async def take_place(writer: Writer, token_hash: bytes, now: int) -> int | None:
    """The invitation of which a place was taken; None when it has none left."""
    found: int | None = await writer.value(
        f"UPDATE invitations SET used = used + 1 WHERE token_hash = :token_hash AND {_OPEN} RETURNING id",
        token_hash=token_hash,
        now=now,
    )
    return found


async def note_use(writer: Writer, invitation_id: int, member_id: int) -> None:
    """Notes who joined by it."""
    await writer.run(
        "INSERT INTO invitation_uses (member_id, invitation_id) VALUES (:member_id, :invitation_id)",
        member_id=member_id,
        invitation_id=invitation_id,
    )


async def end(writer: Writer, invitation_id: int, now: int) -> bool:
    """Ends it; False when there is none of that number. Ending it twice changes nothing."""
    found = await writer.value(
        "UPDATE invitations SET ended_at = COALESCE(ended_at, :now) WHERE id = :id RETURNING id",
        id=invitation_id,
        now=now,
    )
    return found is not None


async def newest(reader: Reader, limit: int) -> list[Invitation]:
    """The invitations made last, newest first, with who joined by each."""
    rows = await reader.all(
        "SELECT i.id, i.note, m.username, i.created_at, i.expires_at, i.ended_at, i.places, i.used"
        " FROM invitations i JOIN members m ON m.id = i.made_by ORDER BY i.id DESC LIMIT :limit",
        limit=limit,
    )
    joined = await _joined(reader, [row[0] for row in rows])
    return [replace(Invitation(*row), members=tuple(joined.get(row[0], ()))) for row in rows]


async def _joined(reader: Reader, ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    if not ids:
        return {}
    ids_sql, values = in_list("id", ids)
    rows: list[Row] = await reader.all(
        "SELECT u.invitation_id, m.id, m.username FROM invitation_uses u JOIN members m ON m.id = u.member_id"
        f" WHERE u.invitation_id IN {ids_sql} ORDER BY m.id",
        **values,
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for invitation_id, member_id, username in rows:
        found.setdefault(invitation_id, []).append((member_id, username))
    return found
