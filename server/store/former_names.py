"""Names that members had before. They stay theirs: nobody else takes them, and they lead to their owners."""

from dataclasses import dataclass

from server.domain.names import name_key
from server.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name that a member had until `ended_at`, in milliseconds UTC."""

    name: str
    ended_at: int


async def keep(writer: Writer, member_id: int, name: str, *, chosen: bool, now: int) -> None:
    """Keeps a name that ends now for its owner. `chosen`: he ended it himself."""
    await writer.run(
        "INSERT INTO former_names (member_id, name, name_key, ended_at, chosen)"
        " VALUES (:member_id, :name, :name_key, :now, :chosen) ON CONFLICT (name_key) DO UPDATE"
        " SET name = excluded.name, ended_at = excluded.ended_at, chosen = excluded.chosen",
        member_id=member_id,
        name=name,
        name_key=name_key(name),
        now=now,
        chosen=chosen,
    )


async def of_member(reader: Reader, member_id: int) -> list[FormerName]:
    """The names that the member had, the last one first, without the one that he has."""
    rows = await reader.all(
        "SELECT f.name, f.ended_at FROM former_names f JOIN members m ON m.id = f.member_id"
        " WHERE f.member_id = :id AND f.name <> m.username ORDER BY f.ended_at DESC, f.id DESC",
        id=member_id,
    )
    return [FormerName(*row) for row in rows]


async def chosen_at(reader: Reader, member_id: int) -> int | None:
    """When the member last changed his name himself."""
    found: int | None = await reader.value(
        "SELECT MAX(ended_at) FROM former_names WHERE member_id = :id AND chosen", id=member_id
    )
    return found


async def today(reader: Reader, name: str) -> str | None:
    """What the member is called now who was called so; None when it was nobody whom everybody may know."""
    found: str | None = await reader.value(
        "SELECT m.username FROM former_names f JOIN members m ON m.id = f.member_id"
        " WHERE f.name_key = :key AND m.role <> 'waiting'",
        key=name_key(name),
    )
    return found
