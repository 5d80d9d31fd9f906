"""Tokens of programs. They are sessions with a scope, so whatever ends a member's sessions ends them too."""

from dataclasses import dataclass

from server.domain.viewer import Scope
from server.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner sees it in a list. Times are in milliseconds UTC."""

    id: int
    name: str
    scope: Scope
    made_at: int
    used_at: int | None  # to the hour
    ends_at: int


async def of_member(reader: Reader, member_id: int, now: int) -> list[Token]:
    """The member's tokens that are valid now, the newest first."""
    rows = await reader.all(
        "SELECT id, device, scope, created_at, seen_at, ends_at FROM sessions"
        " WHERE member_id = :member_id AND scope <> '' AND ends_at > :now ORDER BY id DESC",
        member_id=member_id,
        now=now,
    )
    return [
        Token(number, name, Scope(scope), made_at, used_at if used_at > made_at else None, ends_at)
        for number, name, scope, made_at, used_at, ends_at in rows
    ]


async def end(writer: Writer, member_id: int, token_id: int) -> bool:
    """Ends a token of that member; False when there is none of that number."""
    ended = await writer.value(
        "DELETE FROM sessions WHERE id = :id AND member_id = :member_id AND scope <> '' RETURNING id",
        id=token_id,
        member_id=member_id,
    )
    return ended is not None
